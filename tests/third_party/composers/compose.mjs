// Compose supergraphs with each composer. In: a JSON list of supergraphs, each a list of
// subgraphs {name, url, sdl}. Out: for each, by composer, its errors and its SDL.

import { readFileSync } from "node:fs";

import { composeServices as byApollo } from "@apollo/composition";
import { composeServices as byTheGuild } from "@theguild/federation-composition";
import { parse } from "graphql";

const composers = { "@apollo/composition": byApollo, "@theguild/federation-composition": byTheGuild };

function composed(compose, subgraphs) {
  const { errors, supergraphSdl } = compose(subgraphs.map(({ sdl, ...one }) => ({ ...one, typeDefs: parse(sdl) })));
  const told = (errors ?? []).map(({ message, extensions }) => [extensions?.code ?? null, message]);
  return { errors: told, supergraph: supergraphSdl ?? null };
}

const supergraphs = JSON.parse(readFileSync(0, "utf8"));
const made = supergraphs.map((subgraphs) =>
  Object.fromEntries(Object.entries(composers).map(([name, compose]) => [name, composed(compose, subgraphs)])),
);
process.stdout.write(JSON.stringify(made));
