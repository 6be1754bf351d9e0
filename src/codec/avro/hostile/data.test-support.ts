import { array, block, cat, doubling, field, type HostileCase, long, map, reading, record, text } from './case.test-support.ts'

const huge = 2n ** 60n
const least = -(2n ** 63n)
const node = record('N', field('next', ['null', 'N']))
const tree = record('T', field('children', array('T')))
const dictionary = record('M', field('entries', map('M')))
const decimal = (precision: number, scale = 0): object => ({ type: 'bytes', logicalType: 'decimal', precision, scale })
const time = (logicalType: string): object => ({ type: 'long', logicalType })
const symbols = { type: 'enum', name: 'E', symbols: ['A', 'B'] }
const manyNulls = Array.from({ length: 200 }, (_, index) => field(`f${index}`, 'null'))

/** A map of ints with so many keys of five letters. */
function manyKeys(count: number): Buffer {
  const entries = Array.from({ length: count }, (_, index) => `\x0a${index.toString(36).padStart(5, '0')}\x02`)
  return cat(long(count), Buffer.from(entries.join(''), 'latin1'), 0)
}

/** Lengths and counts that lie. */
const lengths: readonly HostileCase[] = [
  reading('a string longer than the message', 'string', long(huge), 'truncated'),
  reading('a string of the largest length', 'string', long(2n ** 63n - 1n), 'truncated'),
  reading('a string one byte longer than the message', 'string', cat(long(4), Buffer.from('abc')), 'truncated'),
  reading('a string of negative length', 'string', long(-1), 'malformed-data'),
  reading('a string of the least length', 'string', long(least), 'malformed-data'),
  reading('bytes longer than the message', 'bytes', long(huge), 'truncated'),
  reading('bytes of negative length', 'bytes', long(-5), 'malformed-data'),
  reading('bytes of the least length', 'bytes', long(least), 'malformed-data'),
  reading('a fixed of two gigabytes', { type: 'fixed', name: 'F', size: 1_000_000_000 }, Buffer.alloc(100), 'truncated'),
  reading('an array of more items than there are bytes', array('int'), long(huge), 'truncated'),
  reading('an array of 2^31 items', array('int'), long(2n ** 31n), 'truncated'),
  reading('an array of 2^32 + 1 items', array('int'), cat(long(2n ** 32n + 1n), 2, 0), 'truncated'),
  reading('an array of doubles, eight bytes each', array('double'), cat(long(2), Buffer.alloc(15)), 'truncated'),
  reading('a block of the least count', array('int'), cat(long(least), long(0)), 'truncated'),
  reading('a block of the least count and the least size', array('int'), cat(long(least), long(least)), 'malformed-data'),
  reading('a block of negative size', array('int'), cat(long(-1), long(-1), 2, 0), 'malformed-data'),
  reading('a block larger than the message', array('int'), cat(long(-1), long(1000), 2, 0), 'truncated'),
  reading('a block whose size is wrong', array('int'), cat(long(-2), long(1), 2, 4, 0), ['value', 'malformed-data', 'trailing-bytes']),
  reading('a block that never ends', array('int'), cat(long(1), 2, long(1), 2), 'truncated'),
  reading('a map of more entries than there are bytes', map('null'), long(huge), 'truncated'),
  reading('a map of the least count', map('int'), cat(long(least), long(0)), 'truncated'),
  reading('a map key of negative length', map('int'), cat(long(1), long(-3), 2, 0), 'malformed-data'),
  reading('a map key longer than the message', map('int'), cat(long(1), long(huge)), 'truncated'),
]

