// The subgraph of one agency, for the federation routers: it asks that agency and verifies
// what comes. Yoga on Bun, which is the fastest of the hand-written servers here. Its own
// schema leaves out the directives that only composition reads.

import { createSchema, createYoga } from "graphql-yoga";

import { agencies, port, subgraphResolvers, subgraphTypeDefs } from "./job.mjs";
import { post } from "./post-fetch.mjs";

const agency = agencies.find(({ id }) => id === process.env.BENCHMARK_AGENCY);
const yoga = createYoga({
  schema: createSchema({ typeDefs: subgraphTypeDefs(agency), resolvers: subgraphResolvers(post, agency) }),
  graphiql: false,
  landingPage: false,
  logging: false,
});
Bun.serve({ fetch: yoga, port, hostname: "127.0.0.1" });
