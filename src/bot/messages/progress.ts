/** The one message that stands in the channel: what runs, how far it is, how it ended. Its thread holds the rest. */
import type { KnownBlock } from '@slack/types';
import { accepts } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Plan, Trial } from '../../flows/records.ts';
import { estimateText } from '../estimate-text.ts';
import { actions } from '../ids.ts';
import { cut, duration, escapeMrkdwn, limits, name, plain, plural, score, section } from '../text.ts';
import type { Message } from './message.ts';

const isUnderWay = ({ status }: Trial): boolean => status === 'queued' || status === 'running';
/** a paused one waits for the others of its rung */
const isOver = (trial: Trial): boolean => !isUnderWay(trial) && trial.status !== 'paused';
const shareOf = (trial: Trial): number => (isOver(trial) ? 1 : (trial.progress?.share ?? 0));

export function progressMessage(benchmark: Benchmark, trials: Trial[], nowMs: number): Message {
  const { plan, profile } = benchmark;
  if (!plan || !profile) return { text: 'A benchmark', blocks: [section('A benchmark')] };
  const title = `<@${benchmark.owner}> compares ${plural(plan.models.length, 'model')} on ${plural(plan.categories.length, 'category', 'categories')} of *${name(profile.fileName)}*`;
  const status = statusLine(benchmark, trials, nowMs);
  const lines = isRunning(benchmark) ? `\n${modelLines(plan, trials).join('\n')}` : '';
  const blocks: KnownBlock[] = [section(title), section(`${status}${lines}`)];
  const failures = failureLines(trials);
  if (failures.length > 0) blocks.push(section(`⚠️ ${failures.join('\n⚠️ ')}`));
  if (accepts(benchmark.state, 'cancelled')) blocks.push(cancelBlock(benchmark.id));
  const plainTitle = `Benchmark of ${profile.fileName}: ${plan.models.map(modelName).join(', ')} on ${plan.categories.join(', ')}`;
  return { text: `${escapeMrkdwn(cut(plainTitle, limits.updateText / 4))}. ${status}`, blocks };
}

const isRunning = ({ state }: Benchmark): boolean => state === 'queued' || state === 'running';

function statusLine(benchmark: Benchmark, trials: Trial[], nowMs: number): string {
  const over = trials.filter(isOver).length;
  const first = benchmark.ranking?.rows.find((row) => row.rank === 1);
  switch (benchmark.state) {
    case 'queued':
      if (pilotNote(benchmark) !== null)
        return `⏱️ Timing a few steps first${pilotNote(benchmark)}. ${plural(trials.length, 'trial')} to go${inAll(benchmark)}.`;
      return `⏳ Waiting for a worker. ${plural(trials.length, 'trial')} to go${inAll(benchmark)}.`;
    case 'running':
      if (over === trials.length) return '📊 All trials are done; ranking them.';
      return trials.every((trial) => !isUnderWay(trial))
        ? `🏁 Comparing the models ${pausedAfter(trials)}.`
        : `🏃 ${over} of ${plural(trials.length, 'trial')} done${timeLeft(benchmark, trials, nowMs)}.`;
    case 'ranked':
    case 'voting':
      return `🗳️ Ranked; the vote is open in the thread. First: *${name(modelName(first?.model ?? ''))}*, macro-F1 ${score(first?.score ?? null)}.`;
    case 'decided':
    case 'training':
      return `⚙️ Decided: ${decisionText(benchmark)}. Full training is on.`;
    case 'done':
      return `✅ ${decisionText(benchmark)} is trained and ready. Details in the thread.`;
    case 'stopped':
      return '🛑 Stopped without a choice. The ranking stays in the thread.';
    case 'cancelled':
      return '🛑 Cancelled.';
    default:
      return `❌ It didn't work: ${escapeMrkdwn(cut(benchmark.error ?? 'no reason was given', 500))}`;
  }
}

