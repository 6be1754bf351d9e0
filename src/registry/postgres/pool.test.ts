import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { transpiled } from '../../transpile.test-support.ts'

it('says what to install where the package pg is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-without-pg-'))
  try {
    transpiled('registry/postgres/postgres-registry.ts', folder)
    const program = `import { postgresRegistry } from './registry/postgres/postgres-registry.js'
      const error = await postgresRegistry({ url: 'postgres://user:s3cret@127.0.0.1:1/x' }).catch((caught) => caught)
      console.log(JSON.stringify({ code: error.code, message: error.message }))`
    writeFileSync(join(folder, 'program.js'), program)
    const said = JSON.parse(execFileSync(process.execPath, ['program.js'], { cwd: folder, encoding: 'utf8' }))
    expect(said).toEqual({
      code: 'missing-prerequisite',
      message: '[missing-prerequisite] a registry in PostgreSQL needs the package pg, which is not installed — npm install pg',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
