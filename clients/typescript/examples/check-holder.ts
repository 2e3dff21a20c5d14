/*
 * Job 1: which certificates does a person hold, and is a subsidy due for one of them?
 *
 *     node dist/examples/check-holder.js 310199199304120011 1.2 UNGRADED
 *
 * An exit of 0 says ELIGIBLE, 1 INELIGIBLE, 3 that it is not known: ask again later, or have
 * it looked at. GATEWAY_URL and GATEWAY_TOKEN say where and as whom to ask.
 */
import { argv, env } from 'node:process';

import { CheckHolderDocument, GatewayClient } from '../src/index.js';
import type { CheckHolderQuery, Level } from '../src/index.js';

const EXITS: Record<string, number> = { ELIGIBLE: 0, INELIGIBLE: 1 };
const NOT_KNOWN = 3;
// Outcomes after which nothing of an agency is missing.
const KNOWN = ['ANSWERED', 'NONE'];
const TODAY = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Shanghai' }).format();

function show(holder: NonNullable<CheckHolderQuery['holder']>): number {
  if (holder.__typename === 'InvalidIdentity') {
    console.log(`${holder.problem}: ${holder.message}`);
    return NOT_KNOWN;
  }
  for (const one of holder.certificates?.nodes ?? []) {
    console.log(`${one.title}: ${one.state ?? 'state not known'}, signed ${one.provenance.verdict}`);
  }
  for (const source of holder.sources) {
    if (!KNOWN.includes(source.outcome)) {
      console.log(`${source.agency}: ${source.outcome} ${source.reason ?? ''}`);
    }
  }
  const verdict = holder.claimEligibility;
  if (verdict?.__typename !== 'Eligibility') {
    return NOT_KNOWN;
  }
  console.log(verdict.outcome, verdict.amountYuan ?? '');
  for (const { clause, reason, nextStep } of verdict.findings) {
    if (nextStep) {
      console.log(`${clause}: ${reason}\n  ${nextStep.actor}: ${nextStep.words}`);
    }
  }
  return EXITS[verdict.outcome] ?? NOT_KNOWN;
}

const gateway = new GatewayClient({
  url: env['GATEWAY_URL'] ?? '',
  token: env['GATEWAY_TOKEN'] ?? '',
});
const [idNumber = '', itemCode = '', level = 'UNGRADED'] = argv.slice(2);
const { holder } = await gateway.ask(CheckHolderDocument, {
  idNumber,
  itemCode,
  level: level as Level,
  claim: {
    claimedOn: TODAY,
    category: 'UNEMPLOYED',
    hukou: 'SHANGHAI',
    isCivilServant: false,
    acquisition: 'EXAMINATION',
  },
  language: 'EN',
});
process.exitCode = holder ? show(holder) : NOT_KNOWN;
