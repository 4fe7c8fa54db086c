/** The arrows of DESIGN: who may import whom. Types count too: a type from another room is knowledge of that room. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSync, Visitor } from 'oxc-parser';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** What each room may import of ours, besides itself and errors.ts. `main.ts` and `commands` put all together. */
const allowed: Record<string, RegExp> = {
  bot: /^(flows|storage|charts)\//,
  flows: /^storage\/([\w-]+-queries|database)\.ts$/,
  engine: /^(flows\/(contracts|predictions-file|bootstrap)|storage\/artifacts)\.ts$/,
  storage: /^$/,
  charts: /^$/,
  workspace: /^$/,
  commands: /./,
  'main.ts': /^commands\//,
  'errors.ts': /^$/,
};

/** Packages that one room keeps to itself. */
const keptBy: [RegExp, string][] = [
  [/^@slack\//, 'bot'],
  [/^(drizzle-orm|better-sqlite3)(\/|$)/, 'storage'],
  [/^(quickchart-js|chart\.js|inter-ui|@napi-rs\/canvas)(\/|$)/, 'charts'],
  [/^onnxruntime-/, 'engine'],
];

/** The workspace's page, a program of the browser, draws Slack's own chart blocks with the same library. */
const drawnInBrowser = (from: string, to: string): boolean =>
  from.startsWith('workspace/page/') && /^chart\.js(\/|$)/.test(to);

const roomOf = (file: string): string => file.split('/')[0] ?? '';

/** The arrow's fault, or null. Both names are relative to src/; a package stands as it is. */
function fault(from: string, to: string, isPackage: boolean): string | null {
  const room = roomOf(from);
  if (isPackage) {
    if (drawnInBrowser(from, to)) return null;
    const keeper = keptBy.find(([name]) => name.test(to))?.[1];
    return keeper === undefined || keeper === room || room === 'commands' ? null : `only ${keeper} imports ${to}`;
  }
  if (roomOf(to) === room || to === 'errors.ts') return null;
  const rule = allowed[room];
  if (rule === undefined) return `${room} is no room that DESIGN knows`;
  return rule.test(to) ? null : `${room} may not import ${to}`;
}

interface Imported {
  specifier: string;
  /** of types only: nothing is loaded */
  typeOnly: boolean;
}

function importsOf(file: string, source: string): Imported[] {
  const { program, errors } = parseSync(file, source);
  assert.deepEqual(errors, [], file);
  const found: Imported[] = [];
  const add = (specifier: string | undefined, typeOnly: boolean) => {
    assert.ok(specifier !== undefined, `${file}: an import whose target isn't written out can't be checked`);
    found.push({ specifier, typeOnly });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.importKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node.source.value, node.exportKind === 'type');
    },
    ImportExpression: ({ source: target }) =>
      add(target.type === 'Literal' && typeof target.value === 'string' ? target.value : undefined, false),
    TSImportType: (node) => add(node.source.value, true),
    NewExpression: ({ callee, arguments: [target] }) => {
      // new Worker(new URL('./x.ts', import.meta.url)) and the like load a file as well
      if (callee.type !== 'Identifier' || callee.name !== 'URL') return;
      if (target?.type === 'Literal' && typeof target.value === 'string' && target.value.endsWith('.ts'))
        add(target.value, false);
    },
  }).visit(program);
  return found;
}

function faultsOf(file: string, source: string): string[] {
  return importsOf(file, source).flatMap(({ specifier }) => {
    if (specifier.startsWith('node:')) return [];
    const isPackage = !specifier.startsWith('.');
    const to = isPackage ? specifier : path.posix.join(path.posix.dirname(file), specifier);
    const found = fault(file, to, isPackage);
    return found === null ? [] : [`src/${file}: ${found}`];
  });
}

