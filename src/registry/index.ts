export type { SchemaValidator } from './admit.ts'
export type { CachedRegistry } from './cached/cache.ts'
export { cachedRegistry } from './cached/cached-registry.ts'
export type { CachedRegistryOptions } from './cached/options.ts'
export { type CacheEvent, type CacheEventType, type CacheStats, cacheChannel } from './cached/stats.ts'
export type { CompatibilityReport } from './compatibility/check-versions.ts'
export { type CompatibilityDirection, type CompatibilityLevel, compatibilityLevels } from './compatibility/levels.ts'
export { type FileRegistryOptions, fileRegistry } from './file/file-registry.ts'
export type { Compaction, FileRegistry } from './file/file-registry-type.ts'
export type { UnknownRecord } from './file/records.ts'
export type { RegistryAuth } from './http/credentials.ts'
export { type HttpRegistry, httpRegistry } from './http/http-registry.ts'
export type { HttpRegistryOptions } from './http/manner.ts'
export type { RegistryTls } from './http/tls.ts'
export type { JsonObject } from './json-copy.ts'
export { kafkaRegistry } from './kafka/kafka-registry.ts'
export type { KafkaRegistryOptions, KafkaRegistryTimeouts, RegistryLogger } from './kafka/options.ts'
export type { UnknownTopicRecord } from './kafka/replay.ts'
export { readLockfile, writeLockfile } from './lockfile/lock-file.ts'
export { type LockedRegistry, type LockedRegistryOptions, lockedRegistry } from './lockfile/locked-registry.ts'
export type { LockedSubject, Lockfile } from './lockfile/lockfile.ts'
export { type PullableRegistry, type PullOptions, pullLockfile } from './lockfile/pull.ts'
export { type LockDifference, type LockDifferenceKind, type VerifyOptions, verifyLockfile } from './lockfile/verify.ts'
export { type MemoryRegistryOptions, memoryRegistry } from './memory.ts'
export type { PostgresClient, PostgresPool } from './postgres/pool.ts'
export { type PostgresRegistryOptions, postgresRegistry } from './postgres/postgres-registry.ts'
export type { UnknownRow } from './postgres/replica.ts'
export { referencedTexts } from './references.ts'
export { schemaGuid } from './schema-guid.ts'
export { hashPassword } from './server/access/password.ts'
export type { AccessRights, Right } from './server/access/rights.ts'
export { type AccessRules, type AccessToken, type AccessUser, accessRules } from './server/access/rules.ts'
export type { ServerLimits } from './server/limits.ts'
export type { ServerLogger } from './server/logger.ts'
export { type RegistryServer, type RegistryServerOptions, serveRegistry } from './server/serve.ts'
export type { StoreStats } from './server/store-stats.ts'
export type { ServerTls } from './server/tls.ts'
export type { RegistryConfig } from './settings/config.ts'
export { type RegistryMode, registryModes } from './settings/mode.ts'
export type {
  BrowsableRegistry,
  CallOptions,
  CheckOptions,
  ConfigOptions,
  ContextId,
  DeletedOptions,
  DeleteOptions,
  IdOptions,
  ImportOptions,
  ManagedRegistry,
  ModeOptions,
  NormalizeOptions,
  RegisteredSchema,
  Registry,
  SchemaUse,
  SettingOptions,
  SubjectOptions,
  SubjectVersion,
  UseOptions,
} from './types.ts'
export type { ValidateOptions } from './validate.ts'
