// GraphQL Yoga on Node or Bun; with BENCHMARK_CACHE its response cache, one for each caller,
// with BENCHMARK_DUTIES what a gateway to people's data has to do beside the question.
// Parsing and validation are cached by Yoga itself. Error masking and logging stay as
// they are: nothing here fails.

import { useResponseCache } from "@graphql-yoga/plugin-response-cache";
import { createSchema, createYoga } from "graphql-yoga";

import { isKnownCaller, port, resolvers, settings, typeDefs } from "./job.mjs";

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
const { BENCHMARK_CACHE, BENCHMARK_DUTIES, BENCHMARK_FOLDER: folder } = process.env;
const atTheDoor = BENCHMARK_DUTIES
  ? (await import("./duties.mjs")).carryDuties({ duties: settings.duties, folder })
  : authentication;
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: resolvers(post) }),
  plugins: BENCHMARK_CACHE ? [atTheDoor, responseCache] : [atTheDoor],
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
