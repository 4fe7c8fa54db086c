/** Step 1: compare several models or train one, and the file: a new one, or one that Podium has seen before. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Benchmark } from '../../flows/records.ts';
import type { DatasetRow } from '../../storage/benchmark-queries.ts';
import { actions, blocks, callbacks, valueAction } from '../ids.ts';
import { cut, escapeMrkdwn, limits, name, option, plain, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, type Frame, field, noteView, oneOfMany, radio, stepView, type ViewValues } from './frame.ts';

export const readableExtensions = ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'xlsx', 'gz'];

const words = catalogue(
  ({ plural }) => ({
    title: 'New benchmark',
    what: 'Which model classifies your texts best? Give a file with texts that people (or an LLM) have labelled already: a column of texts and columns of labels, or a column `annotation` with JSON.',
    kind: 'What would you like?',
    compare: 'Compare several models',
    compareNote: 'Each is trained briefly and scored; then the team chooses.',
    train: 'Train one model',
    trainNote: 'No comparison: you know which one you want.',
    file: 'Labelled file',
    fileHint: 'CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx), also with gzip. It stays on your own server.',
    known: '… or a file from before',
    rows: (rows: number) => plural(rows, { one: '# row', other: '# rows' }),
    channel: 'Channel for the results',
    unfinished: (file: string, where: string, when: string) =>
      `You began with *${file}*${where === '' ? '' : ` for ${where}`} (${when}) and haven't run it yet. Go on with it, or start anew below: then that draft is thrown away.`,
    resume: 'Go on with it',
    both: 'Give a new file or choose one from before, not both.',
    neither: 'Add a file to go on.',
    noChannel: 'Choose the channel in which the results shall stand.',
    reading: 'Reading your file…',
    rereading: 'Reading it again with these choices…',
    wait: 'This takes a few seconds, for large files some minutes. You may close this window: the draft is kept, and you are told when the file has been read.',
    noWorker: '⚠️ No worker is running, so nothing is read yet. Ask who runs Podium to start one (`npm run worker`).',
    notMember: (bot: string) =>
      `Podium is not in this channel yet, so it could not post the results here. Type \`/invite @${bot}\`, then start again.`,
  }),
  ({ plural }) => ({
    title: 'Nouvelle comparaison',
    what: 'Quel modèle classe le mieux vos textes ? Donnez un fichier de textes déjà étiquetés par des personnes (ou un LLM) : une colonne de textes et des colonnes d’étiquettes, ou une colonne `annotation` en JSON.',
    kind: 'Que souhaitez-vous ?',
    compare: 'Comparer plusieurs modèles',
    compareNote: 'Chacun est brièvement entraîné et noté ; puis l’équipe choisit.',
    train: 'Entraîner un seul modèle',
    trainNote: 'Sans comparaison : vous savez lequel vous voulez.',
    file: 'Fichier étiqueté',
    fileHint: 'CSV, TSV, JSON, JSON lines, Parquet ou Excel (.xlsx), aussi en gzip. Il reste sur votre propre serveur.',
    known: '… ou un fichier déjà connu',
    rows: (rows: number) => plural(rows, { one: '# ligne', other: '# lignes' }),
    channel: 'Canal des résultats',
    unfinished: (file: string, where: string, when: string) =>
      `Vous aviez commencé avec *${file}*${where === '' ? '' : ` pour ${where}`} (${when}), sans le lancer. Continuez, ou recommencez ci-dessous : ce brouillon sera alors abandonné.`,
    resume: 'Continuer',
    both: 'Donnez un nouveau fichier ou choisissez-en un connu, pas les deux.',
    neither: 'Ajoutez un fichier pour continuer.',
    noChannel: 'Choisissez le canal où les résultats seront publiés.',
    reading: 'Lecture de votre fichier…',
    rereading: 'Nouvelle lecture avec ces choix…',
    wait: 'Cela prend quelques secondes, quelques minutes pour un grand fichier. Vous pouvez fermer cette fenêtre : le brouillon est gardé, et vous serez averti quand le fichier aura été lu.',
    noWorker:
      '⚠️ Aucune machine ne travaille : rien n’est lu pour l’instant. Demandez à la personne qui gère Podium d’en démarrer une (`npm run worker`).',
    notMember: (bot: string) =>
      `Podium n’est pas encore dans ce canal et ne pourrait pas y publier les résultats. Tapez \`/invite @${bot}\`, puis recommencez.`,
  }),
);

export interface KnownFile {
  dataset: Pick<DatasetRow, 'hash' | 'fileName' | 'sizeBytes' | 'createdMs'>;
  /** records; null: it was never read to its end */
  rows: number | null;
  /** who gave it; plain text */
  by: string;
}

export interface StartSight {
  benchmark: Pick<Benchmark, 'id' | 'kind' | 'channel' | 'datasetHash'>;
  /** files from before, newest first */
  known: readonly KnownFile[];
  /** what this person began and never ran */
  unfinished: (Pick<Benchmark, 'id' | 'channel' | 'updatedMs'> & { fileName: string }) | null;
  /** what was wrong with the file given before, shown above the fields */
  trouble: string | null;
}

