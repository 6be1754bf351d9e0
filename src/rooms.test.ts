import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** The ladder of DESIGN.md: an import goes to the same room or to a lower rank. */
const ladder =
  'errors signals · schema wire · resolution frame · codec · registry · transport · serde · middleware · request archive rpc · adapters'
const rows = `${ladder} · broker testing evolve avro index cli`.split(' · ')
const top = rows.length - 1
const ranks = new Map(rows.flatMap((row, rank) => row.split(' ').map((room) => [room, rank] as const)))
/** Forbidden although the ladder allows it. */
const walls = new Set(['registry → codec', 'resolution → wire', 'frame → schema'])
/** Packages, and the rooms that may name them. Those with `late: true` are optional: `import type` or `import()` only. */
const packages: Readonly<Record<string, { readonly rooms: readonly string[]; readonly late: boolean }>> = {
  kafkajs: { rooms: ['registry', 'adapters', 'testing', 'broker', 'cli'], late: true },
  testcontainers: { rooms: ['broker'], late: true },
  '@testcontainers/kafka': { rooms: ['broker'], late: true },
  '@bokuweb/zstd-wasm': { rooms: ['archive'], late: true },
  jiti: { rooms: ['cli'], late: true },
  /** Modules of the user's, which the program is told to run. */
  '(computed)': { rooms: ['cli'], late: true },
  'lzma-native': { rooms: ['archive'], late: true },
  pg: { rooms: ['registry'], late: true },
  pino: { rooms: ['serde', 'middleware', 'adapters', 'evolve', 'cli'], late: false },
}
const longest = 350

interface Import {
  readonly from: string
  /** A path below src, or the name of a package. */
  readonly to: string
  readonly kind: 'value' | 'type' | 'dynamic'
}

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''))
const packageOf = (to: string): string => to.split('/', to.startsWith('@') ? 2 : 1).join('/')
const kindOf = (typeOnly: boolean): Import['kind'] => (typeOnly ? 'type' : 'value')
const inSrc = (to: string): boolean => to.endsWith('.ts')

/** Every import of a file: statements, re-exports, `import()` expressions, `import()` types, and what a `createRequire` loads. */
function importsOf(from: string, text: string): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, kind: Import['kind']): void => {
    if (specifier === undefined) return
    const name = ts.isStringLiteralLike(specifier) ? specifier.text : '(computed)'
    found.push({ from, to: name.startsWith('.') ? posix.join(posix.dirname(from), name) : name, kind })
  }
  const file = ts.createSourceFile(from, text, ts.ScriptTarget.Latest, false)
  const loads = (call: ts.CallExpression): boolean =>
    call.expression.kind === ts.SyntaxKind.ImportKeyword ||
    /^(require|createRequire\(.*\))(\.resolve)?$/.test(call.expression.getText(file))
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, kindOf(node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, kindOf(node.isTypeOnly))
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, 'type')
    else if (ts.isCallExpression(node) && loads(node)) add(node.arguments[0], 'dynamic')
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Why an import is not allowed, or `undefined`. */
function objection({ from, to, kind }: Import): string | undefined {
  const [room, rank] = [roomOf(from), ranks.get(roomOf(from)) ?? -1]
  if (!inSrc(to)) {
    if (to.startsWith('node:')) return room === 'errors' ? 'errors.ts imports nothing' : undefined
    const allowed = packages[packageOf(to)]
    if (!allowed?.rooms.includes(room)) return `${room} may not name ${to}`
    return allowed.late && kind === 'value' ? `${to} is optional: import type or import() only` : undefined
  }
  const [target, targetRank] = [roomOf(to), ranks.get(roomOf(to)) ?? 99]
  if (target === 'index') return 'index.ts is imported by nobody'
  if (to.startsWith('..')) return 'leaves src'
  if (room === target) return undefined
  if (walls.has(`${room} → ${target}`)) return `wall: ${room} → ${target}`
  return targetRank < rank || (rank === top && targetRank === top) ? undefined : `upwards: ${room} (${rank}) → ${target} (${targetRank})`
}

const objections = (imports: readonly Import[]): string[] =>
  imports.flatMap((one) => {
    const why = objection(one)
    return why === undefined ? [] : [`${one.from} imports ${one.to}: ${why}`]
  })

