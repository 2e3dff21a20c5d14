// Apollo Gateway on Apollo Server, over one subgraph an agency.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";

import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer, HeaderMap } from "@apollo/server";

import { isKnownCaller, port } from "./job.mjs";

const supergraphSdl = readFileSync(`${process.env.BENCHMARK_FOLDER}/supergraph.graphql`, "utf8");
const server = new ApolloServer({
  gateway: new ApolloGateway({ supergraphSdl }),
  introspection: false,
  csrfPrevention: true,
});
await server.start();

// Apollo Server's own standalone server is Express; Node's server alone is faster.
createServer(async (request, response) => {
  if (!isKnownCaller(request.headers.authorization)) return response.writeHead(401).end();
  const parts = [];
  for await (const part of request) parts.push(part);
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const { status, headers: said, body } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search: "", body: JSON.parse(Buffer.concat(parts)) },
    context: async () => ({}),
  });
  response.writeHead(status ?? 200, Object.fromEntries(said)).end(body.string);
}).listen(port, "127.0.0.1");
