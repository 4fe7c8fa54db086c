/** What was decided, when and by whom, and how the full training goes and ends. */
import type { Button, KnownBlock } from '@slack/types';
import { accepts } from '../../flows/benchmark.ts';
import type { TrainJobResult } from '../../flows/contracts.ts';
import { canRetryTraining } from '../../flows/decision.ts';
import type { Benchmark, Decision } from '../../flows/records.ts';
import { usualTraining } from '../../flows/train-plan.ts';
import { boldModel } from '../candidate-text.ts';
import { actions, commandName } from '../ids.ts';
import { type Names, nameIn } from '../people-names.ts';
import { button, cut, escapeMrkdwn, limits, name, plain, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

export interface DecisionSight {
  /** of whoever decided */
  names: Names;
  /** where a model's files are, in words for people */
  location: (prefix: string) => string;
}

const modelsListed = 12;
const barLength = 12;

const words = catalogue(
  ({ plural, score, percent, bytes }) => ({
    top: (who: string, models: string) => `*${who}* takes the top-ranked: ${models}`,
    manual: (who: string, models: string) => `*${who}* chooses ${models}`,
    train: (who: string, models: string) => `*${who}* has ${models} trained`,
    stop: (who: string) => `*${who}* stops here, without a choice`,
    vote: (models: string) => `The vote chose ${models}`,
    forLanguage: (model: string, language: string) => `${model} for ${language}`,
    moreModels: (more: number) => plural(more, { one: '# more', other: '# more' }),
    atMost: (epochs: number) => plural(epochs, { one: 'at most # epoch', other: 'at most # epochs' }),
    secondPass: 'then a second pass on all texts',
    waiting: '⏳ The full training waits for a worker.',
    training: (share: number, bar: string) => `⚙️ Full training: ${bar} ${percent(share)}`,
    now: (what: string) => `now ${what}`,
    epoch: (epoch: number, epochs: number) => `epoch ${epoch} of ${epochs}`,
    cancelled: '🛑 The full training was cancelled.',
    failed: (why: string) => `❌ The full training failed: ${why || 'no reason was given'}`,
    ready: '✅ The model is trained and ready.',
    result: (where: string, macroF1: number, accuracy: number, documents: number) =>
      `• ${where}: macro-F1 ${score(macroF1)}, accuracy ${score(accuracy)} on ${plural(documents, { one: '# test text', other: '# test texts' })}`,
    in: (category: string, language: string) => `*${category}* in ${language}`,
    anew: (documents: number, epochs: number | null) =>
      `; delivered: trained anew on ${plural(documents, { one: '# text', other: 'all # texts' })}${epochs === null ? '' : ` for ${plural(epochs, { one: '# epoch', other: '# epochs' })}`}`,
    figures:
      'These figures are those of the first pass. What is delivered has learnt from the test texts, too, so nothing is left to measure it on.',
    files: (files: number, size: number, where: string) =>
      `📦 ${plural(files, { one: '# file', other: '# files' })}, ${bytes(size)}, in \`${where}\``,
    use: (number: number, folder: string) =>
      `Use it: \`${commandName} classify #${number} your text\` here, or \`npm run podium -- predict ${folder} texts.csv\` where Podium is installed.`,
    cancel: 'Cancel the training',
    cancelTitle: 'Cancel the training?',
    cancelText: 'What is running ends at once. The decision stays on record; no model is delivered.',
    cancelIt: 'Cancel it',
    keep: 'Keep training',
    retry: 'Try again',
  }),
  ({ plural, score, percent, bytes }) => ({
    top: (who: string, models: string) => `*${who}* prend le premier du classement : ${models}`,
    manual: (who: string, models: string) => `*${who}* choisit ${models}`,
    train: (who: string, models: string) => `*${who}* fait entraîner ${models}`,
    stop: (who: string) => `*${who}* en reste là, sans choix`,
    vote: (models: string) => `Le vote a choisi ${models}`,
    forLanguage: (model: string, language: string) => `${model} pour ${language}`,
    moreModels: (more: number) => plural(more, { one: '# autre', other: '# autres' }),
    atMost: (epochs: number) => plural(epochs, { one: 'au plus # époque', other: 'au plus # époques' }),
    secondPass: 'puis une seconde passe sur tous les textes',
    waiting: "⏳ L'entraînement complet attend une machine.",
    training: (share: number, bar: string) => `⚙️ Entraînement complet : ${bar} ${percent(share)}`,
    now: (what: string) => `en cours : ${what}`,
    epoch: (epoch: number, epochs: number) => `époque ${epoch} sur ${epochs}`,
    cancelled: "🛑 L'entraînement complet a été annulé.",
    failed: (why: string) => `❌ L'entraînement complet a échoué : ${why || "aucune raison n'a été donnée"}`,
    ready: '✅ Le modèle est entraîné et prêt.',
    result: (where: string, macroF1: number, accuracy: number, documents: number) =>
      `• ${where} : F1 macro ${score(macroF1)}, exactitude ${score(accuracy)} sur ${plural(documents, { one: '# texte de test', other: '# textes de test' })}`,
    in: (category: string, language: string) => `*${category}* en ${language}`,
    anew: (documents: number, epochs: number | null) =>
      ` ; livré : réentraîné sur ${plural(documents, { one: '# texte', other: 'les # textes' })}${epochs === null ? '' : ` pendant ${plural(epochs, { one: '# époque', other: '# époques' })}`}`,
    figures:
      'Ces chiffres sont ceux de la première passe. Ce qui est livré a appris aussi des textes de test : il ne reste rien pour le mesurer.',
    files: (files: number, size: number, where: string) =>
      `📦 ${plural(files, { one: '# fichier', other: '# fichiers' })}, ${bytes(size)}, dans \`${where}\``,
    use: (number: number, folder: string) =>
      `Pour l'utiliser : \`${commandName} classify #${number} votre texte\` ici, ou \`npm run podium -- predict ${folder} textes.csv\` là où Podium est installé.`,
    cancel: "Annuler l'entraînement",
    cancelTitle: "Annuler l'entraînement ?",
    cancelText: "Ce qui est en cours s'arrête aussitôt. La décision reste consignée ; aucun modèle n'est livré.",
    cancelIt: 'Annuler',
    keep: 'Continuer',
    retry: 'Réessayer',
  }),
);

/** @returns null while nothing is decided */
export function decisionMessage(benchmark: Benchmark, sight: DecisionSight, voice: Voice): Message | null {
  const { decision } = benchmark;
  if (!decision) return null;
  const what = `📌 ${whatText(benchmark, decision, sight.names, voice)}`;
  const reason = decision.reason ? `\n> ${escapeMrkdwn(cut(decision.reason.replace(/\s+/g, ' '), 500))}` : '';
  const training = decision.kind === 'stop' ? [] : trainingLines(benchmark, sight.location, voice);
  const buttons = buttonsOf(benchmark, voice);
  const blocks: KnownBlock[] = [
    section(`${what}${reason}`),
    { type: 'context', elements: [{ type: 'mrkdwn', text: settingsText(decision, voice) }] },
    ...training.map((text) => section(text)),
    ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: buttons }] : []),
  ];
  return { text: cut([what, ...training].join('\n'), limits.updateText - 100), blocks };
}

