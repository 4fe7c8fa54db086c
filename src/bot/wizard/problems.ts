/** Every problem of every row of a file, as the CSV that the worker wrote, for the person who gave the file. */
import { UserError } from '../../errors.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { BotContext } from '../context.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const words = catalogue(
  () => ({ title: 'Problems of the file', comment: 'Row by row, what was wrong and what was done about it.' }),
  () => ({ title: 'Problèmes du fichier', comment: 'Ligne par ligne, ce qui n’allait pas et ce qui en a été fait.' }),
);

/** Files can't be ephemeral: it goes to the person in a direct message. @throws UserError when there are none */
export async function sendProblems(
  { client, artifacts }: BotContext,
  { profile }: Benchmark,
  user: string,
  voice: Voice,
): Promise<void> {
  const problems = profile?.problems;
  if (!problems) throw new UserError('Nothing was wrong with that file.', { code: 'no_problems' });
  const { channel } = await client.conversations.open({ users: user });
  const bytes = await artifacts.get(problems.artifactKey);
  await client.filesUploadV2({
    file: Buffer.from(bytes),
    filename: 'problems.csv',
    title: words(voice).title,
    initial_comment: words(voice).comment,
    ...(channel?.id ? { channel_id: channel.id } : {}),
  });
}
