#!/usr/bin/env node
// Check an evidence bundle, certificate-gateway-evidence@v1, and compute its verdict again.
//
//     node verify-bundle.mjs BUNDLE [--policy FILE]
//     node verify-bundle.mjs --batch FILE [--policy FILE]     a bundle a line
//
// BUNDLE may be the text of an extract's QR code as well, of which less is to be checked.
// It needs Node 20 and the files beside it, and shares no code with the gateway nor with
// verify_bundle.py. FILE says whom you trust (C2SP tlog-policy); left out, the bundle's own
// is taken, and the report says so. Every check is made, whatever came of the others.
// docs/evidence.md says what each holds.

import { isNoteSigned, isSigned, sha256 } from "./crypto-node.mjs";
import { isSignedBySm2 } from "./sm2.mjs";
import { isStatement, unpacked } from "./statement.mjs";
import { readPolicy, recompute } from "./verdict.mjs";

const FORMATS = {
  bundle: "certificate-gateway-evidence@v1",
  trace: "certificate-gateway-trace@v1",
  policy: "certificate-gateway-policy@v1",
  key: "certificate-gateway-key@v1",
  statement: "certificate-gateway-extract@v1",
};
const MEMBERS = ["asOf", "digest", "format", "keys", "log", "madeAt", "records", "rows", "states", "subject", "trace", "verdict"];
const STATEMENT_MEMBERS = ["digest", "format", "log", "rows", "subject"];
const SENT = ["collected_records", "state_changes"];
const ROW_MEMBERS = ["commitments", "index", "kind", "position", "proof", "row", "salt"];

const utf8 = new TextEncoder();
const bytes = (text) => utf8.encode(text);
const textOf = (raw) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
const join = (...some) => {
  const whole = new Uint8Array(some.reduce((size, one) => size + one.length, 0));
  some.reduce((place, one) => (whole.set(one, place), place + one.length), 0);
  return whole;
};
const hex = (raw) => [...raw].map((one) => one.toString(16).padStart(2, "0")).join("");
const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
const number64 = (value) => {
  const raw = new DataView(new ArrayBuffer(8));
  raw.setBigUint64(0, BigInt(value));
  return new Uint8Array(raw.buffer);
};

/** A note's key of SM2: this name and both coordinates; it signs under the default id. */
const SM2 = 255;
const SM2_NAME = bytes("certificate-gateway/cosignature-sm2@v1\n");
const SPKI_OF_SM2 = Uint8Array.from("3059301306072a8648ce3d020106082a811ccf5501822d03420004".match(/../g), (one) => parseInt(one, 16));
const FACT_OF_SM2 = { sm2SignerId: "1234567812345678", sm2Signature: "raw" };

/** Base64 in its one spelling. */
function b64(text) {
  need(typeof text === "string", "MALFORMED");
  const raw = atob(text);
  need(btoa(raw) === text, "NOT_CANONICAL");
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}
const b64url = (text) => {
  need(/^[0-9A-Za-z_-]*$/.test(text), "NOT_CANONICAL");
  return b64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
};

/** JSON with sorted keys, without white space. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
const same = (one, other) => canonical(one) === canonical(other);
const digestOf = async (text) => hex(await sha256(bytes(text)));

/** A moment in microseconds, exactly. */
function moment(text) {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text);
  need(found !== null, "BAD_MOMENT");
  return BigInt(Date.parse(`${found[1]}Z`)) * 1000n + BigInt((found[2] ?? "").padEnd(6, "0"));
}

class Broken extends Error {
  constructor(code, outcome = "INVALID") {
    super(code);
    this.outcome = outcome;
  }
}
function need(isSo, code) {
  if (!isSo) throw new Broken(code);
}
function only(found) {
  need(found.length === 1, "NOT_ONE");
  return found[0];
}

class Bundle {
  constructor(raw, policy) {
    Object.assign(this, { raw, trusted: policy, all: {}, rows: [], log: [], witnesses: new Map(), groups: new Map() });
    Object.assign(this, { quorum: null, seen: new Map(), isSigned: false, isLogUnsupported: false, size: 0, root: new Uint8Array() });
  }

