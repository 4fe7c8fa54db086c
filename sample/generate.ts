/**
 * `node sample/generate.ts` writes sample/city-feedback.csv: invented messages of citizens to an invented city. The
 * same bytes each time. How often what occurs stands here, the words stand in the grammars.
 */
import { writeFileSync } from 'node:fs';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Channel, channels, type Grammar, type Theme, type Tone } from './grammar.ts';
import { english } from './grammar-en.ts';
import { spanish } from './grammar-es.ts';
import { french } from './grammar-fr.ts';

const seed = 20_260_101;
const messages = 1_500;
const grammars = { en: english, fr: french, es: spanish };
type Language = keyof typeof grammars;

/** Shares, not chances: dealt from a shuffled deck, so that they hold exactly. */
const shares = {
  language: { en: 700, fr: 450, es: 350 } satisfies Record<Language, number>,
  firstTheme: { roads: 26, waste: 22, transport: 18, parks: 14, housing: 11, noise: 9 } satisfies Record<Theme, number>,
  tone: { negative: 48, neutral: 31, positive: 21 } satisfies Record<Tone, number>,
  urgency: { can_wait: 90, urgent: 10 },
  channel: { letter: 1, email: 1, app: 1, phone: 1 } satisfies Record<Channel, number>,
  needsReply: { yes: 45, no: 55 },
};
/** Messages whose label in a category went to one another: what people label wrong. */
const mislabelled = { tone: 0.04, urgency: 0.06, channel: 0.05, needsReply: 0.05 };

interface Message {
  language: Language;
  themes: Theme[];
  tone: Tone;
  urgency: string;
  channel: Channel;
  needsReply: string;
}

/** Everything that is left to chance, from one seeded generator. */
class Dice {
  readonly #generator: RandomGenerator = xoroshiro128plus(seed);

  /** 0 to count - 1 */
  below(count: number): number {
    return uniformInt(this.#generator, 0, count - 1);
  }

  chance(share: number): boolean {
    return this.below(1_000_000) < share * 1_000_000;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('Nothing to pick from');
    return value;
  }

  weighted<K extends string>(weights: Record<K, number>): K {
    const names = keysOf(weights);
    let left = this.below(1_000) / 1_000;
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return this.pick(names.slice(-1));
  }

  shuffled<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const [a, b] = [result[last], result[other]];
      if (a !== undefined && b !== undefined) [result[last], result[other]] = [b, a];
    }
    return result;
  }
}

/** The keys as they are typed; TypeScript only promises strings, since an object may hold more than its type says. */
function keysOf<K extends string>(record: Record<K, unknown>): K[] {
  const isKey = (key: string): key is K => Object.hasOwn(record, key);
  return Object.keys(record).filter(isKey);
}

/** `messages` values in the given proportion, shuffled. */
function deck<K extends string>(dice: Dice, weights: Record<K, number>): K[] {
  const names = keysOf(weights);
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  let reached = 0;
  const dealt = names.flatMap((name) => {
    const before = Math.round((reached / total) * messages);
    reached += weights[name];
    return new Array<K>(Math.round((reached / total) * messages) - before).fill(name);
  });
  return dice.shuffled(dealt);
}

function planMessages(dice: Dice): Message[] {
  const decks = {
    language: deck(dice, shares.language),
    theme: deck(dice, shares.firstTheme),
    tone: deck(dice, shares.tone),
    urgency: deck(dice, shares.urgency),
    channel: deck(dice, shares.channel),
    needsReply: deck(dice, shares.needsReply),
  };
  return decks.language.map((language, index) => {
    const [theme, tone, channel] = [decks.theme[index], decks.tone[index], decks.channel[index]];
    if (!theme || !tone || !channel) throw new Error('A deck is too short');
    const second = dice.chance(0.22)
      ? dice.weighted({ roads: 0.3, waste: 0.2, transport: 0.2, parks: 0.15, housing: 0.08, noise: 0.07 })
      : theme;
    return {
      language,
      themes: second === theme ? [theme] : [theme, second],
      tone,
      urgency: decks.urgency[index] ?? '',
      channel,
      needsReply: decks.needsReply[index] ?? '',
    };
  });
}

// --- text -----------------------------------------------------------------------------------------------------------

