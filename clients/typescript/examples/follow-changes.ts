/*
 * Job 3: follow what becomes of certificates, over cuts and restarts, and miss none.
 *
 *     node dist/examples/follow-changes.js cursor.txt
 *
 * A line is printed for each change. The cursor of the last one that was dealt with is kept in
 * the file; without it, it begins now.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { argv, env } from 'node:process';
import { setTimeout } from 'node:timers/promises';

import { CursorsDocument, FollowChangesDocument, GatewayClient } from '../src/index.js';
import { GatewayError, RefusedError } from '../src/index.js';

const AGAIN_MILLISECONDS = 5_000;
// Refusals that a gateway gives while it starts, ends or has too much to do.
const PASSING = ['UNAVAILABLE', 'OVERLOADED', 'TOO_MANY_REQUESTS', 'STORE_UNAVAILABLE'];

// Written as a whole, whenever this program is ended.
function keep(place: string, cursor: string): void {
  writeFileSync(`${place}.new`, cursor);
  renameSync(`${place}.new`, place);
}

const gateway = new GatewayClient({
  url: env['GATEWAY_URL'] ?? '',
  token: env['GATEWAY_TOKEN'] ?? '',
});
const place = argv[2] ?? 'cursor.txt';
if (!existsSync(place)) {
  const { eventCursors } = await gateway.ask(CursorsDocument, {});
  keep(place, eventCursors.certificateStates ?? '');
}
console.log('following');
for (;;) {
  try {
    const after = readFileSync(place, 'utf8');
    for await (const event of gateway.follow(FollowChangesDocument, { after })) {
      const change = event.certificateStateChanged;
      console.log(`${change.certificateId} ${change.state} ${change.effectiveOn}`);
      // Only now: none is lost.
      keep(place, change.cursor);
    }
  } catch (error) {
    const isRefused = error instanceof RefusedError && !PASSING.includes(error.code);
    if (isRefused || !(error instanceof GatewayError)) {
      throw error;
    }
    console.error(`again in ${AGAIN_MILLISECONDS / 1000} s: ${error.message}`);
    await setTimeout(AGAIN_MILLISECONDS);
  }
}
