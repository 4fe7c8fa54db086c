/** "Benchmark this file", in the menu of a message: the wizard begins with the data file that stands in it. */
import type { App, MessageShortcut } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { BotContext } from '../context.ts';
import { callbacks } from '../ids.ts';
import { escapeMrkdwn, name, plain, section } from '../text.ts';
import { troubleText } from '../trouble.ts';
import { openWizard } from '../wizard/open.ts';
import { readableExtensions } from '../wizard/start-step.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const words = catalogue(
  () => ({
    title: 'Benchmark this file',
    close: 'Close',
    none: 'There is no data file in this message. Podium reads files of texts with their labels: CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx), also with gzip.',
    first: (file: string, others: number) =>
      `ℹ️ This message has ${others + 1} data files; the first is taken: ${file}.`,
  }),
  () => ({
    title: 'Comparer ce fichier',
    close: 'Fermer',
    none: "Il n'y a pas de fichier de données dans ce message. Podium lit des fichiers de textes avec leurs étiquettes : CSV, TSV, JSON, JSON lines, Parquet ou Excel (.xlsx), aussi en gzip.",
    first: (file: string, others: number) =>
      `ℹ️ Ce message contient ${others + 1} fichiers de données ; le premier est pris : ${file}.`,
  }),
);

const filesSchema = z.object({
  files: z.array(z.object({ id: z.string(), name: z.string().nullish() })).default([]),
});

export function registerFileShortcut(app: App, context: BotContext): void {
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: callbacks.benchmarkFile },
    async ({ ack, shortcut, respond }) => {
      await ack();
      const { user, channel, trigger_id: triggerId, message } = shortcut;
      const { voice } = await context.readers.person(user.id);
      const [file, ...others] = dataFiles(message);
      try {
        if (!file) {
          await context.client.views.open({ trigger_id: triggerId, view: noFileView(voice) });
          return;
        }
        await openWizard(context, { triggerId, user: user.id, channel: channel.id, file: { id: file.id } });
        if (others.length === 0) return;
        const text = words(voice).first(name(file.name ?? file.id), others.length);
        await respond({ text, response_type: 'ephemeral', replace_original: false });
      } catch (error) {
        const text = troubleText(error, `${callbacks.benchmarkFile} by ${user.id}`, voice, context.log);
        await respond({ text: escapeMrkdwn(text), response_type: 'ephemeral', replace_original: false });
      }
    },
  );
}

/** Those of a message whose names say that they can be read. */
export function dataFiles(message: unknown): { id: string; name?: string | null | undefined }[] {
  const { files } = filesSchema.catch({ files: [] }).parse(message);
  return files.filter(({ name: fileName }) =>
    readableExtensions.some((extension) => fileName?.toLowerCase().endsWith(`.${extension}`)),
  );
}

export function noFileView(voice: Voice): ModalView {
  const say = words(voice);
  return {
    type: 'modal',
    callback_id: callbacks.benchmarkFile,
    title: plain(say.title, 24),
    close: plain(say.close, 24),
    blocks: [section(say.none)],
  };
}
