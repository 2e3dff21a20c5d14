/*
 * Build gateway/static/graphiql: hashed scripts and styles, the page, licences, checksums.
 *
 * The workers are built first, one self-contained file each, because the page has to know
 * their hashed names. No source maps: the sources are in package-lock.json, by hash.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const HERE = import.meta.dirname;
const OUT = path.resolve(HERE, '../../gateway/static/graphiql');
const SERVED_AT = '/graphiql/';

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
  json: 'monaco-editor/esm/vs/languages/features/json/json.worker.js',
};

// Where Monaco has now what GraphiQL asks for by the names of Monaco 0.52.
const MOVED = {
  'basic-languages/graphql/graphql.contribution': 'languages/definitions/graphql/register',
  'language/json/monaco.contribution': 'languages/features/json/register',
};
const MONACO = path.join(HERE, 'node_modules/monaco-editor/esm/vs');

// Monaco exports its files by other names than its users import them by.
const byFile = {
  name: 'monaco-by-file',
  setup({ onResolve }) {
    onResolve({ filter: /^monaco-editor\/esm\/vs\// }, ({ path: asked }) => {
      const name = asked.slice('monaco-editor/esm/vs/'.length).replace(/\.js$/, '');
      // The whole editor goes by this name; src/monaco.js lists the parts wanted.
      if (name === 'editor/edcore.main') {
        return { path: path.join(HERE, 'src/monaco.js') };
      }
      const file = `${MOVED[name] ?? name}.js`.replace(/\.css\.js$/, '.css');
      return { path: path.join(MONACO, file) };
    });
  },
};

const SHARED = {
  absWorkingDir: HERE,
  outdir: OUT,
  bundle: true,
  minify: true,
  metafile: true,
  charset: 'utf8',
  target: 'es2022',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'eof',
  plugins: [byFile],
};

const COPIES = {
  dompurify: 'base/browser/dompurify/dompurify.js',
  marked: 'base/common/marked/marked.js',
};
// What lies where in Monaco, by its package; without a name, the folder's is the package's.
const INLINED = {
  'external/((?:@[^/]+/)?[^/]+)/': undefined,
  'vs/base/browser/dompurify/': 'dompurify',
  'vs/base/common/marked/': 'marked',
  'vs/base/browser/ui/codicons/': '@vscode/codicons',
};
// Packages without a licence file, and one of the same authors and licence that has it.
const WITHOUT_TEXT = {
  '@graphiql/plugin-doc-explorer': 'graphiql',
  '@graphiql/plugin-explorer': 'graphiql',
  '@graphiql/plugin-history': 'graphiql',
  '@vscode/l10n': 'vscode-json-languageservice',
  'react-compiler-runtime': 'react',
  'react-remove-scroll-bar': 'react-remove-scroll',
};

function outputOf(metafile, name, suffix) {
  const found = Object.keys(metafile.outputs).filter(file =>
    new RegExp(`/${name}-[A-Z0-9]+\\${suffix}$`).test(file),
  );
  if (found.length !== 1) {
    throw new Error(`${found.length} outputs look like ${name}${suffix}, 1 expected`);
  }
  return SERVED_AT + path.basename(found[0]);
}

function packageFolders(inputs) {
  const folders = inputs.map(
    input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0],
  );
  return [...new Set(folders.filter(Boolean))].sort();
}

async function licenceTexts(folder) {
  const names = (await readdir(path.join(HERE, folder))).filter(name =>
    /^(licen[cs]e|copying|notice|thirdparty)/i.test(name),
  );
  return Promise.all(
    names.map(async name =>
      (await readFile(path.join(HERE, folder, name), 'utf8')).replaceAll('\r', '').trim(),
    ),
  );
}

async function textsOf(name, folder) {
  const texts = await licenceTexts(folder);
  const other = WITHOUT_TEXT[name];
  const found = texts.length || !other ? texts : await licenceTexts(`node_modules/${other}`);
  if (!found.length) {
    throw new Error(`${name} carries no licence text: name a package that does`);
  }
  return found.join('\n\n');
}

function readPackage(folder) {
  return readFile(path.join(HERE, folder, 'package.json'), 'utf8').then(JSON.parse);
}

async function describe(folder) {
  const { name, version, license } = await readPackage(folder);
  return `${name} ${version}\nLicence: ${license}\n\n${await textsOf(name, folder)}\n`;
}

/* Packages that Monaco has copied into itself, where no lock and no audit sees them. */
async function describeInlined(inputs) {
  const monaco = await readPackage('node_modules/monaco-editor');
  const json = await readPackage('node_modules/vscode-json-languageservice');
  const versions = { ...json.dependencies, ...monaco.devDependencies, ...monaco.dependencies };
  const names = new Set(
    inputs.flatMap(input =>
      Object.entries(INLINED).flatMap(([place, name]) => {
        const found = new RegExp(`monaco-editor/esm/${place}`).exec(input);
        return found ? [name ?? found[1]] : [];
      }),
    ),
  );
  for (const name of ['dompurify', 'marked']) {
    // Said by the copy itself.
    const copy = await readFile(path.join(MONACO, COPIES[name]), 'utf8');
    if (!new RegExp(`\\bv?${versions[name].replaceAll('.', '\\.')} `).test(copy.slice(0, 200))) {
      throw new Error(`Monaco's copy of ${name} is not ${versions[name]}`);
    }
  }
  versions['@vscode/codicons'] = await codiconsVersion();
  return Promise.all(
    [...names].sort().map(async name => {
      const folder = `node_modules/${name}`;
      const { license } = await readPackage(folder);
      return (
        `${name} ${versions[name]} (inside monaco-editor ${monaco.version})\n` +
        `Licence: ${license}\n\n${await textsOf(name, folder)}\n`
      );
    }),
  );
}