function pausedAfter(trials: Trial[]): string {
  const epochs = trials.flatMap(({ status, race }) => (status === 'paused' && race ? [race.epoch] : []));
  return `after epoch ${Math.max(...epochs)}`;
}

/** What a pilot is at, after a colon; null where none runs. */
function pilotNote({ estimate }: Benchmark): string | null {
  const note = estimate?.pilotNote ?? null;
  return note === null || note === '' ? note : `: ${escapeMrkdwn(cut(note, 200))}`;
}

/** What it was said to take, with what a few steps told meanwhile. */
function inAll({ estimate }: Benchmark): string {
  const latest = estimate?.afterPilot ?? estimate?.before;
  return latest ? `, ${estimateText(latest)}` : '';
}

/** From the share done since the start; until a tenth is done, when that begins to mean something, what was estimated. */
function timeLeft(benchmark: Benchmark, trials: Trial[], nowMs: number): string {
  const share = trials.reduce((sum, trial) => sum + shareOf(trial), 0) / Math.max(1, trials.length);
  const elapsedSeconds = (nowMs - (benchmark.submittedMs ?? nowMs)) / 1000;
  if (share < 0.1 || elapsedSeconds === 0) return inAll(benchmark);
  const seconds = (elapsedSeconds * (1 - share)) / share;
  return seconds < 1 ? ', nearly there' : `, about ${duration(seconds)} left`;
}

function modelLines(plan: Plan, trials: Trial[]): string[] {
  return plan.models.map((model) => {
    const own = trials.filter((trial) => trial.spec.model === model);
    const over = own.filter(isOver).length;
    const current = own.find((trial) => trial.status === 'running');
    const dropped = own.find((trial) => trial.status === 'dropped');
    const where = dropped?.spec.language ? ` in ${name(dropped.spec.language)}` : '';
    const fate = dropped ? `, ${escapeMrkdwn(dropped.error ?? 'dropped')}${where}` : '';
    const share = own.reduce((sum, trial) => sum + shareOf(trial), 0) / Math.max(1, own.length);
    const filled = Math.round(share * 10);
    const bar = '▰'.repeat(filled) + '▱'.repeat(10 - filled);
    return `${bar}  *${name(modelName(model))}*: ${over} of ${own.length}${fate}${current ? `, now ${currentText(current)}` : ''}`;
  });
}

function currentText({ spec, progress }: Trial): string {
  const where = spec.language === null ? name(spec.category) : `${name(spec.category)} in ${name(spec.language)}`;
  // a download of gigabytes shouldn't look like a standstill
  if (progress?.stage === 'preparing' && progress.note) return `${where}: ${escapeMrkdwn(cut(progress.note, 200))}`;
  if (progress?.epoch && progress.epochs) return `${where}, epoch ${progress.epoch} of ${progress.epochs}`;
  return where;
}

function failureLines(trials: Trial[]): string[] {
  const failed = trials.filter((trial) => trial.status === 'failed');
  const lines = failed.slice(0, 3).map(({ spec, error }) => {
    return `${name(modelName(spec.model))} on ${name(spec.category)}: ${escapeMrkdwn(cut(error ?? 'failed', 300))}`;
  });
  return failed.length > 3 ? [...lines, `… and ${plural(failed.length - 3, 'more failed trial')}`] : lines;
}

/** The chosen model, or one for each language. */
export function decisionText({ decision }: Benchmark): string {
  const choices = decision?.choices ?? [];
  return choices
    .map(({ language, model }) => `*${name(modelName(model))}*${language === null ? '' : ` for ${name(language)}`}`)
    .join(', ');
}

function cancelBlock(benchmarkId: string): KnownBlock {
  return {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: actions.cancel,
        value: benchmarkId,
        text: plain('Cancel'),
        confirm: {
          title: plain('Cancel this benchmark?'),
          text: plain('Trials that are running end at once; nothing is ranked.'),
          confirm: plain('Cancel it'),
          deny: plain('Keep running'),
          style: 'danger',
        },
      },
    ],
  };
}
