/**
 * Exported folders in Python: a tiny fine-tuned encoder of every architecture, opened by transformers from safetensors,
 * beside our own scores for the same texts. Needs a Python with torch and transformers ($PYTHON, else python3).
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { exportFolder } from '../src/engine/export/export-folder.ts';
import { openSession, realData } from '../src/engine/onnx/session.ts';
import { documentsOf } from '../src/engine/tokenizer/long-texts.ts';
import { openPretrainedTokenizer } from '../src/engine/tokenizer/pretrained-tokenizer.ts';
import { tokenBatch } from '../src/engine/training/token-batch.ts';
import { fixtureNames, readFixture, trainedEncoder, writeCheckpoint } from '../test/engine/export/support.ts';

const run = promisify(execFile);
const texts = ['w7 w20 w33', 'w9', 'W10, w11! unheard w55 w12 w13 w14', 'w50 w6 w6 w6 w6 w59', 'w8 '.repeat(40)];
const theirsSchema = z.object({ version: z.string(), logits: z.array(z.array(z.number())) });

/** Exports one architecture's model and gives its logits, ours, for the texts. */
async function ours(name: string, folder: string): Promise<number[][]> {
  const fixture = await readFixture(name);
  const checkpoint = `${folder}-checkpoint`;
  await writeCheckpoint(checkpoint, fixture);
  const { model, source } = await trainedEncoder(checkpoint, fixture, 'multi-class');
  await exportFolder(folder, model);
  await source.close();
  const tokenizer = await openPretrainedTokenizer(folder, model.encoder.vocabularySize);
  const limits = { maxTokens: model.maxTokens, policy: 'truncate' as const };
  const ids = await tokenizer.encode(texts, limits);
  const session = await openSession(path.join(folder, 'onnx', 'model.onnx'));
  const logits: number[][] = [];
  for (const text of ids) {
    const documents = documentsOf(text, tokenizer.frame, limits.maxTokens, limits.policy);
    logits.push(Array.from(realData(await session.run(tokenBatch(documents)), 'logits')));
  }
  await session.release();
  return logits;
}

export async function benchExport(): Promise<void> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-export-'));
  const script = fileURLToPath(new URL('export_torch.py', import.meta.url));
  try {
    for (const name of await fixtureNames()) {
      const folder = path.join(root, name);
      const mine = await ours(name, folder);
      const job = path.join(root, `${name}.json`);
      await writeFile(job, JSON.stringify({ folder, texts }));
      const found = await run(process.env['PYTHON'] ?? 'python3', [script, job]).catch((error: unknown) => {
        console.log(
          `transformers could not be asked: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
        );
      });
      if (!found) return;
      const theirs = theirsSchema.parse(JSON.parse(found.stdout.trim().split('\n').at(-1) ?? ''));
      const differences = mine.flatMap((row, text) =>
        row.map((logit, label) => Math.abs(logit - (theirs.logits[text]?.[label] ?? Number.NaN))),
      );
      const largest = Math.max(...differences);
      console.log(`${name.padEnd(18)} largest difference of a logit ${largest.toExponential(1)} (${theirs.version})`);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
