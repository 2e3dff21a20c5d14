// How Node asks an agency: undici's pools, one an agency, connections kept alive.

import { Pool } from "undici";

import { agencies } from "./job.mjs";

const headers = { "content-type": "application/json", accept: "application/json" };
const doors = new Map(
  agencies.map(({ url }) => {
    const { origin, pathname } = new URL(url);
    return [url, { pool: new Pool(origin, { connections: 128 }), path: pathname }];
  }),
);

export async function post(url, body) {
  const { pool, path } = doors.get(url);
  const answer = await pool.request({ path, method: "POST", headers, body });
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  return answer.body.text();
}
