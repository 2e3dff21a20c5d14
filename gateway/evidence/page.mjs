// The page on which people check a bundle: files in, steps and a conclusion out. It writes
// texts only, never markup, and shows nothing of a bundle unless every required step is
// VALID, by a policy that came from elsewhere.

import { isAble } from "./crypto-browser.mjs";
import { decodeQR } from "./qr.mjs";
import { isStatement, unpacked } from "./statement.mjs";
import { isAgainst, verify } from "./verify-bundle.mjs";
import { CHECKS, CODES, CONCLUSIONS, OUTCOMES, PLACES, SHOWN } from "./words.mjs";

const MOST_BYTES = 32 * 1024 * 1024;
const at = (id) => document.getElementById(id);
const MOST_PIXELS = 4000;
const CAMERA = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
const LOOK_MILLISECONDS = 200;
const files = { bundle: null, policy: null };
let run = 0;

/** An element with what is in it: elements, or texts. */
function made(name, inside = [], attributes = {}) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside.map((one) => (one instanceof Node ? one : String(one))));
  return element;
}
const both = ([zh, en]) => [made("span", [zh], { lang: "zh-Hans" }), " ", made("span", [en], { lang: "en" })];
/** The words of a name; a name that is none of ours is a bundle's, and not repeated. */
const wordsOf = (table, name) => (Object.hasOwn(table, name) ? table[name] : ["其他", "other"]);

function conclude(name) {
  const heading = at("conclusion");
  heading.dataset.conclusion = name;
  heading.replaceChildren(...both(CONCLUSIONS[name]));
}

/** Of what a check is, in words. Names of witnesses are told only by the reader's policy. */
function placeOf({ check, of }, witness, isTrusted) {
  if (check === "COSIGNATURE") return [...both(PLACES.witness), isTrusted ? ` ${of}` : ` ${witness}`];
  const [, name, place] = /^([a-z]+)(?:\[([0-9]+)\])?$/.exec(of) ?? [];
  return [...both(wordsOf(PLACES, name)), place === undefined ? "" : ` ${Number(place) + 1}`];
}

function codeOf({ code }) {
  const [name, more = ""] = code.split(":");
  const known = Object.hasOwn(CODES, name) ? name : "OTHER";
  const clause = /^[0-9]{1,3}-[0-9a-z]{1,12}$/.test(more) ? ` ${more}` : "";
  return [made("code", [known + clause]), " ", ...both(wordsOf(CODES, name))];
}

function showSteps(found, isTrusted) {
  let witness = 0;
  const rows = found.map((one, place) => {
    if (one.check === "COSIGNATURE") witness += 1;
    const outcome = [made("strong", [one.outcome]), " ", ...both(OUTCOMES[one.outcome])];
    const cells = [
      made("th", [made("code", [one.check]), " ", ...both(CHECKS[one.check])], { scope: "row" }),
      made("td", placeOf(one, witness, isTrusted)),
      made("td", outcome, { class: "outcome" }),
      made("td", codeOf(one)),
    ];
    const said = { "data-place": place, "data-check": one.check, "data-outcome": one.outcome, "data-code": one.code.split(":")[0] };
    return made("tr", cells, said);
  });
  const heads = [["步骤", "Step"], ["对象", "Of"], ["结果", "Outcome"], ["说明", "Why"]];
  const head = made("tr", heads.map((one) => made("th", both(one), { scope: "col" })));
  const caption = made("caption", both([`各步核验，共 ${rows.length} 步`, `All ${rows.length} steps`]));
  at("steps").replaceChildren(made("table", [caption, made("thead", [head]), made("tbody", rows)]));
}

function listed(entries) {
  const rows = entries.map(([name, value]) => made("tr", [made("th", both(SHOWN[name]), { scope: "row" }), made("td", [value ?? "—"])]));
  return made("table", [made("tbody", rows)]);
}

