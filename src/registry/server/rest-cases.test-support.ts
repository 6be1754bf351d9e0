import { contextCases } from './rest-cases/context-cases.test-support.ts'
import { contractCases } from './rest-cases/contract-cases.test-support.ts'
import { deleteCases } from './rest-cases/delete-cases.test-support.ts'
import { readCases } from './rest-cases/read-cases.test-support.ts'
import { settingCases } from './rest-cases/setting-cases.test-support.ts'
import type { RestCase } from './rest-cases/talk.test-support.ts'

export { type RestCase, Talk } from './rest-cases/talk.test-support.ts'

/** What every server answers, whatever its store: `it.each(restCases)('$name', ({ run }) => run(new Talk(server.url)))`. */
export const restCases: readonly RestCase[] = [...readCases, ...deleteCases, ...settingCases, ...contextCases, ...contractCases]
