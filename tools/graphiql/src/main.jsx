/*
 * GraphiQL for the gateway: its example tabs, its demo's tokens and people, the query
 * builder, the trace below each answer; nothing from elsewhere.
 *
 * What is typed here is kept in memory only. GraphiQL would write queries, variables and
 * history to localStorage, and variables hold identity numbers.
 */
import 'monaco-graphql/esm/monaco-editor.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { fetcherWith } from './fetcher.js';
import { People, personIn, tabOf } from './people.jsx';
import { Trace } from './trace.jsx';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

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

const asHeaders = token => token && JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);

// A tab of a role has the role's token, the others that of the page.
function tabsOf(config) {
  return config.tabs.map(({ query, variables, token }) => ({
    query,
    variables: JSON.stringify(variables, null, 2),
    headers: asHeaders(token ?? config.token),
  }));
}

function Page({ config }) {
  const tabs = tabsOf(config);
  const person = personIn(config.people);
  const first = person && tabOf(person, tabs);
  const headers = asHeaders(config.token);
  return (
    <GraphiQL
      fetcher={fetcherWith(headers && JSON.parse(headers))}
      plugins={PLUGINS}
      storage={memoryStorage()}
      defaultTabs={first ? [first, ...tabs] : tabs}
      defaultHeaders={headers}
      initialQuery={(first ?? tabs[0])?.query}
      initialVariables={(first ?? tabs[0])?.variables}
      initialHeaders={(first ?? tabs[0])?.headers}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>证书核验网关 · Certificate gateway</GraphiQL.Logo>
      <GraphiQL.Footer>
        <Trace />
        <People people={config.people} tabs={tabs} />
      </GraphiQL.Footer>
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
