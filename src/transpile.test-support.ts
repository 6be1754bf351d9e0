import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const source = fileURLToPath(new URL('.', import.meta.url))
const compilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  rewriteRelativeImportExtensions: true,
  verbatimModuleSyntax: true,
}

/**
 * Puts a source file (a path, or one below `src`) and all that it imports into a folder as JavaScript modules, for a process of its own that needs
 * no build. Gives the file's place there.
 */
export function transpiled(file: string, folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return one(resolve(source, file), folder, new Set())
}

function one(file: string, folder: string, done: Set<string>): string {
  const target = join(folder, relative(source, file)).replace(/\.ts$/, '.js')
  if (done.has(file)) return target
  done.add(file)
  const text = readFileSync(file, 'utf8')
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, ts.transpileModule(text, { compilerOptions, fileName: file }).outputText)
  for (const { fileName } of ts.preProcessFile(text).importedFiles)
    if (fileName.startsWith('.')) one(resolve(dirname(file), fileName), folder, done)
  return target
}
