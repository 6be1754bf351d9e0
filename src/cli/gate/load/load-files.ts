import { usageError } from '../../usage.ts'
import { type FoundFiles, schemaEndings } from '../files/find-files.ts'
import { importsBelow, readTexts } from '../files/read-texts.ts'
import type { Loaded } from '../model.ts'
import type { Project } from '../project.ts'
import { loadTexts } from './load-texts.ts'

/** Reads all schemas of files. @throws EvolveError `invalid-options` for a file of another kind. */
export async function loadFiles(cwd: string, project: Project, { files }: FoundFiles): Promise<Loaded> {
  const stranger = files.find((file) => !schemaEndings.some((ending) => file.endsWith(ending)))
  if (stranger !== undefined) throw usageError(`${stranger} is none of ${schemaEndings.join(', ')}`)
  return loadTexts(await readTexts(cwd, files), importsBelow(project.root, cwd))
}