function whatText({ kind }: Benchmark, decision: Decision, names: Names, voice: Voice): string {
  const say = words(voice);
  const models = choicesText(decision.choices, voice);
  if (decision.by === null || decision.kind === 'vote') return say.vote(models);
  const who = nameIn(names, decision.by);
  if (decision.kind === 'stop') return say.stop(who);
  if (kind === 'train') return say.train(who, models);
  return decision.kind === 'top' ? say.top(who, models) : say.manual(who, models);
}

function choicesText(choices: Decision['choices'], voice: Voice): string {
  const say = words(voice);
  const shown = choices
    .slice(0, modelsListed)
    .map(({ language, model }) =>
      language === null ? boldModel(model) : say.forLanguage(boldModel(model), name(voice.languageName(language))),
    );
  const more = choices.length - shown.length;
  return voice.list(more > 0 ? [...shown, say.moreModels(more)] : shown);
}

/** When it was decided, and how it is trained. */
function settingsText({ kind, atMs, training }: Decision, voice: Voice): string {
  const say = words(voice);
  const { epochs, secondPass } = training ?? usualTraining;
  const settings = kind === 'stop' ? [] : [say.atMost(epochs), ...(secondPass ? [say.secondPass] : [])];
  return [moment(atMs, voice), ...settings].join(' · ');
}

