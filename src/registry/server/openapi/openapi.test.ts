import { describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../memory.ts'
import { serveRegistry } from '../serve.ts'
import { pathParameters, queryParameters } from './components.ts'
import { operations } from './operations.ts'

interface Described {
  readonly openapi: string
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string
            readonly responses: object
            readonly parameters: readonly { readonly name: string; readonly in: string }[]
          }
        >
      >
    >
  >
  readonly components: { readonly schemas: object }
}

async function description(): Promise<Described> {
  const server = await serveRegistry({ registry: memoryRegistry() })
  try {
    return (await (await fetch(`${server.url}/openapi.json`)).json()) as Described
  } finally {
    await server.close()
  }
}

describe('the description that a server gives of itself', async () => {
  const described = await description()
  const all = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
  )

  it('has all that is answered, and nothing else: every route is described, and every description is of a route', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(operations).sort())
    expect(all.length).toBeGreaterThan(35)
  })

  it('names every part of a path, and refers to nothing that is not there', () => {
    for (const { name, path, operation } of all) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
      expect(inPath, name).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part))
      const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name)
      for (const one of inPath) expect(Object.keys(pathParameters), name).toContain(one)
      for (const one of inQuery) expect(Object.keys(queryParameters), name).toContain(one)
    }
    const references = [...JSON.stringify(described).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, one]) => one)
    for (const one of references) expect(Object.keys(described.components.schemas)).toContain(one)
  })

  it('gives each operation a name of its own, and says how it fails', () => {
    const names = all.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, operation } of all) {
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['400', '500', '503']))
    }
  })

  it('is OpenAPI 3.0', () => expect(described.openapi).toBe('3.0.3'))
})
