import { createServer } from 'node:http'

/**
 * A schema registry in this process, for the libraries that must ask one: subjects with versions, and schemas by ID.
 * `subjects` is `{ subject: [{ id, schema }, …] }`, oldest version first; a schema may stand in several subjects under one ID.
 */
export async function startRegistry(subjects) {
  const byId = new Map(Object.values(subjects).flatMap((versions) => versions.map(({ id, schema }) => [id, JSON.stringify(schema)])))
  const version = (subject, index) => {
    const found = subjects[subject]?.at(index)
    return found && { subject, version: subjects[subject].indexOf(found) + 1, id: found.id, schema: byId.get(found.id) }
  }
  const answer = (method, path, body) => {
    const [first, second, third, fourth] = path.split('/').map(decodeURIComponent)
    if (first === 'schemas' && second === 'ids') return byId.has(Number(third)) ? { schema: byId.get(Number(third)) } : undefined
    if (first !== 'subjects' || subjects[second] === undefined) return undefined
    if (method === 'POST') {
      const text = JSON.stringify(JSON.parse(JSON.parse(body).schema))
      return version(
        second,
        subjects[second].findIndex(({ id }) => byId.get(id) === text),
      )
    }
    if (fourth === undefined) return subjects[second].map((_, index) => index + 1)
    return version(second, fourth === 'latest' ? -1 : Number(fourth) - 1)
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const body = answer(request.method, request.url.split('?')[0].slice(1), text)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
    response.end(JSON.stringify(body ?? { error_code: 40400, message: 'not found' }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
