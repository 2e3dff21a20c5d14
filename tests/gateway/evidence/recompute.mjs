// Read editions and traces, a JSON a line, and write what each trace comes to.
import { createInterface } from "node:readline";
import { readPolicy, recompute } from "../../../gateway/evidence/verdict.mjs";

const editions = new Map();
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { digest, policy, trace } = JSON.parse(line);
  if (policy) editions.set(digest, readPolicy(JSON.parse(policy)));
  else process.stdout.write(`${JSON.stringify(recompute(JSON.parse(trace), editions.get(JSON.parse(trace).policy)))}\n`);
}
