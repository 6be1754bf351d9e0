import { expect } from 'vitest'

/** One thing that every server does, whatever its store. Subjects and schemas are fresh: the registry may hold other things already. */
export interface RestCase {
  readonly name: string
  run(talk: Talk): Promise<void>
}

/** The media type in which clients of Confluent's API send and are answered. */
export const mediaType = 'application/vnd.schemaregistry.v1+json'

/** A conversation with a server over real HTTP. */
export class Talk {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** Asks `'METHOD /path'` and gives what is answered, with status 200. */
  async ask(request: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { status, text, type } = await this.#send(request, body, headers)
    expect({ request, status, type, text }).toMatchObject({ request, status: 200, type: mediaType })
    return JSON.parse(text) as unknown
  }

  /** Asks, and hears a text that is sent as it is. */
  async text(request: string): Promise<string> {
    const { status, text } = await this.#send(request)
    expect({ request, status }).toEqual({ request, status: 200 })
    return text
  }

  /** Asks, and is refused with this status and Confluent's code; gives the message. */
  async refused(status: number, code: number, request: string, body?: unknown): Promise<string> {
    const heard = await this.#send(request, body)
    expect({ request, body, ...heard }).toMatchObject({ request, body, status, type: mediaType })
    const said = JSON.parse(heard.text) as { readonly error_code: number; readonly message: string }
    expect({ request, code: said.error_code, message: said.message }).toEqual({ request, code, message: expect.any(String) })
    return said.message
  }

  /** Asks what is answered with status 204. */
  async silent(request: string): Promise<void> {
    expect(await this.#send(request)).toMatchObject({ status: 204, text: '' })
  }

  /** Registers, and gives the ID. */
  async register(subject: string, schema: object, query = ''): Promise<number> {
    const { id } = (await this.ask(`POST /subjects/${subject}/versions${query}`, schema)) as { readonly id: number }
    expect(id).toBeTypeOf('number')
    return id
  }

  async #send(
    request: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly type: string | null; readonly text: string }> {
    const [method = '', path = ''] = request.split(' ')
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...sent,
      headers: { ...(body === undefined ? {} : { 'content-type': mediaType }), ...headers },
    })
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
}

let counter = 0

/** A name that nothing else has. */
export function freshName(): string {
  counter += 1
  return `R${counter}_${Date.now().toString(36)}`
}

/** A field of a record. */
export type TestField = readonly [name: string, type: unknown, byDefault?: unknown]

/** The text of a record. */
export function recordText(name: string, ...fields: readonly TestField[]): string {
  return JSON.stringify({
    type: 'record',
    name,
    fields: fields.map(([field, type, value]) => ({ name: field, type, ...(value === undefined ? {} : { default: value }) })),
  })
}

/** The body that registers a record; another one at each call where no name is given. */
export function record(name: string = freshName(), ...fields: readonly TestField[]): { readonly schema: string } {
  return { schema: recordText(name, ...fields) }
}

/** The body that registers a schema which refers to another by name. */
export function referring(name: string, subject: string, version = 1): { readonly schema: string; readonly references: readonly object[] } {
  return { ...record(freshName(), ['r', name]), references: [{ name, subject, version }] }
}
