import type { BrowsableRegistry, Registry } from '../types.ts'

/** Whether the registry can say what it holds. */
export function isBrowsable(registry: Registry): registry is BrowsableRegistry {
  return 'subjects' in registry && typeof registry.subjects === 'function' && 'uses' in registry && typeof registry.uses === 'function'
}
