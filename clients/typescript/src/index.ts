/*
 * A typed client of the certificate gateway. `generated` is made from the documents in
 * clients/operations and the gateway's schema.
 */
export * from './client.js';
export * from './errors.js';
export * from './generated/graphql.js';
