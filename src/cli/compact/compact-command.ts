import { join } from 'node:path'
import { type Command, defineCommand, exitCodes } from '../command.ts'
import { printable } from '../style.ts'

/** `kafka-evolve compact DIR`. */
export const compactCommand: Command = defineCommand({
  name: 'compact',
  summary: 'write the file of a file store anew, without what is of no use',
  description: `Settings that others have replaced and versions that were purged stay in the file until it is written anew; a server does that by itself once enough has come together. This does it now, so that the texts of purged schemas are gone from the disk. IDs that were given stay taken. No server may write the store meanwhile; a kill at any moment leaves the old file or the new one.`,
  positionals: [{ name: 'DIR', help: 'The folder of the store, as in --store file:DIR' }],
  options: {},
  examples: [['Take what was purged off the disk', 'compact /var/lib/registry']],
  async run({ args, json, stdout }) {
    const folder = (args[0] as string).replace(/^file:/, '')
    const { fileRegistry } = await import('../../registry/file/file-registry.ts')
    const path = join(folder, 'schemas.log')
    // Opened for reading first: a folder named by mistake is not to become a store.
    await (await fileRegistry({ path, readOnly: true })).close()
    const registry = await fileRegistry({ path, compactAboveBytes: Infinity })
    try {
      const { bytesBefore, bytesAfter } = await registry.compact()
      if (json) stdout.write(`${JSON.stringify({ path, bytesBefore, bytesAfter })}\n`)
      else stdout.write(`${printable(path)}: ${bytesBefore} bytes before, ${bytesAfter} after\n`)
      return exitCodes.ok
    } finally {
      await registry.close()
    }
  },
})