export function startView({ benchmark, known, unfinished, trouble }: StartSight, voice: Voice): ModalView {
  const say = words(voice);
  const kinds = [option(say.compare, 'compare', say.compareNote), option(say.train, 'train', say.trainNote)];
  const files = known.map((file) => fileOption(file, voice));
  const channelField: KnownBlock[] =
    benchmark.channel === ''
      ? [
          field({
            blockId: blocks.channel,
            label: say.channel,
            element: {
              type: 'conversations_select',
              action_id: valueAction,
              filter: { include: ['public', 'private'], exclude_bot_users: true },
            },
          }),
        ]
      : [];
  return stepView(
    {
      callbackId: callbacks.dataset,
      benchmarkId: benchmark.id,
      title: say.title,
      back: null,
      blocks: [
        ...(trouble === null ? [] : [section(`⚠️ ${escapeMrkdwn(cut(trouble, 2500))}`)]),
        ...(unfinished ? [resumeBlock(unfinished, voice)] : []),
        section(say.what),
        field({ blockId: blocks.kind, label: say.kind, element: radio(kinds, benchmark.kind) }),
        ...channelField,
        field({
          blockId: blocks.file,
          label: say.file,
          hint: say.fileHint,
          element: { type: 'file_input', action_id: valueAction, max_files: 1, filetypes: readableExtensions },
        }),
        ...(files.length === 0
          ? []
          : [
              field({
                blockId: blocks.knownDataset,
                label: say.known,
                element: oneOfMany(files, benchmark.datasetHash, voice),
              }),
            ]),
      ],
    },
    voice,
  );
}

function resumeBlock(
  { id, channel, fileName, updatedMs }: NonNullable<StartSight['unfinished']>,
  voice: Voice,
): KnownBlock {
  const say = words(voice);
  const where = channel === '' ? '' : `<#${channel}>`;
  return {
    ...section(say.unfinished(name(fileName), where, moment(updatedMs, voice))),
    accessory: {
      type: 'button',
      action_id: actions.wizardResume,
      value: id,
      text: plain(say.resume, limits.buttonText),
      style: 'primary',
    },
  };
}

/** Its name, and below it when it was given, how much it holds and who gave it. */
export function fileOption({ dataset, rows, by }: KnownFile, voice: Voice): PlainTextOption {
  const day = new Intl.DateTimeFormat(voice.language, { dateStyle: 'medium' }).format(dataset.createdMs);
  const size = rows === null ? voice.bytes(dataset.sizeBytes) : words(voice).rows(rows);
  return option(dataset.fileName, dataset.hash, [day, size, by].join(' · '));
}

type Given = { fileId: string } | { hash: string };
export type StartChoice =
  | { kind: Benchmark['kind']; channel: string | null; dataset: Given }
  | { errors: Record<string, string> };

/**
 * The inverse of startView.
 * @param before the file that was chosen beforehand: a new one takes its place
 */
export function parseStart(values: ViewValues, before: string | null, voice: Voice): StartChoice {
  const say = words(voice);
  const chosen = chosenIn(values);
  const [fileId, hash] = [chosen.file(blocks.file), chosen.one(blocks.knownDataset)];
  const channel = chosen.conversation(blocks.channel);
  if (chosen.has(blocks.channel) && channel === null) return { errors: { [blocks.channel]: say.noChannel } };
  if (fileId !== null && hash !== null && hash !== before) return { errors: { [blocks.knownDataset]: say.both } };
  const dataset = fileId !== null ? { fileId } : hash !== null ? { hash } : null;
  if (dataset === null) return { errors: { [blocks.file]: say.neither } };
  return { ...keepStart(values), dataset };
}

/** What of it is kept before there is a file. */
export function keepStart(values: ViewValues): { kind: Benchmark['kind']; channel: string | null } {
  const chosen = chosenIn(values);
  return {
    kind: chosen.one(blocks.kind) === 'train' ? 'train' : 'compare',
    channel: chosen.conversation(blocks.channel),
  };
}

/** Shown while the worker reads the file; it is replaced when the profile is there. */
export function readingView(
  benchmarkId: string,
  { again, workers }: { again: boolean; workers: number },
  voice: Voice,
): ModalView {
  const say = words(voice);
  const lines = [`⏳ *${again ? say.rereading : say.reading}*`, workers === 0 ? say.noWorker : say.wait];
  return sayingView(benchmarkId, lines.join('\n'), voice);
}

/** Instead of the first step, where the channel can't be written to. */
export function notMemberView(benchmarkId: string, voice: Voice): ModalView {
  return sayingView(benchmarkId, words(voice).notMember('Podium'), voice);
}

/**
 * @param text mrkdwn
 * @param back where Back leads; null: there is none
 */
export function sayingView(benchmarkId: string, text: string, voice: Voice, back: Frame['back'] = null): ModalView {
  return noteView({ callbackId: callbacks.reading, benchmarkId, title: words(voice).title, back }, text, voice);
}
