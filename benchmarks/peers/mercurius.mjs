// Mercurius on Fastify, with its JIT (graphql-jit) from the first run of a query on.

import Fastify from "fastify";
import mercurius from "mercurius";

import { isKnownCaller, port, resolvers, typeDefs } from "./job.mjs";
import { post } from "./post-undici.mjs";

const app = Fastify();
app.addHook("onRequest", async (request, reply) => {
  if (!isKnownCaller(request.headers.authorization)) return reply.code(401).send();
});
app.register(mercurius, { schema: typeDefs, resolvers: resolvers(post), jit: 1 });
await app.listen({ port, host: "127.0.0.1" });
