import { splitSubject } from '../state/qualified-subject.ts'
import { isBrowsable } from './browsable.ts'
import { page } from './query.ts'
import { ok, type Reply, refuse } from './reply.ts'
import { type Call, type Route, route } from './route.ts'

/** Contexts as such; `/contexts/{context}/…` is any other request, within a context. */
export const contextRoutes: readonly Route[] = [route('GET /contexts', list), route('DELETE /contexts/:context', remove)]

const withoutContexts: Reply = refuse(501, 'this registry does not list its contexts')

async function list({ registry, query }: Call): Promise<Reply> {
  if (!isBrowsable(registry)) return withoutContexts
  const prefix = query.get('contextPrefix') ?? ''
  return ok(
    page(
      (await registry.contexts()).filter((context) => context.startsWith(prefix)),
      query,
    ),
  )
}

/** A context is there as long as a subject is in it: there is nothing to be removed from an empty one. */
async function remove({ registry, path: { context = '' } }: Call): Promise<Reply> {
  if (!isBrowsable(registry)) return withoutContexts
  const isUsed = (await registry.contexts()).includes(splitSubject(context).context)
  return isUsed ? refuse(422, `The specified context '${context}' is not empty.`, 42211) : { status: 204, body: undefined }
}