async function codiconsVersion() {
  const font = 'codicon.ttf';
  const copy = await readFile(path.join(MONACO, 'base/browser/ui/codicons/codicon', font));
  const folder = 'node_modules/@vscode/codicons';
  if (!copy.equals(await readFile(path.join(HERE, folder, 'dist', font)))) {
    throw new Error('Monaco has another codicon.ttf than @vscode/codicons of package.json');
  }
  return (await readPackage(folder)).version;
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });

const workers = await build({ ...SHARED, entryPoints: WORKERS, format: 'iife' });
const page = await build({
  ...SHARED,
  entryPoints: { main: 'src/main.jsx' },
  format: 'esm',
  splitting: true,
  jsx: 'automatic',
  loader: { '.ttf': 'file' },
  alias: {
    // The old names lead to scripts whose exports are lost here, and with them prettifying.
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  // Only for subscriptions over a WebSocket; the page has them as server-sent events.
  external: ['graphql-ws'],
  define: {
    ...SHARED.define,
    WORKERS: JSON.stringify(
      Object.fromEntries(
        Object.keys(WORKERS).map(name => [name, outputOf(workers.metafile, name, '.js')]),
      ),
    ),
  },
});

// esbuild repeats the styles beside every lazy chunk; the page links main.css, which has all.
for (const name of await readdir(OUT)) {
  if (name.endsWith('.css') && !name.startsWith('main-')) {
    await rm(path.join(OUT, name));
  }
}

const template = await readFile(path.join(HERE, 'src/index.html'), 'utf8');
await writeFile(
  path.join(OUT, 'index.html'),
  template
    .replace('{{main.css}}', outputOf(page.metafile, 'main', '.css'))
    .replace('{{main.js}}', outputOf(page.metafile, 'main', '.js')),
);

const inputs = [workers, page].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const licences = [
  ...(await Promise.all(packageFolders(inputs).map(describe))),
  ...(await describeInlined(inputs)),
];
await writeFile(path.join(OUT, 'LICENCES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`));

const files = (await readdir(OUT)).sort();
const sums = await Promise.all(
  files.map(async name => {
    const digest = createHash('sha256').update(await readFile(path.join(OUT, name)));
    return `${digest.digest('hex')}  ${name}\n`;
  }),
);
await writeFile(path.join(OUT, 'SHA256SUMS'), sums.join(''));
