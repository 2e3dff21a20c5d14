/*
 * GraphiQL for the gateway: its example tabs, its demo token, nothing from elsewhere.
 *
 * What is typed here is kept in memory only. GraphiQL would write queries, variables and
 * history to localStorage, and variables hold identity numbers.
 */
import 'monaco-graphql/esm/monaco-editor.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

// Monaco asks by label; WORKERS is filled in by build.js with the hashed addresses.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(WORKERS[label] ?? WORKERS.editor),
};

function memoryStorage() {
  const entries = new Map();
  return {
    getItem: key => entries.get(key) ?? null,
    setItem: (key, value) => entries.set(key, value),
    removeItem: key => entries.delete(key),
    clear: () => entries.clear(),
    get length() {
      return entries.size;
    },
  };
}

async function fetchConfig() {
  const response = await fetch('/graphiql/config.json');
  if (!response.ok) {
    throw new Error(`/graphiql/config.json: ${response.status}`);
  }
  return response.json();
}

// GraphiQL may ask for the schema before the header editor stands, without its headers.
function fetcherWith(headers) {
  const fetcher = createGraphiQLFetcher({ url: '/graphql' });
  return (params, options) =>
    fetcher(
      params,
      params.operationName === 'IntrospectionQuery'
        ? { ...options, headers: { ...headers, ...options?.headers } }
        : options,
    );
}

function Page({ config }) {
  const demo = config.token ? { Authorization: `Bearer ${config.token}` } : undefined;
  const headers = demo && JSON.stringify(demo, null, 2);
  const tabs = config.tabs.map(({ query, variables }) => ({
    query,
    variables: JSON.stringify(variables, null, 2),
    headers,
  }));
  return (
    <GraphiQL
      fetcher={fetcherWith(demo)}
      storage={memoryStorage()}
      defaultTabs={tabs}
      defaultHeaders={headers}
      initialQuery={tabs[0]?.query}
      initialVariables={tabs[0]?.variables}
      initialHeaders={headers}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>证书核验网关 · Certificate gateway</GraphiQL.Logo>
    </GraphiQL>
  );
}

const container = document.getElementById('graphiql');
try {
  const config = await fetchConfig();
  createRoot(container).render(<Page config={config} />);
} catch (error) {
  const message = document.createElement('p');
  message.className = 'message';
  message.textContent = `无法启动 GraphiQL · GraphiQL cannot start: ${error.message}`;
  container.replaceChildren(message);
}
