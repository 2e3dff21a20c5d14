// Compute a verdict again from its trace, by the words of the notice.
//
// It shares no code with the gateway: it was written from 沪人社职〔2022〕219号, from the
// public copies of 沪人社规〔2022〕17号 that docs/policy.md quotes, and from the figures and
// the annex that come with the trace (certificate-gateway-policy@v1). Days are texts,
// 2024-02-29, which compare as days do. No answer, null, is never taken for yes or no.
//
// Nothing here needs Node: a browser runs it as it is.

const MET = "MET", UNMET = "UNMET", OPEN = "UNDETERMINED";
const FIRST = "0001-01-01", LAST = "9999-12-31";
const LEVELS = ["UNGRADED", "LEVEL_5", "LEVEL_4", "LEVEL_3", "LEVEL_2", "LEVEL_1"];
const WORST_STATE_FIRST = [
  "REVOKED", "WITHDRAWN", "CANCELLED", "LAPSED", "SUSPENDED", "TRANSFERRED", "OTHER", null, "VALID",
];

const worst = (found) => (found.includes(UNMET) ? UNMET : found.includes(OPEN) ? OPEN : MET);
const either = (one, other) =>
  one === MET || other === MET ? MET : one === UNMET && other === UNMET ? UNMET : OPEN;
const must = (is) => (is ? MET : UNMET);

const parts = (day) => day.split("-").map(Number);
const later = (...days) => days.reduce((one, other) => (one > other ? one : other));
const isLeap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const lengthOf = (year, month) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Days since some day long ago. */
function count(day) {
  const [year, month, date] = parts(day);
  const past = year - 1;
  let days = past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  for (let one = 1; one < month; one += 1) days += lengthOf(year, one);
  return days + date;
}

/** The last day of a period of months (民法典 201-203): the same day, or the month's last. */
function monthsAfter(day, months) {
  const [year, month, date] = parts(day);
  const total = year * 12 + (month - 1) + months;
  const [y, m] = [Math.floor(total / 12), (total % 12) + 1];
  if (y > 9999) return LAST;
  const two = (number) => String(number).padStart(2, "0");
  return `${String(y).padStart(4, "0")}-${two(m)}-${two(Math.min(date, lengthOf(y, m)))}`;
}

const PRIVATE = new Map();
// Where GBK and GB 18030 once put characters into Unicode's private use.
for (const [first, characters] of [
  [0xe5e5, "\u3000"], [0xe76c, "\u20ac"],
  [0xe78d, "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"],
  [0xe7c7, "\u1e3f\u01f9"],
  [0xe7e7, "\u303e\u2ff0\u2ff1\u2ff2\u2ff3\u2ff4\u2ff5\u2ff6\u2ff7\u2ff8\u2ff9\u2ffa\u2ffb"],
  [0xe815, "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹" +
    "䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"],
]) [...characters].forEach((one, place) => PRIVATE.set(String.fromCodePoint(first + place), one));
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
const SPACE = /[\s\u001c-\u001f\u0085]/gu;
const DOTS = /[\u00b7\u0387\u02d9\u1427\u16eb\u2022\u2024\u2027\u2218\u2219\u22c5\u25cf\u25e6\u26ab\u2981\u2b24\u2e30\u2e31\u2e33\u3002\u30fb\u318d\u119e\ua78f\ufe12\ufe52\uff0e\uff61\uff65\u{10101}]/gu;
const DASHES = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d\u2500]/gu;

/** The form in which two spellings are equal: no width, no white space, nothing unseen. */
function folded(stated, isCode = false) {
  if ([...stated].length > 4096) return stated;
  for (;;) {
    let plain = [...stated.replace(UNSEEN, "")].map((one) => PRIVATE.get(one) ?? one).join("");
    plain = plain.replaceAll("\u2800", " ");
    if (isCode) plain = plain.replace(DOTS, ".").replace(DASHES, "-");
    plain = plain.normalize("NFKC").replace(SPACE, "");
    if (isCode) plain = plain.toUpperCase();
    if (plain === stated) return plain;
    stated = plain;
  }
}

