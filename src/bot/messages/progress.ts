/** The one message that stands in the channel: what runs, how far it is, how it ended. Its thread holds the rest. */
import type { KnownBlock, PlanBlock, RichTextBlock, TaskCardBlock } from '@slack/types';
import { accepts } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Plan, Trial } from '../../flows/records.ts';
import { cancelButton } from '../cancel-button.ts';
import { estimateText } from '../estimate-text.ts';
import { actions } from '../ids.ts';
import { cut, escapeMrkdwn, escapeWithin, limits, name, section } from '../text.ts';
import type { Voice } from '../words/voice.ts';
import type { Message } from './message.ts';
import { progressWords as words } from './progress-words.ts';

/** `plan`: a list of tasks that Slack draws; `lines`: the same in old blocks. */
export const progressForms = ['plan', 'lines'] as const;
export type ProgressForm = (typeof progressForms)[number];

export interface ProgressSight {
  /** as others call the owner: naming them by their id would ping them */
  ownerName: string;
  form: ProgressForm;
  nowMs: number;
}

/** A plan has at most 50 tasks. */
const modelsShown = 50;
const failuresShown = 3;
/** Of a decision per language; the decision's own message has them all. */
const choicesShown = 8;

const isUnderWay = ({ status }: Trial): boolean => status === 'queued' || status === 'running';
/** a paused one waits for the others of its rung */
const isOver = (trial: Trial): boolean => !isUnderWay(trial) && trial.status !== 'paused';
const shareOf = (trial: Trial): number => (isOver(trial) ? 1 : (trial.progress?.share ?? 0));

export function progressMessage(benchmark: Benchmark, trials: Trial[], sight: ProgressSight, voice: Voice): Message {
  const say = words(voice);
  const { plan, profile, kind, number } = benchmark;
  if (!plan || !profile) return { text: say.empty, blocks: [section(say.empty)] };
  const [who, file] = [name(sight.ownerName), name(profile.fileName)];
  const title =
    kind === 'train'
      ? say.trains(who, name(modelName(plan.models[0] ?? '')), plan.categories.length, file)
      : say.compares(who, plan.models.length, plan.categories.length, file);
  const status = statusLine(benchmark, trials, sight.nowMs, voice);
  const blocks: KnownBlock[] = [section(`${title}  ·  #${number}`), section(status)];
  if (isRunning(benchmark)) blocks.push(...modelBlocks(plan, trials, sight.form, voice));
  const failures = failureLines(trials, voice);
  if (failures.length > 0) blocks.push(section(`⚠️ ${failures.join('\n⚠️ ')}`));
  if (accepts(benchmark.state, 'cancelled'))
    blocks.push({ type: 'actions', elements: [cancelButton(benchmark.id, actions.cancel, voice)] });
  const [models, categories] = [voice.list(plan.models.map(modelName)), voice.list(plan.categories)];
  const plainTitle = escapeWithin(
    (kind === 'train' ? say.trainTitle : say.title)(number, profile.fileName, models, categories),
    limits.updateText / 4,
  );
  return { text: `${plainTitle}. ${status}`, blocks };
}

const isRunning = ({ state }: Benchmark): boolean => state === 'queued' || state === 'running';

function statusLine(benchmark: Benchmark, trials: Trial[], nowMs: number, voice: Voice): string {
  const say = words(voice);
  const over = trials.filter(isOver).length;
  const first = benchmark.ranking?.rows.find((row) => row.rank === 1);
  const pilot = pilotNote(benchmark);
  switch (benchmark.state) {
    case 'queued':
      return `${pilot === null ? say.waiting(trials.length) : say.timing(pilot, trials.length)}${inAll(benchmark, voice)}.`;
    case 'running':
      if (over === trials.length) return say.ranking;
      return trials.every((trial) => !isUnderWay(trial))
        ? say.comparing(pausedAfter(trials))
        : say.running(over, trials.length, timeLeft(benchmark, trials, nowMs, voice));
    case 'ranked':
    case 'voting':
      return say.ranked(name(modelName(first?.model ?? '')), first?.score ?? null);
    case 'voted':
      return say.voted;
    case 'decided':
    case 'training':
      return say.decided(decisionText(benchmark, voice));
    case 'done':
      return say.done(decisionText(benchmark, voice));
    case 'stopped':
      return say.stopped;
    case 'cancelled':
      return say.cancelled;
    default:
      return say.failed(escapeMrkdwn(cut(benchmark.error ?? '', 500)));
  }
}

function pausedAfter(trials: Trial[]): number {
  return Math.max(...trials.flatMap(({ status, race }) => (status === 'paused' && race ? [race.epoch] : [])));
}

/** What a pilot is at, after a colon; null where none runs. */
function pilotNote({ estimate }: Benchmark): string | null {
  const note = estimate?.pilotNote ?? null;
  return note === null || note === '' ? note : `: ${escapeMrkdwn(cut(note, 200))}`;
}

