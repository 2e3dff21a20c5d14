// Run every audit of graphql-http against one server and print a JSON line for each.
// Usage: node audit.mjs URL, with the bearer token in AUDIT_TOKEN.
import { serverAudits } from "graphql-http";

const [, , url] = process.argv;
const authorization = `Bearer ${process.env.AUDIT_TOKEN}`;

// Every other header is the audit's: none is put right here.
function fetchFn(address, init = {}) {
  return fetch(address, { ...init, headers: { ...init.headers, authorization } });
}

for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  const line = { id: audit.id, name: audit.name, status: result.status };
  if (result.status !== "ok") {
    line.reason = result.reason;
    line.answered = `${result.response.status} ${await result.response.text().catch(() => "")}`;
  }
  console.log(JSON.stringify(line));
}
