// The little of cryptography that the verifier needs, by a browser's crypto.subtle: what
// crypto-node.mjs is for Node. A page puts it in that file's place. What a browser cannot
// check is null, and never taken for right.

const { subtle } = globalThis.crypto ?? {};

/** Whether this browser lets the page compute anything at all (not from http). */
export const isAble = subtle !== undefined;

export const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));

const HOW = {
  EdDSA: { name: "Ed25519" },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
};

/** Whether a key, as SubjectPublicKeyInfo, made a signature; undefined if it is none for the algorithm. */
export async function isSigned(algorithm, spki, signature, message) {
  const how = Object.hasOwn(HOW, algorithm) ? HOW[algorithm] : undefined;
  if (how === undefined) return undefined;
  try {
    const key = await subtle.importKey("spki", spki, how, false, ["verify"]);
    return await subtle.verify(how, key, signature, message);
  } catch (error) {
    return error.name === "NotSupportedError" ? null : undefined;
  }
}

const ED25519 = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** The same for a note's key: of Ed25519 (1, 4), or of ML-DSA-44 (6), which no browser has: null. */
export async function isNoteSigned(kind, key, signature, message) {
  if (kind === 6) return null;
  return isSigned("EdDSA", Uint8Array.from([...ED25519, ...key]), signature, message);
}