/** Tables of an annex, made once for many traces. */
export function readPolicy(policy) {
  const { items, bodies, lookAlikes } = policy.annex;
  const bearing = new Map();
  const spelt = new Map();
  const sharing = new Map();
  const add = (map, key, code) => map.set(key, (map.get(key) ?? new Set()).add(code));
  for (const item of items) {
    for (const name of [item.name, ...item.aliases]) spelt.set(folded(name), item.code);
    for (const name of [item.title, ...item.titleAliases, item.category, item.name, ...item.aliases])
      add(bearing, folded(name), item.code);
    if (item.sharedCode !== null) add(sharing, item.sharedCode, item.code);
  }
  return {
    items: new Map(items.map((item) => [item.code, item])),
    titles: new Map(items.map((item) => [item.code, new Set([item.title, ...item.titleAliases].map((one) => folded(one)))])),
    bodies: new Map(bodies.map((body) => [body.id, new Set([body.name, ...body.aliases].map((one) => folded(one)))])),
    lookAlikes, bearing, spelt, sharing,
    parameters: Map.groupBy ? Map.groupBy(policy.parameters, (one) => one.name) : grouped(policy.parameters),
  };
}

function grouped(entries) {
  const found = new Map();
  for (const one of entries) found.set(one.name, [...(found.get(one.name) ?? []), one]);
  return found;
}

/** The value of each parameter on a day: the last that began by then, else the first. */
export function figuresOn(rules, day) {
  const figures = {};
  for (const [name, entries] of rules.parameters)
    figures[name] = (entries.findLast((one) => one.from <= day) ?? entries[0]).value;
  return figures;
}

/** Which row of the annex a record is about, by its code, which its names must bear out. */
function rowOf(record, rules) {
  const open = { outcome: OPEN, item: null }, none = { outcome: UNMET, item: null };
  const stated = [record.title, record.category, record.item].filter((one) => one !== null).map((one) => folded(one));
  const resembles = (one) =>
    one.numberLength === record.number.length || one.words.some((word) => stated.some((name) => name.includes(word)));
  if (rules.lookAlikes.some(resembles)) return none;
  const name = folded(record.item);
  const named = rules.spelt.get(name) ?? null;
  const code = record.itemCode === null ? null : folded(record.itemCode, true) || null;
  const sharing = rules.sharing.get(code);
  const found = code === null || sharing?.has(named) ? named : code;
  if (found === null) return open;
  const item = rules.items.get(found);
  if (item === undefined) {
    const isDoubtful = sharing !== undefined || rules.bearing.has(name) || !/[0-9A-Za-z]/.test(found);
    return isDoubtful ? open : none;
  }
  const isElsewhere = stated.some((one) => rules.bearing.get(one)?.has(found) === false);
  const isNamed = named === found && rules.titles.get(found).has(stated[0]);
  return isElsewhere || !isNamed ? open : { outcome: MET, item };
}

/** What a record says against itself. */
function doubtsOf(record) {
  const { number, level, issuedOn, firstIssuedOn, validFrom, validUntil, reviewDueOn } = record;
  const isGraded = level !== "UNGRADED";
  const years = [issuedOn, firstIssuedOn ?? issuedOn].map((day) => day && parts(day)[0] % 100);
  const began = issuedOn ?? FIRST;
  const start = validFrom ?? issuedOn;
  return {
    holder: number.isHolders === false,
    level: isGraded && level !== null && number.grade !== null && level !== `LEVEL_${number.grade}`,
    year: isGraded && number.year !== null && issuedOn !== null && !years.includes(number.year),
    firstIssue: (firstIssuedOn ?? FIRST) > (issuedOn ?? LAST),
    review: (reviewDueOn ?? LAST) < began,
    ends: validUntil !== null && validUntil < later(began, validFrom ?? began),
    // Six years, and a day by which they are counted otherwise (令第30号).
    tooLong: !isGraded && start !== null && validUntil !== null && count(validUntil) - count(monthsAfter(start, 72)) > 1,
  };
}

/** The state on a day: the worst of what the registry states and what was sent. */
function stateOn(record, day) {
  const { state, stateSince, changes } = record;
  if (stateSince === null && changes !== null && !changes.length) return state;
  const found = [];
  const last = changes?.at(-1);
  const since = [stateSince, last?.state === state ? last.effectiveOn : null].filter((one) => one !== null).sort()[0];
  const isDated = state !== null && !["VALID", "REVOKED"].includes(state) && since !== undefined;
  found.push(isDated && day < since ? "VALID" : state);
  if (changes === null) found.push(null);
  let bad = [];
  for (const change of changes ?? []) {
    const counts = change.effectiveOn <= day;
    if (change.state === "VALID") bad = counts ? [] : bad;
    else if (counts || change.state === "REVOKED") bad.push(change.state);
  }
  return WORST_STATE_FIRST.find((one) => [...found, ...bad].includes(one));
}

