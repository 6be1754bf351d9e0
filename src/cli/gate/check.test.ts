import { afterEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../registry/memory.ts'
import { serveRegistry } from '../../registry/server/serve.ts'
import { type Ran, runCli } from '../run.test-support.ts'
import { makeProject, type TestProject } from './gate.test-support.ts'

const projects: TestProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

/** A repository with files on `main`, and others in the working tree. */
function changed(before: Record<string, string | object>, after: Record<string, string | object | undefined>): TestProject {
  const project = makeProject()
  projects.push(project)
  project.commit(before)
  project.write(after)
  return project
}

const check = (project: TestProject, ...argv: readonly string[]): Promise<Ran> => runCli(['check', ...argv], { cwd: project.folder })

interface Found {
  readonly rule: string
  readonly severity: string
  readonly message: string
  readonly subject?: string
  readonly direction?: string
  readonly versions?: readonly string[]
  readonly field?: string
  readonly cure?: string
  readonly place?: { readonly file: string; readonly line: number; readonly column: number; readonly text: string }
}
interface Answer {
  readonly ok: boolean
  readonly summary: string
  readonly subjects: readonly {
    readonly subject: string
    readonly schema: string
    readonly status: string
    readonly level: string
    readonly levelFrom: string
    readonly rollOut?: string
    readonly versions: readonly string[]
  }[]
  readonly findings: readonly Found[]
}

async function answer(project: TestProject, ...argv: readonly string[]): Promise<Answer> {
  const { out, err } = await check(project, ...argv, '--json')
  expect(err).toBe('')
  return JSON.parse(out) as Answer
}

const record = (name: string, ...fields: readonly object[]): object => ({ type: 'record', name, namespace: 'shop', fields })
const id = { name: 'id', type: 'string' }
const status = (...symbols: readonly string[]): object => ({ name: 'status', type: { type: 'enum', name: 'Status', symbols } })

/** What changes; then `rule field direction line` of each finding, the order of deployment, and a part of the first cure. */
type Step = readonly [name: string, before: object, after: object, found: readonly string[], rollOut: string | undefined, cure?: string]
const steps: readonly Step[] = [
  ['nothing', record('Order', id), record('Order', id), [], undefined],
  ['a field with a default', record('Order', id), record('Order', id, { name: 'n', type: 'int', default: 0 }), [], 'any order'],
  [
    'a field without a default',
    record('Order', id),
    record('Order', id, { name: 'discount', type: 'int' }),
    ['READER_FIELD_MISSING_DEFAULT_VALUE Order.discount backward 11'],
    'writers first',
    'give discount a default',
  ],
  [
    'a rename without an alias',
    record('Order', { name: 'qty', type: 'int' }),
    record('Order', { name: 'quantity', type: 'int' }),
    ['READER_FIELD_MISSING_DEFAULT_VALUE Order.quantity backward 7', 'READER_FIELD_MISSING_DEFAULT_VALUE Order.qty forward 3'],
    'none',
    'or the alias qty if it was called that',
  ],
  [
    'a field that goes',
    record('Order', id, { name: 'note', type: 'string' }),
    record('Order', id),
    ['READER_FIELD_MISSING_DEFAULT_VALUE Order.note forward 3'],
    'readers first',
    'keep the field note until every reader has a default for it',
  ],
  [
    'a symbol more',
    record('Order', status('a')),
    record('Order', status('a', 'b')),
    ['MISSING_ENUM_SYMBOLS Order.status forward 11'],
    'readers first',
    'leave b out',
  ],
  [
    'a branch in front of others',
    record('Order', { name: 'item', type: ['null', 'string', record('Item', id)] }),
    record('Order', { name: 'item', type: ['null', record('Item', id)] }),
    ['MISSING_UNION_BRANCH Order.item backward 8'],
    'writers first',
    'add string to the union',
  ],
  [
    'a type inside an array',
    record('Order', { name: 'items', type: { type: 'array', items: record('Item', { name: 'price', type: 'int' }) } }),
    record('Order', { name: 'items', type: { type: 'array', items: record('Item', { name: 'price', type: 'string' }) } }),
    ['TYPE_MISMATCH Order.items[].price backward 17', 'TYPE_MISMATCH Order.items[].price forward 17'],
    'none',
    'leave the type at int',
  ],
  [
    'a union that loses null',
    record('Order', { name: 'note', type: ['null', 'string'] }),
    record('Order', { name: 'note', type: 'string' }),
    ['TYPE_MISMATCH Order.note backward 8'],
    'writers first',
    'let the reader take null too: leave the type at the union of null, string',
  ],
]

describe('what a change would break', () => {
  it.each(steps.map((step) => [step[0], step] as const))('%s', async (_name, [, before, after, found, rollOut, cure]) => {
    const project = changed({ 'orders.avsc': before }, { 'orders.avsc': after })
    const { ok, findings, subjects } = await answer(project, 'orders.avsc', '--against', 'main', '--level', 'FULL')
    expect(findings.map(({ rule, field, direction, place }) => `${rule} ${field} ${direction} ${place?.line}`)).toEqual(found)
    expect(subjects.map((one) => one.rollOut)).toEqual([rollOut])
    expect(ok).toBe(found.length === 0)
    if (cure !== undefined) expect(findings[0]?.cure).toContain(cure)
  })

  it('names every version once that is hit by the same thing', async () => {
    const project = changed({ 'o.avsc': record('Order', id) }, {})
    project.commit({ 'o.avsc': record('Order', id, { name: 'a', type: 'int', default: 0 }) })
    project.commit({ 'o.avsc': record('Order', id) }, 'back again')
    project.write({ 'o.avsc': record('Order', id, { name: 'b', type: 'int' }) })
    const { findings, subjects } = await answer(project, 'o.avsc', '--against', 'main', '--level', 'BACKWARD_TRANSITIVE')
    expect(findings).toHaveLength(1)
    expect(findings[0]?.versions).toEqual(['main', expect.stringMatching(/^[0-9a-f]{9} \(\d{4}-\d\d-\d\d\)$/)])
    expect(subjects[0]?.versions).toHaveLength(2)
  })

  it('passes over commits in which the file was no schema', async () => {
    const project = changed({ 'o.avsc': record('Order', id) }, {})
    project.commit({ 'o.avsc': '{ "type": ' }, 'broken')
    project.commit({ 'o.avsc': record('Order', id, { name: 'a', type: 'int', default: 0 }) }, 'mended')
    const { subjects, findings } = await answer(project, 'o.avsc', '--against', 'main', '--level', 'FULL_TRANSITIVE')
    expect([subjects.map((one) => one.status), findings]).toEqual([['unchanged'], []])
  })

  it('takes no schema for one that was renamed because it is much alike', async () => {
    const fields = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, type: 'string' }))
    const project = changed({ 'seen.avsc': record('Seen', ...fields, { name: 'at', type: 'long' }) }, {})
    project.git('rm', '-q', 'seen.avsc')
    project.commit({ 'heard.avsc': record('Heard', ...fields) }, 'another one')
    project.write({ 'heard.avsc': record('Heard', ...fields, { name: 'by', type: 'string', default: '' }) })
    const { findings, subjects } = await answer(project, 'heard.avsc', '--against', 'main', '--level', 'FULL_TRANSITIVE')
    expect(subjects.map(({ status: state, versions }) => [state, versions])).toEqual([['compatible', ['main']]])
    expect(findings).toEqual([])
  })

  it('follows a file that was renamed', async () => {
    const project = changed({ 'old/orders.avsc': record('Order', id, { name: 'a', type: 'int' }) }, {})
    project.git('mv', 'old/orders.avsc', 'moved.avsc')
    project.commit({ 'moved.avsc': record('Order', id, { name: 'a', type: 'int', default: 0 }) }, 'moved')
    project.commit({ 'moved.avsc': record('Order', id, { name: 'a', type: 'int', default: 1 }) }, 'changed')
    project.git('mv', 'moved.avsc', 'again.avsc')
    project.write({ 'again.avsc': record('Order', id, { name: 'a', type: 'int', default: 2 }) })
    const { subjects, findings } = await answer(project, '.', '--against', 'main', '--level', 'FULL_TRANSITIVE')
    expect(subjects.map(({ status: state, versions }) => [state, versions.length])).toEqual([['compatible', 3]])
    expect(findings).toEqual([])
  })
})

