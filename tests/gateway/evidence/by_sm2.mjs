// Read keys, signatures and messages, a JSON a line, and write what comes of each.
import { createInterface } from "node:readline";
import { isSignedBySm2 } from "../../../gateway/evidence/sm2.mjs";

const raw = (text) => new Uint8Array(Buffer.from(text, "base64"));
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { key, signature, message } = JSON.parse(line);
  const found = isSignedBySm2(key, raw(key.publicKey), raw(signature), raw(message));
  process.stdout.write(`${JSON.stringify(found ?? String(found))}\n`);
}
