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

/** The page's npm modules, sent from node_modules as they are: there is no build step. */
const MODULES: Record<string, () => string> = {
  '/modules/preact.js': () => resolve('preact'),
  '/modules/hooks.js': () => resolve('preact/hooks'),
  '/modules/htm.js': () => join(dirname(resolve('htm')), 'htm.module.js'),
  '/modules/htm-preact.js': () => join(dirname(resolve('htm/preact')), 'index.module.js'),
};

async function read(path: string): Promise<{ type: string; body: string } | undefined> {
  const vendor = MODULES[path];
  if (vendor !== undefined) return { type: 'text/javascript', body: await readFile(vendor(), 'utf8') };
  if (path === '/')
    return { type: 'text/html; charset=utf-8', body: await readFile(join(FOLDER, 'index.html'), 'utf8') };
  if (path === '/page/style.css') return { type: 'text/css', body: await readFile(join(FOLDER, 'style.css'), 'utf8') };
  const name = path.replace(/^\/page\//, '');
  // Names are looked up, not joined: a path can't lead out of the folder.
  if (!name.endsWith('.ts') || !(await readdir(FOLDER)).includes(name)) return undefined;
  const source = await readFile(join(FOLDER, name), 'utf8');
  return { type: 'text/javascript', body: stripTypeScriptTypes(source) };
}

/** The file of the page under a path. Browser modules are TypeScript in the repository, sent with their types stripped. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const file = await read(path);
  return file === undefined ? undefined : { ...file, policy: await policy() };
}
