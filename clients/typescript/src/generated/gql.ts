/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query CheckHolder($idNumber: String!, $idType: IdType, $name: String, $itemCode: String!, $level: Level!, $claim: ClaimInput!, $language: Language = ZH) {\n  holder(idNumber: $idNumber, idType: $idType, name: $name) {\n    __typename\n    certificates {\n      nodes {\n        id\n        title\n        item\n        itemCode\n        level\n        issuedOn\n        validUntil\n        state\n        authority {\n          name\n        }\n        provenance {\n          verdict\n        }\n      }\n    }\n    sources {\n      agency\n      outcome\n      asOf\n      reason(language: $language)\n    }\n    ... on Holder {\n      claimEligibility(itemCode: $itemCode, level: $level, claim: $claim) {\n        __typename\n        ... on Eligibility {\n          outcome\n          amountYuan\n          findings {\n            clause\n            outcome\n            reason(language: $language)\n            nextStep {\n              actor\n              words(language: $language)\n            }\n          }\n        }\n        ... on ClaimInFuture {\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidIdentity {\n      problem\n      message(language: $language)\n    }\n  }\n}": typeof types.CheckHolderDocument,
    "query Cursors {\n  eventCursors {\n    certificateStates\n  }\n}": typeof types.CursorsDocument,
    "subscription FollowChanges($after: String, $states: [CertificateState!]) {\n  certificateStateChanged(after: $after, filter: {states: $states}) {\n    cursor\n    at\n    certificateId\n    agencyId\n    state\n    effectiveOn\n  }\n}": typeof types.FollowChangesDocument,
    "query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language = ZH) {\n  verifyClaims(claims: $claims) {\n    __typename\n    ... on CheckedClaims {\n      nodes {\n        __typename\n        ... on ClaimCheck {\n          outcome\n          standing\n          reason(language: $language)\n          fields {\n            field\n            outcome\n          }\n          sources {\n            agency\n            outcome\n          }\n        }\n        ... on RefusedClaim {\n          problem\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidList {\n      found\n      allowed\n    }\n  }\n}": typeof types.VerifyClaimsDocument,
};
const documents: Documents = {
    "query CheckHolder($idNumber: String!, $idType: IdType, $name: String, $itemCode: String!, $level: Level!, $claim: ClaimInput!, $language: Language = ZH) {\n  holder(idNumber: $idNumber, idType: $idType, name: $name) {\n    __typename\n    certificates {\n      nodes {\n        id\n        title\n        item\n        itemCode\n        level\n        issuedOn\n        validUntil\n        state\n        authority {\n          name\n        }\n        provenance {\n          verdict\n        }\n      }\n    }\n    sources {\n      agency\n      outcome\n      asOf\n      reason(language: $language)\n    }\n    ... on Holder {\n      claimEligibility(itemCode: $itemCode, level: $level, claim: $claim) {\n        __typename\n        ... on Eligibility {\n          outcome\n          amountYuan\n          findings {\n            clause\n            outcome\n            reason(language: $language)\n            nextStep {\n              actor\n              words(language: $language)\n            }\n          }\n        }\n        ... on ClaimInFuture {\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidIdentity {\n      problem\n      message(language: $language)\n    }\n  }\n}": types.CheckHolderDocument,
    "query Cursors {\n  eventCursors {\n    certificateStates\n  }\n}": types.CursorsDocument,
    "subscription FollowChanges($after: String, $states: [CertificateState!]) {\n  certificateStateChanged(after: $after, filter: {states: $states}) {\n    cursor\n    at\n    certificateId\n    agencyId\n    state\n    effectiveOn\n  }\n}": types.FollowChangesDocument,
    "query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language = ZH) {\n  verifyClaims(claims: $claims) {\n    __typename\n    ... on CheckedClaims {\n      nodes {\n        __typename\n        ... on ClaimCheck {\n          outcome\n          standing\n          reason(language: $language)\n          fields {\n            field\n            outcome\n          }\n          sources {\n            agency\n            outcome\n          }\n        }\n        ... on RefusedClaim {\n          problem\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidList {\n      found\n      allowed\n    }\n  }\n}": types.VerifyClaimsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CheckHolder($idNumber: String!, $idType: IdType, $name: String, $itemCode: String!, $level: Level!, $claim: ClaimInput!, $language: Language = ZH) {\n  holder(idNumber: $idNumber, idType: $idType, name: $name) {\n    __typename\n    certificates {\n      nodes {\n        id\n        title\n        item\n        itemCode\n        level\n        issuedOn\n        validUntil\n        state\n        authority {\n          name\n        }\n        provenance {\n          verdict\n        }\n      }\n    }\n    sources {\n      agency\n      outcome\n      asOf\n      reason(language: $language)\n    }\n    ... on Holder {\n      claimEligibility(itemCode: $itemCode, level: $level, claim: $claim) {\n        __typename\n        ... on Eligibility {\n          outcome\n          amountYuan\n          findings {\n            clause\n            outcome\n            reason(language: $language)\n            nextStep {\n              actor\n              words(language: $language)\n            }\n          }\n        }\n        ... on ClaimInFuture {\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidIdentity {\n      problem\n      message(language: $language)\n    }\n  }\n}"): typeof import('./graphql.js').CheckHolderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Cursors {\n  eventCursors {\n    certificateStates\n  }\n}"): typeof import('./graphql.js').CursorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription FollowChanges($after: String, $states: [CertificateState!]) {\n  certificateStateChanged(after: $after, filter: {states: $states}) {\n    cursor\n    at\n    certificateId\n    agencyId\n    state\n    effectiveOn\n  }\n}"): typeof import('./graphql.js').FollowChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language = ZH) {\n  verifyClaims(claims: $claims) {\n    __typename\n    ... on CheckedClaims {\n      nodes {\n        __typename\n        ... on ClaimCheck {\n          outcome\n          standing\n          reason(language: $language)\n          fields {\n            field\n            outcome\n          }\n          sources {\n            agency\n            outcome\n          }\n        }\n        ... on RefusedClaim {\n          problem\n          message(language: $language)\n        }\n      }\n    }\n    ... on InvalidList {\n      found\n      allowed\n    }\n  }\n}"): typeof import('./graphql.js').VerifyClaimsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