/** The payload of signed bytes whose form and signature have been checked. */
function payloadOf(envelope) {
  if (envelope === null) return both(SHOWN.ERASED);
  const raw = Uint8Array.from(atob(envelope), (one) => one.charCodeAt(0));
  const latin = String.fromCharCode(...raw.slice(0, 32));
  const detached = /^detached\.([0-9]+)\./.exec(latin);
  let payload = raw.slice(detached ? detached[0].length + Number(detached[1]) : 0);
  if (!detached) {
    const jws = new TextDecoder().decode(raw.slice("compact.".length));
    const encoded = jws.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    payload = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  }
  try {
    return [new TextDecoder("utf-8", { fatal: true }).decode(payload)];
  } catch {
    return both(SHOWN.BINARY);
  }
}

/** What a bundle says, out of the rows that the log commits to, and of the signed bytes. */
function showContent(whole) {
  const rows = whole.rows.map((one) => JSON.parse(one.row));
  const found = [];
  const title = (name) => found.push(made("h3", both(SHOWN[name])));
  if (whole.subject.kind === "DECISION") {
    const decision = rows.find((one) => one.source === "decisions" && one.row.id === Number(whole.subject.id)).row;
    const judgement = rows.find((one) => one.source === "judgements" && one.row.decision === decision.id).row;
    const names = ["id", "claim", "outcome", "amount_yuan", "item", "level", "category", "decided_on", "recorded_at", "ruling"];
    title("decision");
    found.push(listed([
      ...names.map((name) => [name, decision[name]]),
      ["verdict", judgement.verdict], ["computed_yuan", judgement.computed_yuan],
    ]));
    title("findings");
    const findings = judgement.findings.map(([clause, outcome, zh, en]) =>
      made("tr", [made("th", [clause], { scope: "row" }), made("td", [outcome]), made("td", both([zh, en]))]));
    found.push(made("table", [made("tbody", findings)]));
  }
  const [origin, size] = whole.log.checkpoint.split("\n");
  title("log");
  found.push(listed([["log", origin], ["size", size]]));
  for (const name of ["records", "states"]) {
    if (whole[name].length) title(name);
    found.push(...whole[name].map((one) => made("pre", payloadOf(one.envelope))));
  }
  if (whole.trace !== null) {
    title("trace");
    found.push(made("p", both(SHOWN.compare)), made("pre", [JSON.stringify(whole.trace, null, 2)]));
  }
  at("content").replaceChildren(...found);
}

/** What a code says: its rows, which the log commits to. */
function showStatement(code) {
  const [origin, size] = code.log.checkpoint.split("\n");
  const rows = code.rows.map((one) => JSON.parse(one.row));
  const found = [made("p", both(SHOWN.only)), made("h3", both(SHOWN.rows))];
  for (const { row } of rows) {
    const known = Object.entries(row).filter(([name]) => Object.hasOwn(SHOWN, name));
    found.push(listed(known), made("pre", [JSON.stringify(row, null, 2)]));
  }
  found.push(listed([["log", origin], ["size", size], ["bundle", code.digest]]));
  at("content").replaceChildren(...found);
}

/** The text of the code in what can be drawn; null if there is none that can be read. */
function codeIn(drawn, fullWidth, fullHeight) {
  try {
    const scale = Math.min(1, MOST_PIXELS / Math.max(fullWidth, fullHeight));
    const [width, height] = [fullWidth, fullHeight].map((one) => Math.max(1, Math.round(one * scale)));
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.fillStyle = "#fff";
    canvas.fillRect(0, 0, width, height);
    canvas.drawImage(drawn, 0, 0, width, height);
    return decodeQR(canvas.getImageData(0, 0, width, height));
  } catch {
    return null;
  }
}

/** The text of the code in a picture, as a file; null if there is none that can be read. */
async function readPicture(picture) {
  const whole = await createImageBitmap(picture).catch(() => null);
  const text = whole && codeIn(whole, whole.width, whole.height);
  return text === null ? null : new Blob([text]);
}

function clear() {
  at("steps").replaceChildren();
  at("content").replaceChildren();
}

