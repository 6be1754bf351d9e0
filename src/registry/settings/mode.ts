/** The modes, by the names that Confluent's registry has for them. */
export const registryModes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT'] as const

/**
 * What may be done to a subject, or to all. READWRITE: everything. READONLY: nothing is registered or configured. READONLY_OVERRIDE: the same
 * and, set for all, whatever the mode of a subject. IMPORT: schemas come with the IDs they have elsewhere, and are not compared.
 */
export type RegistryMode = (typeof registryModes)[number]

/** Whether this is the name of a mode, in capitals. */
export function isRegistryMode(value: unknown): value is RegistryMode {
  return registryModes.some((mode) => mode === value)
}