/** One section each. */
function trainingLines(benchmark: Benchmark, location: DecisionSight['location'], voice: Voice): string[] {
  const say = words(voice);
  const { state, training, error } = benchmark;
  if (state === 'cancelled') return [say.cancelled];
  if (state === 'failed') return [say.failed(escapeMrkdwn(cut(error ?? '', 500)))];
  if (training?.result) return resultLines(benchmark, training.result, location, voice);
  const progress = training?.progress;
  if (!progress) return [say.waiting];
  const filled = Math.round(progress.share * barLength);
  const bar = '█'.repeat(filled) + '░'.repeat(barLength - filled);
  const parts = [
    say.training(progress.share, bar),
    ...(progress.note ? [say.now(name(progress.note))] : []),
    ...(progress.epoch && progress.epochs ? [say.epoch(progress.epoch, progress.epochs)] : []),
  ];
  return [parts.join(', ')];
}

function resultLines(
  { number }: Benchmark,
  result: TrainJobResult,
  location: DecisionSight['location'],
  voice: Voice,
): string[] {
  const say = words(voice);
  const lines = result.models.slice(0, modelsListed).map(({ category, language, result: { metrics }, secondPass }) => {
    const where =
      language === null ? `*${name(category)}*` : say.in(name(category), name(voice.languageName(language)));
    const figures = say.result(where, metrics.macroF1, metrics.accuracy, metrics.documents);
    return secondPass ? `${figures}${say.anew(secondPass.documents, secondPass.epochs)}` : figures;
  });
  const more = result.models.length - lines.length;
  const size = result.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const folder = asCode(location(result.artifactPrefix));
  return [
    [say.ready, ...lines, ...(more > 0 ? [`… ${say.moreModels(more)}`] : [])].join('\n'),
    ...(result.models.some(({ secondPass }) => secondPass) ? [`ℹ️ ${say.figures}`] : []),
    `${say.files(result.files.length, size, folder)}\n${say.use(number, exampleFolder(folder, result))}`,
  ];
}

/** Inside backticks. */
const asCode = (text: string): string => escapeMrkdwn(text).replaceAll('`', "'");

/** `predict` takes the folder of one category's model. */
function exampleFolder(folder: string, { models }: TrainJobResult): string {
  const [first] = models;
  return first ? `${folder.replace(/\/$/, '')}/${asCode(first.folder)}` : folder;
}

function buttonsOf(benchmark: Benchmark, voice: Voice): Button[] {
  const say = words(voice);
  if (canRetryTraining(benchmark))
    return [{ ...button(actions.retryTraining, benchmark.id, say.retry), style: 'primary' }];
  if (!accepts(benchmark.state, 'cancelled')) return [];
  const confirm = {
    title: plain(say.cancelTitle, 100),
    text: plain(say.cancelText, 300),
    confirm: plain(say.cancelIt, 30),
    deny: plain(say.keep, 30),
    style: 'danger' as const,
  };
  return [{ ...button(actions.cancel, benchmark.id, say.cancel), confirm }];
}
