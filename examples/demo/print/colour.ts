/** What a piece of text means; how it looks follows from that. */
export type Tone = 'plain' | 'heading' | 'faint' | 'good' | 'changed' | 'bad'

/** Gives text its look. */
export type Paint = (tone: Tone, text: string) => string

const escapes: Readonly<Record<Tone, string>> = {
  plain: '',
  heading: '\u001b[1m',
  faint: '\u001b[2m',
  good: '\u001b[32m',
  changed: '\u001b[33m',
  bad: '\u001b[1;31m',
}

/** Gives back the text as it is. */
export const plainPaint: Paint = (_tone, text) => text

/** Colours by escape sequences of ECMA-48, which every terminal of today reads. */
export const colourPaint: Paint = (tone, text) => (tone === 'plain' || text === '' ? text : `${escapes[tone]}${text}\u001b[0m`)

/**
 * Whether to colour: `NO_COLOR` (no-color.org: set and not empty) wins over all, then `FORCE_COLOR` (`0` and `false` switch off),
 * then what the stream is; `TERM=dumb` is no terminal for colours.
 */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((environment.NO_COLOR ?? '') !== '') return false
  const forced = environment.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && environment.TERM !== 'dumb'
}
