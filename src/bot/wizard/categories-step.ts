/** Step 5: which categories to compare on; three of different kinds are suggested, all others are found by typing. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { CategoryProfile, Profile } from '../../flows/contracts.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { suggestCategories } from '../../flows/suggestion.ts';
import { blocks, callbacks } from '../ids.ts';
import { limits, name, option, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { balanceWord, categoryLine, shortFacts, unusableText } from './category-facts.ts';
import { chosenIn, field, searched, stepView, type ViewValues } from './frame.ts';
import { labelled, sectionsOf } from './lines.ts';
import { foundBy } from './search.ts';

const linesShown = 12;
const unusableNamed = 5;

const words = catalogue(
  ({ count, list }) => ({
    title: 'Categories',
    label: 'Categories to compare on',
    train: 'Categories to train on',
    hint: 'Three of different kinds tell more than ten alike.',
    search: 'Type to search',
    one: 'Choose at least one category.',
    suggested: 'Suggested, for they differ most in kind:',
    none: 'None of them can be compared.',
    largest: (balance: string) => `the largest ${balance} one`,
    different: (balance: string) => `the most different from those (${balance})`,
    more: (more: number) => `… and ${count(more)} more`,
    cannot: (categories: string[]) => `Can't be compared: ${list(categories)}.`,
  }),
  ({ count, list }) => ({
    title: 'Catégories',
    label: 'Catégories à comparer',
    train: 'Catégories à apprendre',
    hint: 'Trois catégories différentes en disent plus que dix semblables.',
    search: 'Tapez pour chercher',
    one: 'Choisissez au moins une catégorie.',
    suggested: 'Proposées, car de genres différents :',
    none: 'Aucune ne peut être comparée.',
    largest: (balance: string) => `la plus grande catégorie ${balance}`,
    different: (balance: string) => `la plus différente des précédentes (${balance})`,
    more: (more: number) => `… et ${count(more)} de plus`,
    cannot: (categories: string[]) => `Ne peuvent pas être comparées : ${list(categories)}.`,
  }),
);

/** Those chosen, as far as they can be compared; the suggested ones where none is. */
export function categoriesOf(profile: Profile, { categories }: Pick<Plan, 'categories'>): string[] {
  const wanted = categories.filter((own) =>
    profile.categories.some((one) => one.name === own && one.unusable === null),
  );
  return wanted.length > 0 ? wanted : suggestCategories(profile.categories).map(({ category }) => category);
}

/** @param plan with the categories that stand in the field */
export function categoriesView(
  { id, kind }: Pick<Benchmark, 'id' | 'kind'>,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): ModalView {
  const say = words(voice);
  const chosen = usableCategories(profile).filter(({ category }) => plan.categories.includes(category.name));
  return stepView(
    {
      callbackId: callbacks.categories,
      benchmarkId: id,
      title: say.title,
      back: 'models',
      blocks: [
        section(suggestionText(profile, voice)),
        field({
          blockId: blocks.categories,
          label: kind === 'train' ? say.train : say.label,
          hint: say.hint,
          optional: false,
          dispatch: true,
          element: searched(
            chosen.map((one) => categoryOption(one, voice)),
            say.search,
          ),
        }),
        ...lineBlocks(
          chosen.map(({ category }) => category),
          voice,
        ),
        ...unusableBlocks(profile, voice),
      ],
    },
    voice,
  );
}

function suggestionText({ categories }: Profile, voice: Voice): string {
  const say = words(voice);
  const lines = suggestCategories(categories).map(
    ({ category, because, profile }) =>
      `• ${labelled(name(category, 50), say[because](balanceWord(profile, voice)), voice)}`,
  );
  return lines.length === 0 ? say.none : [say.suggested, ...lines].join('\n');
}

function lineBlocks(chosen: readonly CategoryProfile[], voice: Voice): KnownBlock[] {
  const lines = chosen.slice(0, linesShown).map((category) => categoryLine(category, voice));
  const more = chosen.length - lines.length;
  return sectionsOf(more > 0 ? [...lines, words(voice).more(more)] : lines);
}

function unusableBlocks({ categories }: Profile, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const unusable = categories.filter((category) => category.unusable !== null);
  if (unusable.length === 0) return [];
  const named = unusable
    .slice(0, unusableNamed)
    .map((category) => `*${name(category.name, 50)}* (${unusableText(category, voice)})`);
  const more = unusable.length - named.length;
  const text = say.cannot(named) + (more > 0 ? ` ${say.more(more)}` : '');
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text }] }];
}

/** By their position in the profile, which is an option's value: a name may be longer than that. */
function usableCategories(profile: Profile): { category: CategoryProfile; value: string }[] {
  return profile.categories.flatMap((category, index) =>
    category.unusable === null ? [{ category, value: String(index) }] : [],
  );
}

const categoryOption = (
  { category, value }: { category: CategoryProfile; value: string },
  voice: Voice,
): PlainTextOption => option(category.name, value, shortFacts(category, voice));

/** What matches what was typed, at most 100. */
export function suggestCategoryOptions(typed: string, profile: Profile, voice: Voice): PlainTextOption[] {
  return foundBy(typed, usableCategories(profile), ({ category }) => category.name)
    .slice(0, limits.options)
    .map((one) => categoryOption(one, voice));
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
