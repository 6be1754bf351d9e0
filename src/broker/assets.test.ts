import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { brokerFile, fingerprintOf, kafkaVersionOf } from './assets.ts'
import { imageName } from './image.ts'

describe('the files of a broker', () => {
  it.each(['pom.xml', 'Dockerfile', 'run', 'broker.properties', 'jvm.args', 'guard.mjs'] as const)('%s is there', (name) => {
    expect(existsSync(brokerFile(name))).toBe(true)
  })

  it('have a fingerprint that tells them apart', () => {
    const all = [fingerprintOf(['pom.xml']), fingerprintOf(['run']), fingerprintOf(['pom.xml', 'run']), fingerprintOf(['pom.xml'], '4.3.1')]
    expect(new Set(all).size).toBe(4)
    expect(fingerprintOf(['pom.xml'])).toBe(all[0])
  })
})

describe('kafkaVersionOf', () => {
  it('takes the wanted version, else that of the pom', () => {
    expect(kafkaVersionOf('3.9.2')).toBe('3.9.2')
    expect(kafkaVersionOf(undefined)).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it.each(['', 'latest', '4.3', '4.3.1; rm -rf /', '-Dx=4.3.1'])('refuses %j', (version) => {
    expect(() => kafkaVersionOf(version)).toThrow(/is not a version such as 4\.3\.1/)
  })
})

describe('imageName', () => {
  it.each([
    ['4.3.1', 'kafka-evolve/kafka:8.3.1'],
    ['3.9.2', 'kafka-evolve/kafka:7.9.2'],
  ])('Kafka %s is %s, by the numbers of Confluent Platform', (version, name) => {
    expect(imageName(version)).toBe(name)
  })
})
