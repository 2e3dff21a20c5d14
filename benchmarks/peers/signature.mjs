// Print what verifying one record's signature costs here, in microseconds.

import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const { pem, signed, signature, times } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const key = createPublicKey(pem);
const [message, value] = [Buffer.from(signed), Buffer.from(signature, "base64")];
const check = () => {
  if (!verify(null, message, key, value)) throw new Error("the signature does not verify");
};
for (let i = 0; i < times; i++) check();
const before = process.cpuUsage();
for (let i = 0; i < times; i++) check();
const { user, system } = process.cpuUsage(before);
console.log((user + system) / times);
