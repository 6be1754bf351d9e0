import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of the launcher that plain Node can run, for tests that need it in a process of its own. */
export interface CompiledBroker {
  /** Path of the entry point `kafka-evolve/broker`. */
  readonly entry: string
  /** Removes the copy. */
  remove(): void
}

/** Compiles the launcher as it is now, without type checks, into a temporary folder that looks like the package. */
export function compileBroker(): CompiledBroker {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-broker-'))
  mkdirSync(join(root, '.cache'), { recursive: true })
  for (const name of ['docker', 'node_modules', '.cache']) symlinkSync(join(root, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(folder, 'dist', 'broker'), { recursive: true })
  const broker = readdirSync(join(root, 'src', 'broker')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  for (const name of ['errors.ts', ...broker.map((file) => `broker/${file}`)]) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, 'src', name), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    })
    writeFileSync(join(folder, 'dist', name.replace(/\.ts$/, '.js')), outputText)
  }
  return { entry: join(folder, 'dist', 'broker', 'index.js'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
