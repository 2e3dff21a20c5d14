// Check a signature of SM2 with SM3 (GB/T 32918.2, GB/T 32905) in Node and in browsers:
// the former knows the curve and takes no signer's id, the latter know neither. Nothing
// here is secret, so nothing has to take the same time.

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];
/** SubjectPublicKeyInfo of a point that is not compressed, but for the point. */
const SPKI = "3059301306072a8648ce3d020106082a811ccf5501822d03420004";

const hexOf = (raw) => [...raw].map((one) => one.toString(16).padStart(2, "0")).join("");
const numberOf = (raw) => BigInt(`0x${hexOf(raw)}`);
const bytesOf = (number) => Uint8Array.from(number.toString(16).padStart(64, "0").match(/../g), (one) => parseInt(one, 16));
const mod = (value) => ((value % P) + P) % P;
const joined = (...some) => Uint8Array.from(some.flatMap((one) => [...one]));

const turn = (word, by) => (word << by % 32) | (word >>> (32 - (by % 32)));
const spread0 = (word) => word ^ turn(word, 9) ^ turn(word, 17);
const spread1 = (word) => word ^ turn(word, 15) ^ turn(word, 23);

/** SM3 of bytes (GB/T 32905, section 5). */
export function sm3(message) {
  const size = message.length;
  const padded = new Uint8Array(Math.ceil((size + 9) / 64) * 64);
  padded.set(message);
  padded[size] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(size) * 8n);
  const state = Int32Array.of(0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e);
  const words = new Int32Array(68);
  for (let block = 0; block < padded.length; block += 64) {
    for (let j = 0; j < 16; j += 1) words[j] = view.getInt32(block + 4 * j);
    for (let j = 16; j < 68; j += 1)
      words[j] = spread1(words[j - 16] ^ words[j - 9] ^ turn(words[j - 3], 15)) ^ turn(words[j - 13], 7) ^ words[j - 6];
    let [a, b, c, d, e, f, g, h] = state;
    for (let j = 0; j < 64; j += 1) {
      const isFirst = j < 16;
      const ss1 = turn((turn(a, 12) + e + turn(isFirst ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
      const tt1 = ((isFirst ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ turn(a, 12)) + (words[j] ^ words[j + 4])) | 0;
      const tt2 = ((isFirst ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + words[j]) | 0;
      [a, b, c, d, e, f, g, h] = [tt1, a, turn(b, 9), c, tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => (state[place] ^= word));
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => digest.setInt32(4 * place, word));
  return new Uint8Array(digest.buffer);
}

/** Twice a point in Jacobian coordinates; null is the one at infinity. */
function doubled(point) {
  if (point === null || point[1] === 0n) return null;
  const [x, y, z] = point;
  const [yy, zz] = [mod(y * y), mod(z * z)];
  const [s, m] = [mod(4n * x * yy), mod(3n * (x - zz) * (x + zz))];
  const x3 = mod(m * m - 2n * s);
  return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
}

function sum(one, other) {
  if (one === null || other === null) return one ?? other;
  const [[x1, y1, z1], [x2, y2, z2]] = [one, other];
  const [zz1, zz2] = [mod(z1 * z1), mod(z2 * z2)];
  const [u1, u2, s1, s2] = [mod(x1 * zz2), mod(x2 * zz1), mod(y1 * z2 * zz2), mod(y2 * z1 * zz1)];
  if (u1 === u2) return s1 === s2 ? doubled(one) : null;
  const [h, r] = [mod(u2 - u1), mod(s2 - s1)];
  const hh = mod(h * h);
  const [hhh, v] = [mod(h * hh), mod(u1 * hh)];
  const x3 = mod(r * r - hhh - 2n * v);
  return [x3, mod(r * (v - x3) - s1 * hhh), mod(h * z1 * z2)];
}

/** One number times G and another times a point, both at once. */
function combined(s, t, point) {
  const [g, p] = [[...G, 1n], [...point, 1n]];
  const beside = [null, g, p, sum(g, p)];
  let found = null;
  for (let bit = 255n; bit >= 0n; bit -= 1n)
    found = sum(doubled(found), beside[Number((s >> bit) & 1n) + 2 * Number((t >> bit) & 1n)]);
  return found;
}

function inverse(value) {
  let [a, b, x, y] = [mod(value), P, 1n, 0n];
  while (a !== 0n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return mod(y);
}

/** The two numbers of a signature, `raw` or `der`, in their one spelling; null if it is none. */
function numbersOf(form, signature) {
  if (form === "raw") return signature.length === 64 ? [numberOf(signature.slice(0, 32)), numberOf(signature.slice(32))] : null;
  const found = /^30(..)02(..)(.+)$/.exec(hexOf(signature));
  const size = found && 2 * parseInt(found[2], 16);
  const [r, rest] = found ? [found[3].slice(0, size), /^02(..)(.+)$/.exec(found[3].slice(size))] : [];
  if (!rest || parseInt(found[1], 16) !== signature.length - 2 || 2 * parseInt(rest[1], 16) !== rest[2].length) return null;
  const isOne = (digits) => /^(?:00[89a-f]|0[1-9a-f]|[1-7])/.test(digits) && digits.length <= 66;
  return [r, rest[2]].every(isOne) ? [BigInt(`0x${r}`), BigInt(`0x${rest[2]}`)] : null;
}

/**
 * Whether a key, as a fact has it, made a signature; undefined if it is no key of SM2, and
 * null if it cannot be checked here: a SignedData, or a key that was kept without its id.
 */
export function isSignedBySm2({ sm2SignerId, sm2Signature }, spki, signature, message) {
  if (typeof sm2SignerId !== "string" || !["raw", "der"].includes(sm2Signature)) return null;
  const [spelt, point] = [hexOf(spki), [numberOf(spki.slice(27, 59)), numberOf(spki.slice(59))]];
  const [x, y] = point;
  if (!spelt.startsWith(SPKI) || spki.length !== 91 || x >= P || y >= P || mod(x * x * x + A * x + B - y * y) !== 0n) return undefined;
  const numbers = numbersOf(sm2Signature, signature);
  if (numbers === null || numbers.some((one) => one < 1n || one >= N)) return false;
  const [r, s] = numbers;
  const t = (r + s) % N;
  if (t === 0n) return false;
  const id = new TextEncoder().encode(sm2SignerId);
  if (id.length > 8191) return undefined;
  const z = sm3(joined([(id.length * 8) >> 8, (id.length * 8) & 255], id, ...[A, B, ...G, ...point].map(bytesOf)));
  const found = combined(s, t, point);
  if (found === null) return false;
  const [xj, , zj] = found;
  return (numberOf(sm3(joined(z, message))) + mod(xj * inverse(zj * zj))) % N === r;
}
