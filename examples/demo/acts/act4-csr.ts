import type { Comparison, FieldVerdict } from '../compare.ts'
import type { OrderV2 } from '../orders.ts'
import type { Cell, Table } from '../print/table.ts'
import type { CsrAccount } from '../result.ts'
import type { Audit, AuditReport } from '../services/audit.ts'
import type { BillingCsr } from '../services/billing-csr.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'

/** The library of the comparison, and where to find it. */
const library = '@kafkajs/confluent-schema-registry'

/** The same old billing with another library, on the same broker and registry; measured in the same way. */
export async function playComparison(
  stage: Stage,
  billing: ServiceProcess<BillingCsr>,
  audit: ServiceProcess<Audit>,
  written: readonly OrderV2[],
  ours: Comparison,
): Promise<CsrAccount> {
  stage.story.act(4, `the same billing on ${library}`)
  stage.story.say(
    'Same broker, same registry, same JavaScript; only the library differs. Its users read with their own schema, and write under the ID of ' +
      'that schema ("own ID") or under the latest one of the subject ("latest ID"). Both are tried, and audit compares as before.',
  )
  const report = await stage.waitFor(
    `billing to republish ${written.length} orders by ${library}`,
    30,
    billing.ask('handle', { count: written.length }),
  )
  const compare = (topic: string): Promise<AuditReport> =>
    stage.waitFor(`audit to read ${topic}`, 30, audit.ask('compare', { topic, written, handled: report.handled }))
  const ownId = await compare(stage.topics.billedByCsrOwnId)
  const latestId = await compare(stage.topics.billedByCsrLatestId)
  stage.story.table(sideBySide(ours, ownId, latestId))
  for (const reason of new Set(report.refused)) stage.story.say(`Not encoded: ${reason}`, 'bad')
  stage.story.say(sentence(ownId, latestId, report.refused.length), ownId.lost + latestId.lost > 0 ? 'bad' : 'plain')
  return { library, ownId, latestId, refused: report.refused }
}

function sentence(ownId: Comparison, latestId: Comparison, refused: number): string {
  const errors = refused === 0 ? 'No call raised an error.' : `${refused} orders were refused with an error.`
  if (ownId.lost + latestId.lost === 0) return `${library} lost nothing here. ${errors}`
  return (
    `${refused === 0 ? 'Lost without a word' : 'Lost'}: ${ownId.lost} of ${all(ownId)} values under its own schema's ID, ` +
    `${latestId.lost} of ${all(latestId)} under the latest ID. ${errors}`
  )
}

function sideBySide(ours: Comparison, ownId: Comparison, latestId: Comparison): Table {
  const of = (comparison: Comparison, name: string): FieldVerdict | undefined => comparison.fields.find(({ field }) => field === name)
  return {
    columns: [{ title: 'field' }, { title: 'kafka-evolve' }, { title: 'own ID' }, { title: 'latest ID' }, { title: 'for example' }],
    rows: ours.fields.map(({ field }) => {
      const example = of(ownId, field)?.example ?? of(latestId, field)?.example
      const text = example ? `${brief(example.expected)} → ${brief(example.found)}` : ''
      return [field, verdict(of(ours, field)), verdict(of(ownId, field)), verdict(of(latestId, field)), { text, tone: 'faint' }]
    }),
  }
}

function verdict(field: FieldVerdict | undefined): Cell {
  if (field === undefined) return ''
  const values = field.kept + field.changedByBilling + field.lost
  if (field.lost > 0) return { text: `${field.lost}/${values} lost`, tone: 'bad' }
  return { text: `${values} right`, tone: 'good' }
}

/** As much of a value as a table has room for. */
function brief(value: string): string {
  return value.length > 16 ? `${value.slice(0, 15)}…` : value
}

function all({ kept, changedByBilling, lost }: Comparison): number {
  return kept + changedByBilling + lost
}