/** Check what was chosen; whatever is chosen meanwhile is checked instead. */
async function check() {
  const mine = ++run;
  clear();
  const { bundle, policy } = files;
  if (!isAble) return conclude("UNABLE");
  if (bundle === null) return conclude("NO_BUNDLE");
  if (bundle.size > MOST_BYTES || policy?.size > MOST_BYTES) return conclude("TOO_LARGE");
  conclude("CHECKING");
  let raw, trusted;
  try {
    raw = new Uint8Array(await bundle.arrayBuffer());
    trusted = policy && new TextDecoder("utf-8", { fatal: true }).decode(await policy.arrayBuffer());
  } catch {
    if (mine === run) conclude("NO_TEXT");
    return;
  }
  if (isStatement(raw) && trusted === null) return conclude("NEEDS_POLICY");
  const found = await verify(raw, trusted);
  if (mine !== run) return;
  showSteps(found, trusted !== null);
  const isTrusted = found.some((one) => one.check === "POLICY" && one.outcome === "VALID");
  if (found.some(isAgainst)) return conclude("REFUSED");
  if (!isTrusted) return conclude("SELF");
  const text = new TextDecoder().decode(raw);
  if (isStatement(raw)) showStatement(JSON.parse(new TextDecoder().decode(await unpacked(text.trimEnd()))));
  else showContent(JSON.parse(text));
  conclude("RELEASED");
}

/** Take a bundle, a code's text or neither in place of what was chosen before. */
function take(file, from) {
  files.bundle = file;
  for (const name of ["bundle", "code", "text"]) if (name !== from) at(name).value = "";
  return check();
}

at("policy").addEventListener("change", (event) => {
  files.policy = event.target.files[0] ?? null;
  check();
});
at("bundle").addEventListener("change", (event) => take(event.target.files[0] ?? null, "bundle"));
at("text").addEventListener("change", (event) => {
  const text = event.target.value.trim();
  take(text === "" ? null : new Blob([text]), "text");
});
async function takePicture(picture) {
  conclude("CHECKING");
  const mine = ++run;
  const read = picture && (await readPicture(picture));
  if (mine !== run) return;
  await take(read, "code");
  if (picture !== null && read === null) conclude("NO_CODE");
}
at("code").addEventListener("change", (event) => takePicture(event.target.files[0] ?? null));

function showView(camera) {
  const view = at("view");
  view.srcObject = camera;
  view.hidden = camera === null;
  at("camera").setAttribute("aria-pressed", String(camera !== null));
}

/** The text of the first code of ours that a camera sees; null if that is wanted no more, or it is gone. */
async function seenBy(camera, isWanted) {
  const view = at("view");
  showView(camera);
  try {
    while (isWanted() && camera.active) {
      await new Promise((later) => setTimeout(later, LOOK_MILLISECONDS));
      const text = codeIn(view, view.videoWidth, view.videoHeight);
      if (text !== null && isStatement(new TextEncoder().encode(text))) return text;
    }
    return null;
  } finally {
    for (const track of camera.getTracks()) track.stop();
    if (view.srcObject === camera) showView(null);
  }
}

/** Look through a camera, until a code is read or something else is chosen. */
async function look() {
  const mine = ++run;
  clear();
  conclude("LOOKING");
  const camera = await navigator.mediaDevices.getUserMedia({ video: CAMERA }).catch(() => null);
  const text = camera && (await seenBy(camera, () => mine === run));
  if (mine !== run) return;
  if (text === null) return conclude("NO_CAMERA");
  at("text").value = text;
  take(new Blob([text]), "text");
}
at("camera").addEventListener("click", () => (at("view").hidden ? look() : check()));
// Not every browser gives a camera to a page from a disk.
at("with-camera").hidden = !navigator.mediaDevices?.getUserMedia;

// Dropped files are known by how they begin, a bundle is JSON, or by being pictures.
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", () => document.body.classList.remove("over"));
addEventListener("drop", async (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  let picture = null;
  for (const file of [...event.dataTransfer.files]) {
    const isPicture = file.type.startsWith("image/");
    const name = isPicture ? "code" : (await file.slice(0, 1).text()) === "{" ? "bundle" : "policy";
    if (isPicture) picture = file;
    else files[name] = file;
    if (name === "bundle") for (const other of ["code", "text"]) at(other).value = "";
    const chosen = new DataTransfer();
    chosen.items.add(file);
    at(name).files = chosen.files;
  }
  await (picture === null ? check() : takePicture(picture));
});
at("shown").addEventListener("change", (event) => {
  document.documentElement.dataset.shown = event.target.value;
  document.documentElement.lang = event.target.value === "en" ? "en" : "zh-Hans";
});
check();
