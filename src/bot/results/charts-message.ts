/** The further charts, in one message of the thread. */
import type { KnownBlock } from '@slack/types';
import type { Message } from '../messages/message.ts';
import { cut, escapeWithin, limits, plain } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

export interface ShownPicture {
  /** of the uploaded file */
  fileId: string;
  title: string;
  /** the picture in words */
  altText: string;
}

const words = catalogue(
  () => ({ title: 'More about these results' }),
  () => ({ title: 'Plus sur ces résultats' }),
);

/** @returns null without pictures */
export function chartsMessage(pictures: readonly ShownPicture[], voice: Voice): Message | null {
  if (pictures.length === 0) return null;
  const { title } = words(voice);
  const images = pictures.map(
    ({ fileId, title: caption, altText }): KnownBlock => ({
      type: 'image',
      slack_file: { id: fileId },
      title: plain(caption, 2000),
      alt_text: cut(altText, 2000),
    }),
  );
  const text = [title, ...pictures.map(({ altText }) => altText)].join('\n');
  return {
    text: escapeWithin(text, limits.updateText),
    blocks: [{ type: 'header', text: plain(title, 150) }, ...images],
  };
}