  of(source, wanted = {}) {
    const rows = this.rows.filter((one) => one.source === source).map((one) => one.row);
    return rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));
  }

  facts(format) {
    return this.of("logged_facts").filter((one) => one.body.format === format);
  }

  list(name) {
    return Array.isArray(this.all?.[name]) ? this.all[name] : [];
  }

  get decision() {
    const { kind, id } = this.all.subject;
    if (kind !== "DECISION") throw new Broken("NO_DECISION", "SKIPPED");
    need(/^[1-9][0-9]*$/.test(id), "MALFORMED");
    return only(this.of("decisions", { id: Number(id) }));
  }

  get judgement() {
    return only(this.of("judgements", { decision: this.decision.id }));
  }

  get isOfCertificate() {
    return this.all.subject.kind === "CERTIFICATE";
  }

  get trace() {
    if (this.isOfCertificate) {
      const facts = this.facts(FORMATS.trace).map((one) => one.body);
      if (!facts.length && this.all.trace === null) throw new Broken("NO_TRACE", "SKIPPED");
      need(only(facts).certificate === this.all.subject.id, "NOT_ONE");
      return facts[0].trace;
    }
    const { id } = this.decision;
    const found = this.facts(FORMATS.trace).filter((one) => one.body.decision === id);
    if (!found.length) throw new Broken("NO_TRACE", "UNKNOWN");
    return only(found).body.trace;
  }

  async policy() {
    const wanted = this.trace.policy;
    this.digests ??= await Promise.all(this.facts(FORMATS.policy).map(async ({ body }) => [await digestOf(canonical(body)), body]));
    return only(this.digests.filter(([digest]) => digest === wanted))[1];
  }

  /** Which record the verdict is of, by its digest, and of which item. */
  get reliedOn() {
    if (!this.isOfCertificate) return { digest: this.decision.evidence, item: this.decision.item };
    const { record, verdict: found } = this.trace;
    return { digest: record.digest, item: found.itemCode };
  }

  async item() {
    const { item } = this.reliedOn;
    if (item === null) throw new Broken("NO_ITEM", "SKIPPED");
    return only((await this.policy()).annex.items.filter((one) => one.code === item));
  }
}

function readForm(b, text, format, members) {
  b.all = JSON.parse(text);
  b.rows = b.all.rows.map((one) => JSON.parse(one.row));
  need(b.all.format === format, "UNKNOWN_FORMAT");
  need(same(Object.keys(b.all).sort(), members), "UNKNOWN_MEMBER");
  for (const row of b.all.rows) need(same(Object.keys(row).sort(), ROW_MEMBERS), "UNKNOWN_MEMBER");
  need(canonical(b.all) === text, "NOT_CANONICAL");
}

async function form(b) {
  const text = textOf(b.raw);
  readForm(b, text.replace(/\n$/, ""), FORMATS.bundle, MEMBERS);
  need(text.endsWith("\n"), "NOT_CANONICAL");
  need(["DECISION", "CERTIFICATE"].includes(b.all.subject.kind), "UNKNOWN_FORMAT");
  const { digest, ...rest } = b.all;
  need((await digestOf(canonical(rest))) === digest, "DIGEST_DIFFERS");
}

/** What a QR code says: rows of the log and its checkpoint, and of a bundle the digest. */
async function formOfStatement(b) {
  const text = await unpacked(textOf(b.raw).trimEnd());
  need(text !== null, "MALFORMED");
  readForm(b, textOf(text), FORMATS.statement, STATEMENT_MEMBERS);
  need(b.all.rows.length > 0, "NOT_SHOWN");
}

/** The rows are the decision's own, or of what was sent of a certificate. */
function statementBound(b) {
  if (b.all.subject.kind === "DECISION") need(b.rows.length === 1 && b.decision !== null, "NOT_ONE");
  else need(b.all.subject.kind === "CERTIFICATE" && b.rows.every((one) => SENT.includes(one.source)), "NOT_LOGGED");
}

async function verifierKey(line) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(line) ?? [];
  need(name !== undefined, "BAD_POLICY");
  const raw = b64(encoded);
  const made = (await sha256(join(bytes(`${name}\n`), raw))).slice(0, 4);
  const isSm2 = raw[0] === SM2 && equal(raw.slice(1, 1 + SM2_NAME.length), SM2_NAME);
  need(hex(made) === id && (isSm2 || [1, 4, 6].includes(raw[0])), "BAD_POLICY");
  return { name, id: made, kind: raw[0], key: raw.slice(1) };
}