describe('files and subjects', () => {
  it('puts together what stands in several files, and finds the place in the file that changed', async () => {
    const address = (...more: readonly object[]): object => record('Address', { name: 'street', type: 'string' }, ...more)
    const user = record('User', { name: 'home', type: ['null', 'shop.Address'], default: null })
    const project = changed(
      { 'a/user.avsc': user, 'b/address.avsc': address() },
      { 'b/address.avsc': address({ name: 'zip', type: 'int' }) },
    )
    const { findings, subjects } = await answer(project, '.', '--against', 'main')
    expect(subjects.map(({ subject }) => subject)).toEqual(['user-value'])
    expect(findings.map(({ rule, place }) => [rule, place?.file, place?.text.trim()])).toEqual([
      ['MISSING_UNION_BRANCH', 'b/address.avsc', '"name": "zip",'],
    ])
    expect(findings[0]?.cure).toContain('give zip a default')
  })

  it('reads IDL with imports from below the root, and from nowhere else', async () => {
    const idl = (import_: string, ...fields: readonly string[]): string =>
      `namespace shop;\nschema Order;\nimport idl "${import_}";\nrecord Order {\n  Address to;\n${fields.map((field) => `  ${field}\n`).join('')}}\n`
    const project = changed(
      { 'idl/orders.avdl': idl('../lib/address.avdl'), 'lib/address.avdl': 'namespace shop;\nrecord Address { string street; }' },
      { 'idl/orders.avdl': idl('../lib/address.avdl', 'int? `count`;') },
    )
    const { findings, subjects } = await answer(project, 'idl', '--against', 'main')
    expect(subjects.map(({ subject, status: state }) => [subject, state])).toEqual([['orders-value', 'incompatible']])
    expect(findings.map(({ field, place }) => [field, place?.line, place?.column])).toEqual([['Order.count', 6, 8]])
    project.write({ 'idl/orders.avdl': idl('../../../../../../../../etc/passwd') })
    const outside = await answer(project, 'idl', '--against', 'main')
    expect(outside.findings.map(({ rule, message }) => [rule, message.includes('no file')])).toEqual([['invalid-schema', true]])
  })

  it('says which files are new, gone, moved, broken, and stops for those that are broken only', async () => {
    const project = changed(
      { 'same.avsc': record('Same', id), 'gone.avsc': record('Gone', id), 'broken.avsc': record('Broken', id), 'was-broken.avsc': '{' },
      {
        'gone.avsc': undefined,
        'new.avsc': record('New', id),
        'broken.avsc': '{ "type": "record",\n  "name" "Broken" }',
        'was-broken.avsc': record('W', id),
      },
    )
    const { findings, subjects, ok } = await answer(project, '.', '--against', 'main')
    expect(subjects.map(({ subject, status: state }) => [subject, state])).toEqual([
      ['new-value', 'new'],
      ['same-value', 'unchanged'],
      ['was-broken-value', 'new'],
    ])
    expect(findings.map(({ rule, severity, place }) => [rule, severity, place?.line, place?.column])).toEqual([
      ['invalid-schema', 'error', 2, 10],
      ['unreadable-version', 'warning', undefined, undefined],
      ['schema-deleted', 'warning', undefined, undefined],
    ])
    expect(ok).toBe(false)
  })

  it.each([
    ['topic', 'orders-value'],
    ['record', 'shop.Order'],
    ['topic-record', 'orders-shop.Order'],
    ['file', 'orders'],
  ])('names subjects by %s', async (strategy, subject) => {
    const project = changed({}, { 'orders.avsc': record('Order', id) })
    const { subjects } = await answer(project, 'orders.avsc', '--against', 'HEAD', '--strategy', strategy)
    expect(subjects.map((one) => one.subject)).toEqual([subject])
  })

  it('takes subjects, levels and paths from kafka-evolve.json', async () => {
    const project = changed(
      { 'schemas/o.avsc': record('Order', id) },
      {
        'schemas/o.avsc': record('Order', id, { name: 'n', type: 'int' }),
        'kafka-evolve.json':
          '{ // all of it\n "schemas": "schemas", "against": "main", "subjects": {"orders-value": "schemas/o.avsc", "copies-value": "schemas/o.avsc", "x": "y.avsc"}, "levels": {"cop*": "FORWARD"} }',
      },
    )
    const { findings, subjects } = await answer(project)
    expect(subjects.map(({ subject, status: state, level, levelFrom }) => [subject, state, level, levelFrom])).toEqual([
      ['orders-value', 'incompatible', 'BACKWARD', 'default'],
      ['copies-value', 'compatible', 'FORWARD', 'kafka-evolve.json'],
    ])
    expect(findings.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['schema-missing', 'x'],
      ['READER_FIELD_MISSING_DEFAULT_VALUE', 'orders-value'],
    ])
  })

  it('refuses two schemas of one subject, and types that differ', async () => {
    const project = changed(
      {},
      { 'a/o.avsc': record('A', id), 'b/o.avsc': record('B', id), 'c.avsc': record('User', { name: 'x', type: 'shop.T' }) },
    )
    project.write({ 't1.avsc': record('T', id), 't2.avsc': record('T', { name: 'other', type: 'int' }) })
    const { findings } = await answer(project, '.', '--against', 'HEAD')
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['invalid-schema', expect.stringMatching(/shop\.T is defined twice and differently, in t1\.avsc and in t2\.avsc/)],
      ['duplicate-subject', 'b/o.avsc and a/o.avsc both belong to the subject o-value'],
    ])
  })
})

