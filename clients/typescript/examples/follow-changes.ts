/*
 * Job 3: follow what becomes of certificates, over cuts and restarts, and miss none.
 *
 *     node dist/examples/follow-changes.js cursor.txt
 *
 * A line is printed for each change. The cursor of the last one that was dealt with is kept in
 * the file; without it, it begins now.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { argv, env } from 'node:process';
import { setTimeout } from 'node:timers/promises';

import { CursorsDocument, CutError, FollowChangesDocument, GatewayClient } from '../src/index.js';

const AGAIN_MILLISECONDS = 5_000;

const gateway = new GatewayClient({
  url: env['GATEWAY_URL'] ?? '',
  token: env['GATEWAY_TOKEN'] ?? '',
});
const place = argv[2] ?? 'cursor.txt';
if (!existsSync(place)) {
  const { eventCursors } = await gateway.ask(CursorsDocument, {});
  writeFileSync(place, eventCursors.certificateStates ?? '');
}
console.log('following');
for (;;) {
  try {
    const after = readFileSync(place, 'utf8');
    for await (const event of gateway.follow(FollowChangesDocument, { after })) {
      const change = event.certificateStateChanged;
      console.log(`${change.certificateId} ${change.state} ${change.effectiveOn}`);
      // Only now: none is lost.
      writeFileSync(place, change.cursor);
    }
  } catch (error) {
    if (!(error instanceof CutError)) {
      throw error;
    }
    console.error(`again in ${AGAIN_MILLISECONDS / 1000} s: ${error.message}`);
    await setTimeout(AGAIN_MILLISECONDS);
  }
}
