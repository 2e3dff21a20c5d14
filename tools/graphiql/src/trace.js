/*
 * What an answer says of how it came about, found wherever it stands in the answer.
 *
 * Nothing is asked for here: a tab that leaves a field out shows no such column.
 */

function* objectsIn(value, path = []) {
  if (value === null || typeof value !== 'object') {
    return;
  }
  if (!Array.isArray(value)) {
    yield [value, path];
  }
  for (const [key, below] of Object.entries(value)) {
    yield* objectsIn(below, [...path, key]);
  }
}

const isAgency = one => one !== null && typeof one === 'object' && 'outcome' in one;

function nameOf({ agency, authority }) {
  return authority?.name ?? agency ?? authority?.id ?? '?';
}

// Which agency a certificate is of: by its authority, as far as the question asked for it.
function isOf(certificate, source) {
  const { authority } = certificate;
  if (!authority || !source.authority) {
    return false;
  }
  return ['id', 'name'].some(
    key => authority[key] !== undefined && authority[key] === source.authority[key],
  );
}

/* Of each agency, in the order of the answer: its row, and every check of what it sent. */
export function sourcesOf(data) {
  const found = [];
  for (const [one] of objectsIn(data)) {
    if (!Array.isArray(one.sources) || !one.sources.every(isAgency)) {
      continue;
    }
    const certificates = one.certificates?.nodes ?? [];
    for (const source of one.sources) {
      const refused = (source.refusals ?? []).flatMap(refusal => refusal.checks ?? []);
      const made = certificates
        .filter(certificate => isOf(certificate, source))
        .flatMap(certificate => certificate.provenance?.checks ?? []);
      found.push({ ...source, name: nameOf(source), checks: [...made, ...refused] });
    }
  }
  return found;
}

/* Of each verdict: where it stands, and its findings. */
export function verdictsOf(data) {
  const found = [];
  for (const [one, path] of objectsIn(data)) {
    if (Array.isArray(one.findings) && one.findings.some(each => each?.clause)) {
      found.push({ place: path.join('.'), outcome: one.outcome, findings: one.findings });
    }
  }
  return found;
}

/* The clauses' words as far as the answer has them, by their ids. */
export function wordsOf(data) {
  const found = {};
  for (const [one] of objectsIn(data)) {
    if (typeof one.id === 'string' && typeof one.words === 'string') {
      found[one.id] = one.words;
    }
  }
  return found;
}

export function dataOf(text) {
  try {
    return JSON.parse(text).data ?? null;
  } catch {
    return null;
  }
}
