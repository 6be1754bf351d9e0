import type { BrowsableRegistry, ManagedRegistry, Registry } from '../types.ts'

/** Whether the registry can say what it holds. */
export function isBrowsable(registry: Registry): registry is BrowsableRegistry {
  return 'subjects' in registry && typeof registry.subjects === 'function' && 'uses' in registry && typeof registry.uses === 'function'
}

/** Whether the registry has compatibility levels and modes. */
export function isConfigurable(registry: Registry): registry is ManagedRegistry {
  return ['config', 'setConfig', 'mode', 'setMode', 'checkCompatibility', 'importVersion'].every(
    (method) => typeof Reflect.get(registry, method) === 'function',
  )
}
