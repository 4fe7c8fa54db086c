/** The language of what Podium posts for all, by channel. A person's own language is Slack's. */
import type { KnownBlock, SectionBlock } from '@slack/types';
import { workspaceScope } from '../../storage/setting-queries.ts';
import { actions } from '../ids.ts';
import { option, plain, section } from '../text.ts';
import { catalogue, type Language, languages, type Voice } from '../words/voice.ts';

export interface ChannelLanguage {
  /** a channel's id, or all that nobody set: workspaceScope */
  scope: string;
  language: Language;
}

/** Each language in its own name: that is how its readers find it. */
const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' };

const words = catalogue(
  () => ({
    intro:
      '*Language of what Podium posts in a channel.* What only you see is in the language that you set in Slack: English or French, English for all others.',
    everywhere: 'All channels for which nothing is chosen',
    another: 'Another channel',
    choose: 'Choose a channel',
  }),
  () => ({
    intro:
      "*Langue de ce que Podium publie dans un canal.* Ce que vous seul voyez est dans la langue réglée dans Slack : le français ou l'anglais, l'anglais pour toutes les autres.",
    everywhere: "Tous les canaux pour lesquels rien n'est choisi",
    another: 'Un autre canal',
    choose: 'Choisir un canal',
  }),
);

/** @param besides those that stand above the list: what holds for all, and a channel that was just picked */
export function settingBlocks(
  listed: readonly ChannelLanguage[],
  besides: readonly ChannelLanguage[],
  voice: Voice,
): KnownBlock[] {
  const say = words(voice);
  return [
    section(say.intro),
    ...[...besides, ...listed].map((row) => languageBlock(row, voice)),
    {
      ...section(say.another),
      accessory: {
        type: 'conversations_select',
        action_id: actions.homeChannel,
        placeholder: plain(say.choose, 150),
        filter: { include: ['public', 'private'], exclude_bot_users: true },
      },
    },
  ];
}

const blockPrefix = 'language_';

function languageBlock({ scope, language }: ChannelLanguage, voice: Voice): SectionBlock {
  const options = languages.map((one) => option(languageNames[one], one));
  const chosen = options.find(({ value }) => value === language);
  return {
    ...section(scope === workspaceScope ? words(voice).everywhere : `<#${scope}>`),
    // Slack keeps what was chosen under a block_id; with the language in it, what is stored is what is shown.
    block_id: `${blockPrefix}${scope}_${language}`,
    accessory: {
      type: 'static_select',
      action_id: actions.homeLanguage,
      options,
      ...(chosen ? { initial_option: chosen } : {}),
    },
  };
}

/** Whose language a select of languageBlock sets; null: none of them. */
export function scopeOfBlock(blockId: string): string | null {
  return new RegExp(`^${blockPrefix}(.+)_(?:${languages.join('|')})$`).exec(blockId)?.[1] ?? null;
}
