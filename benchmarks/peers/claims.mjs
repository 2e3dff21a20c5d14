// Stated certificates beside what a registry says, field by field, as a developer would
// write it by hand: of several certificates the best counts, and a mismatch is said only
// where signed bytes say that there is no more.

export const claimTypes = /* GraphQL */ `
  input StatedCertificateInput {
    idNumber: String! item: String! level: Level issuedOn: String number: String name: String
  }
  type CheckedClaims { nodes: [ClaimCheck!]! }
  type ClaimCheck {
    outcome: ClaimOutcome! standing: Standing reason: String!
    fields: [FieldCheck!]! sources: [ClaimSource!]!
  }
  type FieldCheck { field: StatedField! outcome: FieldOutcome! }
  type ClaimSource { agency: String! outcome: ClaimSourceOutcome! }
  enum ClaimOutcome { MATCH MISMATCH NOT_FOUND UNKNOWN }
  enum StatedField { NUMBER ITEM LEVEL ISSUED_ON NAME }
  enum FieldOutcome { MATCH MISMATCH UNKNOWN NOT_STATED }
  enum ClaimSourceOutcome { ANSWERED NONE UNVERIFIED UNREACHABLE SKIPPED }
  enum Standing {
    VALID NOT_YET_VALID EXPIRED REVIEW_OVERDUE SUSPENDED REVOKED CANCELLED LAPSED WITHDRAWN
    TRANSFERRED UNKNOWN
  }
`;

const MATCH = "MATCH", MISMATCH = "MISMATCH", UNKNOWN = "UNKNOWN", NOT_STATED = "NOT_STATED";

const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "");

function plainNumber(text) {
  const number = plain(text).toUpperCase();
  return /^\d{13}$/.test(number) ? number.padStart(16, "0") : number;
}

function value(stated, said, alike = (text) => text) {
  if (stated == null) return NOT_STATED;
  if (said == null) return UNKNOWN;
  return alike(stated) === alike(said) ? MATCH : MISMATCH;
}

function item(row, certificate) {
  if (certificate.row === row) return MATCH;
  return certificate.row === undefined && certificate.content.itemCode === row.code ? UNKNOWN : MISMATCH;
}

/** Return how a claim compares with a record; nothing if it is not about that one. */
function compare(claim, row, certificate) {
  const { content } = certificate;
  const number = value(claim.number, content.number, plainNumber);
  const itsItem = item(row, certificate);
  const isByNumber = number === MATCH && !content.number.includes(content.idNumber);
  if (itsItem === MISMATCH && !isByNumber) return undefined;
  return [
    { field: "NUMBER", outcome: number },
    { field: "ITEM", outcome: itsItem },
    { field: "LEVEL", outcome: value(claim.level, content.level) },
    { field: "ISSUED_ON", outcome: value(claim.issuedOn, content.issuedOn) },
    { field: "NAME", outcome: value(claim.name, content.holderName, plain) },
  ];
}

/** The fewest mismatches are the nearest, then the most telling fields that are right. */
function distance(fields) {
  let mismatches = 0, unknowns = 0, wrong = 0;
  for (const { outcome } of fields) {
    if (outcome === MISMATCH) mismatches += 1;
    if (outcome === UNKNOWN) unknowns += 1;
    wrong = wrong * 2 + (outcome === MATCH ? 0 : 1);
  }
  return (mismatches * 8 + unknowns) * 32 + wrong;
}

function whole(fields) {
  if (fields.some(({ outcome }) => outcome === MISMATCH)) return MISMATCH;
  return fields.some(({ outcome }) => outcome === UNKNOWN) ? UNKNOWN : MATCH;
}

const LOST = new Set(["SUSPENDED", "REVOKED", "CANCELLED", "LAPSED", "WITHDRAWN"]);

function standing({ state, issuedOn, validFrom, validUntil, reviewDueOn, level }, today) {
  if (LOST.has(state)) return state;
  if ((validFrom ?? "") > today || (issuedOn ?? "") > today) return "NOT_YET_VALID";
  if (validUntil != null && validUntil < today) return "EXPIRED";
  if (state === "TRANSFERRED") return state;
  const isGraded = level != null && level !== "UNGRADED";
  const needed = isGraded ? [issuedOn] : [issuedOn, validFrom, validUntil, reviewDueOn];
  if (state !== "VALID" || needed.some((day) => day == null)) return UNKNOWN;
  return reviewDueOn != null && reviewDueOn < today ? "REVIEW_OVERDUE" : "VALID";
}

const REASONS = {
  MATCH: "所述各项与登记一致",
  MISMATCH: "所述与登记不一致，见各项结果；登记内容不在此显示",
  UNKNOWN: "登记中缺少所述的某项，无法比较",
};
const NOT_FOUND = "登记机构签名证明此人未持有所述项目的证书";
const SILENT = "未得到登记机构可信的答复，结果未知，请稍后再查";

const order = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const inOrder = ({ content: one }, { content: other }) =>
  order(one.level ?? "", other.level ?? "") ||
  order(one.issuedOn ?? "", other.issuedOn ?? "") ||
  order(one.number, other.number);

/** Return what a claim comes to, given the answer of the agency that collects its item. */
export function judge(claim, row, answer, today) {
  const isKnown = answer?.outcome === "ANSWERED" || answer?.outcome === "NONE";
  let best, fields, nearest = Infinity;
  for (const certificate of [...(answer?.certificates ?? [])].sort(inOrder)) {
    const compared = compare(claim, row, certificate);
    if (compared === undefined || distance(compared) >= nearest) continue;
    [best, fields, nearest] = [certificate, compared, distance(compared)];
  }
  if (best !== undefined) {
    const outcome = whole(fields);
    if (outcome === MATCH || isKnown) {
      const worth = outcome === MATCH ? standing(best.content, today) : null;
      return { outcome, standing: worth, reason: REASONS[outcome], fields };
    }
  } else if (isKnown) {
    return { outcome: "NOT_FOUND", standing: null, reason: NOT_FOUND, fields: [] };
  }
  return { outcome: UNKNOWN, standing: null, reason: SILENT, fields: [] };
}
