/**
 * `npm run bench -- gpu --pack FILE.tar.gz`: this checkout's engine and bench with just the packages that they load and a Node
 * to run them, for a GPU host of this kind of machine without internet. There:
 *   tar xzf FILE.tar.gz && node_modules/node/bin/node bench/main.ts gpu
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../', import.meta.url));
const modules = 'node_modules';

/** Our own files; small, so all of the rooms that the bench touches. */
const sources = ['package.json', 'bench', 'src/errors.ts', 'src/engine', 'src/flows', 'src/storage'];
/** Loaded by name only when it is run. */
const always = ['node/bin', 'onnxruntime-common', 'onnxruntime-node/package.json', 'onnxruntime-node/dist'];
/** What of our source names packages, as `from 'name'`. */
const imported = /from '([^.'/][^']*)'/g;

/** The packages that the engine and the bench import, with what those depend on. */
async function packages(): Promise<string[]> {
  const found = new Set<string>();
  const queue: string[] = [];
  const want = (name: string): void => {
    if (found.has(name) || name.startsWith('node:') || leftOut.test(name)) return;
    found.add(name);
    queue.push(name);
  };
  for (const folder of ['bench', 'src/engine', 'src/flows', 'src/storage']) {
    for (const entry of await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const text = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
      for (const [, specifier = ''] of text.matchAll(imported)) want(packageOf(specifier));
    }
  }
  for (const name of queue) {
    const manifest = await readFile(path.join(root, modules, name, 'package.json'), 'utf8').catch(() => '{}');
    const dependencies: unknown = JSON.parse(manifest).dependencies;
    for (const other of Object.keys(dependencies ?? {})) want(other);
  }
  return [...found];
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Packed apart, or large and of no use to a training step. */
const leftOut = /^(node|onnxruntime-node|bullmq|better-sqlite3|drizzle-orm|@huggingface\/transformers|ioredis)$/;

export async function packBench(file: string): Promise<void> {
  const names = await packages();
  const native = `onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;
  const inModules = [...names, ...always, native].map((name) => path.join(modules, name));
  const here: string[] = [];
  for (const name of [...sources, ...inModules]) {
    // a package may have its dependency inside its own folder
    if (await exists(path.join(root, name))) here.push(name);
  }
  await run('tar', ['--create', '--gzip', '--dereference', '--file', path.resolve(file), ...here], { cwd: root });
  console.log(`${file}: ${names.length} packages. On the GPU host, in a new folder:`);
  console.log(`  tar xzf ${path.basename(file)} && PYTHON=python3 ${modules}/node/bin/node bench/main.ts gpu`);
}

async function exists(name: string): Promise<boolean> {
  return readdir(path.dirname(name)).then(
    (found) => found.includes(path.basename(name)),
    () => false,
  );
}
