// The little of cryptography that the verifier needs, by Node's own module. A browser
// has the same three functions of crypto.subtle: put another file in place of this one.

import { createHash, createPublicKey, verify as check } from "node:crypto";

export const sha256 = async (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest());

const KEYS = {
  EdDSA: (key) => key.asymmetricKeyType === "ed25519" && [null, key],
  ES256: (key) => key.asymmetricKeyDetails?.namedCurve === "prime256v1" && ["sha256", { key, dsaEncoding: "ieee-p1363" }],
  PS256: (key) => key.asymmetricKeyType === "rsa" && ["sha256", { key, padding: 6, saltLength: 32 }],
};
const kept = new Map();

/** Whether a key, as SubjectPublicKeyInfo, made a signature; undefined if it is none for the algorithm. */
export async function isSigned(algorithm, spki, signature, message) {
  const name = `${algorithm}${Buffer.from(spki).toString("base64")}`;
  if (!kept.has(name)) {
    if (kept.size > 1000) kept.clear();
    kept.set(name, KEYS[algorithm]?.(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })));
  }
  const how = kept.get(name);
  if (!how) return undefined;
  if (algorithm === "ES256" && signature.length !== 64) return false;
  return check(how[0], message, how[1], signature);
}

const ED25519 = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** The same for a note's key: of Ed25519 (1, 4), or of ML-DSA-44 (6), which Node 20 has not: null. */
export async function isNoteSigned(kind, key, signature, message) {
  if (kind === 6) return null;
  return isSigned("EdDSA", Uint8Array.from([...ED25519, ...key]), signature, message);
}
