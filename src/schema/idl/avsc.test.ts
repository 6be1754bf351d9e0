import avsc from 'avsc'
import { expect, it } from 'vitest'
import { parseIdl } from './parse-idl.ts'

/**
 * What avsc 5.7.9 reads as Java does: protocols of simple fields, with one name to each type, types in the order of their use, and
 * some type and some message. Of the rest it has much wrong, or refuses it (DESIGN.md lists it).
 */
it.each([
  '@namespace("n") protocol P { enum E { A, B } fixed F(16); record R { E e; F f; array<R> rs = []; } R m(R r); }',
  '@version("1") protocol P { /** d */ record R { @java-class("x") string s; union { null, long } n = null; map<int> m; } int m() ; }',
  'protocol P { error E { string what; } record R { double d = 1.5; @logicalType("date") int day; } void m(R r, int x = 5) throws E; }',
  '@namespace("n") protocol P { @aliases(["Old"]) record R { int @order("ignore") x; date d; timestamp_ms u; } string m(); }',
])('reads as avsc does: %s', (text) => {
  expect(JSON.parse(parseIdl(text).json)).toEqual(avsc.readProtocol(text))
})
