// How Bun asks an agency: its own fetch, which keeps connections alive.

const headers = { "content-type": "application/json", accept: "application/json" };

export async function post(url, body) {
  const answer = await fetch(url, { method: "POST", headers, body });
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  return answer.text();
}
