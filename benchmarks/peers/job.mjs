// The holder check as a developer would write it by hand on Node or Bun: three agencies
// asked at once, every record verified before it is read, seven clauses of the notice.
// All peers share this file, so that they differ in their servers alone.
//
// Nothing is memoised: a record is verified each time it comes. What is ready from the
// start (keys, the annex, the days of the year) is ready.

import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

import { claimTypes, judge } from "./claims.mjs";

export const settings = JSON.parse(readFileSync(process.env.BENCHMARK_SETTINGS, "utf8"));

export const port = Number(process.env.BENCHMARK_PORT);
const { maxAgeSeconds, skewSeconds, firstEligibleDay, levelNames } = settings;
const authorization = `Bearer ${settings.token}`;
const keys = new Map(
  settings.keys.map((key) => [
    key.kid,
    { ...key, scope: new Set(key.scope), publicKey: createPublicKey(key.pem) },
  ]),
);
const items = new Map(settings.items.map((item, order) => [item.code, { ...item, order }]));
export const agencies = settings.agencies.map((agency) => ({
  ...agency,
  rows: settings.items.filter((item) => item.collectionBody === agency.collectionBody),
}));

export const isKnownCaller = (header) => header === authorization;

const types = /* GraphQL */ `
  type Holder { certificates: Certificates! sources: [Source!]! }
  type Certificates { nodes: [Certificate!]! }
  type Certificate {
    number: String! title: String! category: String item: String! level: Level
    issuedOn: String validUntil: String state: State
    authority: Body provenance: Provenance! eligibility: Eligibility!
  }
  type Body { name: String! }
  type Provenance { verdict: Verdict! keyId: String! algorithm: String! signedAt: String! }
  type Eligibility { outcome: EligibilityOutcome! findings: [Finding!]! }
  type Finding { clause: String! outcome: FindingOutcome! reason: String! }
  type Source { authority: Body! outcome: SourceOutcome! }
  enum Level { UNGRADED LEVEL_5 LEVEL_4 LEVEL_3 LEVEL_2 LEVEL_1 }
  enum State { VALID SUSPENDED REVOKED CANCELLED LAPSED TRANSFERRED WITHDRAWN OTHER }
  enum Verdict { VERIFIED }
  enum EligibilityOutcome { ELIGIBLE INELIGIBLE UNDETERMINED }
  enum FindingOutcome { MET UNMET UNDETERMINED }
  enum SourceOutcome { ANSWERED NONE UNVERIFIED UNREACHABLE }
`;

export const typeDefs = /* GraphQL */ `
  type Query {
    holder(idNumber: String!): Holder
    holders(idNumbers: [String!]!): [Holder!]!
    verifyClaims(claims: [StatedCertificateInput!]!): CheckedClaims!
  }
  ${types}
  ${claimTypes}
`;

/** An agency's field in a federated graph. */
export const fieldOf = (agency) => agency.id.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** A subgraph's schema, without what only composition reads. */
export const subgraphTypeDefs = (agency) =>
  `type Query { ${fieldOf(agency)}(idNumber: String!): Holder }${types}`;

/** The same for composition. */
export const subgraphSdl = (agency) =>
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])\n' +
  subgraphTypeDefs(agency).replace(/^  type (\w+)/gm, "  type $1 @shareable");

export class Refusal extends Error {}

const RECORD = "certificate-record+jws";
const ABSENCE = "certificate-absence+jws";
const KEY_MEMBERS = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "x5t#o", "sigX5ts"];

