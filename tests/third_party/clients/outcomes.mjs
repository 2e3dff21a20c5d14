/*
 * Ask and follow each address that is stated, and print what came of it.
 */
import { argv } from 'node:process';

import { GatewayClient } from './dist/src/index.js';

async function outcome(url) {
  const gateway = new GatewayClient({ url, token: 'TOKEN', timeout: 1_000, silence: 1_000 });
  try {
    if (!url.includes('/follow/')) {
      return JSON.stringify(await gateway.ask('{ a }', {}));
    }
    const found = [];
    for await (const event of gateway.follow('subscription A { a }', {})) {
      found.push(event.a);
    }
    return `['${found.join("', '")}']`;
  } catch (error) {
    return error.constructor.name;
  }
}

for (const url of argv.slice(2)) {
  console.log(await outcome(url));
}
