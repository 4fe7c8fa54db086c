/** What there is to know of a category before it is chosen: how even its labels are, in words and figures. */
import type { CategoryProfile, Imbalance } from '../../flows/contracts.ts';
import { name } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { dotted, labelled } from './lines.ts';

const words = catalogue(
  ({ plural, count, decimal }) => ({
    balance: { balanced: 'balanced', moderate: 'moderately imbalanced', imbalanced: 'imbalanced' },
    labels: (labels: number) => plural(labels, { one: '# label', other: '# labels' }),
    texts: (texts: number) => plural(texts, { one: '# text', other: '# texts' }),
    several: 'several per text',
    ratio: (ratio: number) => `largest label ${decimal(ratio, 1)}x the smallest`,
    shortRatio: (ratio: number) => `${decimal(ratio, 1)}x`,
    gini: (gini: number) => `Gini ${decimal(gini, 2)}`,
    entropy: (entropy: number) => `entropy ${decimal(entropy, 2)}`,
    noLabels: 'it has no labels',
    oneLabel: 'it has one label only',
    fewTexts: (texts: number) => `only ${plural(texts, { one: '# text has', other: '# texts have' })} a value`,
    manyLabels: (labels: number, texts: number) =>
      `${count(labels)} labels on ${count(texts)} texts are too many to learn`,
  }),
  ({ plural, count, decimal }) => ({
    balance: { balanced: 'équilibrée', moderate: 'modérément déséquilibrée', imbalanced: 'déséquilibrée' },
    labels: (labels: number) => plural(labels, { one: '# étiquette', other: '# étiquettes' }),
    texts: (texts: number) => plural(texts, { one: '# texte', other: '# textes' }),
    several: 'plusieurs par texte',
    ratio: (ratio: number) => `plus grande étiquette ${decimal(ratio, 1)} fois la plus petite`,
    shortRatio: (ratio: number) => `${decimal(ratio, 1)} fois`,
    gini: (gini: number) => `Gini ${decimal(gini, 2)}`,
    entropy: (entropy: number) => `entropie ${decimal(entropy, 2)}`,
    noLabels: 'elle n’a aucune étiquette',
    oneLabel: 'elle n’a qu’une étiquette',
    fewTexts: (texts: number) =>
      `seulement ${plural(texts, { one: '# texte a une valeur', other: '# textes ont une valeur' })}`,
    manyLabels: (labels: number, texts: number) =>
      `${count(labels)} étiquettes pour ${count(texts)} textes : trop pour apprendre`,
  }),
);

export const balanceWord = (profile: Imbalance['profile'], voice: Voice): string => words(voice).balance[profile];

/** One line of mrkdwn: "balanced · largest label 1.6x the smallest · Gini 0.10 · entropy 0.96 · 4 labels · 490 texts" */
export function categoryLine(
  { name: category, labels, documents, kind, imbalance }: CategoryProfile,
  voice: Voice,
): string {
  const say = words(voice);
  const facts = [
    ...(imbalance
      ? [
          say.balance[imbalance.profile],
          say.ratio(imbalance.ratio),
          say.gini(imbalance.gini),
          say.entropy(imbalance.normalisedEntropy),
        ]
      : []),
    say.labels(labels.length),
    ...(kind === 'multi' ? [say.several] : []),
    say.texts(documents),
  ];
  return `• ${labelled(name(category, 50), dotted(facts), voice)}`;
}

/** Few enough words for an option's description. */
export function shortFacts({ labels, documents, kind, imbalance }: CategoryProfile, voice: Voice): string {
  const say = words(voice);
  return [
    say.labels(labels.length),
    ...(kind === 'multi' ? [say.several] : []),
    say.texts(documents),
    ...(imbalance ? [`${say.balance[imbalance.profile]} (${say.shortRatio(imbalance.ratio)})`] : []),
  ].join(', ');
}

/** Why it can't be compared, from its figures, so that it can be said in any language. */
export function unusableText({ labels, documents }: CategoryProfile, voice: Voice): string {
  const say = words(voice);
  if (labels.length === 0) return say.noLabels;
  if (labels.length === 1) return say.oneLabel;
  return documents < 20 ? say.fewTexts(documents) : say.manyLabels(labels.length, documents);
}
