/** Tiny tokenizers with the ids that the Rust tokenizers library gives (fixtures/make_fixtures.py), and folders for them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';

export const kinds = [
  'bert-uncased',
  'bert-cased',
  'roberta',
  'modernbert',
  'xlm-roberta',
  'deberta-converted',
  'deberta-built',
  'byte-fallback',
] as const;

const json = z.record(z.string(), z.json());
const idsSchema = z.array(z.array(z.number()));
const fixtureSchema = z.object({ tokenizer: json, ids: idsSchema, framed: idsSchema });
export type Json = z.infer<typeof json>;

/** More rows than any of them has ids. */
export const vocabularySize = 1000;

async function read<T>(name: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')));
}

export const readFixture = (kind: (typeof kinds)[number]) => read(kind, fixtureSchema);
export const readTexts = () => read('texts', z.array(z.string()));

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-tokenizer-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with this as its tokenizer.json. */
export async function tokenizerFolder(t: TestContext, contents: unknown): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(contents));
  return folder;
}
