import type { NoOptions, ReadOf, WriteOf } from '../schema/literal.ts'
import type { Protocol } from '../schema/protocol-types.ts'
import type { RpcCall } from './rpc-call.ts'

declare const literalType: unique symbol

/** A parsed protocol that the compiler knows the literal of: its requests and responses have types. */
export type TypedProtocol<L = unknown> = Protocol & { readonly [literalType]?: L }

/** The names of the messages; any text where the protocol was given as text. */
export type MessageName<L> = L extends { readonly messages: infer Messages } ? Extract<keyof Messages, string> : string

/** What a client sends with a message: parameters with defaults may be left out. */
export type RequestToWrite<L, Name, O = NoOptions> =
  ParametersOf<L, Name> extends infer Parameters
    ? [Parameters] extends [never]
      ? unknown
      : WriteOf<Within<L, Parameters>, O & TypesOf<L>>
    : never

/** What a handler is given. */
export type RequestToRead<L, Name, O = NoOptions> =
  ParametersOf<L, Name> extends infer Parameters
    ? [Parameters] extends [never]
      ? unknown
      : ReadOf<Within<L, Parameters>, O & TypesOf<L>>
    : never

/** What a client gets back. A one-way message has no response. */
export type ResponseToRead<L, Name, O = NoOptions> =
  IsOneWay<L, Name> extends true ? undefined : Content<ReadOf<Within<L, ResponseField<L, Name>>, O & TypesOf<L>>>

/** What a handler returns: nothing at all stands for null. */
export type ResponseToWrite<L, Name, O = NoOptions> =
  IsOneWay<L, Name> extends true ? unknown : OrNothing<Content<WriteOf<Within<L, ResponseField<L, Name>>, O & TypesOf<L>>>>

/** The arguments of a call behind the name: the request may be left out where nothing in it is needed. */
export type CallArguments<L, Name, O, Options> =
  unknown extends RequestToWrite<L, Name, O>
    ? [request?: unknown, options?: Options]
    : Record<never, never> extends RequestToWrite<L, Name, O>
      ? [request?: RequestToWrite<L, Name, O>, options?: Options]
      : [request: RequestToWrite<L, Name, O>, options?: Options]

/** A handler for each message, or for some. */
export type HandlersOf<L, O = NoOptions> = {
  readonly [Name in MessageName<L>]?: (
    request: RequestToRead<L, Name, O>,
    call: RpcCall,
  ) => ResponseToWrite<L, Name, O> | Promise<ResponseToWrite<L, Name, O>>
}

/** Whether the compiler knows nothing of the messages. */
export type IsOpen<L> = L extends { readonly messages: object } ? false : true

type MessageOf<L, Name> = L extends { readonly messages: infer Messages } ? (Name extends keyof Messages ? Messages[Name] : never) : never

type ParametersOf<L, Name> = MessageOf<L, Name> extends { readonly request: infer Parameters } ? Parameters : never

type ResponseField<L, Name> = readonly [
  { readonly name: 'content'; readonly type: MessageOf<L, Name> extends { readonly response: infer Response } ? Response : 'null' },
]

type IsOneWay<L, Name> = MessageOf<L, Name> extends { readonly 'one-way': true } ? true : false

/** A record around parts of a message, so that names in it are looked up in the namespace of the protocol. */
interface Within<L, Fields> {
  readonly type: 'record'
  readonly name: 'message'
  readonly namespace: NamespaceOf<L>
  readonly fields: Fields
}

type NamespaceOf<L> = L extends { readonly namespace: infer Namespace extends string } ? Namespace : ''

/** The types of the protocol, as references. */
interface TypesOf<L> {
  readonly references: readonly [
    Within<L, readonly [{ readonly name: 'types'; readonly type: L extends { readonly types: infer Types } ? Types : 'null' }]>,
  ]
}

type Content<Record> = Record extends { content: infer Value } ? Value : unknown

// biome-ignore lint/suspicious/noConfusingVoidType: what a function without return has, async ones too
type OrNothing<Value> = null extends Value ? Value | undefined | void : Value
