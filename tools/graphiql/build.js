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
};

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
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

function packageFolders(metafiles) {
  const inputs = metafiles.flatMap(metafile => Object.keys(metafile.inputs));
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

async function describe(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(path.join(HERE, folder, 'package.json'), 'utf8'),
  );
  const texts = await licenceTexts(folder);
  const body = texts.length ? texts.join('\n\n') : '(the package carries no licence file)';
  return `${name} ${version}\nLicence: ${license}\n\n${body}\n`;
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
    // The whole editor goes by this name; src/monaco.js lists the parts wanted.
    'monaco-editor/esm/vs/editor/edcore.main.js': './src/monaco.js',
    // The old names lead to scripts whose exports are lost here, and with them prettifying.
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  // Only for subscriptions over a WebSocket, which the page does not ask for.
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

const folders = packageFolders([workers.metafile, page.metafile]);
const licences = await Promise.all(folders.map(describe));
await writeFile(path.join(OUT, 'LICENCES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`));

const files = (await readdir(OUT)).sort();
const sums = await Promise.all(
  files.map(async name => {
    const digest = createHash('sha256').update(await readFile(path.join(OUT, name)));
    return `${digest.digest('hex')}  ${name}\n`;
  }),
);
await writeFile(path.join(OUT, 'SHA256SUMS'), sums.join(''));
