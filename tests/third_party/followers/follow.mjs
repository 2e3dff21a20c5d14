// Follow one event by npm graphql-ws or graphql-sse, and print it.
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';

const [by, url, token, after] = process.argv.slice(2);
const query = `subscription($after: String) {
  certificateStateChanged(after: $after) { cursor certificateId }
}`;
const Authorization = `Bearer ${token}`;
const client =
  by === 'graphql-ws'
    ? createWs({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket, // before Node 22, which has one of its own
        connectionParams: async () => ({ Authorization }),
        retryAttempts: 0,
      })
    : createSse({ url, headers: { Authorization }, retryAttempts: 0 });
try {
  for await (const { data, errors } of client.iterate({ query, variables: { after } })) {
    console.log(JSON.stringify(data ?? { errors }));
    break;
  }
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? error.message ?? error }));
}
client.dispose();
