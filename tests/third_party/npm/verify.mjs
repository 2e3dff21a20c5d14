// What two packages of npm say of cases that are read from standard input:
// @sigstore/verify of the log's signature and an entry's inclusion, @noble/post-quantum
// of a witness's cosignature by ML-DSA-44.
import { createPublicKey } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");
const base64 = (text) => Buffer.from(text, "base64");
const ED25519 = Buffer.from("302a300506032b6570032100", "hex");

function key(line) {
  const [name, id] = line.split("+", 2);
  const raw = base64(line.slice(name.length + id.length + 2));
  return { name, id: Buffer.from(id, "hex"), raw: raw.subarray(1) };
}

function sigstore({ log, note, entry, place, path }) {
  const { name, id, raw } = key(log);
  const publicKey = createPublicKey({
    key: Buffer.concat([ED25519, raw]), format: "der", type: "spki",
  });
  const inclusionProof = {
    checkpoint: { envelope: note },
    logIndex: String(place),
    hashes: path.map(base64),
  };
  const shown = { inclusionProof, canonicalizedBody: base64(entry) };
  const tlogs = [{ logID: id, baseURL: `https://${name}`, publicKey }];
  verifyMerkleInclusion(shown, verifyCheckpoint(shown, tlogs));
}

function noble({ cosigner, note }) {
  const { name, id, raw } = key(cosigner);
  const [text, below] = note.split("\n\n");
  const [origin, size, root] = text.split("\n");
  const line = below.split("\n").find((one) => {
    const [, by, value] = one.split(" ");
    return by === name && base64(value).subarray(0, 4).equals(id);
  });
  if (line === undefined) throw new Error("no cosignature");
  const value = base64(line.split(" ")[2]);
  const number = (n) => {
    const raw = Buffer.alloc(8);
    raw.writeBigUInt64BE(BigInt(n));
    return raw;
  };
  const short = (said) => Buffer.concat([Buffer.from([said.length]), Buffer.from(said)]);
  const message = Buffer.concat([
    Buffer.from("subtree/v1\n\0"), short(name), value.subarray(4, 12), short(origin),
    number(0), number(size), base64(root),
  ]);
  if (!ml_dsa44.verify(value.subarray(12), message, raw)) throw new Error("no match");
}

function said(check, one) {
  try {
    check(one);
    return null;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

const cases = JSON.parse(readFileSync(0, "utf-8"));
const told = cases.map((one) => ({
  "@sigstore/verify": said(sigstore, one),
  "@noble/post-quantum": said(noble, one),
}));
process.stdout.write(JSON.stringify(told));