async function policyOfLog(b) {
  if (b.trusted === null && isStatement(b.raw)) throw new Broken("NO_POLICY", "UNKNOWN");
  for (const line of (b.trusted ?? b.all.log.policy).split("\n")) {
    const [word, ...rest] = line.trimStart().startsWith("#") ? [""] : line.trim().split(/\s+/);
    if (word === "log") b.log.push(await verifierKey(rest[0]));
    else if (word === "witness" && !b.witnesses.has(rest[0])) b.witnesses.set(rest[0], await verifierKey(rest[1]));
    else if (word === "group") b.groups.set(rest[0], rest.slice(1));
    else if (word === "quorum" && b.quorum === null && rest.length === 1) [b.quorum] = rest;
    else need(word === "", "BAD_POLICY");
  }
  need(b.log.length > 0 && b.quorum !== null, "BAD_POLICY");
  if (b.trusted === null) throw new Broken("OF_THE_BUNDLE", "UNKNOWN");
}

/** Whether a line of a note is signed by a key, by c2sp.org/tlog-checkpoint and tlog-cosignature. */
async function isNoteOf(b, key, value) {
  const time = value.slice(0, 8);
  if (key.kind === 1) return isNoteSigned(1, key.key, value, bytes(b.text));
  const seconds = new DataView(time.buffer, time.byteOffset, 8).getBigUint64(0);
  let message = bytes(`cosignature/v1\ntime ${seconds}\n${b.text}`);
  if (key.kind === 6) {
    const [name, origin] = [bytes(key.name), bytes(b.text.split("\n")[0])];
    const size = [number64(0), number64(b.size), b.root];
    message = join(bytes("subtree/v1\n\0"), [name.length], name, time, [origin.length], origin, ...size);
  }
  if (key.kind === SM2) {
    const spki = join(SPKI_OF_SM2, key.key.slice(SM2_NAME.length));
    return isSignedBySm2(FACT_OF_SM2, spki, value.slice(8), message) === true;
  }
  return isNoteSigned(key.kind, key.key, value.slice(8), message);
}

async function checkpoint(b) {
  const note = b.all.log.checkpoint;
  const place = note.lastIndexOf("\n\n");
  need(place > 0 && note.endsWith("\n"), "BAD_CHECKPOINT");
  b.text = note.slice(0, place + 1);
  const [origin, size, root, ...more] = b.text.slice(0, -1).split("\n");
  need(more.length === 0 && /^(0|[1-9][0-9]{0,14})$/.test(size), "BAD_CHECKPOINT");
  [b.size, b.root] = [Number(size), b64(root)];
  need(b.root.length === 32, "BAD_CHECKPOINT");
  need(origin === b.all.log.origin, "OTHER_ORIGIN");
  let isOfTheLog = false;
  for (const line of note.slice(place + 2, -1).split("\n")) {
    const [dash, name, encoded, ...others] = line.split(" ");
    const raw = b64(encoded);
    need(dash === "\u2014" && !others.length && raw.length > 4, "BAD_CHECKPOINT");
    const isOf = (key) => key.name === name && equal(key.id, raw.slice(0, 4));
    for (const key of b.log.filter((one) => isOf(one) && name === origin)) {
      const isRight = await isNoteOf(b, key, raw.slice(4));
      b.isLogUnsupported = isRight === null;
      if (isRight === null) throw new Broken("UNSUPPORTED", "UNKNOWN");
      need(isRight === true, "BAD_SIGNATURE");
      isOfTheLog = true;
    }
    for (const [witness, key] of b.witnesses)
      if (isOf(key)) b.seen.set(witness, { true: "OK", null: "UNSUPPORTED" }[await isNoteOf(b, key, raw.slice(4))] ?? "BAD_SIGNATURE");
  }
  need(isOfTheLog, "NOT_OF_THE_LOG");
  need(![...b.seen.values()].includes("BAD_SIGNATURE"), "BAD_COSIGNATURE");
  need(isReached(b, b.quorum, 0), "NO_QUORUM");
  b.isSigned = true;
  return b.quorum === "none" ? "NO_WITNESSES" : "OK";
}

function isReached(b, name, depth) {
  if (name === "none") return true;
  if (b.witnesses.has(name)) return b.seen.get(name) === "OK";
  need(b.groups.has(name) && depth <= b.groups.size, "BAD_POLICY");
  const [many, ...members] = b.groups.get(name);
  const count = members.filter((one) => isReached(b, one, depth + 1)).length;
  const least = many === "any" ? 1 : many === "all" ? members.length : Number(many);
  return least > 0 && count >= least;
}

