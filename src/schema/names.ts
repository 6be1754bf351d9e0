/** Names, namespaces and aliases (Apache Avro 1.12, "Names"). */

const ASCII_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const NAME = /^[\p{L}_][\p{L}\p{Nd}_]*$/u

/**
 * True for a name without dots: a field, a symbol, the last part of a full name. Letters and digits of any script are taken, as Java
 * takes them by default: those of the basic plane, which are one character there.
 */
export function isSimpleName(text: string): boolean {
  return ASCII_NAME.test(text) || (NAME.test(text) && !/[\ud800-\udfff]/.test(text))
}

/** True for a name with or without a namespace. */
export function isDottedName(text: string): boolean {
  return text.split('.').every(isSimpleName)
}

/**
 * The full name that `name` means inside `namespace` (`''` is no namespace). A name with dots is a full name already; with a
 * dot in front it is one without a namespace.
 */
export function fullName(name: string, namespace: string): string {
  const dot = name.lastIndexOf('.')
  if (dot === 0) return name.slice(1)
  return namespace === '' || dot > 0 ? name : `${namespace}.${name}`
}

/** The part before the last dot, or `''`. */
export function namespaceOf(full: string): string {
  const dot = full.lastIndexOf('.')
  return dot < 0 ? '' : full.slice(0, dot)
}

/** The part after the last dot. */
export function unqualified(full: string): string {
  return full.slice(full.lastIndexOf('.') + 1)
}

/** One step of a JSON Pointer (RFC 6901). */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
