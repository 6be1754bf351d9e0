import { type Route, routeName } from '../route.ts'
import { componentSchemas, pathParameters, queryParameters } from './components.ts'
import { type Operation, operations } from './operations.ts'

const json = 'application/vnd.schemaregistry.v1+json'
const bodyTypes = [json, 'application/vnd.schemaregistry+json', 'application/json']
const statusTexts: Readonly<Record<number, string>> = {
  400: 'The path is not escaped as it must be, or the body is no JSON.',
  401: 'Credentials are needed, or those given are wrong.',
  403: 'These credentials do not give the right.',
  404: 'It is not there.',
  409: 'It is not compatible with earlier versions.',
  413: 'The body is too long.',
  415: 'The body is of another media type.',
  422: 'What is asked for makes no sense here, or is not allowed in the mode in force.',
  500: 'Something failed here, or in the store: nothing of a change has happened, or it cannot be said.',
  501: 'This registry cannot do that.',
  503: 'The server is being stopped.',
}

/** The description of what these routes answer, as OpenAPI 3.0.3. A route that nothing is said about is described by its path alone. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = routeName(route)
    const known = paths[path] ?? {}
    known[route.method.toLowerCase()] = operationOf(route, operations[`${route.method} ${path}`] ?? { summary: path, gives: 'Anything' })
    paths[path] = known
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'kafka-evolve schema registry',
      description:
        "The REST API of Confluent's Schema Registry. Any path may follow /contexts/{context}: then subjects without a context are of that one.",
      version,
      license: { name: 'Apache-2.0' },
    },
    security: [{}, { basic: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: componentSchemas,
      securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(route: Route, { summary, takes, gives, query = [], refusals = [], type = json }: Operation): object {
  const names = route.path.filter((part) => part.startsWith(':')).map((part) => part.slice(1))
  const inPath = names.map((name) => ({ name, in: 'path', required: true, ...parameter(pathParameters, name) }))
  const inQuery = query.map((name) => ({ name, in: 'query', required: false, ...parameter(queryParameters, name) }))
  const statuses = new Set([400, 500, 503, ...refusals, ...(takes === undefined ? [] : [413, 415])])
  if (route.isOpen !== true) for (const status of [401, 403, 501]) statuses.add(status)
  const answer =
    gives === undefined
      ? { 204: { description: 'Done.' } }
      : { 200: { description: 'Done.', content: { [type]: { schema: reference(gives) } } } }
  return {
    summary,
    operationId: [route.method.toLowerCase(), ...route.path.filter((part) => part !== '').map((part) => part.replace(':', 'by-'))].join(
      '-',
    ),
    ...(route.isOpen === true ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(takes === undefined ? {} : { requestBody: { required: true, content: contentOf(bodyTypes, takes) } }),
    responses: { ...answer, ...Object.fromEntries([...statuses].sort().map((status) => [status, refusal(status, gives)])) },
  }
}

function refusal(status: number, gives: string | undefined): object {
  const schema = gives === 'Health' && status === 503 ? gives : 'Error'
  return { description: statusTexts[status] ?? '', content: contentOf([json], schema) }
}

function contentOf(types: readonly string[], schema: string): object {
  return Object.fromEntries(types.map((type) => [type, { schema: reference(schema) }]))
}

function reference(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` }
}

function parameter(table: typeof pathParameters, name: string): object {
  return table[name] ?? { schema: { type: 'string' } }
}