/** Fills choices and slots from the inside out until none is left. */
function expand(dice: Dice, { slots }: Grammar, template: string): string {
  let text = template;
  for (;;) {
    const next = text
      .replace(/\(([^()]*\|[^()]*)\)/, (_, options: string) => dice.pick(options.split('|')))
      .replace(/\{(\w+)\}/, (_, name: string) => dice.pick(slots[name] ?? []));
    if (next === text) return text.replace(/ {2,}/g, ' ').trim();
    text = next;
  }
}

/** How a matter is told under each tone: somebody content tells of a trouble too, somebody angry of a plain fact. */
const tellings = {
  negative: { bad: 0.8, plain: 0.16, good: 0.04 },
  neutral: { bad: 0.16, plain: 0.77, good: 0.07 },
  positive: { bad: 0.06, plain: 0.14, good: 0.8 },
};

function composeText(dice: Dice, message: Message): string {
  const grammar = grammars[message.language];
  const say = (templates: readonly string[]) => expand(dice, grammar, dice.pick(templates));
  const body: string[] = [];
  const [first, second] = message.themes.map((theme) =>
    say(grammar.matters[theme][dice.weighted(tellings[message.tone])]),
  );
  body.push(sentence(dice, first ?? '', '.'));
  if (second) body.push(sentence(dice, `${dice.pick(grammar.joints)} ${second}`, '.'));
  const optional = [reaction(dice, message, say), haste(dice, message, say), answer(dice, message, say)];
  if (dice.chance(0.1)) optional.push(sentence(dice, say(grammar.asides), '.'));
  body.push(...dice.shuffled(optional.filter((part) => part !== '')));
  const opening = dice.chance(0.85) ? say(grammar.openings[register(dice, message.channel)]) : '';
  const closing = dice.chance(0.8) ? say(grammar.closings[register(dice, message.channel)]) : '';
  const said = body.join(' ');
  const goesOn = /[,\p{Ll}]$/u.test(opening) && !/^I\b/.test(said);
  const text = [opening, goesOn ? said.charAt(0).toLowerCase() + said.slice(1) : said, closing];
  return roughened(dice, message, text.filter((part) => part !== '').join(' '));
}

/** Some write an app report like a letter. */
function register(dice: Dice, channel: Channel): Channel {
  return dice.chance(0.1) ? dice.pick(channels) : channel;
}

function reaction(dice: Dice, { tone, language }: Message, say: (templates: readonly string[]) => string): string {
  const { reactions } = grammars[language];
  if (dice.chance(0.18)) return '';
  return sentence(dice, say(dice.chance(0.84) ? reactions[tone] : reactions.any), tone === 'neutral' ? '.' : '!');
}

function haste(dice: Dice, { urgency, language }: Message, say: (templates: readonly string[]) => string): string {
  const { haste: words } = grammars[language];
  const kind =
    urgency === 'urgent'
      ? dice.weighted({ urgent: 0.8, any: 0.13, none: 0.07 })
      : dice.weighted({ urgent: 0.01, any: 0.11, denied: 0.08, none: 0.8 });
  return kind === 'none' ? '' : sentence(dice, say(words[kind]), kind === 'denied' ? '.' : '!');
}

function answer(dice: Dice, { needsReply, language }: Message, say: (templates: readonly string[]) => string): string {
  const { answer: words } = grammars[language];
  const kind =
    needsReply === 'yes'
      ? dice.weighted({ wanted: 0.7, any: 0.17, none: 0.13 })
      : dice.weighted({ wanted: 0.04, any: 0.14, unwanted: 0.26, none: 0.56 });
  return kind === 'none' ? '' : sentence(dice, say(words[kind]), kind === 'wanted' ? '?' : '.');
}

function sentence(dice: Dice, clause: string, usual: '.' | '!' | '?'): string {
  const stronger = usual === '.' ? '!' : usual;
  const mark = dice.chance(usual === '.' ? 0.06 : 0.5) ? stronger : '.';
  return clause.charAt(0).toUpperCase() + clause.slice(1) + (dice.chance(0.05) ? mark.repeat(3) : mark);
}