describe('against registries and lock files', () => {
  it('uses the levels in force there, and follows references', async () => {
    const registry = memoryRegistry({ compatibility: 'BACKWARD' })
    const text = (schema: object): { format: 'AVRO'; text: string } => ({ format: 'AVRO', text: JSON.stringify(schema) })
    await registry.register('address', text(record('Address', { name: 'street', type: 'string' })))
    const user = record('User', { name: 'home', type: 'shop.Address' })
    await registry.register('user-value', { ...text(user), references: [{ name: 'shop.Address', subject: 'address', version: 1 }] })
    await registry.register('free-value', text(record('Free', id)))
    await registry.setConfig('free-value', { compatibility: 'NONE' })
    const server = await serveRegistry({ registry })
    const project = changed(
      {},
      {
        'user.avsc': user,
        'address.avsc': record('Address', { name: 'street', type: 'string' }, { name: 'zip', type: 'int' }),
        'free.avsc': record('Free', { name: 'x', type: 'int' }),
        'new.avsc': record('New', id),
      },
    )
    try {
      const { subjects, findings } = await answer(project, '.', '--registry', server.url)
      const expected = [
        ['free-value', 'compatible', 'NONE'],
        ['new-value', 'new', 'BACKWARD'],
        ['user-value', 'incompatible', 'BACKWARD'],
      ]
      expect(subjects.map(({ subject, status: state, level }) => [subject, state, level])).toEqual(expected)
      expect(findings.map(({ rule, field, versions, place }) => [rule, field, versions, place?.file])).toEqual([
        ['READER_FIELD_MISSING_DEFAULT_VALUE', 'User.home.zip', ['version 1'], 'address.avsc'],
      ])
      expect((await runCli(['pull', '--all', '--registry', server.url], { cwd: project.folder })).code).toBe(0)
      const locked = await answer(project, '.', '--against', 'schemas.lock')
      expect(locked.subjects.map(({ subject, status: state, level }) => [subject, state, level])).toEqual(expected)
      const strict = await answer(project, 'new.avsc', '--against', 'schemas.lock', '--fail-on-new')
      expect(strict.findings.map(({ rule, cure }) => [rule, cure?.includes('--fail-on-new')])).toEqual([['new-subject', true]])
    } finally {
      await server.close()
      await registry.close()
    }
    const { code, out, err } = await check(project, 'new.avsc', '--registry', server.url, '--timeout', '10000')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('[registry-unavailable]')
  })
})