/** Items that take no bytes, and schemas that make much of nothing. */
const bombs: readonly HostileCase[] = [
  reading('2^60 nulls', array('null'), cat(long(huge), 0), 'limit-exceeded'),
  reading('100,000 nulls', array('null'), block(100_000), 'value'),
  reading('100,001 nulls', array('null'), block(100_001), 'limit-exceeded'),
  reading('nulls in many blocks', array('null'), cat(...Array.from({ length: 200 }, () => long(1000)), 0), 'limit-exceeded'),
  reading(
    'nulls in many blocks that tell their size',
    array('null'),
    cat(...Array.from({ length: 200 }, () => cat(long(-1000), 0)), 0),
    'limit-exceeded',
  ),
  reading(
    'nulls in many fields',
    record('R', ...Array.from({ length: 5 }, (_, index) => field(`f${index}`, array('null')))),
    cat(...Array.from({ length: 5 }, () => block(30_000))),
    'limit-exceeded',
  ),
  reading('empty records', array(record('R')), cat(long(huge), 0), 'limit-exceeded'),
  reading('fixeds of no bytes', array({ type: 'fixed', name: 'F', size: 0 }), cat(long(huge), 0), 'limit-exceeded'),
  reading('records of nulls', array(record('R', ...manyNulls)), block(100_000), 'limit-exceeded'),
  reading(
    'records of many nulls and one byte',
    array(record('R', field('a', 'int'), ...manyNulls)),
    () => block(900_000, 2),
    'limit-exceeded',
  ),
  reading('arrays of nulls in an array', array(array('null')), () => block(1000, block(1000)), 'limit-exceeded'),
  reading('2^40 records of no bytes', doubling(40), Buffer.alloc(0), 'limit-exceeded'),
  reading('2^10 records of no bytes', doubling(10), Buffer.alloc(0), 'value'),
  reading(
    'records of no bytes, with a byte at the end',
    record('R', field('x', doubling(30)), field('a', 'int')),
    Buffer.from([2]),
    'limit-exceeded',
  ),
  reading('a million ints', array('int'), () => block(1_000_000, 2), 'value'),
  reading('a million and one ints', array('int'), () => block(1_000_001, 2), 'limit-exceeded'),
  reading('16 MiB of ints', array('int'), () => block(16 * 1024 * 1024 - 10, 2), 'limit-exceeded'),
  reading('a million empty arrays', array(array('int')), () => block(1_000_000, 0), 'limit-exceeded'),
  reading('half a million empty arrays', array(array('int')), () => block(500_000, 0), 'value'),
  reading('a million empty maps', array(map('int')), () => block(1_000_000, 0), 'limit-exceeded'),
  reading('a million empty bytes', array('bytes'), () => block(1_000_000, 0), 'limit-exceeded'),
  reading('a million empty strings', array('string'), () => block(1_000_000, 0), 'limit-exceeded'),
  reading('half a million empty strings', array('string'), () => block(500_000, 0), 'value'),
  reading('a million times', array(time('timestamp-millis')), () => block(1_000_000, 2), 'limit-exceeded'),
  reading('half a million arrays of one int', array(array('int')), () => block(500_000, cat(2, 2, 0)), 'limit-exceeded'),
  reading('half a million records of one int', array(record('R', field('a', 'int'))), () => block(500_000, 2), 'value'),
  reading('a map of a million keys', map('int'), () => manyKeys(1_000_000), 'limit-exceeded'),
  reading('a map of one key, again and again', map('int'), () => block(300_000, cat(2, Buffer.from('a'), 2)), 'value'),
  reading(
    'a map of numbers as keys',
    map('int'),
    () => Buffer.concat([long(100_000), ...Array.from({ length: 100_000 }, (_, index) => cat(text(String(index * 40_000)), 2)), long(0)]),
    'value',
  ),
  reading('16 MiB of text', 'string', () => text('a'.repeat(16 * 1024 * 1024 - 10)), 'value'),
  reading('16 MiB of text, one letter of it wide', 'string', () => text(`${'a'.repeat(16 * 1024 * 1024 - 20)}\u{1f98a}`), 'value'),
  reading('16 MiB of replacement characters', 'string', () => text('\ufffd'.repeat(5_500_000)), 'value'),
  reading('16 MiB of bytes', 'bytes', () => text(Buffer.alloc(16 * 1024 * 1024 - 10, 7)), 'value'),
  reading('more than 16 MiB', 'bytes', () => text(Buffer.alloc(16 * 1024 * 1024, 7)), 'limit-exceeded'),
]

