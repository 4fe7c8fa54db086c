/** One benchmark in two lines, for lists: what it compares, where it stands. */
import type { StateName } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark } from '../../flows/records.ts';
import { cut, escapeMrkdwn, name } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';

/** A benchmark with what a list says of it besides. */
export interface Listed {
  benchmark: Benchmark;
  /** as others call them; plain text */
  ownerName: string;
  trials: { all: number; over: number };
}

/** Those that still come to something; the others are past. */
export const underWayStates = [
  'queued',
  'running',
  'ranked',
  'voting',
  'voted',
  'decided',
  'training',
] as const satisfies readonly StateName[];

const words = catalogue(
  ({ plural, score, list }) => ({
    compares: (file: string, models: number, categories: number) =>
      `*${file}*, ${plural(models, { one: '# model', other: '# models' })} on ${plural(categories, { one: '# category', other: '# categories' })}`,
    trains: (file: string, model: string, categories: number) =>
      `*${model}* alone, on ${plural(categories, { one: '# category', other: '# categories' })} of *${file}*`,
    waiting: '⏳ waiting for a worker',
    running: (over: number, all: number) => `🏃 ${over} of ${plural(all, { one: '# trial', other: '# trials' })} done`,
    voting: '🗳️ vote open',
    voted: '🗳️ vote over, decision outstanding',
    first: (model: string, value: number | null) => `first *${model}* ${score(value)}`,
    training: (models: string[]) => `⚙️ training ${list(models)}`,
    done: (models: string[]) => `✅ ${list(models)} trained`,
    trainingIt: '⚙️ in training',
    doneIt: '✅ trained',
    stopped: '🛑 ended without a choice',
    cancelled: '🛑 cancelled',
    failed: (why: string) => `❌ failed: ${why || 'no reason was given'}`,
    by: (who: string) => `by ${who}`,
  }),
  ({ plural, score, list }) => ({
    compares: (file: string, models: number, categories: number) =>
      `*${file}*, ${plural(models, { one: '# modèle', other: '# modèles' })} sur ${plural(categories, { one: '# catégorie', other: '# catégories' })}`,
    trains: (file: string, model: string, categories: number) =>
      `*${model}* seul, sur ${plural(categories, { one: '# catégorie', other: '# catégories' })} de *${file}*`,
    waiting: "⏳ en attente d'une machine",
    running: (over: number, all: number) =>
      `🏃 ${over} sur ${plural(all, { one: '# essai terminé', other: '# essais terminés' })}`,
    voting: '🗳️ vote ouvert',
    voted: '🗳️ vote terminé, décision à prendre',
    first: (model: string, value: number | null) => `premier *${model}* ${score(value)}`,
    training: (models: string[]) => `⚙️ entraînement de ${list(models)}`,
    done: (models: string[]) => `✅ ${list(models)} : entraînement terminé`,
    trainingIt: '⚙️ entraînement en cours',
    doneIt: '✅ entraînement terminé',
    stopped: '🛑 terminée sans choix',
    cancelled: '🛑 annulée',
    failed: (why: string) => `❌ échec : ${why || "aucune raison n'a été donnée"}`,
    by: (who: string) => `par ${who}`,
  }),
);

const modelsNamed = 3;

/** mrkdwn, two lines. */
export function benchmarkLine(listed: Listed, voice: Voice): string {
  const say = words(voice);
  const { benchmark, ownerName } = listed;
  const { number, channel, submittedMs } = benchmark;
  const facts = [
    standing(listed, voice),
    `<#${channel}>`,
    say.by(name(ownerName, 40)),
    ...(submittedMs === null ? [] : [moment(submittedMs, voice)]),
  ];
  return `*#${number}*  ${benchmarkTitle(benchmark, voice)}\n${facts.join('  ·  ')}`;
}

/** "*data.csv*, 3 models on 2 categories"; mrkdwn. */
export function benchmarkTitle({ kind, plan, profile }: Benchmark, voice: Voice): string {
  const say = words(voice);
  const file = name(profile?.fileName ?? '–');
  const categories = plan?.categories.length ?? 0;
  if (kind === 'train') return say.trains(file, name(modelName(plan?.models[0] ?? '–')), categories);
  return say.compares(file, plan?.models.length ?? 0, categories);
}

/** Where it stands, in a few words; mrkdwn. */
function standing({ benchmark, trials }: Listed, voice: Voice): string {
  const say = words(voice);
  const { state, kind, error } = benchmark;
  switch (state) {
    case 'running':
      return say.running(trials.over, trials.all);
    case 'ranked':
    case 'voting':
      return [say.voting, ...firstOf(benchmark, voice)].join(', ');
    case 'voted':
      return [say.voted, ...firstOf(benchmark, voice)].join(', ');
    case 'decided':
    case 'training':
      return kind === 'train' ? say.trainingIt : say.training(chosen(benchmark));
    case 'done':
      return kind === 'train' ? say.doneIt : say.done(chosen(benchmark));
    case 'stopped':
      return say.stopped;
    case 'cancelled':
      return say.cancelled;
    case 'failed':
      return say.failed(escapeMrkdwn(cut((error ?? '').replace(/\s+/g, ' '), 150)));
    default:
      return say.waiting;
  }
}

function firstOf({ ranking, plan }: Benchmark, voice: Voice): string[] {
  const first = plan?.mode === 'multilingual' ? ranking?.rows.find(({ rank }) => rank === 1) : undefined;
  return first ? [words(voice).first(name(modelName(first.model)), first.score)] : [];
}

function chosen({ decision }: Benchmark): string[] {
  const models = [...new Set((decision?.choices ?? []).map(({ model }) => model))];
  const named = models.slice(0, modelsNamed).map((model) => `*${name(modelName(model))}*`);
  return models.length > modelsNamed ? [...named, `+${models.length - modelsNamed}`] : named;
}
