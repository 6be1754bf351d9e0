import { metricsType } from '../metrics-text.ts'

/** What is to be said of an operation beside what its route says. */
export interface Operation {
  readonly summary: string
  /** Names of `componentSchemas`: of the body it takes, and of the one it answers with. An operation without an answer says 204. */
  readonly takes?: string
  readonly gives?: string
  /** Names of `queryParameters`. */
  readonly query?: readonly string[]
  /** Refusals beside those that all operations have. */
  readonly refusals?: readonly number[]
  /** Where the answer is no JSON. */
  readonly type?: string
}

const page: readonly string[] = ['offset', 'limit']

/** Every operation by its method and path, as routes name them. `openapi.test.ts` holds the two to each other. */
export const operations: Readonly<Record<string, Operation>> = {
  'GET /subjects': { summary: 'The subjects', gives: 'Texts', query: ['subjectPrefix', 'deleted', 'deletedOnly', ...page] },
  'POST /subjects/{subject}': {
    summary: 'The version that holds a schema',
    takes: 'NewSchema',
    gives: 'Version',
    query: ['normalize', 'deleted'],
    refusals: [404, 422],
  },
  'DELETE /subjects/{subject}': { summary: 'Delete a subject', gives: 'Numbers', query: ['permanent'], refusals: [404, 422] },
  'GET /subjects/{subject}/metadata': {
    summary: 'The newest version with these properties',
    gives: 'Version',
    query: ['key', 'value', 'deleted'],
    refusals: [404, 422],
  },
  'GET /subjects/{subject}/versions': {
    summary: 'The versions of a subject',
    gives: 'Numbers',
    query: ['deleted', 'deletedOnly', 'deletedAsNegative', ...page],
    refusals: [404, 422],
  },
  'POST /subjects/{subject}/versions': {
    summary: 'Register a schema, or find it',
    takes: 'NewSchema',
    gives: 'Registered',
    query: ['normalize'],
    refusals: [404, 409, 422],
  },
  'GET /subjects/{subject}/versions/{version}': {
    summary: 'A version',
    gives: 'Version',
    query: ['deleted', 'referenceFormat'],
    refusals: [404, 422],
  },
  'DELETE /subjects/{subject}/versions/{version}': {
    summary: 'Delete a version',
    gives: 'Number',
    query: ['permanent'],
    refusals: [404, 422],
  },
  'GET /subjects/{subject}/versions/{version}/schema': {
    summary: 'The text of a version',
    gives: 'SchemaText',
    query: ['deleted'],
    refusals: [404, 422],
  },
  'GET /subjects/{subject}/versions/{version}/referencedby': {
    summary: 'IDs of the schemas that refer to a version',
    gives: 'Ids',
    query: ['deleted', ...page],
    refusals: [404, 422],
  },
  'GET /schemas': {
    summary: 'All versions, by subject',
    gives: 'Versions',
    query: ['subjectPrefix', 'deleted', 'latestOnly', 'ruleType', ...page],
  },
  'GET /schemas/types': { summary: 'The formats of schemas', gives: 'Texts' },
  'GET /schemas/ids/{id}': {
    summary: 'A schema by its ID',
    gives: 'Schema',
    query: ['subject', 'referenceFormat', 'includeSubjects'],
    refusals: [404],
  },
  'GET /schemas/ids/{id}/schema': { summary: 'The text of a schema by its ID', gives: 'SchemaText', query: ['subject'], refusals: [404] },
  'GET /schemas/ids/{id}/subjects': {
    summary: 'The subjects that hold a schema',
    gives: 'Texts',
    query: ['subject', 'deleted', ...page],
    refusals: [404],
  },
  'GET /schemas/ids/{id}/versions': {
    summary: 'The versions that hold a schema',
    gives: 'Uses',
    query: ['subject', 'deleted', ...page],
    refusals: [404],
  },
  'GET /schemas/guids/{guid}': { summary: 'A schema by its GUID', gives: 'Schema', refusals: [404] },
  'GET /schemas/guids/{guid}/ids': { summary: 'The IDs of a schema, context by context', gives: 'IdsInContexts', refusals: [404] },
  'GET /config': { summary: 'The config for all', gives: 'Config' },
  'PUT /config': { summary: 'Change the config for all', takes: 'NewConfig', gives: 'Config', refusals: [422] },
  'DELETE /config': { summary: 'Take back the config for all', gives: 'Config', refusals: [422] },
  'GET /config/{subject}': { summary: 'The config of a subject', gives: 'Config', query: ['defaultToGlobal'], refusals: [404, 422] },
  'PUT /config/{subject}': { summary: 'Change the config of a subject', takes: 'NewConfig', gives: 'Config', refusals: [422] },
  'DELETE /config/{subject}': { summary: 'Take back the config of a subject', gives: 'Config', refusals: [404, 422] },
  'GET /mode': { summary: 'The mode for all', gives: 'Mode' },
  'PUT /mode': { summary: 'Set the mode for all', takes: 'Mode', gives: 'Mode', query: ['force'], refusals: [422] },
  'DELETE /mode': { summary: 'Take back the mode for all', gives: 'Mode', query: ['recursive'], refusals: [422] },
  'GET /mode/{subject}': { summary: 'The mode of a subject', gives: 'Mode', query: ['defaultToGlobal'], refusals: [404, 422] },
  'PUT /mode/{subject}': { summary: 'Set the mode of a subject', takes: 'Mode', gives: 'Mode', query: ['force'], refusals: [422] },
  'DELETE /mode/{subject}': { summary: 'Take back the mode of a subject', gives: 'Mode', query: ['recursive'], refusals: [404, 422] },
  'POST /compatibility/subjects/{subject}/versions': {
    summary: 'Whether a schema may be registered',
    takes: 'NewSchema',
    gives: 'Verdict',
    query: ['verbose', 'normalize'],
    refusals: [404, 422],
  },
  'POST /compatibility/subjects/{subject}/versions/{version}': {
    summary: 'Whether a schema goes with one version',
    takes: 'NewSchema',
    gives: 'Verdict',
    query: ['verbose', 'normalize'],
    refusals: [404, 422],
  },
  'GET /contexts': { summary: 'The contexts', gives: 'Texts', query: ['contextPrefix', ...page] },
  'DELETE /contexts/{context}': { summary: 'Remove an empty context', refusals: [422] },
  'GET /': { summary: 'Nothing, if it is there', gives: 'Anything' },
  'GET /health/live': { summary: 'Whether the process lives', gives: 'Health' },
  'GET /health/ready': { summary: 'Whether the store answers, and the server is not being stopped', gives: 'Health' },
  'GET /v1/metadata/id': { summary: 'Which cluster this is: none', gives: 'Anything' },
  'GET /v1/metadata/version': { summary: 'Which API this is', gives: 'Anything' },
  'GET /metrics': { summary: 'Metrics for Prometheus', gives: 'Text', type: metricsType },
  'GET /openapi.json': { summary: 'This description', gives: 'Anything' },
}