/** What it was said to take, with what a few steps told meanwhile. */
function inAll({ estimate }: Benchmark, voice: Voice): string {
  const latest = estimate?.afterPilot ?? estimate?.before;
  return latest ? `, ${estimateText(latest, voice)}` : '';
}

/** From the share done since the start; until a tenth is done, when that begins to mean something, what was estimated. */
function timeLeft(benchmark: Benchmark, trials: Trial[], nowMs: number, voice: Voice): string {
  const share = trials.reduce((sum, trial) => sum + shareOf(trial), 0) / Math.max(1, trials.length);
  const elapsedSeconds = (nowMs - (benchmark.submittedMs ?? nowMs)) / 1000;
  if (share < 0.1 || elapsedSeconds === 0) return inAll(benchmark, voice);
  const seconds = (elapsedSeconds * (1 - share)) / share;
  return seconds < 1 ? words(voice).nearly : words(voice).left(voice.duration(seconds));
}

/** One model's trials at a glance. Plain text. */
interface ModelLine {
  model: string;
  status: TaskCardBlock['status'];
  bar: string;
  facts: string[];
}

function modelBlocks(plan: Plan, trials: Trial[], form: ProgressForm, voice: Voice): KnownBlock[] {
  const lines = plan.models.map((model) => modelLine(model, trials, voice));
  const shown = lines.slice(0, modelsShown);
  const more = lines.length - shown.length;
  const rest = more > 0 ? [words(voice).moreModels(more)] : [];
  if (form === 'lines') {
    const text = shown.map(
      ({ model, bar, facts }) => `${bar}  *${name(model)}*: ${escapeMrkdwn(cut(facts.join(', '), 200))}`,
    );
    return [section([...text, ...rest].join('\n'))];
  }
  const tasks = shown.map(
    ({ model, status, bar, facts }, index): TaskCardBlock => ({
      type: 'task_card',
      task_id: `model_${index}`,
      title: cut(model, 150),
      status,
      details: richLine(`${bar}  ${cut(facts.join(', '), 300)}`),
    }),
  );
  const block: PlanBlock = { type: 'plan', title: words(voice).trials, tasks };
  return [block, ...rest.map(section)];
}

const richLine = (text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

function modelLine(model: string, trials: Trial[], voice: Voice): ModelLine {
  const say = words(voice);
  const own = trials.filter((trial) => trial.spec.model === model);
  const current = own.find((trial) => trial.status === 'running');
  const dropped = own.find((trial) => trial.status === 'dropped');
  const share = own.reduce((sum, trial) => sum + shareOf(trial), 0) / Math.max(1, own.length);
  const filled = Math.round(share * 10);
  const facts = [say.of(own.filter(isOver).length, own.length)];
  if (dropped?.race) facts.push(say.dropped(dropped.race.epoch, dropped.race.epochs, dropped.race.chance));
  if (current) facts.push(say.now(currentText(current, voice)));
  return { model: modelName(model), status: statusOf(own), bar: '▰'.repeat(filled) + '▱'.repeat(10 - filled), facts };
}

function statusOf(own: Trial[]): TaskCardBlock['status'] {
  if (own.length > 0 && own.every(isOver)) return own.some(({ status }) => status === 'failed') ? 'error' : 'complete';
  return own.some(({ status }) => status !== 'queued') ? 'in_progress' : 'pending';
}

/** What one trial is at. Plain text. */
function currentText({ spec, progress }: Trial, voice: Voice): string {
  const say = words(voice);
  const where = spec.language === null ? spec.category : say.on(spec.category, voice.languageName(spec.language));
  const parts = [cut(where, 80)];
  // a download of gigabytes shouldn't look like a standstill
  if (progress?.stage === 'preparing' && progress.note) parts.push(cut(progress.note, 150));
  else if (progress?.epoch && progress.epochs) parts.push(say.epoch(progress.epoch, progress.epochs));
  if (progress?.validationMacroF1 != null) parts.push(say.validation(progress.validationMacroF1));
  if (progress?.worker) parts.push([progress.worker, progress.device].filter(Boolean).join(' · '));
  return parts.join(', ');
}

function failureLines(trials: Trial[], voice: Voice): string[] {
  const say = words(voice);
  const failed = trials.filter((trial) => trial.status === 'failed');
  const lines = failed.slice(0, failuresShown).map(({ spec, error }) => {
    return `${name(modelName(spec.model))} · ${name(spec.category)}: ${escapeMrkdwn(cut(error ?? say.failedTrial, 300))}`;
  });
  return failed.length > failuresShown ? [...lines, say.moreFailed(failed.length - failuresShown)] : lines;
}

/** The chosen model, or one for each language; mrkdwn. */
function decisionText({ decision }: Benchmark, voice: Voice): string {
  const choices = decision?.choices ?? [];
  const shown = choices.slice(0, choicesShown).map(({ language, model }) => {
    const bold = `*${name(modelName(model))}*`;
    return language === null ? bold : words(voice).forLanguage(bold, name(voice.languageName(language)));
  });
  const more = choices.length - shown.length;
  return voice.list(more > 0 ? [...shown, `+${more}`] : shown);
}
