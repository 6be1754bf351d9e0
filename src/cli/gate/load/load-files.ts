import { usageError } from '../../usage.ts'
import { type FoundFiles, moduleEndings, schemaEndings } from '../files/find-files.ts'
import { importsBelow, readTexts } from '../files/read-texts.ts'
import type { Loaded } from '../model.ts'
import type { Project } from '../project.ts'
import { loadTexts } from './load-texts.ts'

/** Reads all schemas of files. Modules are run; what does that is loaded only where there are some. @throws EvolveError `invalid-options` for a file of another kind. */
export async function loadFiles(cwd: string, project: Project, { files }: FoundFiles): Promise<Loaded> {
  const stranger = files.find((file) => !endsIn(file, schemaEndings) && !endsIn(file, moduleEndings))
  if (stranger !== undefined) throw usageError(`${stranger} is none of ${[...schemaEndings, ...moduleEndings].join(', ')}`)
  const texts = await readTexts(cwd, files)
  const loaded = await loadTexts(
    texts.filter(({ file }) => endsIn(file, schemaEndings)),
    importsBelow(project.root, cwd),
  )
  const modules = texts.filter(({ file }) => endsIn(file, moduleEndings))
  if (modules.length === 0) return loaded
  const { loadModules } = await import('../modules/load-modules.ts')
  const more = await loadModules(cwd, modules)
  return { ...loaded, schemas: [...loaded.schemas, ...more.schemas], faults: [...loaded.faults, ...more.faults] }
}

function endsIn(file: string, endings: readonly string[]): boolean {
  return endings.some((ending) => file.endsWith(ending))
}
