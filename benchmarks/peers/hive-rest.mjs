// Hive Gateway with the three agencies as REST sources: the product one would buy.
//
// Its sources stop at lists of strings: that a string is a signed record, what is in it
// and what the notice says of it is written by hand (job.mjs), as resolvers of our types
// that ask the sources through the gateway.

import { createServer } from "node:http";

import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { composeSubgraphs } from "@graphql-mesh/fusion-composition";
import { DefaultLogger } from "@graphql-mesh/utils";
import { useJIT } from "@graphql-mesh/plugin-jit";
import { loadJSONSchemaSubgraph } from "@omnigraph/json-schema";

import { agencies, Certificate, isKnownCaller, mergeAnswers, moment, port, typeDefs } from "./job.mjs";

const text = { type: "string" };
const requestSchema = {
  type: "object",
  title: "Question",
  properties: {
    holders: {
      type: "array",
      items: {
        type: "object",
        title: "Person",
        properties: { idType: text, idNumber: text },
      },
    },
  },
};
const responseSchema = {
  type: "object",
  title: "Answer",
  properties: {
    results: {
      type: "array",
      items: {
        type: "object",
        title: "Entry",
        properties: { idNumber: text, records: { type: "array", items: text }, absence: text },
      },
    },
  },
};

const nameOf = (agency) => agency.id.replaceAll("-", "_");

async function subgraphOf(agency) {
  const { origin, pathname } = new URL(agency.url);
  const field = nameOf(agency);
  const operation = { type: "Query", field, method: "POST", path: pathname, requestSchema, responseSchema };
  const load = loadJSONSchemaSubgraph(field, { endpoint: origin, operations: [operation] });
  const { schema$, name } = load({ fetch, cwd: process.cwd(), logger: new DefaultLogger() });
  return { name, schema: await schema$ };
}

const { supergraphSdl, errors } = composeSubgraphs(await Promise.all(agencies.map(subgraphOf)));
if (errors?.length) throw new AggregateError(errors);

const selectionSet = "{ results { idNumber records absence } }";

/** Ask one source through the gateway; what fails comes back as a value without results. */
async function askSource(agency, idNumbers, context, info) {
  const name = nameOf(agency);
  const holders = idNumbers.map((idNumber) => ({ idType: "RESIDENT_ID", idNumber }));
  const args = { input: { holders } };
  const answer = await context[name].Query[name]({ root: {}, args, context, info, selectionSet });
  if (!Array.isArray(answer?.results)) return undefined;
  return new Map(answer.results.map((result) => [result.idNumber, result]));
}

async function check(idNumbers, context, info) {
  const when = moment();
  const found = await Promise.all(agencies.map((agency) => askSource(agency, idNumbers, context, info)));
  return mergeAnswers(idNumbers, found, when);
}

const gateway = createGatewayRuntime({
  supergraph: supergraphSdl,
  additionalTypeDefs: typeDefs.replace("type Query", "extend type Query"),
  additionalResolvers: {
    Certificate,
    Query: {
      holder: async (_, { idNumber }, context, info) => (await check([idNumber], context, info))[0],
      holders: (_, { idNumbers }, context, info) => check(idNumbers, context, info),
    },
  },
  plugins: (context) => [
    {
      onRequest({ request, endResponse, fetchAPI }) {
        if (!isKnownCaller(request.headers.get("authorization")))
          endResponse(new fetchAPI.Response(null, { status: 401 }));
      },
    },
    useJIT(),
  ],
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(gateway).listen(port, "127.0.0.1");