describe('mistakes end with 2 and say what to do', () => {
  it.each([
    [['o.avsc'], 'there is nothing to compare with', 'give --registry URL, or --against'],
    [['o.avsc', '--against', 'nonsense'], 'the repository has no revision nonsense', 'fetch it first'],
    [['o.avsc', '--against=--output=x'], '"--output=x" is no git revision', ''],
    [['o.avsc', '--against', 'absent.lock'], 'absent.lock', ''],
    [['p.avsc', '--against', 'HEAD'], 'there is no file or folder p.avsc', ''],
    [['*.avdl', '--against', 'HEAD'], 'there are no schema files in *.avdl', ''],
    [['o.txt', '--against', 'HEAD'], 'o.txt is none of .avsc', ''],
    [['--against', 'HEAD'], 'no schemas are named', '"schemas" in kafka-evolve.json'],
    [['o.avsc', '--config', 'bad.json', '--against', 'HEAD'], 'bad.json: "levle" is no member', 'did you mean level'],
  ])('%j', async (argv, problem, hint) => {
    const project = changed({ 'o.avsc': record('Order', id), 'o.txt': '', 'bad.json': { levle: 'FULL' } }, {})
    const { code, out, err } = await check(project, ...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(problem)
    expect(err).toContain(hint)
  })

  it('needs a repository for a revision', async () => {
    const project = makeProject(false)
    projects.push(project)
    project.write({ 'o.avsc': record('Order', id) })
    const { code, err } = await check(project, 'o.avsc', '--against', 'main')
    expect(code).toBe(2)
    expect(err).toContain('not a git repository')
    expect(err).toContain('hint: compare with a registry or a lock file instead')
  })

  it('has no answer for a TRANSITIVE level in a shallow clone', async () => {
    const project = changed({ 'o.avsc': record('Order', id) }, {})
    project.commit({}, 'one more')
    const clone = makeProject()
    projects.push(clone)
    clone.git('fetch', '-q', '--depth', '1', `file://${project.folder}`, 'main')
    clone.git('reset', '-q', '--hard', 'FETCH_HEAD')
    clone.write({ 'o.avsc': record('Order', id, { name: 'n', type: 'int', default: 0 }) })
    expect((await check(clone, 'o.avsc', '--against', 'HEAD')).code).toBe(0)
    const { code, err } = await check(clone, 'o.avsc', '--against', 'HEAD', '--level', 'FULL_TRANSITIVE')
    expect(code).toBe(2)
    expect(err).toMatch(/^kafka-evolve: \[invalid-options\] this clone is shallow: .*\n {2}hint: fetch all of it/)
  })
})
