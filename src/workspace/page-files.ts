import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of the browser page, ready to send. */
export interface PageFile {
  type: string;
  body: string;
  policy: string;
}

const FOLDER = join(import.meta.dirname, 'page');

/** Only our own modules, named by the page's one inline script: the import map. Nothing that a message says can run. */
async function policy(): Promise<string> {
  const page = await readFile(join(FOLDER, 'index.html'), 'utf8');
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(map).digest('base64');
  return `default-src 'self'; script-src 'self' 'sha256-${hash}'; img-src 'self' http: https: data:; base-uri 'none'`;
}

const { resolve } = createRequire(import.meta.url);
/** The folder of an npm package that lets its main file be resolved in it, e.g. `dist` of chart.js. */
const beside = (name: string) => dirname(resolve(name));

/** The page's npm modules, sent from node_modules as they are: there is no build step. */
const MODULES: Record<string, () => string> = {
  '/modules/preact.js': () => resolve('preact'),
  '/modules/hooks.js': () => resolve('preact/hooks'),
  '/modules/htm.js': () => join(beside('htm'), 'htm.module.js'),
  '/modules/htm-preact.js': () => join(beside('htm/preact'), 'index.module.js'),
  '/modules/gemoji.js': () => resolve('gemoji'),
  '/modules/marked.js': () => resolve('marked'),
  // A dependency of chart.js, so it is looked up from there.
  '/modules/color.js': () => join(dirname(createRequire(resolve('chart.js')).resolve('@kurkle/color')), 'color.esm.js'),
  '/modules/chart/auto/auto.js': () => join(beside('chart.js'), '../auto/auto.js'),
  '/modules/chart/dist/chart.js': () => join(beside('chart.js'), 'chart.js'),
  '/modules/chart/dist/chunks/index.js': () => join(beside('chart.js'), 'chunks/index.js'),
};

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** What the page shares with the server, by the path that an import in the page comes to. */
const SHARED = ['/limits.ts', '/limits.json'];

async function read(path: string): Promise<{ type: string; body: string } | undefined> {
  const vendor = MODULES[path];
  if (vendor !== undefined) return { type: 'text/javascript; charset=utf-8', body: await readFile(vendor(), 'utf8') };
  const shared = SHARED.includes(path);
  const name = path === '/' ? 'index.html' : path.replace(/^\/(page\/)?/, '');
  const type = TYPES[name.split('.').at(-1) ?? ''];
  // Names are looked up, not joined: a path can't lead out of the folder.
  if (type === undefined || !(shared || (await readdir(FOLDER)).includes(name))) return undefined;
  const source = await readFile(join(FOLDER, shared ? '..' : '', name), 'utf8');
  return { type, body: name.endsWith('.ts') ? stripTypeScriptTypes(source) : source };
}

/** The file of the page under a path. Browser modules are TypeScript in the repository, sent with their types stripped. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const file = await read(path);
  return file === undefined ? undefined : { ...file, policy: await policy() };
}