/** Files that reach themselves over imports (types count too). */
function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, Import[]>()
  for (const one of imports) if (inSrc(one.to)) next.set(one.from, [...(next.get(one.from) ?? []), one])
  const reaches = (from: string, goal: string, seen: Set<string>): boolean =>
    (next.get(from) ?? []).some(({ to }) => to === goal || (!seen.has(to) && reaches(to, goal, seen.add(to))))
  return [...next.keys()].filter((file) => reaches(file, file, new Set()))
}

const homeless = (files: readonly string[]): string[] => files.filter((file) => !ranks.has(roomOf(file)))

const root = fileURLToPath(new URL('.', import.meta.url))
const files = (readdirSync(root, { recursive: true }) as string[])
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !/\.test(-d|-support)?\.ts$/.test(file))
const texts = new Map(files.map((file) => [file, readFileSync(`${root}${file}`, 'utf8')]))
const imports = [...texts].flatMap(([file, text]) => importsOf(file, text))

describe('the rooms of src', () => {
  it('holds every file in a known room', () => expect(homeless(files)).toEqual([]))
  it('imports only downwards', () => expect(objections(imports)).toEqual([]))
  it('has no cycle between files', () => expect(cycles(imports)).toEqual([]))
  it(`has no file above ${longest} lines`, () => {
    expect([...texts].filter(([, text]) => text.split('\n').length > longest + 1).map(([file]) => file)).toEqual([])
  })
})

describe('the test of the rooms', () => {
  const value = (from: string, to: string): Import => ({ from, to, kind: 'value' })
  it.each([
    [value('codec/codec.ts', 'registry/types.ts'), 'upwards'],
    [value('schema/text.ts', 'wire/reader.ts'), 'upwards'],
    [value('serde/serializer.ts', 'adapters/kafkajs/producer.ts'), 'upwards'],
    [value('registry/http.ts', 'codec/codec.ts'), 'wall'],
    [value('resolution/plan.ts', 'wire/reader.ts'), 'wall'],
    [value('frame/confluent.ts', 'schema/types.ts'), 'wall'],
    [value('testing/index.ts', 'index.ts'), 'nobody'],
    [value('errors.ts', 'node:util'), 'nothing'],
    [value('wire/reader.ts', '../scripts/x.ts'), 'leaves src'],
    [value('serde/serializer.ts', 'kafkajs'), 'may not name'],
    [value('codec/avro/read.ts', 'avsc'), 'may not name'],
    [value('broker/container.ts', '@testcontainers/kafka/build/x.js'), 'optional'],
    [value('adapters/kafkajs/producer.ts', 'kafkajs'), 'optional'],
  ])('refuses %o', (one, why) => expect(objection(one)).toContain(why))

  it.each<Import>([
    value('codec/codec.ts', 'schema/text.ts'),
    value('testing/kafka.ts', 'evolve.ts'),
    { from: 'adapters/kafkajs/producer.ts', to: 'kafkajs', kind: 'type' },
    { from: 'broker/container.ts', to: '@testcontainers/kafka', kind: 'dynamic' },
  ])('allows %o', (one) => expect(objection(one)).toBeUndefined())

  it('sees every form of import', () => {
    const text = `import a from './a.ts'; import type { B } from './b.ts'; export * from '../c.ts'; export type { D } from './d.ts'
      const e = await import('./e.ts'); let f: import('./f.ts').F; import './g.ts'; import { type H } from 'h'; await import(name)
      createRequire(import.meta.url)('i'); require.resolve('j/package.json')`
    const seen = importsOf('room/file.ts', text).map(({ to, kind }) => `${kind} ${to}`)
    const written = 'value room/a.ts, type room/b.ts, value c.ts, type room/d.ts, dynamic room/e.ts, type room/f.ts, value room/g.ts'
    expect(seen).toEqual([...written.split(', '), 'value h', 'dynamic (computed)', 'dynamic i', 'dynamic j/package.json'])
  })

  it('sees cycles and strangers', () => {
    const ring = [value('a.ts', 'b.ts'), value('b.ts', 'c.ts'), value('c.ts', 'a.ts'), value('d.ts', 'a.ts')]
    expect(cycles(ring)).toEqual(['a.ts', 'b.ts', 'c.ts'])
    expect(cycles(ring.slice(1))).toEqual([])
    expect(homeless(['cellar/rats.ts', 'errors.ts', 'util.ts', 'wire/reader.ts'])).toEqual(['cellar/rats.ts', 'util.ts'])
  })
})
