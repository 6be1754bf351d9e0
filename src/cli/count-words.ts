/** A number with its noun: `1 item`, `2,000 items`. */
export function count(number: unknown, noun: string): string {
  return `${Number(number).toLocaleString('en')} ${noun}${Number(number) === 1 ? '' : 's'}`
}
