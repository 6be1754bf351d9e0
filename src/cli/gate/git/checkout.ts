import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EvolveError } from '../../../errors.ts'
import { moduleEndings } from '../files/find-files.ts'
import { filesAt, type GitRevision, readObjects } from './repository.ts'

/** Most files of code that a commit may have. */
const maxFiles = 20_000

/**
 * Puts the code of a commit (modules and JSON) into a folder of its own, where it finds the packages that are installed now, and takes that away
 * afterwards. `use` gets the folder that stands for the one the program runs in.
 * @throws EvolveError `limit-exceeded` for a repository of more than 20,000 files of code.
 */
export async function withCheckout<T>(
  { root, prefix }: Pick<GitRevision, 'root' | 'prefix'>,
  commit: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const code = [...(await filesAt({ root, commit }))].filter(
    ([path]) => !path.includes('node_modules/') && [...moduleEndings, '.json'].some((ending) => path.endsWith(ending)),
  )
  if (code.length > maxFiles) throw new EvolveError('limit-exceeded', `${commit} has ${code.length} files of code, ${maxFiles} are allowed`)
  const texts = await readObjects(
    root,
    code.map(([, blob]) => blob),
  )
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kafka-evolve-')))
  try {
    for (const [path, blob] of code) {
      const text = texts.get(blob)
      if (text === undefined) continue
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await mkdir(join(folder, prefix), { recursive: true })
    await linkPackages(root, folder, prefix)
    return await use(join(folder, prefix))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The packages of the repository and of each folder down to the one that the program runs in. */
async function linkPackages(root: string, folder: string, prefix: string): Promise<void> {
  const steps = prefix.split('/').filter((step) => step !== '')
  for (let depth = 0; depth <= steps.length; depth += 1) {
    const inside = steps.slice(0, depth).join('/')
    const installed = join(root, inside, 'node_modules')
    if (existsSync(installed)) await symlink(installed, join(folder, inside, 'node_modules'), 'junction')
  }
}
