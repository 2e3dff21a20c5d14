/*
 * Job 2: compare a list of certificates, as applicants state them, with the registries.
 *
 *     node dist/examples/verify-claims.js < claims.json
 *
 * The list is one of `StatedCertificateInput`; what is left out is not compared. A line of the
 * result says MATCH, MISMATCH, NOT_FOUND, UNKNOWN or what is wrong with the entry, the standing,
 * and which fields are wrong.
 */
import { env, stdin } from 'node:process';
import { json } from 'node:stream/consumers';

import { GatewayClient, VerifyClaimsDocument } from '../src/index.js';
import type { StatedCertificateInput, VerifyClaimsQuery } from '../src/index.js';

// As many as one question may ask for.
const AT_ONCE = 500;

type List = Extract<VerifyClaimsQuery['verifyClaims'], { __typename: 'CheckedClaims' }>;

function columns(checked: List['nodes'][number]): string {
  if (checked.__typename === 'RefusedClaim') {
    return `${checked.problem},,`;
  }
  const wrong = checked.fields.filter(({ outcome }) => outcome === 'MISMATCH');
  const fields = wrong.map(({ field }) => field).join(' ');
  return `${checked.outcome},${checked.standing ?? ''},${fields}`;
}

const gateway = new GatewayClient({
  url: env['GATEWAY_URL'] ?? '',
  token: env['GATEWAY_TOKEN'] ?? '',
});
const claims = (await json(stdin)) as StatedCertificateInput[];
for (let first = 0; first < claims.length; first += AT_ONCE) {
  const some = claims.slice(first, first + AT_ONCE);
  const { verifyClaims } = await gateway.ask(VerifyClaimsDocument, { claims: some });
  if (verifyClaims?.__typename !== 'CheckedClaims') {
    throw new Error(`no list was checked: ${JSON.stringify(verifyClaims)}`);
  }
  for (const checked of verifyClaims.nodes) {
    console.log(columns(checked));
  }
}
