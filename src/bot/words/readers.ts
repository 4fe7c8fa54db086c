/** Who reads: a person's language and name as Slack knows them, a channel's as its members set it. */
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Database } from '../../storage/database.ts';
import { findSetting, saveSetting, workspaceScope } from '../../storage/setting-queries.ts';
import { type Language, languageOfLocale, languages, type Voice, voiceOf } from './voice.ts';

interface Person {
  /** as others call them; plain text */
  name: string;
  voice: Voice;
  /** of the Slack workspace */
  isAdmin: boolean;
  /** an app, not a person */
  isBot: boolean;
}

export interface Readers {
  /** Never fails: somebody of whom Slack doesn't tell in time is a stranger who reads English. */
  person: (userId: string) => Promise<Person>;
  /** of what is posted in a channel for all */
  channel: (channelId: string) => Voice;
  setChannel: (channelId: string, language: Language) => void;
}

const userSchema = z.object({
  user: z.object({
    name: z.string(),
    real_name: z.string().optional(),
    locale: z.string().optional(),
    is_admin: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
  }),
});

const knownForMs = 3_600_000;
/** A person waits for a modal meanwhile; the answer that comes later serves the next time. */
const waitMs = 150;
const mostPeople = 10_000;
const languageKey = 'language';
const languageSchema = z.enum(languages);

export function createReaders(client: WebClient, database: Database, nowMs: () => number): Readers {
  const known = new Map<string, { person: Promise<Person>; untilMs: number }>();

  const ask = async (userId: string): Promise<Person> => {
    const { user } = userSchema.parse(await client.users.info({ user: userId, include_locale: true }));
    return {
      name: user.profile?.display_name || user.real_name || user.name,
      voice: voiceOf(languageOfLocale(user.locale)),
      isAdmin: user.is_admin ?? false,
      isBot: user.is_bot ?? false,
    };
  };

  const person = async (userId: string): Promise<Person> => {
    let entry = known.get(userId);
    if (!entry || entry.untilMs < nowMs()) {
      if (known.size >= mostPeople) known.clear();
      entry = { person: ask(userId), untilMs: nowMs() + knownForMs };
      known.set(userId, entry);
      entry.person.catch(() => known.delete(userId));
    }
    const stranger: Person = { name: userId, voice: voiceOf('en'), isAdmin: false, isBot: false };
    const tooLate = Promise.withResolvers<Person>();
    const timer = setTimeout(() => tooLate.resolve(stranger), waitMs);
    return Promise.race([entry.person, tooLate.promise])
      .catch(() => stranger)
      .finally(() => clearTimeout(timer));
  };

  const setting = (scope: string): Language | undefined =>
    languageSchema.safeParse(findSetting(database, scope, languageKey)).data;
  return {
    person,
    channel: (channelId) => voiceOf(setting(channelId) ?? setting(workspaceScope) ?? 'en'),
    setChannel: (channelId, language) => saveSetting(database, channelId, languageKey, language),
  };
}
