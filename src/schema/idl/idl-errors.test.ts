import { describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { parseIdl } from './parse-idl.ts'

/** Text, and what the error must say. */
const refused: Readonly<Record<string, readonly [text: string, says: string]>> = {
  'a missing semicolon': ['protocol P {\n  record R { int x }\n}', 'expected ";", but } stands there, at line 2, column 20'],
  'a record that is not closed': ['protocol P { record R { int x;', 'expected a type, but the text ends, at line 1, column 31'],
  'a comment that is not closed': ['schema int;\n/* x', 'the comment is not closed, at line 2, column 1'],
  'a string that is not closed': ['@a("x) protocol P { }', 'the string is not closed, at line 1, column 4'],
  'a string over two lines': ['@a("x\ny") protocol P { }', 'the string is not closed on its line'],
  'an unknown escape': ['record R { string s = "\\/"; }', 'an escape that IDL does not know, at line 1, column 24'],
  'a sign that IDL does not have': ['record R {\r\n int # x; }', '"#" has no place in IDL, at line 2, column 6'],
  'single quotes': ["record R { string s = 'x'; }", '"\'" has no place in IDL'],
  'an octal number with an 8': ['record R { int x = 08; }', 'expected ";", but 8 stands there'],
  'an integer of 65 bits': ['record R { long x = 9223372036854775808; }', 'more than 64 bits'],
  'a huge integer': [`record R { long x = ${'9'.repeat(100_000)}; }`, 'more than 64 bits'],
  'an unknown type': ['record R {\n Nope n; }', 'the type Nope is not defined, at line 2, column 2'],
  'an unknown error': ['@namespace("n") protocol P { void m() throws Nope; }', 'the type n.Nope is not defined, at line 1, column 46'],
  'an error that is none': ['protocol P { record R { } void m() throws R; }', 'error'],
  'a primitive as error': ['protocol P { void m() throws string; }', 'string is no error'],
  'a second definition': [
    'record R { int x; }\nrecord R { long x; }',
    'R is defined twice and differently, at line 1, column 8 and at line 2, column 8',
  ],
  'two fields of one name': ['record R { int x; long x; }', 'x stands there twice, at line 1, column 24'],
  'two symbols of one name': ['enum E { A, A }', 'A stands there twice, at line 1, column 13'],
  'two parameters of one name': ['protocol P { void m(int a, int a); }', 'a stands there twice'],
  'two messages of one name': ['protocol P { void m(); int m(int a); }', 'the message m is declared twice'],
  'two branches of one type': ['record R { union { int, string, int } u; }', 'two branches int, at line 1, column 12'],
  'a nullable null': ['record R { null? u; }', 'two branches null'],
  'a union in a union': [
    'record R { union { int, union { null, string } } u; }',
    'directly inside a union (T? is one too), at line 1, column 25',
  ],
  'a shorthand in a union': ['record R { union { int, string? } u; }', 'directly inside a union'],
  'a union without branches': ['record R { union { } u; }', 'expected a type, but } stands there'],
  'a nullable array': ['record R { array<int>? x; }', 'expected a name, but ? stands there'],
  'a keyword as type name': ['record date { int x; }', 'a type cannot have the name date'],
  'a dash in a field': ['record R { int a-b; }', '"a-b" is not a name'],
  'a dot in a field': ['record R { int a.b; }', '"a.b" is not a name'],
  'a dash in a type': ['record A-B { }', '"A-B" is not the name of a type'],
  'a name that is a number': ['record R { int NaN; }', 'expected a name, but NaN stands there'],
  'a default that is no symbol': ['enum E { A } = B;', 'the default B is not one of the symbols, at line 1, column 16'],
  'a comma at the end': ['enum E { A, }', 'expected a symbol'],
  'a comma at the end of JSON': ['@a([1,]) record R { }', 'expected a JSON value, but ] stands there'],
  'JSON without quotes': ['@a({b: 1}) record R { }', 'expected the name of a member'],
  'an annotation without a value': ['@a protocol P { }', 'expected "(", but protocol stands there'],
  'an annotated reference': ['record R { @x(1) S s; } record S { }', 'the type S cannot have annotations'],
  'an attribute of types': ['@doc("x") record R { }', '@doc has no place here'],
  'an attribute of enums': ['@default("A") enum E { A }', '@default has no place here'],
  'an attribute of fields': ['record R { int @type(1) x; }', '@type has no place here'],
  'an attribute of messages': ['protocol P { @request("x") void m(); }', '@request has no place here'],
  'an attribute of protocols': ['@messages("x") protocol P { }', '@messages has no place here'],
  'a namespace that is no string': ['@namespace(1) record R { }', '@namespace takes a string'],
  'aliases that are no list': ['@aliases("x") record R { }', '@aliases takes a list of strings'],
  'aliases that are no strings': ['@aliases([1]) record R { }', '@aliases takes a list of strings'],
  'an unknown order': ['record R { int @order("up") x; }', '@order takes'],
  'a one-way message with a result': ['protocol P { int m() oneway; }', 'the one-way message m must return void'],
  'more digits behind the point than there are': ['record R { decimal(2, 5) d; }', 'decimal(2, 5)'],
  'a decimal without digits': ['record R { decimal(0) d; }', 'decimal(0, 0)'],
  'a negative size': ['fixed F(-1);', '-1 is not a size'],
  'a size with an L': ['fixed F(5L);', '5L is not a size'],
  'another logical type': ['record R { @logicalType("x") date d; }', '@logicalType says something else'],
  'a default of another type': ['record R { int x = "a"; }', 'the default of field x does not fit its type int'],
  'a second protocol': ['protocol P { } protocol Q { }', 'expected the end of the text, but protocol stands there'],
  'a protocol behind a namespace': ['namespace n; protocol P { }', 'expected record, error, enum or fixed, but protocol stands there'],
  'a main schema behind a type': ['record R { int x; } schema R;', 'expected record, error, enum or fixed, but schema stands there'],
  'a message outside of a protocol': ['void m();', 'expected record, error, enum or fixed, but void stands there'],
}

describe('text that is no IDL', () => {
  it.each(Object.entries(refused))('%s', (_what, [text, says]) => {
    const read = (): unknown => parseIdl(text)
    expect(read).toThrow(EvolveError)
    expect(read).toThrow('[invalid-schema]')
    expect(read).toThrow(says)
  })

  it('is refused wherever a good one is cut off', () => {
    const whole =
      '@namespace("n") @v([1, {"a": -1.5e3}]) protocol P { /** d */ record R { union { null, int } a = 5, b; decimal(4, 2)? c = null; map<array<R>> `d`; } }'
    parseIdl(whole)
    for (let end = 1; end < whole.length; end += 1) {
      try {
        parseIdl(whole.slice(0, end))
        expect.unreachable(`cut at ${end}`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-schema' })
      }
    }
  })
})