/** Return what a compact JWS says, if it may be believed now. */
export function believe(token, agency, now) {
  const last = token.lastIndexOf(".");
  const first = token.indexOf(".");
  if (first <= 0 || first === last || token.indexOf(".", first + 1) !== last)
    throw new Refusal("MALFORMED");
  const header = JSON.parse(Buffer.from(token.slice(0, first), "base64url").toString());
  if (KEY_MEMBERS.some((name) => name in header)) throw new Refusal("KEY_IN_HEADER");
  if ("crit" in header || "b64" in header) throw new Refusal("UNKNOWN_CRIT");
  if (header.typ !== RECORD && header.typ !== ABSENCE) throw new Refusal("WRONG_TYPE");
  if (!Number.isInteger(header.iat)) throw new Refusal("NO_SIGNING_TIME");
  const key = keys.get(header.kid);
  if (key === undefined) throw new Refusal("UNKNOWN_KEY");
  if (header.alg !== key.algorithm) throw new Refusal("WRONG_ALGORITHM");
  const signature = Buffer.from(token.slice(last + 1), "base64url");
  if (!verify(null, Buffer.from(token.slice(0, last)), key.publicKey, signature))
    throw new Refusal("BAD_SIGNATURE");
  const { iat } = header;
  if (iat < key.notBefore || iat > key.notAfter || now > key.notAfter)
    throw new Refusal("KEY_OUTSIDE_WINDOW");
  if (now - iat > maxAgeSeconds) throw new Refusal("STALE");
  if (iat - now > skewSeconds) throw new Refusal("SIGNED_IN_FUTURE");
  if (key.institution !== agency.collectionBody) throw new Refusal("FOREIGN_KEY");
  const content = JSON.parse(Buffer.from(token.slice(first + 1, last), "base64url").toString());
  return { header, key, content };
}

const REQUIRED = ["number", "title", "item"];
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAYS = ["firstIssuedOn", "issuedOn", "validFrom", "validUntil", "reviewDueOn"];

/** Return the certificate in a believed record of the person who was asked about. */
function decode({ header, key, content }, idNumber) {
  if (header.typ !== RECORD || content.idNumber !== idNumber) throw new Refusal("WRONG_HOLDER");
  for (const name of REQUIRED)
    if (typeof content[name] !== "string") throw new Refusal("MALFORMED_RECORD");
  for (const name of DAYS)
    if (content[name] != null && !DAY.test(content[name])) throw new Refusal("MALFORMED_RECORD");
  const item = items.get(content.itemCode);
  if (item !== undefined && !key.scope.has(item.code)) throw new Refusal("OUT_OF_SCOPE");
  return { content, key, header, row: row(content, item) };
}

/** Return the annex row: the code's, if the names agree with it. */
function row(content, item) {
  if (item === undefined || !item.names.includes(content.item)) return undefined;
  return item.titles.includes(content.title) ? item : undefined;
}

const MET = "MET", UNMET = "UNMET", UNDETERMINED = "UNDETERMINED";
const unknown = (clause, reason) => ({ clause, outcome: UNDETERMINED, reason });

function listed({ content, row }) {
  const clause = "219-1a";
  if (row === undefined) return unknown(clause, "附件项目未确定");
  if (content.level == null) return unknown(clause, `附件列有${row.name}（${row.code}），但证书未注明等级`);
  const level = levelNames[content.level];
  if (!row.levels.includes(content.level))
    return { clause, outcome: UNMET, reason: `附件未列${row.name}（${row.code}）的${level}` };
  return { clause, outcome: MET, reason: `附件所列：${row.name}（${row.code}），${level}` };
}

function issuedAfterNotice({ content: { issuedOn } }) {
  const clause = "219-1b";
  if (issuedOn == null) return unknown(clause, "登记信息未注明发证日期");
  if (issuedOn < firstEligibleDay)
    return { clause, outcome: UNMET, reason: `发证日期${issuedOn}，最早应为${firstEligibleDay}` };
  return { clause, outcome: MET, reason: `发证日期${issuedOn}，不早于${firstEligibleDay}` };
}

function firstIssuedAfterNotice({ content: { firstIssuedOn }, row }) {
  const clause = "219-n2";
  if (row === undefined) return unknown(clause, "附件项目未确定，不知是否适用初领日期");
  if (!row.anchoredOnFirstIssue)
    return { clause, outcome: MET, reason: "本条仅适用于特种作业（不区分等级）证书" };
  if (firstIssuedOn == null) return unknown(clause, "登记信息未注明初领日期");
  if (firstIssuedOn < firstEligibleDay) {
    const reason = `初领日期${firstIssuedOn}，最早应为${firstEligibleDay}；换证不改变初领日期`;
    return { clause, outcome: UNMET, reason };
  }
  return { clause, outcome: MET, reason: `初领日期${firstIssuedOn}，不早于${firstEligibleDay}` };
}

