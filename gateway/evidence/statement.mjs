// Read the text of a QR code, certificate-gateway-extract@v1: in base45 (RFC 9285) the
// zlib stream of its JSON, behind CGE1:. What it says is checked where bundles are.

export const PREFIX = "CGE1:";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MOST_BYTES = 64 * 1024;

/** Whether bytes are such a text, and no bundle. */
export const isStatement = (raw) => String.fromCharCode(...raw.slice(0, PREFIX.length)) === PREFIX;

/** The bytes of a text in base45; null if it is none. */
function base45(text) {
  const raw = [];
  for (let at = 0; at < text.length; at += 3) {
    const places = [...text.slice(at, at + 3)].map((one) => ALPHABET.indexOf(one));
    const number = places.reduceRight((whole, place) => whole * 45 + place, 0);
    if (places.includes(-1) || places.length === 1 || number >= 256 ** (places.length - 1)) return null;
    raw.push(...(places.length === 3 ? [number >> 8, number & 255] : [number]));
  }
  return Uint8Array.from(raw);
}

/** The JSON of a code's text, as bytes; null if it is none, or longer than any is. */
export async function unpacked(text) {
  const packed = base45(text.slice(PREFIX.length));
  if (packed === null) return null;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const whole = [];
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      whole.push(...part.value);
      if (whole.length > MOST_BYTES) return null;
    }
  } catch {
    return null;
  }
  return Uint8Array.from(whole);
}
