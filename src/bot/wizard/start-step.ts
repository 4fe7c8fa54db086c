/** Step 1: compare several models or train one, and the file: a new one, or one that Podium has seen before. */
import type { KnownBlock, ModalView } from '@slack/types';
import type { Benchmark } from '../../flows/records.ts';
import type { DatasetRow } from '../../storage/benchmark-queries.ts';
import { actions, blocks, callbacks, valueAction } from '../ids.ts';
import { cut, escapeMrkdwn, name, option, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, noteView, oneOf, radio, stepView, type ViewValues } from './frame.ts';

export const readableExtensions = ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'xlsx', 'gz'];

const words = catalogue(
  ({ bytes }) => ({
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
    knownPlaceholder: 'Choose a file',
    knownNote: (size: number, day: string) => `${bytes(size)}, ${day}`,
    channel: 'Channel for the results',
    unfinished: (file: string, when: string) => `You began with *${file}* ${when} and haven't run it yet.`,
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
  ({ bytes }) => ({
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
    knownPlaceholder: 'Choisir un fichier',
    knownNote: (size: number, day: string) => `${bytes(size)}, ${day}`,
    channel: 'Canal des résultats',
    unfinished: (file: string, when: string) => `Vous aviez commencé avec *${file}* ${when}, sans le lancer.`,
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

export interface StartSight {
  benchmark: Pick<Benchmark, 'id' | 'kind' | 'channel'>;
  /** files from before, newest first */
  known: readonly DatasetRow[];
  /** what this person began and never ran */
  unfinished: Pick<Benchmark, 'id' | 'profile' | 'updatedMs'> | null;
  /** what was wrong with the file given before, shown above the fields */
  trouble: string | null;
}

export function startView({ benchmark, known, unfinished, trouble }: StartSight, voice: Voice): ModalView {
  const say = words(voice);
  const kinds = [option(say.compare, 'compare', say.compareNote), option(say.train, 'train', say.trainNote)];
  const day = new Intl.DateTimeFormat(voice.language, { dateStyle: 'medium' });
  const files = known.map(({ fileName, hash, sizeBytes, createdMs }) =>
    option(fileName, hash, say.knownNote(sizeBytes, day.format(createdMs))),
  );
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
          : [field({ blockId: blocks.knownDataset, label: say.known, element: oneOf(files, null) })]),
      ],
    },
    voice,
  );
}

function resumeBlock({ id, profile, updatedMs }: NonNullable<StartSight['unfinished']>, voice: Voice): KnownBlock {
  const say = words(voice);
  const when = `<!date^${Math.round(updatedMs / 1000)}^{date_short_pretty} {time}|${new Date(updatedMs).toISOString()}>`;
  return {
    ...section(say.unfinished(name(profile?.fileName ?? '…'), when)),
    accessory: {
      type: 'button',
      action_id: actions.wizardResume,
      value: id,
      text: plain(say.resume),
      style: 'primary',
    },
  };
}

type Given = { fileId: string } | { hash: string };
export type StartChoice =
  | { kind: Benchmark['kind']; channel: string | null; dataset: Given }
  | { errors: Record<string, string> };

/** The inverse of startView. */
export function parseStart(values: ViewValues, voice: Voice): StartChoice {
  const say = words(voice);
  const chosen = chosenIn(values);
  const [fileId, hash] = [chosen.file(blocks.file), chosen.one(blocks.knownDataset)];
  const channel = chosen.conversation(blocks.channel);
  if (chosen.has(blocks.channel) && channel === null) return { errors: { [blocks.channel]: say.noChannel } };
  if (fileId !== null && hash !== null) return { errors: { [blocks.knownDataset]: say.both } };
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
  return noteView({ callbackId: callbacks.reading, benchmarkId, title: say.title }, lines.join('\n'), voice);
}

/** Instead of the first step, where the channel can't be written to. */
export function notMemberView(benchmarkId: string, voice: Voice): ModalView {
  const say = words(voice);
  return noteView({ callbackId: callbacks.reading, benchmarkId, title: say.title }, say.notMember('Podium'), voice);
}

/** @param text mrkdwn */
export function sayingView(benchmarkId: string, text: string, voice: Voice): ModalView {
  return noteView({ callbackId: callbacks.reading, benchmarkId, title: words(voice).title }, text, voice);
}
