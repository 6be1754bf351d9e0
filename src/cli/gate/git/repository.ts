import { EvolveError } from '../../../errors.ts'
import { runGit } from './run-git.ts'

/** A commit of a repository. Paths are relative to its root, with `/`. */
export interface GitRevision {
  /** Folder of the repository. */
  readonly root: string
  /** Where the program runs in it: `''`, or a path with `/` at its end. */
  readonly prefix: string
  /** As it was asked for. */
  readonly name: string
  readonly commit: string
  /** Older commits may be missing here. */
  readonly isShallow: boolean
}

/** A commit that changed a file. */
export interface GitChange {
  readonly commit: string
  /** Date of the commit, `2026-11-28`. */
  readonly date: string
  readonly path: string
  /** What the file was called before this commit, where that is another name. */
  readonly before: string | undefined
  /** ID of the content; absent where the commit deletes the file. */
  readonly blob: string | undefined
}

/** Finds a revision. @throws EvolveError `invalid-options` outside of a repository, or for a revision that it does not have. */
export async function openRevision(cwd: string, name: string): Promise<GitRevision> {
  if (name.startsWith('-') || name === '') throw new EvolveError('invalid-options', `${JSON.stringify(name)} is no git revision`)
  const [root = '', prefix = '', shallow] = (
    await runGit(cwd, ['rev-parse', '--show-toplevel', '--show-prefix', '--is-shallow-repository'])
  )
    .toString()
    .split('\n')
  const isShallow = shallow === 'true'
  try {
    const commit =
      (await runGit(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]))
        .toString()
        .trim()
        .split('\n')
        .at(-1) ?? ''
    return { root, prefix, name, commit, isShallow }
  } catch (cause) {
    const hint = isShallow
      ? 'this clone is shallow: fetch the branch, with all of its history (actions/checkout: fetch-depth: 0)'
      : 'fetch it first, or name another'
    throw new EvolveError('invalid-options', `the repository has no revision ${name}`, { hint }, cause)
  }
}

/** The files of a commit, with the IDs of their contents. Links and submodules are left out. */
export async function filesAt({ root, commit }: Pick<GitRevision, 'root' | 'commit'>): Promise<ReadonlyMap<string, string>> {
  const lines = (await runGit(root, ['ls-tree', '-r', '-z', '--full-tree', commit])).toString().split('\0')
  return new Map(
    lines.flatMap((line) => {
      const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
      return blob === undefined || path === undefined ? [] : [[path, blob] as const]
    }),
  )
}

/** A file that is longer cannot state a schema (UTF-8: up to 4 bytes for a character). */
const maxBytes = 4 * 1_048_576

/**
 * Contents by what was asked for: IDs, or `commit:path`. What is not there, or is longer than 4 MiB, is left out. Two processes, however many are asked for.
 */
export async function readObjects(root: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // A name with a line end would be two names.
  const asked = [...new Set(names)].filter((name) => !/[\n\r]/.test(name))
  if (asked.length === 0) return new Map()
  const checks = (await runGit(root, ['cat-file', '--batch-check'], asked.map((name) => `${name}\n`).join(''))).toString().split('\n')
  const fitting = asked.filter((_name, index) => {
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(checks[index] ?? '') ?? []
    return size !== undefined && Number(size) <= maxBytes
  })
  if (fitting.length === 0) return new Map()
  const bytes = await runGit(root, ['cat-file', '--batch'], fitting.map((name) => `${name}\n`).join(''))
  const found = new Map<string, string>()
  let at = 0
  for (const name of fitting) {
    const end = bytes.indexOf(10, at)
    const size = Number(bytes.toString('latin1', at, end).split(' ')[2])
    found.set(name, bytes.toString('utf8', end + 1, end + 1 + size))
    at = end + 1 + size + 1
  }
  return found
}

/** All changes of files with these endings that led to a commit, newest first. @param firstParent of its own branch alone, not of those merged into it. */
export async function changesUpTo(
  { root, commit }: Pick<GitRevision, 'root' | 'commit'>,
  endings: readonly string[],
  firstParent: boolean,
): Promise<readonly GitChange[]> {
  const how = ['--raw', '--no-abbrev', '-z', '-M', '--full-history', '-m', ...(firstParent ? ['--first-parent'] : [])]
  const paths = endings.map((ending) => `:(top,glob)**/*${ending}`)
  const tokens = (await runGit(root, ['log', '--format=commit %H %cs', ...how, commit, '--', ...paths])).toString().split('\0')
  const changes: GitChange[] = []
  let [now, date] = ['', '']
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as string
    const head = /^\s*commit ([0-9a-f]+) (\S+)/.exec(token)
    if (head !== null) [now, date] = [head[1] ?? '', head[2] ?? '']
    const [, blob = '', status] = /:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*$/.exec(token) ?? []
    if (status === undefined) continue
    const isMove = status === 'R' || status === 'C'
    const before = isMove ? tokens[index + 1] : undefined
    index += isMove ? 2 : 1
    changes.push({ commit: now, date, path: tokens[index] ?? '', before, blob: /^0+$/.test(blob) ? undefined : blob })
  }
  return changes
}
