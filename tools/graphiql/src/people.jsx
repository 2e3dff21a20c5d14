/*
 * Story links: /graphql#person=ID opens a tab about one of the demo's people.
 */
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/* The person that the address names, if there is one. */
export function personIn(people) {
  const id = new URLSearchParams(location.hash.slice(1)).get('person');
  return people.find(person => person.id === id);
}

/* The tab about a person: of the tabs, the one that asks for both parts of an identity. */
export function tabOf(person, tabs) {
  const tab = tabs.find(({ query }) => query.includes('$idType'));
  return tab && { ...tab, variables: JSON.stringify(person.variables, null, 2) };
}

/* Opens another tab when the address changes, since that loads no page. */
export function People({ people, tabs }) {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL(state => state.queryEditor);
  const variableEditor = useGraphiQL(state => state.variableEditor);
  const headerEditor = useGraphiQL(state => state.headerEditor);
  useEffect(() => {
    const open = () => {
      const person = personIn(people);
      const tab = person && tabOf(person, tabs);
      if (tab) {
        addTab();
        queryEditor?.setValue(tab.query);
        variableEditor?.setValue(tab.variables);
        headerEditor?.setValue(tab.headers ?? '');
      }
    };
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, [people, tabs, addTab, queryEditor, variableEditor, headerEditor]);
  return null;
}
