/*
 * Questions by fetch, subscriptions as server-sent events, both on the gateway's address.
 */
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-sse';

const URL = '/graphql';

function isSubscription(documentAST, operationName) {
  const operation = documentAST && getOperationAST(documentAST, operationName || undefined);
  return operation?.operation === 'subscription';
}

// A retry would begin anew and lose what came meanwhile; the reader presses ▶ again.
function follow(params, headers) {
  const client = createClient({ url: URL, headers, retryAttempts: 0 });
  return client.iterate(params);
}

// GraphiQL may ask for the schema before the header editor stands, without its headers.
export function fetcherWith(headers) {
  const ask = createGraphiQLFetcher({ url: URL });
  return (params, options) => {
    if (isSubscription(options?.documentAST, params.operationName)) {
      return follow(params, options.headers);
    }
    return ask(
      params,
      params.operationName === 'IntrospectionQuery'
        ? { ...options, headers: { ...headers, ...options?.headers } }
        : options,
    );
  };
}
