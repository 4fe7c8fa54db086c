/** `/benchmark …`: each word leads to its answer, which nobody else sees. Acknowledged at once, answered when it is known. */
import type { App, RespondFn } from '@slack/bolt';
import { errorText, UserError } from '../../errors.ts';
import { cancelBenchmark, checkMayCancel } from '../../flows/cancel.ts';
import { getTrials, requireBenchmark } from '../../flows/records.ts';
import { onButton } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import { actions, commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { escapeMrkdwn, section } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { openWizard, type WizardOrder } from '../wizard/open.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { cancelledMessage, cancelQuestion } from './cancel.ts';
import { classificationMessage, classifyWords, parseClassified } from './classification.ts';
import { datasetsMessage } from './datasets.ts';
import { helpMessage } from './help.ts';
import { listMessage } from './list.ts';
import { languageCodeOf, modelsMessage, unknownLanguage } from './models.ts';
import { doable, newestFor, pageOfBenchmarks, pageOfDatasets, requireSeen, workersFor } from './overview.ts';
import { pageOf } from './paging.ts';
import { statusMessage } from './status.ts';
import { benchmarkNumber, parseSubcommand, type Subcommand, wordOf } from './subcommands.ts';
import { workersMessage } from './workers.ts';

interface Asked {
  context: BotContext;
  user: string;
  channel: string;
  triggerId: string;
  /** what stands behind the word */
  rest: string;
  voice: Voice;
  respond: RespondFn;
}

/** null: a modal is the answer */
type Answer = (asked: Asked) => Promise<Message | null>;

/** After so long a person wonders whether they were heard. */
const quietMs = 1500;

const answers: Record<Subcommand, Answer> = {
  help: async ({ voice }) => helpMessage(null, voice),
  list: async ({ context, user, rest, voice }) =>
    listMessage(await pageOfBenchmarks(context, user, {}, pageOf(rest) - 1), voice),
  status,
  cancel,
  rerun,
  datasets: async ({ context, user, voice }) => datasetsMessage(await pageOfDatasets(context, user, 0), voice),
  models: async ({ rest, voice }) => {
    const code = rest === '' ? null : languageCodeOf(rest);
    if (rest !== '' && code === null) throw new UserError(unknownLanguage(rest, voice));
    return modelsMessage(code, voice);
  },
  workers: async ({ context, user, voice }) => workersMessage(await workersFor(context, user), voice),
  train: async (asked) => start(asked, { kind: 'train' }),
  classify,
};

const words = catalogue(
  () => ({
    number: (word: string, typed: string) =>
      `Say which one: \`${commandName} ${word} #12\`${typed === '' ? '' : `; “${typed}” is no number`}. \`${commandName} ${wordOf('list', 'en')}\` shows them.`,
    nothingHere: `Nothing has been run in this channel yet. \`${commandName}\` starts a benchmark.`,
  }),
  () => ({
    number: (word: string, typed: string) =>
      `Dites laquelle : \`${commandName} ${word} #12\`${typed === '' ? '' : ` ; « ${typed} » n'est pas un numéro`}. \`${commandName} ${wordOf('list', 'fr')}\` les montre.`,
    nothingHere: `Rien n'a encore été lancé dans ce canal. \`${commandName}\` lance une comparaison.`,
  }),
);

async function status(asked: Asked): Promise<Message> {
  const { context, user, channel, rest, voice } = asked;
  const benchmark =
    rest === ''
      ? await newestFor(context, user, channel)
      : await requireSeen(context, user, numberIn(asked, 'status'), voice);
  if (!benchmark) throw new UserError(words(voice).nothingHere);
  const [{ name: ownerName }, can] = await Promise.all([
    context.readers.person(benchmark.owner),
    doable(context, user, benchmark),
  ]);
  const { database, nowMs } = context.flow;
  return statusMessage(benchmark, getTrials(database, benchmark.id), { ownerName, nowMs: nowMs(), ...can }, voice);
}

async function cancel(asked: Asked): Promise<Message> {
  const { context, user, voice } = asked;
  const benchmark = await requireSeen(context, user, numberIn(asked, 'cancel'), voice);
  const { isAdmin } = await context.readers.person(user);
  checkMayCancel(benchmark, { user, isAdmin });
  return cancelQuestion(benchmark, voice);
}

async function rerun(asked: Asked): Promise<null> {
  const { context, user, voice } = asked;
  return start(asked, { from: await requireSeen(context, user, numberIn(asked, 'rerun'), voice) });
}

async function start({ context, triggerId, user, channel }: Asked, order: Partial<WizardOrder>): Promise<null> {
  await openWizard(context, { triggerId, user, channel, ...order });
  return null;
}

/** Where the models take their time, that they are at it is said first. */
async function classify({ context, user, channel, rest, voice, respond }: Asked): Promise<Message> {
  const say = classifyWords(voice);
  const { number, text } = parseClassified(rest);
  if (text === '') throw new UserError(say.usage);
  const benchmark =
    number === null
      ? await newestFor(context, user, channel, ['done'])
      : await requireSeen(context, user, number, voice);
  if (!benchmark) throw new UserError(say.none);
  if (!benchmark.training?.result) throw new UserError(say.notTrained(benchmark.number));
  const timer = setTimeout(() => {
    const told = respond({ text: say.waiting(benchmark.number), response_type: 'ephemeral' });
    told.catch((error: unknown) => context.log(`classify #${benchmark.number}: ${errorText(error)}`));
  }, quietMs);
  try {
    const [answers = []] = await context.classify(benchmark, [text]);
    return classificationMessage(benchmark, text, answers, voice);
  } finally {
    clearTimeout(timer);
  }
}

function numberIn({ rest, voice }: Asked, subcommand: Subcommand): number {
  const number = benchmarkNumber(rest);
  if (number === null) throw new UserError(words(voice).number(wordOf(subcommand, voice.language), rest));
  return number;
}

export function registerCommand(app: App, context: BotContext): void {
  app.command(commandName, async ({ ack, respond, body }) => {
    await ack();
    const { user_id: user, channel_id: channel, trigger_id: triggerId, text } = body;
    const { voice } = await context.readers.person(user);
    const asked = (rest: string): Asked => ({ context, user, channel, triggerId, rest, voice, respond });
    await answerWith(respond, `${commandName} ${text}, by ${user}`, voice, context.log, async () => {
      const parsed = parseSubcommand(text);
      if ('unknown' in parsed) return helpMessage(parsed, voice);
      return parsed.name === null ? start(asked(''), {}) : answers[parsed.name](asked(parsed.rest));
    });
  });
  registerAnswerButtons(app, context);
}

/** Says what came of it, or what went wrong, to the person who asked. */
async function answerWith(
  respond: RespondFn,
  doing: string,
  voice: Voice,
  log: BotContext['log'],
  work: () => Promise<Message | null>,
): Promise<void> {
  let message: Message | null;
  try {
    message = await work();
  } catch (error) {
    const text = escapeMrkdwn(troubleText(error, doing, voice, log));
    message = { text, blocks: [section(text)] };
  }
  if (message) await respond({ ...message, response_type: 'ephemeral', replace_original: false });
}

function registerAnswerButtons(app: App, context: BotContext): void {
  const voiceOf = async (user: string): Promise<Voice> => (await context.readers.person(user)).voice;
  for (const id of [actions.listNewer, actions.listOlder])
    onButton(app, context, id, async ({ user }, value, respond) => {
      const paged = await pageOfBenchmarks(context, user.id, {}, pageOf(value));
      await respond({ ...listMessage(paged, await voiceOf(user.id)), replace_original: true });
    });
  for (const id of [actions.datasetsNewer, actions.datasetsOlder])
    onButton(app, context, id, async ({ user }, value, respond) => {
      const paged = await pageOfDatasets(context, user.id, pageOf(value));
      await respond({ ...datasetsMessage(paged, await voiceOf(user.id)), replace_original: true });
    });
  onButton(app, context, actions.rerun, async ({ user, channel, trigger_id: triggerId }, value) => {
    const { number } = requireBenchmark(context.flow.database, value);
    const from = await requireSeen(context, user.id, number, await voiceOf(user.id));
    await openWizard(context, { triggerId, user: user.id, channel: channel?.id ?? from.channel, from });
  });
  onButton(app, context, actions.benchmarkDataset, async ({ user, channel, trigger_id: triggerId }, value) => {
    await openWizard(context, { triggerId, user: user.id, channel: channel?.id ?? null, datasetHash: value });
  });
  onButton(app, context, actions.commandCancel, async ({ user }, value, respond) => {
    const { isAdmin, voice } = await context.readers.person(user.id);
    const benchmark = cancelBenchmark(context.flow, value, { user: user.id, isAdmin });
    await respond({ ...cancelledMessage(benchmark, voice), replace_original: true });
  });
  // A link: Slack opens it itself, and wants to hear that the app knows of it.
  onButton(app, context, actions.openLink, () => undefined);
}
