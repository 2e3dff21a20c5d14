// What any gateway to people's data has to do beside the question: know the caller by a
// signed token, have a purpose, hold a budget of people, put each look-up on a log on
// disk before it is answered, count, say a line, and refuse a document it does not know.
// As a plugin of Yoga on Bun, in the fastest form that keeps each promise.

import { Database } from "bun:sqlite";
import { createHash, createHmac } from "node:crypto";
import { openSync, writeSync } from "node:fs";

import { createLocalJWKSet, jwtVerify } from "jose";
import { Counter, Histogram, Registry } from "prom-client";

const PEOPLE_A_DAY = 10_000_000;
const MOST_TOKENS = 1_000;

/** The callers of tokens that were verified, by the token; its times are looked at again. */
function callers({ jwks, issuer, audience }) {
  const keys = createLocalJWKSet(jwks);
  const known = new Map();
  return async (header, now) => {
    if (!header?.startsWith("Bearer ")) return undefined;
    const token = header.slice(7);
    let claims = known.get(token);
    if (claims === undefined) {
      try {
        const options = { issuer, audience, typ: "at+jwt", algorithms: ["ES256"] };
        claims = (await jwtVerify(token, keys, options)).payload;
      } catch {
        return undefined;
      }
      if (known.size >= MOST_TOKENS) known.delete(known.keys().next().value);
      known.set(token, claims);
    }
    if (claims.exp <= now || claims.iat > now + 30) return undefined;
    return claims.scope?.split(" ").includes("certificates:read") ? claims.client_id : undefined;
  };
}

/** A log on disk, committed in groups: what comes in one turn of the loop, together. */
function auditLog(folder) {
  const database = new Database(`${folder}/audit.db`, { create: true });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE audit_records (id INTEGER PRIMARY KEY, at TEXT NOT NULL, caller TEXT NOT NULL, " +
      "request_id TEXT, person TEXT, purpose TEXT, case_number TEXT, operation TEXT, document TEXT)",
  );
  database.exec("CREATE INDEX by_time ON audit_records (at)");
  database.exec("CREATE INDEX by_person ON audit_records (person)");
  database.exec("CREATE INDEX by_caller ON audit_records (caller, at)");
  const insert = database.prepare(
    "INSERT INTO audit_records (at, caller, request_id, person, purpose, case_number, operation, " +
      "document) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const write = database.transaction((rows) => rows.forEach((row) => insert.run(...row)));
  let waiting = [];
  const commit = () => {
    const group = waiting;
    waiting = [];
    try {
      write(group.flatMap(({ rows }) => rows));
      group.forEach(({ resolve }) => resolve());
    } catch (error) {
      group.forEach(({ reject }) => reject(error));
    }
  };
  return (rows) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ rows, resolve, reject }) === 1) setImmediate(commit);
    });
}

/** Return a plugin that refuses, remembers and counts; `duties` is of the settings. */
export function carryDuties({ duties, folder }) {
  const callerOf = callers(duties);
  const keep = auditLog(folder);
  const trusted = new Map(
    duties.documents.map((text) => [text, createHash("sha256").update(text).digest("hex")]),
  );
  const registry = new Registry();
  const requests = new Counter({
    name: "requests",
    help: "Answers, by status.",
    labelNames: ["status"],
    registers: [registry],
  });
  const lookUps = new Counter({
    name: "look_ups",
    help: "People looked up, by purpose.",
    labelNames: ["purpose"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "request_seconds",
    help: "How long a request took.",
    registers: [registry],
  });
  const log = openSync(`${folder}/requests.log`, "a");
  const people = new Map();
  const asked = new WeakMap();
  const refuse = (endResponse, fetchAPI, status) =>
    endResponse(new fetchAPI.Response(null, { status }));

  return {
    async onRequest({ request, endResponse, fetchAPI }) {
      const began = performance.now();
      const { headers } = request;
      const caller = await callerOf(headers.get("authorization"), Date.now() / 1000);
      if (caller === undefined) return refuse(endResponse, fetchAPI, 401);
      const purpose = headers.get("x-purpose");
      const caseNumber = headers.get("x-case-number");
      if (!purpose || !caseNumber) return refuse(endResponse, fetchAPI, 400);
      const id = headers.get("x-request-id") ?? crypto.randomUUID();
      asked.set(request, { began, caller, purpose, caseNumber, id, kept: undefined });
    },
    onParams({ params, request }) {
      const document = trusted.get(params.query);
      if (document === undefined) throw new Error("the document is not trusted");
      const question = asked.get(request);
      const { caller, purpose, caseNumber, id } = question;
      const { idNumber, idNumbers = [idNumber] } = params.variables;
      const at = new Date().toISOString();
      const account = `${caller} ${at.slice(0, 10)}`;
      let seen = people.get(account);
      if (seen === undefined) people.set(account, (seen = new Set()));
      const rows = idNumbers.map((number) => {
        const person = createHmac("sha256", duties.pseudonymKey).update(number).digest("hex");
        if (!seen.has(person) && seen.size >= PEOPLE_A_DAY) throw new Error("over the budget");
        seen.add(person);
        return [at, caller, id, person, purpose, caseNumber, params.operationName, document];
      });
      lookUps.inc({ purpose }, rows.length);
      question.kept = keep(rows);
    },
    async onResponse({ request, response }) {
      const question = asked.get(request);
      // On disk before it is answered, and while agencies were asked.
      await question?.kept;
      const took = (performance.now() - (question?.began ?? performance.now())) / 1000;
      requests.inc({ status: response.status });
      seconds.observe(took);
      const line = { event: "request", id: question?.id, caller: question?.caller };
      writeSync(log, `${JSON.stringify({ ...line, status: response.status, seconds: took })}\n`);
      if (question) response.headers.set("x-request-id", question.id);
    },
  };
}
