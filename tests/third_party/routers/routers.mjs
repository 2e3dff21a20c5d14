// Serve one program of a supergraph and print its port: the subgraph of HR, or a router.
//
//   node routers.mjs hr FILE            FILE: {employees}
//   node routers.mjs apollo|hive FILE   FILE: {subgraphs, routerToken}

import { createServer } from "node:http";
import { readFileSync } from "node:fs";

import { composeServices } from "@apollo/composition";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";
import { parse } from "graphql";

const settings = JSON.parse(readFileSync(process.argv[3], "utf8"));
const OURS = "certificates";
// What the gateway is told of who asks and why; its own token goes to it alone.
const HANDED_ON = [
  "authorization", "x-purpose", "x-case-number", "x-request-id",
  "x-organisation", "x-officer", "x-matter-code", "x-matter-name", "x-business-number",
];

function handedOn(headers, subgraph) {
  if (subgraph !== OURS) return {};
  const sent = HANDED_ON.map((name) => [name, headers.get(name)]).filter(([, value]) => value);
  return { ...Object.fromEntries(sent), "x-router-token": settings.routerToken };
}

async function served(server) {
  return async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const { status, headers: said, body } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers, search: "", body: JSON.parse(Buffer.concat(parts)) },
      context: async () => ({ headers }),
    });
    response.writeHead(status ?? 200, Object.fromEntries(said)).end(body.string);
  };
}

function supergraph() {
  const services = settings.subgraphs.map(({ sdl, ...one }) => ({ ...one, typeDefs: parse(sdl) }));
  const { supergraphSdl, errors } = composeServices(services);
  if (errors?.length) throw new AggregateError(errors);
  return supergraphSdl;
}

async function hr() {
  const typeDefs = parse(readFileSync(new URL("hr.graphql", import.meta.url), "utf8"));
  const resolvers = {
    Query: { employee: (_, { number }) => settings.employees[number] ?? null, items: () => [], sources: () => [] },
    Node: { __resolveType: () => "Employee" },
  };
  const server = new ApolloServer({ schema: buildSubgraphSchema({ typeDefs, resolvers }) });
  await server.start();
  return served(server);
}

async function apollo() {
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph(),
    buildService: ({ name, url }) =>
      new RemoteGraphQLDataSource({
        url,
        willSendRequest({ request, context }) {
          if (!context.headers) return;
          for (const [header, value] of Object.entries(handedOn(context.headers, name)))
            request.http.headers.set(header, value);
        },
      }),
  });
  const server = new ApolloServer({ gateway, introspection: false });
  await server.start();
  return served(server);
}

async function hive() {
  return createGatewayRuntime({
    supergraph: supergraph(),
    unifiedGraphHandler,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) => handedOn(request.headers, subgraphName),
    },
    graphiql: false,
    landingPage: false,
    logging: false,
  });
}

const handler = await { hr, apollo, hive }[process.argv[2]]();
const server = createServer(handler).listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