function examined({ content: { evaluationBody }, row }) {
  const clause = "219-2a";
  if (row === undefined) return unknown(clause, "附件项目未确定，无法核对评价机构");
  const [name] = row.evaluationBodies;
  if (evaluationBody == null) return unknown(clause, `登记信息未注明评价机构，应为${name}`);
  if (!row.evaluationBodies.includes(evaluationBody))
    return { clause, outcome: UNMET, reason: `评价机构为${evaluationBody}，附件所列为${name}` };
  return { clause, outcome: MET, reason: `评价机构为${name}` };
}

function collected({ key, row }) {
  const clause = "219-2b";
  if (row === undefined) return unknown(clause, "附件项目未确定，无法核对归集机构");
  if (key.institution !== row.collectionBody)
    return { clause, outcome: UNMET, reason: `签名机构为${key.institution}` };
  return { clause, outcome: MET, reason: `由${row.collectionBodyName}归集，签名已验证` };
}

function inGoodStanding({ content }, today) {
  const clause = "219-3b";
  const { state, issuedOn, validFrom, validUntil, reviewDueOn, level } = content;
  const unmet = (reason) => ({ clause, outcome: UNMET, reason });
  if ((validFrom ?? "") > today || (issuedOn ?? "") > today) return unmet("证书在该日尚未生效");
  if (validUntil != null && validUntil < today) return unmet("证书在该日已过有效期");
  const needed = level === "UNGRADED" ? [issuedOn, validFrom, validUntil, reviewDueOn] : [issuedOn];
  const lacksADay = needed.some((day) => day == null);
  if (state !== "VALID" || lacksADay) return unknown(clause, "登记信息未注明证书状态或所需日期");
  if (reviewDueOn != null && reviewDueOn < today) return unmet("证书在该日已逾期未复审");
  return { clause, outcome: MET, reason: "证书在该日有效" };
}

// That the record is about the person asked about was compared when it was decoded.
const CLAIMED = { clause: "219-2c", outcome: MET, reason: "证件号码一致；未提供申请人姓名，姓名未核对" };

function evaluate(certificate, today) {
  const findings = [
    listed(certificate),
    issuedAfterNotice(certificate),
    firstIssuedAfterNotice(certificate),
    examined(certificate),
    collected(certificate),
    inGoodStanding(certificate, today),
    CLAIMED,
  ];
  let outcome = "ELIGIBLE";
  for (const finding of findings) {
    if (finding.outcome === UNMET) return { outcome: "INELIGIBLE", findings };
    if (finding.outcome === UNDETERMINED) outcome = UNDETERMINED;
  }
  return { outcome, findings };
}

/** The day in Shanghai, which has no daylight saving time. */
const dayOf = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 10);
const momentOf = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "+00:00");

function shown(certificate, today) {
  const { content, header } = certificate;
  const authority = certificate.row?.authorityName ?? content.authority;
  return {
    number: content.number,
    title: content.title,
    category: content.category,
    item: content.item,
    level: content.level,
    issuedOn: content.issuedOn,
    validUntil: content.validUntil,
    state: content.state,
    authority: authority == null ? null : { name: authority },
    provenance: {
      verdict: "VERIFIED",
      keyId: header.kid,
      algorithm: header.alg,
      signedAt: momentOf(header.iat),
    },
    certificate,
    today,
    order: certificate.row?.order ?? items.size,
  };
}

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** Sort by row, and within a row by level and day, so that an order says nothing else. */
export const inOrderOfTheAnnex = (one, other) =>
  one.order - other.order ||
  compare(one.level ?? "", other.level ?? "") ||
  compare(one.issuedOn ?? "", other.issuedOn ?? "") ||
  compare(one.number, other.number);

/** Return what one agency's entry about a person amounts to, as a holder's answer has it. */
export function read(entry, agency, idNumber, now, today) {
  const { certificates, outcome } = examine(entry, agency, idNumber, now);
  return { certificates: certificates.map((certificate) => shown(certificate, today)), outcome };
}

