/** A request that is sent to two registries. */
export interface SideBySide {
  readonly request: string
  readonly body?: unknown
  /** Why Apicurio Registry answers otherwise, where it does. */
  readonly apart?: string
}

type Row = readonly [request: string, body?: unknown, apart?: string]

const lacks = 'Apicurio has no such path'
const lists = 'Apicurio answers 409 where Confluent answers 404, with the same code'
const versions = 'Apicurio takes what names no version for one that is not there'
const modes = 'Apicurio has no modes'
const crashes = 'Apicurio answers 500'

const record = (name: string, ...fields: readonly object[]) => ({ schema: JSON.stringify({ type: 'record', name, fields }) })
const x = { name: 'x', type: 'int' }
const y = { name: 'y', type: 'int' }
const z = { name: 'z', type: 'int', default: 0 }
const first = record('A', x)
const second = record('A', x, z)

/** Whole conversations, each with subjects of its own: `$s` in a path or a body is one. */
const conversations: Readonly<Record<string, readonly Row[]>> = {
  reading: [
    ['GET /subjects/$s/versions'],
    ['POST /subjects/$s/versions', first],
    ['POST /subjects/$s/versions', first],
    ['POST /subjects/$s/versions', { ...first, schemaType: 'AVRO', references: [] }],
    ['POST /subjects/$s/versions', second],
    ['GET /subjects/$s/versions'],
    ['GET /subjects/$s/versions/1'],
    ['GET /subjects/$s/versions/2'],
    ['GET /subjects/$s/versions/latest'],
    ['GET /subjects/$s/versions/-1'],
    ['GET /subjects/$s/versions/9'],
    ['GET /subjects/$s/versions/0', undefined, versions],
    ['GET /subjects/$s/versions/abc', undefined, versions],
    ['GET /subjects/$s/versions/2147483648', undefined, versions],
    ['GET /subjects/$s/versions/1/schema'],
    ['GET /subjects/$s/versions/latest/schema'],
    ['GET /subjects/$s/versions/9/schema'],
    ['GET /subjects/none-$s/versions/1'],
    ['GET /subjects/none-$s/versions/latest'],
    ['GET /subjects/$s/versions?offset=1', undefined, 'Apicurio knows no pages'],
    ['POST /subjects/$s', first],
    ['POST /subjects/$s', { schema: first.schema.replaceAll(',', ' , ') }, 'For Apicurio white space makes another schema'],
    ['POST /subjects/$s', record('B', x)],
    ['POST /subjects/none-$s', first],
    ['POST /subjects/$s', { schema: '{' }, 'Apicurio does not look whether what it looks for is a schema'],
    ['GET /schemas/types'],
    ['GET /schemas/ids/999999'],
    ['GET /schemas/ids/-1'],
    ['GET /schemas/ids/999999/versions'],
    ['GET /schemas/ids/999999/subjects', undefined, lacks],
    ['GET /schemas', undefined, lacks],
  ],
  refusing: [
    ['POST /subjects/$s/versions', { schema: '{' }],
    ['POST /subjects/$s/versions', { schema: '{"type":"x"}' }],
    ['POST /subjects/$s/versions', { ...first, references: [{ name: 'A', subject: 'none', version: 1 }] }],
    ['POST /subjects/$s/versions', { schema: '' }, 'Apicurio registers an empty text'],
    ['POST /subjects/$s/versions', {}, crashes],
    ['POST /subjects/$s/versions', { ...first, id: 77 }, 'Apicurio passes over IDs that are sent to it'],
  ],
  references: [
    ['POST /subjects/$s/versions', first],
    ['POST /subjects/$s-u/versions', { ...record('U', { name: 'r', type: 'A' }), references: [{ name: 'A', subject: '$s', version: 1 }] }],
    ['GET /subjects/$s-u/versions/1'],
    ['GET /subjects/$s/versions/1/referencedby'],
    ['GET /subjects/$s-u/versions/1/referencedby'],
    ['DELETE /subjects/$s'],
    ['DELETE /subjects/$s?permanent=true'],
    ['DELETE /subjects/$s/versions/1'],
    ['DELETE /subjects/$s-u'],
    ['GET /subjects/$s/versions/1/referencedby', undefined, 'Apicurio counts versions that are deleted'],
  ],
  deleting: [
    ['POST /subjects/$s/versions', first],
    ['POST /subjects/$s/versions', second],
    ['POST /subjects/$s/versions', record('A', y)],
    ['DELETE /subjects/$s/versions/2?permanent=true', undefined, lists],
    ['DELETE /subjects/$s/versions/2'],
    ['DELETE /subjects/$s/versions/2', undefined, lists],
    ['GET /subjects/$s/versions'],
    ['GET /subjects/$s/versions?deleted=true'],
    ['GET /subjects/$s/versions?deletedOnly=true', undefined, 'Apicurio does not know deletedOnly'],
    ['GET /subjects/$s/versions/2'],
    ['GET /subjects/$s/versions/2?deleted=true'],
    ['GET /subjects/$s/versions/2/schema?deleted=true'],
    ['GET /subjects/$s/versions/latest'],
    ['POST /subjects/$s', second],
    ['POST /subjects/$s?deleted=true', second],
    ['DELETE /subjects/$s/versions/9'],
    ['DELETE /subjects/$s/versions/abc', undefined, versions],
    ['DELETE /subjects/$s/versions/latest'],
    ['GET /subjects/$s/versions/latest'],
    ['POST /subjects/$s/versions', record('A', x, y)],
    ['GET /subjects/$s/versions'],
    ['DELETE /subjects/none-$s'],
    ['DELETE /subjects/none-$s?permanent=true'],
    ['DELETE /subjects/$s?permanent=true', undefined, lists],
    ['DELETE /subjects/$s'],
    ['DELETE /subjects/$s'],
    ['GET /subjects/$s/versions'],
    ['GET /subjects/$s/versions/1'],
    ['DELETE /subjects/$s?permanent=true'],
    ['DELETE /subjects/$s?permanent=true'],
    ['POST /subjects/$s/versions', first],
    ['GET /subjects/$s/versions'],
  ],
  configs: [
    ['POST /subjects/$s/versions', first],
    ['GET /config/$s', undefined, 'Apicurio answers with what holds for all'],
    ['GET /config/$s?defaultToGlobal=true'],
    ['GET /config/none-$s', undefined, 'Apicurio has a config only where something is registered'],
    ['PUT /config/$s', { compatibility: 'FULL' }],
    ['GET /config/$s'],
    ['PUT /config/$s', { compatibility: 'SIDEWAYS' }, 'Apicurio answers 400, in words that are no JSON'],
    ['PUT /config/$s', {}, crashes],
    ['DELETE /config/$s'],
    ['DELETE /config/$s', undefined, 'Apicurio answers 200 though nothing is set'],
    ['PUT /config', { compatibility: 'FULL' }],
    ['GET /config'],
    ['PUT /config', { compatibility: 'NONE' }],
  ],
  checks: [
    ['POST /subjects/$s/versions', first],
    ['PUT /config/$s', { compatibility: 'BACKWARD' }],
    ['POST /compatibility/subjects/$s/versions/latest', second],
    ['POST /compatibility/subjects/$s/versions', second],
    ['POST /compatibility/subjects/$s/versions/1?verbose=true', record('A', x, y)],
    ['POST /compatibility/subjects/$s/versions', record('A', x, y)],
    ['POST /subjects/$s/versions', record('A', x, y)],
    ['POST /compatibility/subjects/$s/versions/99', second],
    ['POST /compatibility/subjects/$s/versions/abc', second, versions],
    ['POST /compatibility/subjects/none-$s/versions/1', second],
    ['POST /compatibility/subjects/none-$s/versions/latest', second, 'Apicurio finds nothing there to compare with, and says so'],
    ['POST /compatibility/subjects/$s/versions/latest', {}],
  ],
  normalising: [
    ['POST /subjects/$s/versions?normalize=true', { schema: '{"name":"Z","fields":[{"type":"int","name":"x"}],"type":"record"}' }],
    ['POST /subjects/$s/versions?normalize=true', { schema: '{"type":"record","name":"Z","fields":[{"name":"x","type":{"type":"int"}}]}' }],
    ['GET /subjects/$s/versions'],
    ['GET /subjects/$s/versions/1', undefined, 'Apicurio keeps the text of the first that came'],
    ['POST /subjects/$s-o/versions', { schema: '{"name":"Y","fields":[{"type":"int","name":"x"}],"type":"record"}' }],
    ['POST /subjects/$s-o/versions', { schema: '{"type":"record","name":"Y","fields":[{"name":"x","type":"int"}]}' }],
    ['GET /subjects/$s-o/versions'],
  ],
  elsewhere: [
    ['GET /mode', undefined, modes],
    ['PUT /mode/$s', { mode: 'READONLY' }, modes],
    ['GET /contexts', undefined, 'Apicurio names the default context `:.:`'],
    ['GET /nothing', undefined, 'Apicurio has no code for it'],
    ['PUT /subjects/$s', first, 'Apicurio has no code for it'],
  ],
}

/** What is said in each conversation, with this subject. */
export function conversationsOn(subject: string): readonly (readonly [name: string, requests: readonly SideBySide[]])[] {
  return Object.entries(conversations).map(([name, rows]) => [name, rows.map((row) => requestOf(row, `${subject}-${name}`))])
}

function requestOf([request, body, apart]: Row, subject: string): SideBySide {
  const named = body === undefined ? {} : { body: JSON.parse(JSON.stringify(body).replaceAll('$s', subject)) as unknown }
  return { request: request.replaceAll('$s', subject), ...named, ...(apart === undefined ? {} : { apart }) }
}