/** Nesting. */
const depths: readonly HostileCase[] = [
  reading('a record inside itself without end', record('R', field('next', 'R')), Buffer.alloc(0), 'limit-exceeded'),
  reading('a list nested too deep', node, Buffer.alloc(5000, 2), 'limit-exceeded'),
  reading('a list of 100 levels', node, cat(Buffer.alloc(99, 2), 0), 'value'),
  reading('a list of 101 levels', node, cat(Buffer.alloc(100, 2), 0), 'limit-exceeded'),
  reading('a tree nested too deep', tree, Buffer.alloc(100_000, 2), 'limit-exceeded'),
  reading('a tree of wide levels', tree, Buffer.alloc(100_000, 20), ['limit-exceeded', 'truncated']),
  reading('maps nested too deep', dictionary, Buffer.alloc(100_000, Buffer.from([2, 2, 97])), 'limit-exceeded'),
  reading(
    'arrays in arrays, 50 levels',
    Array.from({ length: 50 }).reduce<object>((type) => array(type), array('int')),
    cat(Buffer.alloc(51, 2), 2, Buffer.alloc(51)),
    'value',
  ),
]

/** Integers and indexes. */
const integers: readonly HostileCase[] = [
  reading('a long of two bytes too many', 'long', Buffer.from('8080808080808080808000', 'hex'), 'malformed-data'),
  reading('a long padded to ten bytes', 'long', Buffer.from('82808080808080808000', 'hex'), 'value'),
  reading('an int padded to ten bytes', 'int', Buffer.from('82808080808080808000', 'hex'), 'value'),
  reading('an int padded to five bytes', 'int', Buffer.from('8280808000', 'hex'), 'value'),
  reading('a long without end', 'long', Buffer.alloc(1000, 0xff), 'malformed-data'),
  reading('a long that is cut off', 'long', Buffer.from([0x80]), 'truncated'),
  reading('nothing', 'long', Buffer.alloc(0), 'truncated'),
  reading('a long of more than 64 bits', 'long', Buffer.from('ffffffffffffffffff7f', 'hex'), 'malformed-data'),
  reading('the least long as a number', 'long', long(least), 'unsafe-long'),
  reading('2^53 as a number', 'long', long(2n ** 53n), 'unsafe-long'),
  reading('2^53 - 1 as a number', 'long', long(2n ** 53n - 1n), 'value'),
  reading('-(2^53 - 1) as a number', 'long', long(1n - 2n ** 53n), 'value'),
  reading('-2^53 as a number', 'long', long(-(2n ** 53n)), 'unsafe-long'),
  reading('an int of 33 bits', 'int', long(2n ** 31n), 'malformed-data'),
  reading('the least int', 'int', long(-(2n ** 31n)), 'value'),
  reading('an int of 64 bits', 'int', long(least), 'malformed-data'),
  reading('a branch that is not there', ['null', 'int'], long(2), 'malformed-data'),
  reading('a negative branch', ['null', 'int'], long(-1), 'malformed-data'),
  reading('the least branch', ['null', 'int'], long(least), 'malformed-data'),
  reading('branch 2^32', ['null', 'int'], long(2n ** 32n), 'malformed-data'),
  reading('branch 1, padded', ['null', 'int'], cat(Buffer.from('828000', 'hex'), 2), 'value'),
  reading('a union of nothing', [], Buffer.from([0]), 'malformed-data'),
  reading('a symbol that is not there', symbols, long(2), 'malformed-data'),
  reading('a negative symbol', symbols, long(-1), 'malformed-data'),
  reading('symbol 2^31 - 1', symbols, long(2n ** 31n - 1n), 'malformed-data'),
  reading('symbol 2^40', symbols, long(2n ** 40n), 'malformed-data'),
  reading('an enum without symbols', { type: 'enum', name: 'E', symbols: [] }, Buffer.from([0]), 'malformed-data'),
  reading('a boolean that is neither', 'boolean', Buffer.from([2]), 'malformed-data'),
]

