import { isJsonObject } from '../json-copy.ts'

/** The modes that the rules of each list may have. */
const modes: Readonly<Record<string, readonly string[]>> = {
  migrationRules: ['UPGRADE', 'DOWNGRADE', 'UPDOWN'],
  domainRules: ['WRITE', 'READ', 'WRITEREAD'],
  encodingRules: ['WRITE', 'READ', 'WRITEREAD'],
}

const isRuleName = /^[\p{L}_][\p{L}\p{N}_-]*$/u

/**
 * Why a rule set is none that clients could carry out (Confluent's `RuleSet.validate`): each rule has a name of its own, a type, and a mode that its list
 * allows. `undefined` where there is no rule set, or nothing is wrong with it.
 */
export function ruleSetFlaw(ruleSet: unknown): string | undefined {
  if (!isJsonObject(ruleSet)) return undefined
  const names = new Set<unknown>()
  for (const [list, allowed] of Object.entries(modes)) {
    const rules = ruleSet[list] ?? []
    if (!Array.isArray(rules)) return `'${list}' is not a list of rules`
    for (const rule of rules as readonly unknown[]) {
      const flaw = ruleFlaw(rule, allowed, list)
      if (flaw !== undefined) return flaw
      const name = isJsonObject(rule) ? rule.name : undefined
      if (names.has(name)) return `Found rule with duplicate name '${String(name)}'`
      names.add(name)
    }
  }
  return undefined
}

function ruleFlaw(rule: unknown, allowed: readonly string[], list: string): string | undefined {
  if (!isJsonObject(rule)) return `a rule in '${list}' is not an object`
  if (typeof rule.name !== 'string' || !isRuleName.test(rule.name)) return `a rule in '${list}' has no name of letters, digits, _ and -`
  if (typeof rule.type !== 'string') return `Missing rule type of '${rule.name}'`
  if (!allowed.includes(String(rule.mode ?? 'WRITEREAD'))) return `the mode of '${rule.name}' in '${list}' is none of ${allowed.join(', ')}`
  return undefined
}