/** Return the certificates of an entry that may be believed, and how the agency answered. */
function examine(entry, agency, idNumber, now) {
  const certificates = [];
  let isRefused = false;
  let held = 0;
  try {
    for (const token of entry?.records ?? []) {
      try {
        const certificate = decode(believe(token, agency, now), idNumber);
        held = Math.max(held, certificate.content.held ?? 0);
        certificates.push(certificate);
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
        isRefused = true;
      }
    }
    if (certificates.length === 0 && !isRefused) {
      const absence = believe(entry?.absence ?? "", agency, now);
      if (absence.header.typ !== ABSENCE || absence.content.idNumber !== idNumber)
        throw new Refusal("WRONG_HOLDER");
      return { certificates, outcome: "NONE" };
    }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
    isRefused = true;
  }
  if (certificates.length < held) isRefused = true;
  return { certificates, outcome: isRefused ? "UNVERIFIED" : "ANSWERED" };
}

export const question = (idNumbers) =>
  JSON.stringify({ holders: idNumbers.map((idNumber) => ({ idType: "RESIDENT_ID", idNumber })) });

export const moment = () => {
  const now = Date.now() / 1000;
  return { now, today: dayOf(now) };
};

/** Ask one agency about all; an agency that fails says nothing of anybody. */
export async function askAgency(post, agency, idNumbers) {
  try {
    const { results } = JSON.parse(await post(agency.url, question(idNumbers)));
    return new Map(results.map((result) => [result.idNumber, result]));
  } catch {
    return undefined;
  }
}

/** Return each person's answer, given every agency's entries by number. */
export function mergeAnswers(idNumbers, found, { now, today }, asked = agencies) {
  return idNumbers.map((idNumber) => {
    const nodes = [];
    const sources = asked.map((agency, place) => {
      const authority = { name: agency.authorityName };
      if (found[place] === undefined) return { authority, outcome: "UNREACHABLE" };
      const entry = found[place].get(idNumber);
      const { certificates, outcome } = read(entry, agency, idNumber, now, today);
      nodes.push(...certificates);
      return { authority, outcome };
    });
    nodes.sort(inOrderOfTheAnnex);
    return { certificates: { nodes }, sources };
  });
}

/** Return what each claim comes to; an agency is asked about those whose items it collects. */
async function verifyClaims(post, claims) {
  const { now, today } = moment();
  const rows = claims.map(({ item }) => items.get(item));
  const concerned = agencies.map((agency) => {
    const isConcerned = (_, place) => rows[place]?.collectionBody === agency.collectionBody;
    return new Set(claims.filter(isConcerned).map(({ idNumber }) => idNumber));
  });
  const found = await Promise.all(
    agencies.map((agency, place) =>
      concerned[place].size ? askAgency(post, agency, [...concerned[place]]) : new Map(),
    ),
  );
  const examined = agencies.map((agency, place) => {
    const people = new Map();
    for (const idNumber of concerned[place]) {
      const entry = found[place]?.get(idNumber);
      const unreachable = { certificates: [], outcome: "UNREACHABLE" };
      people.set(idNumber, found[place] ? examine(entry, agency, idNumber, now) : unreachable);
    }
    return people;
  });
  const nodes = claims.map((claim, which) => {
    let answer;
    const sources = agencies.map((agency, place) => {
      const said = examined[place].get(claim.idNumber);
      if (rows[which]?.collectionBody === agency.collectionBody) answer = said;
      return { agency: agency.id, outcome: said?.outcome ?? "SKIPPED" };
    });
    return { ...judge(claim, rows[which], answer, today), sources };
  });
  return { nodes };
}

/** Eligibility is computed if it is asked for. */
export const Certificate = {
  eligibility: ({ certificate, today }) => evaluate(certificate, today),
};

/** The resolvers of a hand-written server, given a way to post. */
export function resolvers(post) {
  async function check(idNumbers) {
    const when = moment();
    const found = await Promise.all(agencies.map((agency) => askAgency(post, agency, idNumbers)));
    return mergeAnswers(idNumbers, found, when);
  }
  return {
    Query: {
      holder: async (_, { idNumber }) => (await check([idNumber]))[0],
      holders: (_, { idNumbers }) => check(idNumbers),
      verifyClaims: (_, { claims }) => verifyClaims(post, claims),
    },
    Certificate,
  };
}

/** The resolvers of the subgraph of one agency. */
export function subgraphResolvers(post, agency) {
  async function holder(_, { idNumber }) {
    const when = moment();
    const found = await askAgency(post, agency, [idNumber]);
    return mergeAnswers([idNumber], [found], when, [agency])[0];
  }
  return { Query: { [fieldOf(agency)]: holder }, Certificate };
}