/** Text, and what comes behind the value. */
const texts: readonly HostileCase[] = [
  ...['c328', 'ff', 'eda080', 'e282', 'f4908080', 'c080', '80', 'f8a1a1a1a1'].map((hex) =>
    reading(`text of the bytes ${hex}`, 'string', text(Buffer.from(hex, 'hex')), 'malformed-data'),
  ),
  reading('bad text in a key', map('int'), cat(2, text(Buffer.from([0xff])), 2, 0), 'malformed-data'),
  reading('bad text in a long string', 'string', text(Buffer.concat([Buffer.alloc(100_000, 97), Buffer.from([0xff])])), 'malformed-data'),
  reading('text with a zero in it', 'string', text('a\0b'), 'value'),
  reading('bytes behind the value', 'int', Buffer.from([2, 0]), 'trailing-bytes'),
  reading('bytes behind a record', record('R', field('a', 'int')), Buffer.from([2, 0]), 'trailing-bytes'),
  reading('a byte behind null', 'null', Buffer.from([0]), 'trailing-bytes'),
  reading('a float that is cut off', 'float', Buffer.alloc(3), 'truncated'),
  reading('a double that is cut off', record('R', field('a', 'double'), field('b', 'null')), Buffer.alloc(7), 'truncated'),
  reading(
    'NaNs with a payload',
    array('double'),
    cat(long(2), Buffer.from('010000000000f47f', 'hex'), Buffer.from('ffffffffffffffff', 'hex'), 0),
    'value',
  ),
]

/** Logical types at their ends. */
const logical: readonly HostileCase[] = [
  reading('a decimal without bytes', decimal(9), Buffer.from([0]), 'malformed-data'),
  reading('a decimal of a megabyte', decimal(9), text(Buffer.alloc(1_000_000, 0x55)), 'malformed-data'),
  reading(
    'a decimal of a megabyte of leading zeros',
    decimal(9),
    text(Buffer.concat([Buffer.alloc(1_000_000), Buffer.from([5])])),
    'value',
  ),
  reading('a decimal of a megabyte that is allowed', decimal(9_000_000), text(Buffer.alloc(1_000_000, 0x55)), 'limit-exceeded'),
  reading('a decimal of 500,000,000 places', decimal(500_000_000, 500_000_000), Buffer.from([2, 1]), 'limit-exceeded'),
  reading('decimals of 10,000 places', array(decimal(10_000, 10_000)), block(100_000, cat(2, 1)), 'limit-exceeded'),
  reading('a decimal of more digits than its precision', decimal(4, 2), text(Buffer.alloc(50, 0x55)), 'malformed-data'),
  reading('many decimals of more digits than their precision', array(decimal(4, 2)), block(100_000, text(Buffer.alloc(41, 0x55))), [
    'value',
    'limit-exceeded',
  ]),
  reading('a time out of the range of Date', time('timestamp-millis'), long(2n ** 62n), 'unsafe-long'),
  reading('the last time of Date', time('timestamp-millis'), long(8_640_000_000_000_000n), 'value'),
  reading('a millisecond behind it', time('timestamp-millis'), long(8_640_000_000_000_001n), 'unsafe-long'),
  reading('the first time of Date', time('timestamp-millis'), long(-8_640_000_000_000_000n), 'value'),
  reading('the least time in microseconds', time('timestamp-micros'), long(least), 'unsafe-long'),
  reading('the least time in nanoseconds', time('timestamp-nanos'), long(least), 'value'),
  reading('the last day', { type: 'int', logicalType: 'date' }, long(2n ** 31n - 1n), 'unsafe-long'),
  reading('a time of day of 2^62 microseconds', time('time-micros'), long(2n ** 62n), 'unsafe-long'),
  reading('a duration', { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' }, Buffer.alloc(12, 0xff), 'value'),
  reading('a uuid that is none', { type: 'string', logicalType: 'uuid' }, text('not a uuid'), 'value'),
]

/** Bytes read under the schema that wrote them. */
export const dataCases: readonly HostileCase[] = [...lengths, ...bombs, ...depths, ...integers, ...texts, ...logical]
