// Hive Gateway with Hive Router's runtime: plans made in Rust, one subgraph an agency.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";

import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

import { isKnownCaller, port } from "./job.mjs";

const gateway = createGatewayRuntime({
  supergraph: readFileSync(`${process.env.BENCHMARK_FOLDER}/supergraph.graphql`, "utf8"),
  unifiedGraphHandler,
  plugins: () => [
    {
      onRequest({ request, endResponse, fetchAPI }) {
        if (!isKnownCaller(request.headers.get("authorization")))
          endResponse(new fetchAPI.Response(null, { status: 401 }));
      },
    },
  ],
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(gateway).listen(port, "127.0.0.1");
