/** Why a model suits some texts or doesn't, in one sentence for a person. */
import type { ModelFacts } from '../flows/recommendation.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  ({ percent, count }) => ({
    nothing: 'Learns from your texts alone',
    many: 'For many languages',
    one: (language: string) => `Made for ${language}`,
    several: (languages: number) => `For ${count(languages)} languages`,
    share: (share: number) => `, ${percent(share)} of your texts`,
    anyLength: 'reads texts whole',
    limit: (tokens: number) => `reads ${count(tokens)} tokens`,
    whole: (tokens: number) => `reads yours whole (${count(tokens)} tokens)`,
    cuts: (tokens: number) => `cuts texts at ${count(tokens)} tokens`,
    special: 'for one kind of text only',
    large: 'large, wants a GPU',
    small: 'small',
    and: '; ',
  }),
  ({ percent, count }) => ({
    nothing: 'Apprend de vos seuls textes',
    many: 'Pour de nombreuses langues',
    one: (language: string) => `Fait pour : ${language}`,
    several: (languages: number) => `Pour ${count(languages)} langues`,
    share: (share: number) => `, ${percent(share)} de vos textes`,
    anyLength: 'lit les textes en entier',
    limit: (tokens: number) => `lit ${count(tokens)} tokens`,
    whole: (tokens: number) => `lit les vôtres en entier (${count(tokens)} tokens)`,
    cuts: (tokens: number) => `coupe les textes à ${count(tokens)} tokens`,
    special: 'pour un seul genre de textes',
    large: 'grand, demande un GPU',
    small: 'petit',
    and: ' ; ',
  }),
);

/** Beyond it a share is all. */
const nearlyAll = 0.995;

/** Plain text; short: a select shows about 75 characters of it. */
export function modelReason(facts: ModelFacts, voice: Voice): string {
  const parts = [languagePart(facts, voice), lengthPart(facts, voice), ...sizePart(facts, voice)];
  return `${parts.join(words(voice).and)}.`;
}

function languagePart({ madeFor, share }: ModelFacts, voice: Voice): string {
  const say = words(voice);
  if (madeFor === 'nothing' || madeFor === 'many') return say[madeFor];
  const [first = '', ...more] = madeFor;
  const own = more.length === 0 ? say.one(voice.languageName(first)) : say.several(madeFor.length);
  return share !== null && share < nearlyAll ? `${own}${say.share(share)}` : own;
}

function lengthPart({ maxTokens, readsWhole }: ModelFacts, voice: Voice): string {
  const say = words(voice);
  if (maxTokens === null) return say.anyLength;
  if (readsWhole === null) return say.limit(maxTokens);
  return readsWhole ? say.whole(maxTokens) : say.cuts(maxTokens);
}

function sizePart({ size, special }: ModelFacts, voice: Voice): string[] {
  const say = words(voice);
  if (special) return [say.special];
  return size === 'usual' ? [] : [say[size]];
}
