import { isBrowsable, isConfigurable } from '../server/browsable.ts'
import type { BrowsableRegistry, ManagedRegistry, Registry } from '../types.ts'
import { Cache, type CachedRegistry } from './cache.ts'
import { BrowsableCache, ManagedCache } from './managed-cache.ts'
import { type CachedRegistryOptions, checkedOptions } from './options.ts'

/**
 * Remembers what another registry says. What can never change (a schema under its ID, a version of a subject) is kept for ever, the rest for
 * a time; a registry that is down takes nothing away. Equal questions at the same time are asked once; different ones never wait for each
 * other. What can be done with the other registry beyond that can be done with this one: it is passed on, and what it changes is forgotten. `close`
 * closes the other registry.
 * @throws EvolveError `invalid-options`.
 */
export function cachedRegistry(inner: ManagedRegistry, options?: CachedRegistryOptions): CachedRegistry & ManagedRegistry
export function cachedRegistry(inner: BrowsableRegistry, options?: CachedRegistryOptions): CachedRegistry & BrowsableRegistry
export function cachedRegistry(inner: Registry, options?: CachedRegistryOptions): CachedRegistry
export function cachedRegistry(inner: Registry, options: CachedRegistryOptions = {}): CachedRegistry {
  const checked = checkedOptions(options)
  if (!isBrowsable(inner)) return new Cache(inner, checked)
  return isConfigurable(inner) ? new ManagedCache(inner, checked) : new BrowsableCache(inner, checked)
}

/** The registry if it remembers, else one that does: a second memory with other options would hide those of the first. */
export function remembering(registry: Registry): CachedRegistry {
  return registry instanceof Cache ? registry : cachedRegistry(registry)
}
