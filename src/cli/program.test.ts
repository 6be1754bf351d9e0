import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EvolveError } from '../errors.ts'
import { catalog } from './catalog.ts'
import { type CatalogEntry, defineCommand } from './command.ts'
import { runCli } from './run.test-support.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** A command that says what it was given. */
const echo = defineCommand({
  name: 'echo',
  summary: 'say what it was given',
  description: 'For tests.',
  positionals: [
    { name: 'WHAT', help: 'anything' },
    { name: 'MORE', help: 'more', optional: true, many: true },
  ],
  options: {
    loud: { type: 'flag', short: 'l', help: 'Loud', env: ['ECHO_LOUD'] },
    newline: { type: 'flag', default: true, help: 'End with a line' },
    level: { type: 'text', placeholder: 'LEVEL', help: 'Level', choices: ['LOW', 'HIGH'], default: 'LOW', env: ['ECHO_A', 'ECHO_B'] },
    tag: { type: 'list', placeholder: 'TAG', help: 'Tag', env: ['ECHO_TAGS'] },
    times: { type: 'number', placeholder: 'N', help: 'Times', min: -1, max: 9, default: 1 },
    fail: { type: 'text', placeholder: 'CODE', help: 'Fail' },
  },
  examples: [['Say it', 'echo it']],
  async run({ options, args, stdout }) {
    const { loud, newline, level, tag, times, fail } = options
    if (fail === 'defect') throw new TypeError('x is not\na function')
    if (fail !== undefined) throw new EvolveError('registry-timeout', 'no\u001b[2J answer', { subject: 'orders', hint: 'wait' })
    stdout.write(JSON.stringify({ loud, newline, level, tag, times, args }))
    return 0
  },
})
const entries: readonly CatalogEntry[] = [...catalog, { name: 'echo', summary: echo.summary, load: async () => echo }]
const plain = { loud: false, newline: true, level: 'LOW', tag: [], times: 1, args: ['a'] }

describe('options of a command', () => {
  it.each<[string, object, Record<string, string>?]>([
    ['a', plain],
    ['a --loud --no-newline --level HIGH', { ...plain, loud: true, newline: false, level: 'HIGH' }],
    ['a -l --level=HIGH --level LOW', { ...plain, loud: true }],
    ['--tag x a --tag=y b c', { ...plain, tag: ['x', 'y'], args: ['a', 'b', 'c'] }],
    ['a --times -1', { ...plain, times: -1 }],
    ['a -- --loud -x', { ...plain, args: ['a', '--loud', '-x'] }],
    ['-', { ...plain, args: ['-'] }],
    ['a', { ...plain, level: 'HIGH' }, { ECHO_A: '', ECHO_B: 'HIGH' }],
    ['a --level LOW', plain, { ECHO_A: 'HIGH' }],
    ['a', { ...plain, tag: ['x', 'y'], loud: true }, { ECHO_TAGS: 'x, y,', ECHO_LOUD: '1' }],
    ['a --no-loud', plain, { ECHO_LOUD: '1' }],
    ['a', plain, { ECHO_LOUD: 'false' }],
  ])('%s', async (line, expected, env = {}) => {
    const ran = await runCli(['echo', ...line.split(' ')], { catalog: entries, env })
    expect([ran.err, ran.code]).toEqual(['', 0])
    expect(JSON.parse(ran.out)).toEqual(expected)
  })

  it.each<[string, string, string?, Record<string, string>?]>([
    ['', 'echo needs WHAT: anything', 'see kafka-evolve echo --help'],
    ['a --levle HIGH', 'echo has no option --levle', 'did you mean --level?'],
    ['a --nonsense', 'echo has no option --nonsense', 'see kafka-evolve echo --help'],
    ['a -x', 'echo has no option -x', 'see kafka-evolve echo --help'],
    ['a --no-level', 'echo has no option --no-level'],
    ['a --level', '--level needs a value: --level LEVEL', 'see kafka-evolve echo --help'],
    ['a --level --loud', '--level needs a value: --level LEVEL', 'if --loud is the value, write --level=--loud'],
    ['a --level HIHG', '--level cannot be HIHG', 'did you mean HIGH? (one of LOW, HIGH)'],
    ['a --loud=yes', '--loud takes no value'],
    ['a --times 10', '--times is an integer from -1 to 9, not 10'],
    ['a --times 1e0', '--times is an integer from -1 to 9, not 1e0'],
    ['a', 'ECHO_A cannot be MIDDLE', 'one of LOW, HIGH', { ECHO_A: 'MIDDLE' }],
  ])('%s is refused', async (line, problem, hint, env = {}) => {
    const words = line === '' ? [] : line.split(' ')
    const ran = await runCli(['echo', ...words], { catalog: entries, env })
    expect([ran.out, ran.code]).toEqual(['', 2])
    const [first, second] = ran.err.split('\n')
    expect(first).toBe(`kafka-evolve: [invalid-options] ${problem}`)
    if (hint !== undefined) expect(second).toBe(`  hint: ${hint}`)
  })
})

