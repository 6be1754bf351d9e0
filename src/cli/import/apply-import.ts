import { isEvolveError } from '../../errors.ts'
import type { RegistryMode } from '../../registry/settings/mode.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import type { ImportStep } from './plan-import.ts'

/** What was done. */
export interface ImportResult {
  /** Steps that were done, by their kinds. */
  readonly done: Readonly<Record<ImportStep['kind'], number>>
  /** Steps that the target refused, with what it said. */
  readonly failures: readonly string[]
  /** The mode that the target is left in. */
  readonly mode: RegistryMode
}

/** How it is done. */
export interface ImportManner {
  /** The mode afterwards; default: the one before. */
  readonly mode: RegistryMode | undefined
  readonly signal: AbortSignal
  /** Told after each step how many were looked at. */
  readonly onStep: (count: number) => void
}

/**
 * Does what a plan says, in mode IMPORT, and sets the mode that was there before again. What the target refuses is noted and passed; where the target cannot be
 * reached all ends, and may be begun again. @throws EvolveError a registry failure that may pass, or `AbortError`.
 */
export async function applyImport(target: ManagedRegistry, steps: readonly ImportStep[], manner: ImportManner): Promise<ImportResult> {
  const done = { version: 0, delete: 0, config: 0, mode: 0 }
  const failures: string[] = []
  const missing = new Set<string>()
  const before = (await target.mode()) ?? 'READWRITE'
  const after = manner.mode ?? before
  const isNeeded = steps.some(({ kind }) => kind !== 'mode')
  if (isNeeded && before !== 'IMPORT') await target.setMode(undefined, 'IMPORT', { force: true })
  try {
    for (const [index, step] of steps.entries()) {
      manner.signal.throwIfAborted()
      if (step.kind === 'delete' && missing.has(`${step.version} ${step.subject}`)) continue
      try {
        await doStep(target, step)
        done[step.kind] += 1
      } catch (error) {
        if (!isEvolveError(error) || error.retryable) throw error
        if (step.kind === 'version') missing.add(`${step.entry.version} ${step.entry.subject}`)
        failures.push(`${stepWords(step)}: [${error.code}] ${error.problem}`)
      }
      manner.onStep(index + 1)
    }
  } finally {
    if ((isNeeded ? 'IMPORT' : before) !== after) await target.setMode(undefined, after, { force: true })
  }
  return { done, failures, mode: after }
}

async function doStep(target: ManagedRegistry, step: ImportStep): Promise<void> {
  switch (step.kind) {
    case 'version': {
      const { id, version, subject } = step.entry
      await target.importVersion(subject, step.entry, { id, version })
      return
    }
    case 'delete':
      await target.deleteVersion(step.subject, step.version)
      return
    case 'config':
      await target.setConfig(step.subject, step.config)
      return
    case 'mode':
      await target.setMode(step.subject, step.mode, { force: true })
  }
}

/** A step in words. */
export function stepWords(step: ImportStep): string {
  switch (step.kind) {
    case 'version': {
      const { subject, version, id, format } = step.entry
      return `version ${version} of ${subject} under ID ${id}${format === 'AVRO' ? '' : ` (${format})`}`
    }
    case 'delete':
      return `delete version ${step.version} of ${step.subject}`
    case 'config':
      return `config of ${step.subject ?? 'all subjects'}: ${JSON.stringify(step.config)}`
    case 'mode':
      return `mode of ${step.subject}: ${step.mode}`
  }
}