function cosigned(b, witness) {
  const code = b.seen.get(witness) ?? "NOT_SEEN";
  if (code !== "OK") throw new Broken(code, { NOT_SEEN: "SKIPPED", UNSUPPORTED: "UNKNOWN" }[code] ?? "INVALID");
}

/** The root to which a path leads from a leaf (RFC 9162, 2.1.3.2); fails with a code if to none. */
async function rootOf(leaf, index, size, path, code) {
  need(Number.isInteger(index) && index >= 0 && index < size, code);
  let [place, last, node] = [index, size - 1, await sha256(join([0], leaf))];
  const half = (value) => Math.floor(value / 2);
  for (const sibling of path) {
    need(last > 0 && sibling.length === 32, code);
    if (place % 2 === 1 || place === last) {
      node = await sha256(join([1], sibling, node));
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else node = await sha256(join([1], node, sibling));
    [place, last] = [half(place), half(last)];
  }
  need(last === 0, code);
  return node;
}

async function included(b, row) {
  const [commitments, salt] = [row.commitments.map(b64), b64(row.salt)];
  need(commitments.length > 0 && commitments.length <= 1024 && salt.length === 16, "BAD_ENTRY");
  need(commitments.every((one) => one.length === 32) && Number.isInteger(row.position), "BAD_ENTRY");
  need(row.position >= 0 && row.position < commitments.length, "BAD_ENTRY");
  need(equal(commitments[row.position], await sha256(join(salt, bytes(row.row)))), "NOT_COMMITTED");
  const digest = hex(await sha256(join(...commitments)));
  const entry = bytes(`certificate-gateway/log@v1\n${row.kind}\n${digest}\n`);
  const root = await rootOf(entry, row.index, b.size, row.proof.map(b64), "NOT_IN_THE_LOG");
  need(equal(root, b.root), "NOT_IN_THE_LOG");
  if (b.isLogUnsupported) throw new Broken("UNSUPPORTED", "UNKNOWN");
  need(b.isSigned, "CHECKPOINT_NOT_SIGNED");
}

function verdict(b) {
  need(b.all.verdict === null || !b.isOfCertificate, "FINDINGS_DIFFER");
  const [kept, shown] = [b.judgement, b.all.verdict];
  const said = shown.findings.map((one) => [one.clause, one.outcome, one.zh, one.en]);
  need(same(said, kept.findings), "FINDINGS_DIFFER");
  need(shown.outcome === kept.verdict, "OUTCOME_DIFFERS");
  need(shown.computedYuan === kept.computed_yuan, "SUM_DIFFERS");
}

async function traceBound(b) {
  const { trace } = b;
  need(same(b.all.trace, trace) && trace.format === FORMATS.trace, "TRACE_DIFFERS");
  await (b.isOfCertificate ? boundToCertificate : boundToDecision)(b, trace);
}

async function boundToCertificate(b, trace) {
  need(trace.asOf === b.all.asOf && trace.claim === null && (await b.policy()), "TRACE_DIFFERS");
  const isNewer = (one, other) => {
    const [signed, before] = [one.signed_at ?? "", other.signed_at ?? ""];
    return signed > before || (signed === before && one.sequence > other.sequence);
  };
  const newest = b.of("collected_records").reduce((last, one) => (isNewer(one, last) ? one : last));
  need(trace.record.digest === newest.digest, "OTHER_RECORD");
}

async function boundToDecision(b, trace) {
  const { judgement: kept, decision } = b;
  need((await b.policy()).figuresDigest === kept.figures_digest, "POLICY_DIFFERS");
  need((trace.record?.digest ?? "") === decision.evidence, "OTHER_RECORD");
  const said = trace.clauses.map((one) => [one.clause, one.outcome]);
  need(same(said, kept.findings.map((one) => one.slice(0, 2))), "FINDINGS_DIFFER");
  need(trace.verdict.outcome === kept.verdict, "OUTCOME_DIFFERS");
  need(trace.verdict.computedYuan === kept.computed_yuan, "SUM_DIFFERS");
  need(trace.claim.category === decision.category, "CATEGORY_DIFFERS");
  need(trace.verdict.itemCode === decision.item && trace.verdict.level === decision.level, "ITEM_DIFFERS");
}

function keys(b) {
  need(same(b.all.keys, b.facts(FORMATS.key).map((one) => ({ ...one.body, keptAt: one.at }))), "KEYS_DIFFER");
}

function evidence(b) {
  const needed = b.isOfCertificate
    ? b.of("collected_records").map((one) => one.digest)
    : [b.decision.evidence, b.judgement.status_list].filter((one) => one);
  const shown = b.all.records.map((one) => one.digest);
  need(same([...new Set(needed)].sort(), [...new Set(shown)].sort()), "RECORDS_DIFFER");
}

async function bound(b, name, { digest, envelope }) {
  if (name === "states") need(b.of("state_changes", { digest }).length > 0, "NOT_LOGGED");
  else if (b.all.subject.kind !== "DECISION") need(b.of("collected_records", { digest }).length > 0, "NOT_LOGGED");
  if (envelope === null) {
    need(b.of("evidence_erasures", { digest }).length > 0, "NOT_SHOWN");
    throw new Broken("ERASED", "SKIPPED");
  }
  need(hex(await sha256(b64(envelope))) === digest, "DIGEST_DIFFERS");
}

/** A JWS, compact or with a body beside it (RFC 7515, RFC 7797). */
function partsOf({ envelope }) {
  if (envelope === null) throw new Broken("ERASED", "SKIPPED");
  const raw = b64(envelope);
  const cut = (from) => {
    const dot = raw.indexOf(46, from);
    need(dot >= 0, "BAD_ENVELOPE");
    return [textOf(raw.slice(from, dot)), dot + 1];
  };
  let [word, start] = cut(0);
  let [jws, body] = [raw.slice(start), new Uint8Array()];
  if (word === "detached") {
    const [length, after] = cut(start);
    need(/^[0-9]+$/.test(length), "BAD_ENVELOPE");
    [jws, body] = [raw.slice(after, after + Number(length)), raw.slice(after + Number(length))];
  }
  const parts = jwsOf(jws, body);
  need(word === (parts.payload ? "compact" : "detached"), "BAD_ENVELOPE");
  return parts;
}

function jwsOf(jws, body = new Uint8Array()) {
  const [head, payload, signature, ...more] = textOf(jws).split(".");
  need(!more.length && signature !== undefined, "BAD_ENVELOPE");
  const header = JSON.parse(textOf(b64url(head)));
  return { header, payload, signature: b64url(signature), signed: join(bytes(`${head}.${payload}`), body) };
}

/** The signature of a batch's root, in which a record is, and what it is over; else it fails. */
async function rootOfBatch({ header, signature: proof, signed }) {
  const code = "NOT_IN_THE_BATCH";
  const end = 5 + 32 * proof[4];
  need(proof.length > end, code);
  const path = Array.from({ length: proof[4] }, (_, place) => proof.slice(5 + 32 * place, 37 + 32 * place));
  const root = jwsOf(proof.slice(end));
  need(["alg", "kid", "iat"].every((name) => root.header[name] === header[name]), code);
  need(root.header.typ === "certificate-batch+jws" && !Object.hasOwn(root.header, "crit"), code);
  const said = JSON.parse(textOf(b64url(root.payload)));
  const index = new DataView(proof.buffer, proof.byteOffset).getUint32(0);
  const found = await rootOf(signed, index, header.batch, path, code);
  need(said.size === header.batch && equal(b64url(said.root), found), code);
  return root;
}

/** The key that signed bytes name, as it was when they were relied on. */
function keyOf(b, name, one) {
  const { digest } = one;
  const { kid } = partsOf(one).header;
  let at;
  if (name === "states") at = only(b.of("state_changes", { digest })).received_at;
  else if (b.all.subject.kind === "DECISION") at = b.decision.recorded_at;
  else at = only(b.of("collected_records", { digest })).collected_at;
  at = moment(at);
  return { key: keptKey(b, kid === one.kid ? kid : null, at), at };
}

/** What was kept of a key last by a moment; by the last of all, if there is no moment. */
function keptKey(b, kid, at = null) {
  const known = b.facts(FORMATS.key).filter((fact) => fact.body.kid === kid && (at === null || moment(fact.at) <= at));
  if (!known.length) throw new Broken("KEY_NOT_KEPT", "UNKNOWN");
  return known.reduce((last, fact) => (moment(fact.at) > moment(last.at) ? fact : last)).body;
}

async function integrity(b, name, one) {
  const parts = partsOf(one);
  const { key } = keyOf(b, name, one);
  need(parts.header.alg === key.algorithm, "WRONG_ALGORITHM");
  const { signature, signed } = parts.header.crit?.includes("batch") ? await rootOfBatch(parts) : parts;
  const said = [b64(key.publicKey), signature, signed];
  const isRight = key.algorithm === "SM2" ? isSignedBySm2(key, ...said) : await isSigned(key.algorithm, ...said);
  if (isRight === null) throw new Broken("UNSUPPORTED", "UNKNOWN");
  need(isRight !== undefined, "WRONG_ALGORITHM");
  need(isRight, "BAD_SIGNATURE");
}

function inForce(b, name, one) {
  const { key, at } = keyOf(b, name, one);
  const { iat } = partsOf(one).header;
  need(Number.isInteger(iat), "MALFORMED");
  const [begin, end, signedAt] = [moment(key.notBefore), moment(key.notAfter), BigInt(iat) * 1_000_000n];
  need([at, signedAt].every((one_) => begin <= one_ && one_ <= end), "OUTSIDE_WINDOW");
  need(key.state === "active" || (key.stateSince !== null && at < moment(key.stateSince)), "NOT_IN_FORCE");
}

function scope(b, name, one) {
  const { item, digest } = b.reliedOn;
  if (item === null || digest !== one.digest) throw new Broken("NO_ITEM", "SKIPPED");
  const { key } = keyOf(b, name, one);
  // A certificate's worth is judged by the key as it was when the bundle was made.
  const judgedBy = b.isOfCertificate ? keptKey(b, key.kid) : key;
  need(same(judgedBy.scope, b.trace.attestation.scope), "SCOPE_DIFFERS");
  need(key.scope.includes(item), "OUT_OF_SCOPE");
}

async function signer(b, name, one) {
  const item = await b.item();
  need(item.collectionBody === keyOf(b, name, one).key.institution, "OTHER_INSTITUTION");
}

const OF_ENVELOPES = { BINDING: bound, INTEGRITY: integrity, KEY: inForce, SCOPE: scope, AUTHORITY: signer };

async function authority(b) {
  const { authority: leads } = b.decision;
  need((await b.item()).authority === leads, "OTHER_AUTHORITY");
}

function status(b) {
  const changes = b.of("state_changes");
  const digests = (some) => some.map((one) => one.digest).sort();
  need(same(digests(changes), digests(b.all.states)), "STATES_DIFFER");
  const isSent = (one) => b.isOfCertificate || moment(one.received_at) <= moment(b.decision.recorded_at);
  const isRevoked = changes.some((one) => !isSent(one) && one.state === "REVOKED");
  const { record } = b.trace;
  if (!record?.changes) throw new Broken("NOT_KNOWN_THEN", "SKIPPED");
  const found = changes.filter(isSent).map((one) => `${one.state} ${one.effective_on}`);
  for (const { state, effectiveOn } of record.changes) {
    const place = found.indexOf(`${state} ${effectiveOn}`);
    need(place >= 0, "STATES_DIFFER");
    found.splice(place, 1);
  }
  // What came between the answer and the record was not taken into account.
  if (found.length) return "MORE_WAS_SENT";
  return isRevoked ? "REVOKED_SINCE" : "OK";
}

function ruling(b) {
  const { decision, judgement } = b;
  if (decision.outcome === "REFUSED") throw new Broken("REFUSED", "SKIPPED");
  const ruled = judgement.rulings.flatMap((one) => one.clauses);
  const isRuled = decision.ruling !== null && decision.evidence !== "";
  for (const [clause, outcome] of judgement.findings) {
    need(outcome !== "UNMET", "UNMET");
    need(outcome === "MET" || isRuled || ruled.includes(clause), "NOT_RULED");
  }
  const { computed_yuan: computed } = judgement;
  const isComputed = computed === null || computed === decision.amount_yuan || ruled.includes("17-amount");
  need(isComputed && decision.amount_yuan !== null, "SUM_DIFFERS");
}

const editions = new Map();

/** Compute the verdict again, and compare every clause, the outcome and the sum. */
async function recomputed(b) {
  const { trace } = b;
  const policy = await b.policy();
  const rules = editions.get(trace.policy) ?? readPolicy(policy);
  editions.set(trace.policy, rules);
  const found = recompute(trace, rules);
  for (const { clause, outcome } of trace.clauses) need(found.clauses[clause] === outcome, `CLAUSE_DIFFERS:${clause}`);
  need(Object.keys(found.clauses).length === trace.clauses.length, "CLAUSES_DIFFER");
  need(same(found.verdict, trace.verdict), "VERDICT_DIFFERS");
}

function* checksOf(b) {
  const isOfACode = isStatement(b.raw);
  if (isOfACode) yield ["FORM", "statement", formOfStatement];
  else yield ["FORM", "bundle", form];
  yield ["POLICY", "log", policyOfLog];
  yield ["INCLUSION", "checkpoint", checkpoint];
  for (const name of b.witnesses.keys()) yield ["COSIGNATURE", name, () => cosigned(b, name)];
  for (const [place, row] of b.list("rows").entries()) yield ["INCLUSION", `rows[${place}]`, () => included(b, row)];
  if (isOfACode) yield ["BINDING", "statement", statementBound];
  else yield* checksOfBundle(b);
}

function* checksOfBundle(b) {
  yield ["BINDING", "verdict", verdict];
  yield ["BINDING", "trace", traceBound];
  yield ["BINDING", "keys", keys];
  yield ["BINDING", "evidence", evidence];
  for (const name of ["records", "states"])
    for (const [place, one] of b.list(name).entries())
      for (const [check, work] of Object.entries(OF_ENVELOPES)) yield [check, `${name}[${place}]`, () => work(b, name, one)];
  yield ["AUTHORITY", "decision", authority];
  yield ["STATUS", "record", status];
  yield ["RULING", "decision", ruling];
  yield ["VERDICT", "trace", recomputed];
}

/** Make every check of a bundle, or of a code's text (bytes), by a policy (text, or null); return what came of each. */
export async function verify(raw, policy = null) {
  const bundle = new Bundle(raw, policy);
  const found = [];
  for (const [check, of, work] of checksOf(bundle)) {
    try {
      found.push({ check, of, outcome: "VALID", code: (await work(bundle)) ?? "OK" });
    } catch (error) {
      // Whatever is read of a bundle may be anything: what breaks a check is against it.
      const isOurs = error instanceof Broken;
      found.push({ check, of, outcome: isOurs ? error.outcome : "INVALID", code: isOurs ? error.message : "MALFORMED" });
    }
  }
  return found;
}

/** Whether nobody may rely on the bundle because of what came of a check. */
export const isAgainst = ({ check, outcome }) =>
  outcome === "INVALID" || (outcome === "UNKNOWN" && !["POLICY", "COSIGNATURE"].includes(check));

/** The lines of a stream, each with its line feed: no other byte, and no character, ends one. */
async function* linesOf(stream) {
  let rest = Buffer.alloc(0);
  for await (const piece of stream) {
    const whole = Buffer.concat([rest, piece]);
    let start = 0;
    for (let end; (end = whole.indexOf("\n", start)) >= 0; start = end + 1) yield whole.subarray(start, end + 1);
    rest = whole.subarray(start);
  }
  if (rest.length) yield rest;
}

async function main(args) {
  const { readFileSync, createReadStream } = await import("node:fs");
  const place = args.indexOf("--policy");
  const policy = place < 0 ? null : readFileSync(args[place + 1], "utf8");
  const files = place < 0 ? args : args.toSpliced(place, 2);
  if (files[0] === "--batch") {
    // One process for many, since to start one takes longer than to check a bundle.
    for await (const line of linesOf(files[1] ? createReadStream(files[1]) : process.stdin)) {
      const found = await verify(line, policy);
      process.stdout.write(`${JSON.stringify({ isReleased: !found.some(isAgainst), found: found.filter((one) => one.outcome !== "VALID") })}\n`);
    }
    return 0;
  }
  const found = await verify(readFileSync(files[0]), policy);
  for (const { check, of, outcome, code } of found)
    process.stdout.write(`${outcome.padEnd(8)}${check.padEnd(13)}${of.padEnd(22)}${code}\n`);
  const isReleased = !found.some(isAgainst);
  process.stdout.write(isReleased ? "VERIFIED\n" : "REFUSED\n");
  return isReleased ? 0 : 1;
}

if (globalThis.process?.argv?.[1]?.endsWith("verify-bundle.mjs")) process.exitCode = await main(process.argv.slice(2));