describe('the program', () => {
  it.each([['--help'], ['-h'], ['help'], ['--no-color --help']])('%s lists the commands', async (line) => {
    const { code, out, err } = await runCli(line.split(' '))
    expect([code, err]).toEqual([0, ''])
    for (const { name, summary } of catalog) expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20).replace(/\W/g, '.')}`, 'm'))
  })

  it.each([['--version'], ['-V'], ['--json -V']])('%s', async (line) => {
    expect(await runCli(line.split(' '))).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  it('says how it is used when called with nothing, and that this was a mistake', async () => {
    const { code, out, err } = await runCli([])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('kafka-evolve COMMAND')
  })

  it.each([
    ['hepl', 'did you mean help?'],
    ['completi', 'did you mean completion?'],
    ['xyzzy', 'see kafka-evolve --help'],
    ['help hlep', 'did you mean help?'],
  ])('%s: %s', async (line, hint) => {
    const { code, out, err } = await runCli(line.split(' '))
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^kafka-evolve: \[invalid-options\] there is no command \w+\n {2}hint: /)
    expect(err).toContain(hint)
  })

  it('lays a wrong option in front of the command to nobody else', async () => {
    const { code, err } = await runCli(['--loud', 'echo', 'a'], { catalog: entries })
    expect([code, err.split('\n')[0]]).toEqual([2, 'kafka-evolve: [invalid-options] there is no option --loud'])
  })

  it.each(catalog.map(({ name, summary }) => [name, summary]))('%s has help with all that it takes', async (name, summary) => {
    const command = await catalog.find((entry) => entry.name === name)?.load()
    expect([command?.name, command?.summary]).toEqual([name, summary])
    const { code, out } = await runCli([name, '--help'])
    expect(code).toBe(0)
    for (const option of Object.keys(command?.options ?? {})) expect(out).toMatch(new RegExp(`--(no-)?${option}\\b`))
    expect(out).toContain('Examples')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(line.startsWith('  ') ? 160 : 100)
    expect((await runCli(['help', name])).out).toBe(out)
  })
})

describe('an error', () => {
  const run = (line: string, around = {}): ReturnType<typeof runCli> => runCli(line.split(' '), { catalog: entries, ...around })

  it('is one line and a hint, whatever is in it', async () => {
    expect(await run('echo a --fail x')).toEqual({
      code: 2,
      out: '',
      err: 'kafka-evolve: [registry-timeout] no\\x1b[2J answer (subject orders)\n  hint: wait\n',
    })
  })

  it('is a document for machines as well', async () => {
    const { out, err } = await run('echo a --fail x --json')
    expect(JSON.parse(out)).toEqual({
      error: { code: 'registry-timeout', message: 'no\u001b[2J answer (subject orders)', hint: 'wait', details: { subject: 'orders' } },
    })
    expect(err.split('\n').length).toBe(3)
  })

  it('that is a defect says so, without a stack', async () => {
    const { code, err } = await run('echo a --fail defect')
    expect([code, err.split('\n')[0]]).toEqual([2, 'kafka-evolve: [internal] x is not\\na function'])
    expect(err).not.toContain('program.test')
    expect((await run('echo a --fail defect --debug')).err).toContain('program.test')
  })
})

describe('colours', () => {
  const isColoured = async (options: string, isTTY: boolean, env: Record<string, string>): Promise<boolean> =>
    (await runCli(['help', ...options.split(' ').filter((word) => word !== '')], { isTTY, env })).out.includes('\u001b[')

  it.each<[string, boolean, Record<string, string>, boolean]>([
    ['', false, {}, false],
    ['', true, {}, true],
    ['', true, { NO_COLOR: '1' }, false],
    ['', true, { NO_COLOR: '' }, true],
    ['', true, { TERM: 'dumb' }, false],
    ['', false, { FORCE_COLOR: '1' }, true],
    ['', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['', true, { FORCE_COLOR: '0' }, false],
    ['--color', false, { NO_COLOR: '1' }, true],
    ['--no-color', true, { FORCE_COLOR: '1' }, false],
  ])('%s, terminal %s, %o: %s', async (options, isTTY, env, expected) => {
    expect(await isColoured(options, isTTY, env)).toBe(expected)
  })
})
