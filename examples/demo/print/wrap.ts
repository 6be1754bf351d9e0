/** Lines of at most `width` characters, broken at spaces; a word that is longer is cut. An empty text is one empty line. */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(1, width)
  return text.split('\n').flatMap((line) => wrapLine(line, limit))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ').filter((part) => part !== '')) {
    if (current !== '' && current.length + 1 + word.length <= width) {
      current += ` ${word}`
      continue
    }
    if (current !== '') lines.push(current)
    const pieces = cut(word, width)
    lines.push(...pieces.slice(0, -1))
    current = pieces.at(-1) ?? ''
  }
  return [...lines, current]
}

/** Pieces of at most `width` characters, cut after a dot or a bracket where there is one in the last half. */
function cut(word: string, width: number): string[] {
  const pieces: string[] = []
  let rest = word
  while (rest.length > width) {
    const head = rest.slice(0, width)
    const seam = Math.max(head.lastIndexOf('.'), head.lastIndexOf(']'), head.lastIndexOf('-')) + 1
    const at = seam > width / 2 ? seam : width
    pieces.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...pieces, rest]
}
