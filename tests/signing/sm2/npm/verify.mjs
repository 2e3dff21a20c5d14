// Read a JSON list of signatures of SM2; print which of them sm-crypto-v2 believes.
import { readFileSync } from "node:fs";
import { sm2 } from "sm-crypto-v2";

const signed = JSON.parse(readFileSync(0, "utf8"));
const believed = signed.map(({ message, signature, key, id }) =>
  sm2.doVerifySignature(Buffer.from(message, "hex"), signature, key, {
    hash: true,
    userId: id,
  }),
);
console.log(JSON.stringify(believed));
