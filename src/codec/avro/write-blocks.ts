import { isPlainObject } from './object.ts'
import type { WriteRun } from './write-run.ts'

/** Writes the items of an array, of `smallest` bytes at least, as one block. */
export function writeArray(value: unknown, smallest: number, run: WriteRun, writeItem: (item: unknown, index: number) => void): void {
  if (!Array.isArray(value)) return run.misfit('an array', value)
  const { length } = value
  run.enter()
  run.count(length, smallest === 0 ? length : 0)
  if (length > 0) run.sink.long(length)
  for (let index = 0; index < length; index++) run.at(index, () => writeItem(value[index], index))
  run.sink.long(0)
  run.leave()
}

/** Writes the entries of a map as one block. */
export function writeMap(value: unknown, run: WriteRun, writeValue: (key: string, item: unknown) => void): void {
  if (!isPlainObject(value)) return run.misfit('an object', value)
  const keys = Object.keys(value)
  run.enter()
  run.count(keys.length)
  if (keys.length > 0) run.sink.long(keys.length)
  for (const key of keys) {
    run.at(key, () => {
      if (!key.isWellFormed()) run.misfit('a key without lone surrogates', key)
      run.sink.string(key)
      writeValue(key, value[key])
    })
  }
  run.sink.long(0)
  run.leave()
}