/** How each channel mangles what people say, and what everybody's keyboard does. */
function roughened(dice: Dice, { language, channel, tone }: Message, text: string): string {
  let result = text;
  if (channel === 'phone' && dice.chance(0.7)) result = withFillers(dice, result, grammars[language].fillers);
  if (channel === 'app') {
    if (dice.chance(0.45)) result = result.toLowerCase();
    if (dice.chance(0.4)) result = result.replace(/[.,](?= |$)/g, '');
  }
  if (dice.chance(channel === 'app' ? 0.35 : 0.12)) result = result.normalize('NFD').replace(/\p{M}/gu, '');
  if (dice.chance(tone === 'negative' ? 0.06 : 0.01)) result = result.toUpperCase();
  for (let typos = dice.chance(0.25) ? 1 + dice.below(2) : 0; typos > 0; typos--) result = withTypo(dice, result);
  return result;
}

function withFillers(dice: Dice, text: string, fillers: readonly string[]): string {
  const words = text.split(' ');
  for (let count = 1 + dice.below(2); count > 0; count--)
    words.splice(1 + dice.below(words.length - 1), 0, dice.pick(fillers));
  return words.join(' ');
}

/** Two letters swapped, one lost or one doubled, within a word. */
function withTypo(dice: Dice, text: string): string {
  const places = [...text.matchAll(/(?<=\p{L})\p{L}{2}(?=\p{L})/gu)];
  if (places.length === 0) return text;
  const { index, 0: pair } = dice.pick(places);
  const [a = '', b = ''] = pair;
  return text.slice(0, index) + dice.pick([b + a, a, a + a + b]) + text.slice(index + 2);
}

/** Eight to forty words: shorter says nothing, longer is cut by nobody but costs training time. */
function textOf(dice: Dice, message: Message): string {
  for (;;) {
    const text = composeText(dice, message);
    const words = text.split(' ').length;
    if (words >= 8 && words <= 40) return text;
  }
}

// --- labels and file ------------------------------------------------------------------------------------------------

/** Passes the values of some messages round among them: wrong labels, same proportions. */
function passRound<T>(dice: Dice, values: T[], share: number): T[] {
  const chosen = dice.shuffled([...values.keys()]).slice(0, Math.round(values.length * share));
  const result = [...values];
  for (const [position, index] of chosen.entries()) {
    const from = values[chosen[(position + 1) % chosen.length] ?? index];
    if (from !== undefined) result[index] = from;
  }
  return result;
}

/** The whole file. */
export function cityFeedbackCsv(): string {
  const dice = new Dice();
  const planned = planMessages(dice);
  const texts = planned.map((message) => textOf(dice, message));
  const tone = passRound(
    dice,
    planned.map((message) => message.tone),
    mislabelled.tone,
  );
  const urgency = passRound(
    dice,
    planned.map((message) => message.urgency),
    mislabelled.urgency,
  );
  const channel = passRound(
    dice,
    planned.map((message) => message.channel),
    mislabelled.channel,
  );
  const needsReply = passRound(
    dice,
    planned.map((message) => message.needsReply),
    mislabelled.needsReply,
  );
  const rows = planned.map((message, index) => {
    const annotation = {
      theme: message.themes,
      tone: dice.chance(0.004) ? null : tone[index],
      urgency: urgency[index],
      channel: channel[index],
      needs_reply: dice.chance(0.003) ? null : needsReply[index] === 'yes',
    };
    const language = dice.chance(0.003) ? '' : message.language;
    return [language, texts[index] ?? '', JSON.stringify(annotation)];
  });
  // some people press "send" twice
  for (let twice = 0; twice < 9; twice++) {
    const at = dice.below(rows.length - 20);
    const again = rows[at];
    if (again) rows.splice(at + 1 + dice.below(15), 0, again);
  }
  const lines = rows.map((cells, index) => [`m${String(index + 1).padStart(4, '0')}`, ...cells].map(csvCell).join(','));
  return `id,language,text,annotation\n${lines.join('\n')}\n`;
}

function csvCell(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

if (import.meta.main) {
  const csv = cityFeedbackCsv();
  writeFileSync(new URL('./city-feedback.csv', import.meta.url), csv);
  console.log(`sample/city-feedback.csv: ${csv.split('\n').length - 2} messages, ${Buffer.byteLength(csv)} bytes`);
}
