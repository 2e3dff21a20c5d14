// GraphQL Yoga on Node or Bun; with BENCHMARK_CACHE its response cache, one for each caller.
// Parsing and validation are cached by Yoga itself. Error masking and logging stay as
// they are: nothing here fails.

import { useResponseCache } from "@graphql-yoga/plugin-response-cache";
import { createSchema, createYoga } from "graphql-yoga";

import { isKnownCaller, port, resolvers, typeDefs } from "./job.mjs";

const onBun = process.versions.bun !== undefined;
const { post } = await import(onBun ? "./post-fetch.mjs" : "./post-undici.mjs");

const authentication = {
  onRequest({ request, endResponse, fetchAPI }) {
    if (!isKnownCaller(request.headers.get("authorization")))
      endResponse(new fetchAPI.Response(null, { status: 401 }));
  },
};
const responseCache = useResponseCache({
  session: (request) => request.headers.get("authorization"),
  ttl: 3_600_000,
});
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: resolvers(post) }),
  plugins: process.env.BENCHMARK_CACHE ? [authentication, responseCache] : [authentication],
  graphiql: false,
  landingPage: false,
  logging: false,
});

if (onBun) {
  Bun.serve({ fetch: yoga, port, hostname: "127.0.0.1" });
} else {
  const { createServer } = await import("node:http");
  createServer(yoga).listen(port, "127.0.0.1");
}