/** Imports a file in a process of its own. @returns our own files and the native libraries that this loaded */
async function loadedBy(file: string): Promise<{ files: string[]; libraries: string[] }> {
  const script = `
    import { registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load: (url, context, next) => { files.push(url); return next(url, context); } });
    await import(${JSON.stringify(new URL(`../src/${file}`, import.meta.url).href)});
    const { sharedObjects } = process.report.getReport();
    process.stdout.write(JSON.stringify({ files, libraries: sharedObjects }), () => process.exit());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    maxBuffer: 64 << 20,
  });
  const loaded: { files: string[]; libraries: string[] } = JSON.parse(stdout);
  return loaded;
}

describe('arrows between the rooms', () => {
  test('every import in src follows them', async () => {
    const faults: string[] = [];
    let files = 0;
    for await (const found of glob('**/*.ts', { cwd: src })) {
      const file = found.split(path.sep).join('/');
      files++;
      faults.push(...faultsOf(file, await readFile(path.join(src, file), 'utf8')));
    }
    assert.ok(files > 100, `${files} files`);
    assert.deepEqual(faults, []);
  });

  test('a wrong arrow is found, in whatever form it is written', () => {
    const wrong = [
      ["import { x } from '../engine/worker.ts';", 'bot/a.ts'],
      ["import type { X } from '../engine/worker.ts';", 'bot/a.ts'],
      ["export * from '../engine/worker.ts';", 'bot/a.ts'],
      ["export type { X } from '../engine/worker.ts';", 'bot/a.ts'],
      ["await import('../engine/worker.ts');", 'bot/a.ts'],
      ["let x: import('../engine/worker.ts').X;", 'bot/a.ts'],
      ["new URL('../engine/worker.ts', import.meta.url);", 'bot/a.ts'],
      ["import '../../commands/start.ts';", 'bot/messages/a.ts'],
      ["import '../storage/artifacts.ts';", 'flows/a.ts'],
      ["import '../flows/ranking.ts';", 'engine/a.ts'],
      ["import '../storage/database.ts';", 'engine/a.ts'],
      ["import '../flows/contracts.ts';", 'charts/a.ts'],
      ["import '../flows/contracts.ts';", 'storage/a.ts'],
      ["import '../bot/ids.ts';", 'workspace/a.ts'],
      ["import '@slack/types';", 'workspace/a.ts'],
      ["import 'drizzle-orm';", 'flows/a.ts'],
      ["import 'better-sqlite3';", 'bot/a.ts'],
      ["import 'quickchart-js';", 'bot/a.ts'],
      ["import '@napi-rs/canvas';", 'bot/a.ts'],
      ["import 'chart.js/auto';", 'workspace/a.ts'],
      ["import 'onnxruntime-node';", 'bot/a.ts'],
      ["import '../bot/app.ts';", 'somewhere/a.ts'],
    ];
    for (const [source = '', file = ''] of wrong) assert.equal(faultsOf(file, source).length, 1, `${file}: ${source}`);
  });

  test('a right arrow is let through', () => {
    assert.deepEqual(faultsOf('flows/a.ts', "import '../storage/vote-queries.ts'; import '../errors.ts';"), []);
    assert.deepEqual(faultsOf('bot/messages/a.ts', "import '../../charts/charts.ts'; import '@slack/types';"), []);
    assert.deepEqual(faultsOf('engine/data/a.ts', "import '../../flows/contracts.ts'; import './b.ts';"), []);
    assert.deepEqual(faultsOf('workspace/page/a.ts', "await import('chart.js/auto');"), []);
  });

  for (const entry of ['bot/app.ts', 'commands/bot.ts']) {
    test(`loading ${entry} loads neither the engine nor onnxruntime, nor a canvas`, async () => {
      const { files, libraries } = await loadedBy(entry);
      assert.ok(
        files.some((file) => file.endsWith('/src/bot/delivery.ts')),
        'what was loaded is seen',
      );
      const unwanted = [...files, ...libraries].filter((file) => /\/src\/engine\/|onnxruntime|napi-rs/.test(file));
      assert.deepEqual(unwanted, []);
    });
  }

  test('loading the worker does load onnxruntime, so the test above would see it', async () => {
    const { libraries } = await loadedBy('engine/onnx/session.ts');
    assert.ok(libraries.some((file) => file.includes('onnxruntime')));
  });
});
