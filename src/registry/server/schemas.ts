import { isId } from '../checks.ts'
import { isBrowsable } from './browsable.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'
import { schemaMembers } from './schema-body.ts'

/** Everything under `/schemas`. */
export const schemaRoutes: readonly Route[] = [route('GET /schemas/ids/:id', byId), route('GET /schemas/ids/:id/versions', uses)]

async function byId({ registry, path: { id = '' } }: Call): Promise<Reply> {
  const number = idIn(id)
  return number === undefined ? refuse(404, 'HTTP 404 Not Found') : ok(schemaMembers(await registry.schemaById(number)))
}

async function uses({ registry, path: { id = '' } }: Call): Promise<Reply> {
  const number = idIn(id)
  if (number === undefined) return refuse(404, 'HTTP 404 Not Found')
  return isBrowsable(registry) ? ok(await registry.uses(number)) : refuse(501, 'this registry does not list the uses of a schema')
}

function idIn(text: string): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : undefined
  return isId(number) ? number : undefined
}
