// Write each subgraph's schema and the supergraph of all three into the current folder.

import { writeFileSync } from "node:fs";

import { composeServices } from "@apollo/composition";
import { parse } from "graphql";

import { agencies, subgraphSdl } from "./job.mjs";

const subgraphs = agencies.map((agency) => ({ name: agency.id, url: agency.subgraph, sdl: subgraphSdl(agency) }));
const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
const { supergraphSdl, errors } = composeServices(services);
if (errors?.length) throw new AggregateError(errors);
const folder = process.env.BENCHMARK_FOLDER;
for (const { name, sdl } of subgraphs) writeFileSync(`${folder}/${name}.graphql`, sdl);
writeFileSync(`${folder}/supergraph.graphql`, supergraphSdl);
