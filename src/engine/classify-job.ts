/** What delivered models say of a few texts, while somebody waits for it. */
import { rm } from 'node:fs/promises';
import {
  type ClassifyJob,
  type ClassifyResult,
  classifyLimits,
  type DeliveredModel,
  noPreparation,
} from '../flows/contracts.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { loadLanguageDetector } from './data/language-detection.ts';
import { fetchModel } from './delivered-models.ts';
import type { OpenedModel } from './models/neural-model.ts';
import { openModel } from './models/registry.ts';

export async function runClassifyJob(
  store: ArtifactStore,
  { models, texts }: ClassifyJob,
  { settings, signal }: Pick<TrainHooks, 'settings' | 'signal'>,
): Promise<ClassifyResult> {
  const asked = await modelsAsked(models, texts);
  const result: ClassifyResult = texts.map(() => []);
  for (const model of models) {
    const positions = texts.flatMap((_, position) => (asked[position]?.includes(model) ? [position] : []));
    if (positions.length === 0) continue;
    const opened = await openFetched(await fetchModel(store, model, settings, signal));
    try {
      const scores = await opened.score(
        positions.map((position) => texts[position] ?? ''),
        signal,
      );
      for (const [index, position] of positions.entries())
        result[position]?.push(answerOf(model, opened, scores[index] ?? []));
    } finally {
      await opened.dispose();
    }
  }
  return result;
}

/** A folder that can't be opened, as after a full disk, is fetched anew the next time. */
async function openFetched(folder: string): Promise<OpenedModel> {
  try {
    return await openModel(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Each text's models: where there is one for each language, those for its own; all where none is for it. */
async function modelsAsked(models: readonly DeliveredModel[], texts: readonly string[]): Promise<DeliveredModel[][]> {
  if (models.every(({ language }) => language === null)) return texts.map(() => [...models]);
  const { detect } = await loadLanguageDetector();
  return texts.map((text) => {
    const { code, confidence } = detect(text);
    const own = confidence >= noPreparation.languages.minConfidence ? code : null;
    const fitting = models.filter(({ language }) => language === null || language === own);
    return fitting.some(({ language }) => language !== null) ? fitting : [...models];
  });
}

function answerOf(
  { category, language }: DeliveredModel,
  { labels, strategy }: Pick<OpenedModel, 'labels' | 'strategy'>,
  scores: readonly number[],
): ClassifyResult[number][number] {
  const ranked = scores
    .map((score, index) => ({ label: labels[index] ?? '', score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, classifyLimits.labels);
  return { category, language, labels: ranked, several: strategy === 'multi-label' };
}
