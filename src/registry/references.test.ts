import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../schema/text.ts'
import { registeredSchema, subjectVersion } from './entries.ts'
import { referencedTexts } from './references.ts'
import { expectCode } from './registry-cases.test-support.ts'
import type { SubjectVersion } from './types.ts'

/** A registry in which each subject has one version, which refers to the subjects given. */
function graph(edges: Readonly<Record<string, readonly string[]>>): { version(subject: string): Promise<SubjectVersion>; asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    version: async (subject) => {
      asked.push(subject)
      return subjectVersion(subject, 1, registeredSchema(1, text(subject, edges[subject] ?? [])))
    },
  }
}

function text(name: string, uses: readonly string[]): SchemaText {
  return { format: 'AVRO', text: name, references: uses.map((subject) => ({ name: subject, subject, version: 1 })) }
}

describe('referencedTexts', () => {
  it('gives each text once, dependencies first, and asks for each once', async () => {
    const registry = graph({ b: ['d'], c: ['d', 'b'], d: ['e'] })
    expect(await referencedTexts(registry, text('a', ['b', 'c', 'd']))).toEqual(['e', 'd', 'b', 'c'])
    expect(registry.asked).toEqual(['b', 'd', 'e', 'c'])
  })

  it('refuses circles', async () => {
    await expectCode(referencedTexts(graph({ b: ['c'], c: ['b'] }), text('a', ['b'])), 'invalid-schema')
    await expectCode(referencedTexts(graph({ b: ['b'] }), text('a', ['b'])), 'invalid-schema')
  })

  it('goes 20 deep and no deeper', async () => {
    const chain = (length: number) =>
      graph(Object.fromEntries(Array.from({ length }, (_, at) => [`s${at}`, at + 1 < length ? [`s${at + 1}`] : []])))
    expect(await referencedTexts(chain(20), text('a', ['s0']))).toHaveLength(20)
    await expectCode(referencedTexts(chain(21), text('a', ['s0'])), 'limit-exceeded')
  })

  it('takes 100 and no more', async () => {
    const many = (length: number) => Array.from({ length }, (_, at) => `s${at}`)
    expect(await referencedTexts(graph({}), text('a', many(100)))).toHaveLength(100)
    await expectCode(referencedTexts(graph({ s0: many(101).slice(1) }), text('a', ['s0'])), 'limit-exceeded')
  })
})
