import type { Comparison } from './compare.ts'
import type { Balance } from './ledger.ts'
import type { AuditReport } from './services/audit.ts'

/** What act 4 measured, for both ways in which the other library is used. */
export interface CsrAccount {
  readonly library: string
  readonly ownId: AuditReport
  readonly latestId: AuditReport
  /** Orders that it refused to encode, with the reason. */
  readonly refused: readonly string[]
}

/** One step of the rolling upgrade. */
export interface UpgradeStep {
  /** Which process moved from v1 to v2; null before the first one did. */
  readonly moved: string | null
  /** Totals when the step was over. */
  readonly written: number
  readonly audited: number
}

/** What act 5 counted. */
export interface RollingAccount extends Balance {
  readonly steps: readonly UpgradeStep[]
  readonly seconds: number
}

/** The whole demo as data: what `--json` prints when it came to its end. */
export interface DemoResult {
  /** Whether nothing was lost or invented by kafka-evolve (acts 3 and 5). */
  readonly ok: boolean
  readonly broker: { readonly way: string; readonly why: string }
  readonly schemaIds: { readonly v1: number; readonly v2: number }
  readonly checkout: { readonly orders: number; readonly lineItems: number }
  readonly billing: { readonly orders: number }
  readonly audit: AuditReport
  readonly comparison: CsrAccount
  readonly rolling: RollingAccount
  readonly seconds: number
}

/** Whether everything arrived: in act 3 and in act 5. Act 4 is the other library's affair. */
export function nothingLost(audit: Comparison, rolling: Balance): boolean {
  return audit.lost === 0 && audit.missing === 0 && audit.invented === 0 && rolling.lost === 0 && rolling.invented === 0
}
