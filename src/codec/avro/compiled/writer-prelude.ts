/**
 * What every compiled writer has in its scope: `B` the chunk being written to, `P` the position between functions, `L`
 * the chunk's length, `O` where the message starts in it. Whoever writes has seen to the room: see `room`.
 */
export const writerPrelude: string = `
var B, L = 0, P = 0, O = 0, D = 0;
const F = new Float64Array(1), U = new Uint8Array(F.buffer), G = new Float32Array(1), W = new Uint8Array(G.buffer);
function room(p, more) {
  if (p + more <= L) return p;
  const larger = GROW(B, O, p, more);
  B = larger; L = larger.length; p -= O; O = 0;
  return p;
}
function int(p, v) {
  let z = ((v << 1) ^ (v >> 31)) >>> 0;
  while (z > 127) { B[p++] = (z & 127) | 128; z >>>= 7; }
  B[p++] = z;
  return p;
}
function long(p, v) {
  if (typeof v === 'number') {
    if (v >= -1073741824 && v < 1073741824) return int(p, v);
    if (!Number.isSafeInteger(v)) throw BAIL;
    const n = v < 0 ? -(v + 1) : v;
    let high = Math.floor(n / 134217728), low = (n % 134217728) * 2 + (v < 0 ? 1 : 0);
    for (let i = 0; i < 4; i++) { B[p++] = (low & 127) | 128; low >>>= 7; }
    while (high > 127) { B[p++] = (high % 128) | 128; high = Math.floor(high / 128); }
    B[p++] = high;
    return p;
  }
  if (typeof v !== 'bigint' || BigInt.asIntN(64, v) !== v) throw BAIL;
  let z = BigInt.asUintN(64, (v << 1n) ^ (v >> 63n));
  while (z > 127n) { B[p++] = Number(z & 127n) | 128; z >>= 7n; }
  B[p++] = Number(z);
  return p;
}
function str(p, v, reserve) {
  const n = v.length;
  if (p + n * 3 + 5 + reserve > L) p = room(p, n * 3 + 5 + reserve);
  if (n < 64) {
    const start = p;
    B[p++] = n << 1;
    for (let i = 0; i < n; i++) {
      const c = v.charCodeAt(i);
      if (c > 127) return wide(start, v);
      B[p++] = c;
    }
    return p;
  }
  return wide(p, v);
}
function wide(p, v) {
  const m = v.length;
  // A length in two bytes, and as many bytes as characters: all ASCII, which nothing has to count beforehand.
  if (m > 63 && m < 8192 && B.utf8Write(v, p + 2) === m) { B[p] = (m << 1 & 127) | 128; B[p + 1] = m >> 6; return p + 2 + m; }
  const n = BYTES(v);
  if (n !== v.length && !v.isWellFormed()) throw BAIL;
  p = int(p, n);
  B.utf8Write(v, p, n);
  return p + n;
}
function f64(p, v) {
  F[0] = v;
  B[p] = U[0]; B[p + 1] = U[1]; B[p + 2] = U[2]; B[p + 3] = U[3]; B[p + 4] = U[4]; B[p + 5] = U[5]; B[p + 6] = U[6]; B[p + 7] = U[7];
  return p + 8;
}
function f32(p, v) {
  G[0] = v;
  B[p] = W[0]; B[p + 1] = W[1]; B[p + 2] = W[2]; B[p + 3] = W[3];
  return p + 4;
}
function raw(p, v, reserve) {
  const n = v.length;
  p = room(p, n + reserve);
  B.set(v, p);
  return p + n;
}
function splice(p, source, start, end, reserve) {
  const n = end - start;
  if (p + n + reserve > L) p = room(p, n + reserve);
  if (n < 24) { for (let i = start; i < end; i++) B[p++] = source.charCodeAt(i); return p; }
  B.latin1Write(source.substring(start, end), p, n);
  return p + n;
}
function only(v) {
  const keys = PLAIN(v) ? Object.keys(v) : [];
  if (keys.length !== 1) throw BAIL;
  return keys[0];
}
`
