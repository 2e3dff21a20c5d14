// What axe-core finds wrong with the page, by the rules of WCAG 2.2, levels A and AA.
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run(document, { runOnly: { type: "tag", values: tags } }).then(
  (found) => done(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])),
  (error) => done([["axe", [String(error)]]]),
);