/** What a certificate is worth on a day, as far as is known today. */
function standing(record, asOf, today) {
  const doubts = doubtsOf(record);
  const state = stateOn(record, asOf);
  const isKnown = asOf <= today;
  const lost = ["REVOKED", "WITHDRAWN", "CANCELLED", "LAPSED"];
  if (lost.includes(state) || (state === "SUSPENDED" && isKnown)) return state;
  if (doubts.ends) return "UNKNOWN";
  if (asOf < later(record.validFrom ?? FIRST, record.issuedOn ?? FIRST)) return "NOT_YET_VALID";
  if (asOf > (record.validUntil ?? LAST)) return "EXPIRED";
  if ((isKnown ? asOf : today) > (record.reviewDueOn ?? LAST)) return doubts.review ? "UNKNOWN" : "REVIEW_OVERDUE";
  if (isKnown && state === "TRANSFERRED") return "TRANSFERRED";
  const needed = [record.issuedOn];
  if (record.level === null || record.level === "UNGRADED")
    needed.push(record.validFrom, record.validUntil, record.reviewDueOn);
  const isDoubtful = doubts.review || doubts.tooLong || needed.includes(null);
  return state === "VALID" && isKnown && !isDoubtful ? "VALID" : "UNKNOWN";
}

function inForce({ record, asOf, today }, figures) {
  const weigh = (found) =>
    ({ VALID: MET, UNKNOWN: OPEN, REVIEW_OVERDUE: figures.review_overdue, TRANSFERRED: figures.transferred })[found] ?? UNMET;
  const found = standing(record, asOf, today);
  const weight = weigh(found);
  if (found !== "REVIEW_OVERDUE" || weight === UNMET) return weight;
  // A review that is forgiven forgives nothing else.
  const other = weigh(standing({ ...record, reviewDueOn: LAST }, asOf, today));
  return other === MET ? weight : other;
}

function noticeClauses(trace, row, figures, rules) {
  const { record, attestation, claimant, asOf, today } = trace;
  const { item } = row;
  const doubts = doubtsOf(record);
  const first = figures.first_eligible_day;
  const { issuedOn, firstIssuedOn } = record;
  const isAnchored = item?.anchoredOnFirstIssue === true;
  const mayBeMadeAgain = firstIssuedOn !== null && firstIssuedOn < first && first <= issuedOn;
  const listed = () => {
    if (item === null) return row.outcome;
    return doubts.level || record.level === null ? OPEN : must(item.levels.includes(record.level));
  };
  const issued = () => {
    if (issuedOn === null || doubts.year || doubts.firstIssue) return OPEN;
    if (mayBeMadeAgain && !isAnchored && (item !== null || row.outcome === OPEN)) return OPEN;
    return must(issuedOn >= first);
  };
  const firstIssued = () => {
    if (!isAnchored) return item === null && row.outcome === OPEN ? OPEN : MET;
    return firstIssuedOn === null || doubts.firstIssue ? OPEN : must(firstIssuedOn >= first);
  };
  const examined = () => {
    if (item === null) return row.outcome;
    if (record.evaluationBody === null) return OPEN;
    return must(rules.bodies.get(item.evaluationBody).has(folded(record.evaluationBody)));
  };
  const collected = () => {
    if (item === null && row.outcome === UNMET) return UNMET;
    const { institution, scope, keyInForce, account } = attestation;
    if (item !== null && (institution !== item.collectionBody || !scope.includes(item.code))) return UNMET;
    const isBarred = keyInForce === false || (account !== null && account !== "ACTIVE");
    if (isBarred) return asOf > today ? OPEN : UNMET;
    return item === null || keyInForce === null || account === null ? OPEN : MET;
  };
  const holder = () => {
    if (claimant === null) return figures.claimant_has_to_be_stated || doubts.holder ? OPEN : MET;
    if (!claimant.sameNumber) return UNMET;
    if (!claimant.sameDocument) return OPEN;
    if (claimant.isNamed && claimant.isHolderNamed && !claimant.sameName) return UNMET;
    return doubts.holder || (claimant.isNamed && !claimant.isHolderNamed) ? OPEN : MET;
  };
  return {
    "219-1a": listed(), "219-1b": issued(), "219-n2": firstIssued(), "219-2a": examined(),
    "219-2b": collected(), "219-3b": inForce(trace, figures), "219-2c": holder(),
  };
}

