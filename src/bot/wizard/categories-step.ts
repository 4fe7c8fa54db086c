/** Step 5: which categories to compare on, with how even their labels are; three of different kinds are suggested. */
import type { ModalView, PlainTextOption } from '@slack/types';
import type { CategoryProfile, Profile } from '../../flows/contracts.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { suggestCategories } from '../../flows/suggestion.ts';
import { blocks, callbacks } from '../ids.ts';
import { cut, escapeMrkdwn, limits, name, option, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, searched, severalOf, stepView, type ViewValues } from './frame.ts';
import { foundBy } from './search.ts';

const categoriesListed = 10;

const words = catalogue(
  ({ plural, count, decimal }) => ({
    title: 'Categories',
    label: 'Categories to compare on',
    train: 'Categories to train on',
    hint: 'Three of different kinds tell more than ten alike.',
    search: 'Type to search',
    one: 'Choose at least one category.',
    balance: { balanced: 'balanced', moderate: 'moderately uneven', imbalanced: 'imbalanced' },
    facts: (labels: number, texts: number) =>
      `${plural(labels, { one: '# label', other: '# labels' })} on ${plural(texts, { one: '# text', other: '# texts' })}`,
    several: 'several per text',
    figures: (balance: string, ratio: number, gini: number, entropy: number) =>
      `${balance}: the most frequent label has ${decimal(ratio, 1)}x the texts of the rarest (Gini ${decimal(gini, 2)}, entropy ${decimal(entropy, 2)})`,
    cannot: (why: string) => `_can't be compared: ${why}_`,
    more: (more: number) => `… and ${count(more)} more: type in the field to find them`,
    suggested: (listed: string) => `*Suggested*: ${listed}`,
    none: 'None of them can be compared.',
    why: {
      largest: (balance: string) => `the largest ${balance} one`,
      different: (balance: string) => `the most different of the others, ${balance}`,
    },
  }),
  ({ plural, count, decimal }) => ({
    title: 'Catégories',
    label: 'Catégories à comparer',
    train: 'Catégories à apprendre',
    hint: 'Trois catégories différentes en disent plus que dix semblables.',
    search: 'Tapez pour chercher',
    one: 'Choisissez au moins une catégorie.',
    balance: { balanced: 'équilibrée', moderate: 'modérément inégale', imbalanced: 'déséquilibrée' },
    facts: (labels: number, texts: number) =>
      `${plural(labels, { one: '# étiquette', other: '# étiquettes' })} sur ${plural(texts, { one: '# texte', other: '# textes' })}`,
    several: 'plusieurs par texte',
    figures: (balance: string, ratio: number, gini: number, entropy: number) =>
      `${balance} : l’étiquette la plus fréquente a ${decimal(ratio, 1)} fois les textes de la plus rare (Gini ${decimal(gini, 2)}, entropie ${decimal(entropy, 2)})`,
    cannot: (why: string) => `_ne peut pas être comparée : ${why}_`,
    more: (more: number) => `… et ${count(more)} de plus : tapez dans le champ pour les trouver`,
    suggested: (listed: string) => `*Proposées* : ${listed}`,
    none: 'Aucune ne peut être comparée.',
    why: {
      largest: (balance: string) => `la plus grande parmi les ${balance}s`,
      different: (balance: string) => `la plus différente des autres, ${balance}`,
    },
  }),
);

export function categoriesView(
  { id, kind }: Pick<Benchmark, 'id' | 'kind'>,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): ModalView {
  const say = words(voice);
  const usable = usableCategories(profile);
  const suggested = suggestCategories(profile.categories).map(({ category }) => category);
  const wanted = plan.categories.filter((own) => usable.some(({ category }) => category.name === own));
  const chosen = wanted.length > 0 ? wanted : suggested;
  const initial = usable.filter(({ category }) => chosen.includes(category.name));
  const element =
    usable.length <= limits.options
      ? severalOf(
          usable.map((one) => categoryOption(one, voice)),
          initial.map(({ value }) => value),
          say.search,
        )
      : searched(
          initial.map((one) => categoryOption(one, voice)),
          say.search,
        );
  const label = kind === 'train' ? say.train : say.label;
  return stepView(
    {
      callbackId: callbacks.categories,
      benchmarkId: id,
      title: say.title,
      back: 'models',
      blocks: [
        section(overview(profile, voice)),
        field({ blockId: blocks.categories, label, hint: say.hint, element }),
      ],
    },
    voice,
  );
}

/** By their position in the profile, which is an option's value: a name may be longer than that. */
function usableCategories(profile: Profile): { category: CategoryProfile; value: string }[] {
  return profile.categories.flatMap((category, index) =>
    category.unusable === null ? [{ category, value: String(index) }] : [],
  );
}

function categoryOption(
  { category, value }: { category: CategoryProfile; value: string },
  voice: Voice,
): PlainTextOption {
  const say = words(voice);
  const { labels, documents, kind, imbalance } = category;
  const facts = [
    say.facts(labels.length, documents),
    ...(kind === 'multi' ? [say.several] : []),
    ...(imbalance ? [say.balance[imbalance.profile]] : []),
  ];
  return option(category.name, value, facts.join(', '));
}

export function suggestCategoryOptions(typed: string, profile: Profile, voice: Voice): PlainTextOption[] {
  return foundBy(typed, usableCategories(profile), ({ category }) => category.name)
    .slice(0, limits.options)
    .map((one) => categoryOption(one, voice));
}

function overview(profile: Profile, voice: Voice): string {
  const say = words(voice);
  const suggested = suggestCategories(profile.categories);
  // What is suggested first, for its figures are what the choice rests on.
  const isSuggested = (own: CategoryProfile) => suggested.some(({ category }) => category === own.name);
  const ordered = profile.categories.toSorted((a, b) => Number(isSuggested(b)) - Number(isSuggested(a)));
  const lines = ordered
    .slice(0, categoriesListed)
    .map((category) => `• *${name(category.name, 50)}*: ${factsOf(category, voice)}`);
  const more = ordered.length - lines.length;
  const reasons = suggested.map(
    ({ category, because, profile: kind }) => `${name(category, 40)} (${say.why[because](say.balance[kind])})`,
  );
  return [
    ...lines,
    ...(more > 0 ? [say.more(more)] : []),
    reasons.length > 0 ? say.suggested(reasons.join('; ')) : say.none,
  ].join('\n');
}

function factsOf({ labels, documents, kind, imbalance, unusable }: CategoryProfile, voice: Voice): string {
  const say = words(voice);
  if (unusable !== null) return say.cannot(escapeMrkdwn(cut(unusable, 120)));
  const parts = [say.facts(labels.length, documents), ...(kind === 'multi' ? [say.several] : [])];
  if (imbalance) {
    const { ratio, gini, normalisedEntropy } = imbalance;
    parts.push(say.figures(say.balance[imbalance.profile], ratio, gini, normalisedEntropy));
  }
  return parts.join(', ');
}

export const keptCategories = (values: ViewValues, profile: Profile): string[] =>
  chosenIn(values)
    .several(blocks.categories)
    .flatMap((index) => profile.categories[Number(index)]?.name ?? []);

/** The inverse of categoriesView. */
export function parseCategories(
  values: ViewValues,
  profile: Profile,
  voice: Voice,
): { categories: string[] } | { errors: Record<string, string> } {
  const categories = keptCategories(values, profile);
  return categories.length > 0 ? { categories } : { errors: { [blocks.categories]: words(voice).one } };
}
