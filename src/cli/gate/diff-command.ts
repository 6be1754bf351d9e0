import { type Command, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { rollOutOf, rollOutWords } from './check/roll-out.ts'
import { diffSchemas } from './diff/diff-schemas.ts'
import { diffText, levelOfStep } from './diff/diff-text.ts'
import { type OperandWorld, readOperand } from './diff/operand.ts'

const options = {
  'exit-code': { type: 'flag', help: 'End with 1 where there is a difference' },
  ...connectionOptions,
} as const

/** `kafka-evolve diff`. */
export const diffCommand: Command = defineCommand({
  name: 'diff',
  summary: 'say what two versions of a schema differ in, and what that means for readers',
  description: [
    'Compares two schemas by their meaning: white space, the order of members and attributes that Avro does not know make no difference. For each change it says what new readers make of old data and old readers of new data, and for all of them the strongest level that the step satisfies.',
    'A and B are files (orders.avsc, orders.avdl#shop.Order), files of a revision (git:main:orders.avsc), versions of a registry or else of schemas.lock (orders-value@3, orders-value@latest), or of another lock file (lock:FILE:orders-value@3). A file alone is compared with what HEAD has of it.',
  ].join('\n\n'),
  positionals: [
    { name: 'A', help: 'the older schema', complete: 'file' },
    { name: 'B', help: 'the newer one', optional: true, complete: 'file' },
  ],
  options,
  examples: [
    ['What did I change?', 'diff schemas/orders.avsc'],
    ['What does this branch change?', 'diff git:origin/main:schemas/orders.avsc schemas/orders.avsc'],
    ['What did version 4 bring?', 'diff orders-value@3 orders-value@4 --registry http://localhost:8081'],
  ],
  run: async ({ cwd, args, options: given, stdout, style, json }) => {
    const [first = '', second] = args
    const connect = async () => (await import('../connection/open.ts')).openConnection({ cwd, options: given })
    const world: OperandWorld = { cwd, connect: given.registry === undefined ? undefined : connect }
    const from = await readOperand(second === undefined ? `git:HEAD:${first}` : first, world)
    const to = await readOperand(second ?? first, world)
    const changes = diffSchemas(from.schema, to.schema)
    const rollOut = rollOutOf(from.schema, to.schema)
    if (json) {
      const document = { from: from.name, to: to.name, changes, level: levelOfStep[rollOut], rollOut, rollOutWords: rollOutWords[rollOut] }
      stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    } else stdout.write(diffText({ from, to, changes, rollOut }, style))
    return given['exit-code'] && changes.length > 0 ? exitCodes.findings : exitCodes.ok
  },
})
