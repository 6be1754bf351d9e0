import { setTimeout as sleep } from 'node:timers/promises'
import { Ledger } from '../ledger.ts'
import type { RollingAccount, UpgradeStep } from '../result.ts'
import type { Audit } from '../services/audit.ts'
import { DemoFailure } from '../stage/failure.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'
import { Fleet, type Member } from './fleet.ts'
import { Pump } from './pump.ts'

/** Who moves when: the newest messages meet old republishers for as long as possible, which is the hard case. */
const order: readonly Member[] = ['writer-1', 'republisher-1', 'writer-2', 'writer-3', 'republisher-2']
const pollMs = 50
/** Without one more order audited for so long, what is missing is given up. */
const patienceMs = 15_000

/** Three writers and two republishers move from v1 to v2, one at a time, while orders flow. Every order is accounted for. */
export async function playRollingUpgrade(stage: Stage, audit: ServiceProcess<Audit>, messages: number): Promise<RollingAccount> {
  const { story } = stage
  story.act(5, 'a rolling upgrade, one process at a time')
  story.say(
    `Three writers and two republishers start on v1 and move to v2 one by one, while ${thousands(messages)} orders flow. Each writer reports ` +
      'a hash of all fields of each order; audit hashes what it finds, and the books must balance.',
  )
  const began = Date.now()
  const ledger = new Ledger()
  await stage.waitFor('audit to follow the orders', 30, audit.ask('follow', undefined))
  const fleet = new Fleet(stage)
  await fleet.start()
  const polling = new AbortController()
  const polled = pollAudit(audit, ledger, polling.signal)
  polled.catch(() => undefined)

  const pump = new Pump(stage, fleet, ledger)
  const steps: UpgradeStep[] = []
  const parts = order.length + 1
  for (let part = 0; part < parts; part++) {
    const moved = order[part - 1] ?? null
    await pump.flow(share(messages, part, parts), moved === null ? Promise.resolve() : fleet.upgrade(moved))
    steps.push({ moved, written: ledger.written, audited: ledger.audited })
    story.note(
      `${moved === null ? 'all on v1' : `${moved} is on v2`}: ${thousands(ledger.written)} written, ${thousands(ledger.audited)} audited`,
    )
  }

  await arrival(stage, ledger, polled)
  await fleet.stopRepublishers()
  polling.abort()
  await stage.waitFor('audit to answer', 30, polled)
  // the republishers are gone, so the end of the topic stands: what comes until there is all there will ever be
  ledger.audit(await stage.waitFor('audit to read to the end', 30, audit.ask('finish', undefined)))
  await fleet.stopWriters()

  const balance = ledger.balance()
  story.table({
    columns: ['written', 'audited', 'lost', 'invented', 'delivered again'].map((title) => ({ title, align: 'right' as const })),
    rows: [
      [
        thousands(balance.written),
        { text: thousands(balance.audited), tone: balance.audited === balance.written ? 'good' : 'bad' },
        { text: thousands(balance.lost), tone: balance.lost === 0 ? 'good' : 'bad' },
        { text: thousands(balance.invented), tone: balance.invented === 0 ? 'good' : 'bad' },
        thousands(balance.repeated),
      ],
    ],
  })
  for (const example of balance.examples) story.say(example, 'bad')
  return { ...balance, steps, seconds: (Date.now() - began) / 1000 }
}

/** Takes over what audit has seen, again and again. */
async function pollAudit(audit: ServiceProcess<Audit>, ledger: Ledger, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    ledger.audit(await audit.ask('drain', undefined))
    await sleep(pollMs)
  }
}

/** Waits until all that was written is audited, or nothing has moved for a while; what is missing then is for the balance to say. */
async function arrival(stage: Stage, ledger: Ledger, polled: Promise<void>): Promise<void> {
  let audited = -1
  let movedAt = Date.now()
  const failed = polled.then(() => Promise.reject(new DemoFailure('audit stopped answering')))
  failed.catch(() => undefined)
  while (ledger.audited < ledger.written && Date.now() - movedAt < patienceMs) {
    if (ledger.audited !== audited) movedAt = Date.now()
    audited = ledger.audited
    await stage.waitFor('the last orders', patienceMs / 1000, Promise.race([sleep(pollMs), failed]))
  }
}

/** Part `part` of `parts` nearly equal ones that add up to the whole. */
function share(whole: number, part: number, parts: number): number {
  return Math.floor((whole * (part + 1)) / parts) - Math.floor((whole * part) / parts)
}

function thousands(number: number): string {
  return number.toLocaleString('en-US')
}
