// Avro without Kafka: an old program goes through a file that a newer one wrote, changes what it knows, and loses nothing.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCompatibility, parseSchema, readContainer, writeContainer } from 'kafka-evolve/avro'

const Reading = parseSchema({
  type: 'record',
  name: 'Reading',
  fields: [
    { name: 'sensor', type: 'string' },
    { name: 'celsius', type: 'double' },
  ],
})

const NewerReading = parseSchema({
  type: 'record',
  name: 'Reading',
  fields: [
    { name: 'sensor', type: 'string' },
    { name: 'celsius', type: 'double' },
    { name: 'takenAt', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'quality', type: { type: 'enum', name: 'Quality', symbols: ['good', 'doubtful'] } },
  ],
})

/** Gives back what a reader of the newer schema finds in the corrected file, and what stands against reading old files as new ones. */
export async function main({
  print = console.log,
}: {
  readonly print?: (line: string) => void
} = {}): Promise<{ corrected: unknown[]; problems: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'kafka-evolve-example-'))
  try {
    const [raw, corrected] = [join(folder, 'raw.avro'), join(folder, 'corrected.avro')]
    await writeContainer(
      raw,
      NewerReading,
      [
        { sensor: 'roof', celsius: 21.5, takenAt: new Date('2026-06-01T12:00:00Z'), quality: 'good' as const },
        { sensor: 'cellar', celsius: 11.25, takenAt: new Date('2026-06-01T12:00:01Z'), quality: 'doubtful' as const },
      ],
      { codec: 'deflate' },
    )

    // The old program knows two of the four fields. What it reads carries the other two.
    const file = await readContainer(raw, { reader: Reading })
    const colder = async function* (): AsyncGenerator {
      for await (const reading of file) yield { ...reading, celsius: reading.celsius - 0.5 }
    }
    await writeContainer(corrected, file.schema, colder())

    const records: unknown[] = []
    for await (const record of readContainer(corrected)) records.push(record)
    for (const record of records) print(JSON.stringify(record))

    const { incompatibilities } = checkCompatibility(NewerReading, Reading)
    for (const { message, hint } of incompatibilities) print(`${message}: ${hint}`)
    return { corrected: records, problems: incompatibilities.map(({ kind }) => kind) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) await main()