/** Whether what has a code is known to be of another occupation (工种) than the row. */
function otherOccupation(item, code, figures, rules) {
  if (item === null || code === null) return OPEN;
  const beside = (other) => {
    if (other === item.code) return UNMET;
    const isOneGroup = figures.occupation_groups.some((group) => group.includes(other) && group.includes(item.code));
    return isOneGroup ? { ONE: UNMET, SEPARATE: MET, UNDETERMINED: OPEN }[figures.occupation_grouping] : MET;
  };
  if (rules.items.has(code)) return beside(code);
  if (rules.sharing.has(code)) {
    const found = new Set([...rules.sharing.get(code)].map(beside));
    return found.size === 1 ? [...found][0] : OPEN;
  }
  if (!/^[1-8](-[0-9]{2}){3}$/.test(code)) return OPEN;
  const doubtful = figures.doubtful_occupations[item.code] ?? [];
  return doubtful.some((group) => `${code}-`.startsWith(`${group}-`)) ? OPEN : MET;
}

/** How one level stands to another; null where either is not known. */
const rank = (one, other) =>
  one === null || other === null ? null : Math.sign(LEVELS.indexOf(one) - LEVELS.indexOf(other));

function claimClauses(claim, about, figures, rules) {
  const { row, level, issuedOn, firstIssuedOn } = about;
  const { category, claimedOn } = claim;
  const known = claim.payments;
  const counted = known && (figures.recovered_payment_bars ? known : known.filter((one) => !one.isRecovered));
  const another = (code) => otherOccupation(row.item, code, figures, rules);
  const enough = (paid, unknown, most) => (paid >= most ? UNMET : paid + unknown >= most ? OPEN : MET);
  const share = () => {
    if (category === null) return OPEN;
    if (category === "COLLEGE_FINAL_YEAR") return level === null ? OPEN : figures.college_levels[level];
    if (category === "VOCATIONAL_FINAL_YEAR") {
      if (counted === null) return OPEN;
      const of = (wanted) => counted.filter((one) => one.category === wanted).length;
      return enough(of(category), of(null), figures.vocational_payments);
    }
    if (category !== "VETERAN") return MET;
    const left = claim.dischargedOn;
    if (left === null || claimedOn === null) return OPEN;
    return must(left <= claimedOn && claimedOn <= monthsAfter(left, figures.veteran_months));
  };
  const hukou = () => {
    if (claim.hukou === "SHANGHAI") return MET;
    if (category === null) return OPEN;
    if (figures.open_to_other_hukou.includes(category)) {
      const isStudent = ["COLLEGE_FINAL_YEAR", "VOCATIONAL_FINAL_YEAR"].includes(category);
      if (!isStudent || claim.studiesInShanghai) return MET;
      if (claim.studiesInShanghai === null) return OPEN;
    }
    return claim.hukou === null ? OPEN : UNMET;
  };
  const window = () => {
    const from = row.item?.anchoredOnFirstIssue ? firstIssuedOn : issuedOn;
    if (row.outcome === OPEN || from === null || claimedOn === null) return OPEN;
    return must(from <= claimedOn && claimedOn <= monthsAfter(from, figures.window_months));
  };
  const once = () => {
    if (counted === null) return OPEN;
    const lower = (one) => ({ "-1": MET, 0: UNMET, 1: UNMET })[rank(one.level, level)] ?? OPEN;
    return worst(counted.map((one) => either(another(one.itemCode), lower(one))));
  };
  const excluded = () => {
    if (claim.isCivilServant || figures.excluded_acquisitions.includes(claim.acquisition)) return UNMET;
    return claim.isCivilServant === null || claim.acquisition === null ? OPEN : MET;
  };
  const found = {
    "17-share": share(), "17-amount": level === null ? OPEN : MET, "17-hukou": hukou(),
    "17-window": window(), "17-once": once(), "17-excluded": excluded(),
  };
  // Rules that may exist, each off by 0, false or nothing.
  const { yearly_payments: most, yearly_yuan: mostYuan, excluding_funds: funds, days_between_payments: apart } = figures;
  if (most || mostYuan) {
    const undated = known?.filter((one) => claimedOn === null || one.paidOn === null);
    const inYear = known?.filter((one) => claimedOn !== null && one.paidOn?.slice(0, 4) === claimedOn.slice(0, 4));
    const sum = () => {
      const shares = category === null ? Object.values(figures.share_percent) : [figures.share_percent[category]];
      const yuan = level === null ? Object.values(figures.amount_yuan) : [figures.amount_yuan[level]];
      const own = (choose) => Math.floor((choose(...yuan) * choose(...shares)) / 100);
      const total = (payments) => payments.reduce((so, one) => so + (one.amountYuan ?? 0), 0);
      if (total(inYear) + own(Math.min) > mostYuan) return UNMET;
      const all = [...inYear, ...undated];
      const isKnown = all.every((one) => one.amountYuan !== null);
      return isKnown && total(all) + own(Math.max) <= mostYuan ? MET : OPEN;
    };
    found["17-yearly"] = known === null ? OPEN : worst([
      ...(most ? [enough(inYear.length, undated.length, most)] : []), ...(mostYuan ? [sum()] : []),
    ]);
  }
  if (figures.held_higher_bars) {
    const notHigher = (one) => ({ "-1": MET, 0: MET, 1: UNMET })[rank(one.level, level)] ?? OPEN;
    found["17-held"] = claim.held === null ? OPEN : worst(claim.held.map((one) => either(another(one.itemCode), notHigher(one))));
  }
  if (funds.length) {
    const fromAnother = (one) => (one.fund === null ? OPEN : must(!funds.includes(one.fund)));
    found["17-fund"] = known === null ? OPEN : worst(known.map((one) => either(another(one.itemCode), fromAnother(one))));
  }
  if (apart) {
    const far = (one) => (one.paidOn === null ? OPEN : must(Math.abs(count(claimedOn) - count(one.paidOn)) >= apart));
    found["17-interval"] = known === null || (known.length && claimedOn === null) ? OPEN : worst(known.map(far));
  }
  return found;
}

