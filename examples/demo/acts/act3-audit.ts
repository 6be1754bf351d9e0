import type { Comparison, Handling } from '../compare.ts'
import type { OrderV2 } from '../orders.ts'
import type { Cell, Table } from '../print/table.ts'
import type { Audit, AuditReport } from '../services/audit.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'

/** audit, on v2 as checkout, reads what billing sent and compares it with what checkout wrote. */
export async function playAudit(
  stage: Stage,
  audit: ServiceProcess<Audit>,
  written: readonly OrderV2[],
  handled: readonly Handling[],
): Promise<AuditReport> {
  stage.story.act(3, 'audit, on v2 again, looks at what is left')
  stage.story.say('Every value that checkout wrote is looked up in what came out of billing. The numbers count values.')
  const comparison = await stage.waitFor(
    'audit to read what billing sent',
    30,
    audit.ask('compare', { topic: stage.topics.billed, written, handled }),
  )
  stage.story.table(comparisonTable(comparison))
  if (comparison.lost === 0 && comparison.invented === 0) {
    stage.story.say(`Nothing is lost: ${comparison.kept} values kept, ${comparison.changedByBilling} changed by billing, 0 lost.`, 'good')
    stage.story.say(
      `All came under schema ID ${comparison.schemaIds.join(', ')}: billing wrote each order back in the schema of its writer.`,
    )
  } else {
    const example = comparison.fields.find((field) => field.example !== null)
    const detail = example?.example
      ? ` For one, ${example.field} of ${example.example.order}: ${example.example.expected} became ${example.example.found}.`
      : ''
    stage.story.say(`LOST: ${comparison.lost} values, and ${comparison.invented} orders came from nowhere.${detail}`, 'bad')
  }
  return comparison
}

function comparisonTable({ fields }: Comparison): Table {
  return {
    columns: [
      { title: 'field' },
      { title: 'v2 against v1' },
      { title: 'kept', align: 'right' },
      { title: 'changed by billing', align: 'right' },
      { title: 'lost', align: 'right' },
    ],
    rows: fields.map((field) => [
      field.field,
      { text: field.news, tone: 'faint' },
      count(field.kept, 'good'),
      count(field.changedByBilling, 'changed'),
      count(field.lost, 'bad'),
    ]),
  }
}

function count(number: number, tone: 'good' | 'changed' | 'bad'): Cell {
  return number === 0 ? { text: '·', tone: 'faint' } : { text: String(number), tone }
}
