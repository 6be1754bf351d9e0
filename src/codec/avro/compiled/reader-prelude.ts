/** Strings of 13 characters and more are slices in V8: they hold the string they were cut from. */
const LONGEST_COPIED = 12
/** Of a message larger than this (bytes) a slice would hold too much: long strings in it are made on their own. */
const LARGE = 65_536

/**
 * What every compiled reader has in its scope: `b` the message, `P` the position between functions, `s` the message as a
 * one-byte string, `Z` the bytes of the block just begun (-1 where they are not told). Reading behind the end gives `undefined`, which counts as 0: the check at the very end finds it.
 */
export const readerPrelude: string = `
var b, e = 0, P = 0, V = 0, E = 0, D = 0, Z = 0, s = '';
const F = new Float64Array(1), U = new Uint8Array(F.buffer), G = new Float32Array(1), W = new Uint8Array(G.buffer);
function int(p) {
  let x = b[p++], k = x & 127;
  if (x > 127) { x = b[p++]; k |= (x & 127) << 7;
    if (x > 127) { x = b[p++]; k |= (x & 127) << 14;
      if (x > 127) { x = b[p++]; k |= (x & 127) << 21;
        if (x > 127) { x = b[p++]; k |= x << 28; if (x > 15) throw BAIL; } } } }
  P = p;
  return (k >>> 1) ^ -(k & 1);
}
function long(p) {
  let x = b[p++], k = x & 127;
  if (x > 127) { x = b[p++]; k |= (x & 127) << 7;
    if (x > 127) { x = b[p++]; k |= (x & 127) << 14;
      if (x > 127) { x = b[p++]; k |= (x & 127) << 21;
        if (x > 127) return high(p, k); } } }
  P = p;
  return (k >>> 1) ^ -(k & 1);
}
function high(p, low) {
  let x = b[p++], k = x & 127;
  if (x > 127) { x = b[p++]; k |= (x & 127) << 7;
    if (x > 127) { x = b[p++]; k |= (x & 127) << 14;
      if (x > 127) { x = b[p++]; k |= (x & 127) << 21; if (x > 127) throw BAIL; } } }
  P = p;
  const v = k * 134217728 + (low >>> 1);
  if (v > 9007199254740991) throw BAIL;
  return low & 1 ? -v - 1 : v;
}
function exact(p) {
  let q = p;
  while (b[q] > 127) q++;
  if (q - p < 7) return long(p);
  if (q - p > 9 || (q - p === 9 && b[q] > 1)) throw BAIL;
  let z = 0n;
  for (let i = q; i >= p; i--) z = (z << 7n) | BigInt(b[i] & 127);
  P = q + 1;
  z = (z >> 1n) ^ -(z & 1n);
  const w = Number(z);
  return Number.isSafeInteger(w) ? w : z;
}
function pass(p) {
  const q = p;
  while (b[p++] > 127);
  if (p - q > 9) throw BAIL;
  return p;
}
function size(p) {
  const n = long(p);
  if (n < 0 || n > e - P) throw BAIL;
  return n;
}
function over(p) {
  const x = b[p];
  if (x < 128 && (x & 1) === 0) { p += 1 + (x >>> 1); if (p > e) throw BAIL; return p; }
  const n = size(p);
  return P + n;
}
function cut(p) {
  let n = b[p++];
  if (n > 127) { n = size(p - 1); p = P; } else { if (n & 1) throw BAIL; n >>>= 1; if (n > e - p) throw BAIL; }
  const q = p + n;
  P = q;
  if (wide(p, q)) return TEXT(b, p, q);
  return e > ${LARGE} && q - p > ${LONGEST_COPIED} ? b.latin1Slice(p, q) : s.substring(p, q);
}
function wide(p, q) {
  const B = b;
  let x = 0;
  for (; p < q - 3; p += 4) x |= B[p] | B[p + 1] | B[p + 2] | B[p + 3];
  for (; p < q; p++) x |= B[p];
  return x > 127;
}
function f64(p) {
  U[0] = b[p]; U[1] = b[p + 1]; U[2] = b[p + 2]; U[3] = b[p + 3]; U[4] = b[p + 4]; U[5] = b[p + 5]; U[6] = b[p + 6]; U[7] = b[p + 7];
  return F[0];
}
function f32(p) {
  W[0] = b[p]; W[1] = b[p + 1]; W[2] = b[p + 2]; W[3] = b[p + 3];
  return G[0];
}
function data(p, n) {
  if (n > e - p) throw BAIL;
  return COPY(b, p, p + n);
}
function count(p, least) {
  let n = int(p);
  Z = -1;
  if (n < 0) { n = -n; Z = size(P); }
  if (least > 0 && n > (e - P) / least) throw BAIL;
  V += n;
  if (V > VALUES) throw BAIL;
  if (least === 0 && (E += n) > EMPTY) throw BAIL;
  return n;
}
`