/** The share and the sum: the amount of the level by the share of the category. */
function sumOf(claim, { row, level }, figures) {
  if (claim.category === null || level === null || !row.item?.levels.includes(level)) return [null, null];
  const share = figures.share_percent[claim.category];
  return [share, Math.floor((figures.amount_yuan[level] * share) / 100)];
}

function without({ absence, claim }, figures, rules) {
  const item = rules.items.get(absence.item);
  const found = {};
  for (const clause of ["219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"]) found[clause] = OPEN;
  const isUnlisted = absence.level !== null && !item.levels.includes(absence.level);
  if (absence.why === "NONE_HELD" || isUnlisted) found["219-1a"] = UNMET;
  if (absence.why === "ACCOUNT_FROZEN") found["219-2b"] = UNMET;
  if (absence.isAnother) found["219-2c"] = UNMET;
  const about = { row: { outcome: MET, item }, level: absence.level, issuedOn: null, firstIssuedOn: null };
  return [found, about, absence.level];
}

function withRecord(trace, figures, rules) {
  const { record } = trace;
  const row = rowOf(record, rules);
  const doubts = doubtsOf(record);
  const about = {
    row,
    level: doubts.level ? null : record.level,
    issuedOn: doubts.year || doubts.firstIssue ? null : record.issuedOn,
    firstIssuedOn: doubts.firstIssue ? null : record.firstIssuedOn,
  };
  return [noticeClauses(trace, row, figures, rules), about, record.level];
}

/** Every clause's outcome, the verdict and the sum, of a trace and its rules. */
export function recompute(trace, rules) {
  const figures = figuresOn(rules, trace.figuresOf);
  const [found, about, level] = (trace.absence ? without : withRecord)(trace, figures, rules);
  const { claim } = trace;
  if (claim !== null) Object.assign(found, claimClauses(claim, about, figures, rules));
  const [share, yuan] = claim === null ? [null, null] : sumOf(claim, about, figures);
  if (trace.attestation?.isOutdated && stateOn(trace.record, trace.asOf) !== "REVOKED")
    for (const clause of Object.keys(found))
      if (found[clause] === UNMET || clause === "219-3b") found[clause] = OPEN;
  const outcome = { MET: "ELIGIBLE", UNMET: "INELIGIBLE", UNDETERMINED: OPEN }[worst(Object.values(found))];
  const isPaid = outcome === "ELIGIBLE";
  return {
    clauses: found,
    verdict: {
      outcome, itemCode: about.row.item?.code ?? null, level,
      sharePercent: isPaid ? share : null, amountYuan: isPaid ? yuan : null, computedYuan: yuan,
    },
  };
}
