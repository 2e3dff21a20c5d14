/*
 * The trace below an answer: an agency a row, and each finding with its clause's words.
 */
import { useGraphiQL } from '@graphiql/react';
import { useEffect, useMemo, useState } from 'react';

import { dataOf, sourcesOf, verdictsOf, wordsOf } from './trace.js';

const CLAUSES = `query ClauseWords($language: Language!) {
  policy { clauses { id words(language: $language) } }
}`;
const LANGUAGE = navigator.language.startsWith('zh') ? 'ZH' : 'EN';

function useText(editor) {
  const [text, setText] = useState('');
  useEffect(() => {
    if (!editor) {
      return undefined;
    }
    setText(editor.getValue());
    const following = editor.onDidChangeModelContent(() => setText(editor.getValue()));
    return () => following.dispose();
  }, [editor]);
  return text;
}

// Asked for once, by whoever asked the question; without the right to, ids have to do.
function useClauses(isNeeded, headerEditor) {
  const [words, setWords] = useState({});
  useEffect(() => {
    if (!isNeeded) {
      return;
    }
    askForClauses(headerEditor?.getValue()).then(setWords, () => setWords({}));
  }, [isNeeded, headerEditor]);
  return words;
}

async function askForClauses(headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...JSON.parse(headers || '{}') },
    body: JSON.stringify({ query: CLAUSES, variables: { language: LANGUAGE } }),
  });
  return wordsOf((await response.json()).data ?? {});
}

const milliseconds = value => (value == null ? '' : `${value} ms`);
const seconds = value => (value == null ? '' : `${value} s`);

// How many checks ended in which way; of one that failed, which, too.
function Checks({ checks }) {
  const byResult = {};
  for (const one of checks) {
    (byResult[one.result] ??= []).push(one);
  }
  return Object.entries(byResult).map(([result, ended]) => (
    <span key={result} className={result === 'INVALID' ? 'trace-bad' : 'trace-checks'}>
      {`${ended.length} ${result}`}
      {result === 'INVALID' && ` (${ended.map(one => one.code ?? one.check).join(' ')})`}{' '}
    </span>
  ));
}

function Sources({ sources }) {
  return (
    <table>
      <caption>机构 · Agencies</caption>
      <thead>
        <tr>
          <th scope="col">机构 · Agency</th>
          <th scope="col">结果 · Outcome</th>
          <th scope="col">用时 · Time</th>
          <th scope="col">缓存 · Cache age</th>
          <th scope="col">询问次数 · Attempts</th>
          <th scope="col">核验 · Checks</th>
          <th scope="col">未采信 · Refused</th>
          <th scope="col">原因 · Reason</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((one, index) => (
          <tr key={index} data-agency={one.agency ?? one.name} data-outcome={one.outcome}>
            <th scope="row">{one.name}</th>
            <td>{one.outcome}</td>
            <td>{milliseconds(one.latencyMilliseconds)}</td>
            <td>{seconds(one.cacheAgeSeconds)}</td>
            <td>{one.attempts}</td>
            <td><Checks checks={one.checks} /></td>
            <td>{(one.refusals ?? []).map(refusal => refusal.code).join(' ')}</td>
            <td>{one.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verdict({ verdict, words }) {
  return (
    <table data-place={verdict.place}>
      <caption>{`${verdict.place} ${verdict.outcome ?? ''}`}</caption>
      <thead>
        <tr>
          <th scope="col">条款 · Clause</th>
          <th scope="col">结果 · Outcome</th>
          <th scope="col">原因 · Reason</th>
          <th scope="col">通知原文 · The notice’s words</th>
          <th scope="col">下一步 · Next step</th>
        </tr>
      </thead>
      <tbody>
        {verdict.findings.map(one => (
          <tr key={one.clause} data-clause={one.clause} data-outcome={one.outcome}>
            <th scope="row">{one.clause}</th>
            <td>{one.outcome}</td>
            <td>{one.reason}</td>
            <td>{words[one.clause]}</td>
            <td>{one.nextStep && [one.nextStep.actor, one.nextStep.words].join(' ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Trace() {
  const text = useText(useGraphiQL(state => state.responseEditor));
  const headerEditor = useGraphiQL(state => state.headerEditor);
  const data = useMemo(() => dataOf(text), [text]);
  const sources = useMemo(() => sourcesOf(data), [data]);
  const verdicts = useMemo(() => verdictsOf(data), [data]);
  const clauses = useClauses(verdicts.length > 0, headerEditor);
  if (!sources.length && !verdicts.length) {
    return null;
  }
  const words = { ...clauses, ...wordsOf(data) };
  return (
    // Scrolled by keys, too.
    <section className="trace" aria-label="核验过程 · Trace" tabIndex={0}>
      {sources.length > 0 && <Sources sources={sources} />}
      {verdicts.map(verdict => (
        <Verdict key={verdict.place} verdict={verdict} words={words} />
      ))}
    </section>
  );
}
