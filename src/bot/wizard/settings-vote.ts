/** Settings of a comparison: how often each trial is run, what models are ranked by, how the vote goes. */
import type { KnownBlock } from '@slack/types';
import { scoreNameSchema } from '../../flows/contracts.ts';
import type { Plan, VoteRules } from '../../flows/records.ts';
import { blocks, valueAction } from '../ids.ts';
import { option, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { field, oneOf, radio } from './frame.ts';
import { type Bounds, type FieldReader, numberField, optionsOf } from './settings-fields.ts';

const words = catalogue(
  () => ({
    ranking: 'Ranking',
    repeatCount: 'Repetitions of each trial',
    repeatHint: '3 or more make the ranking surer, and take that much longer.',
    repeats: 'What differs between repetitions',
    repeatKinds: { seeds: 'Splits and chance', folds: 'Cross-validation: each text is tested once' },
    score: 'Score',
    scores: {
      mean: 'Mean: every label counts the same (macro-F1)',
      rare: 'Rare: mostly the F1 of the rarer of two labels',
    },
    race: 'Drop models early that have no chance left',
    races: { auto: 'From four models on', on: 'Always', off: 'Never' },
    vote: 'Vote',
    candidates: 'Models on the ballot',
    deciders: 'Who may decide besides you',
    openHours: 'Hours until the vote closes',
    hoursHint: 'Leave empty: it is open until somebody decides.',
    quorum: 'Fewest voters for it to count',
    quorumHint: 'Leave empty: any number counts.',
    voteOptions: 'How it goes',
    blind: 'Nobody sees who voted for what before the end',
    winner: 'When it closes, the winner is trained without anybody deciding',
    whole: ([low, high]: Bounds) => `Expected a whole number from ${low} to ${high}.`,
    hoursWrong: 'Expected a number of hours from 0.1 to 720.',
  }),
  () => ({
    ranking: 'Classement',
    repeatCount: 'Répétitions de chaque essai',
    repeatHint: '3 ou plus rendent le classement plus sûr, et durent d’autant plus.',
    repeats: 'Ce qui change d’une répétition à l’autre',
    repeatKinds: { seeds: 'Le découpage et le hasard', folds: 'Validation croisée : chaque texte est testé une fois' },
    score: 'Score',
    scores: {
      mean: 'Moyenne : chaque étiquette compte autant (F1 macro)',
      rare: 'Rare : surtout le F1 de la plus rare de deux étiquettes',
    },
    race: 'Écarter tôt les modèles qui n’ont plus de chance',
    races: { auto: 'À partir de quatre modèles', on: 'Toujours', off: 'Jamais' },
    vote: 'Vote',
    candidates: 'Modèles soumis au vote',
    deciders: 'Qui peut décider, outre vous',
    openHours: 'Heures jusqu’à la clôture du vote',
    hoursHint: 'Vide : il reste ouvert jusqu’à ce que quelqu’un décide.',
    quorum: 'Nombre minimal de votants',
    quorumHint: 'Vide : n’importe quel nombre suffit.',
    voteOptions: 'Déroulement',
    blind: 'Personne ne voit qui a voté pour quoi avant la fin',
    winner: 'À la clôture, le gagnant est entraîné sans autre décision',
    whole: ([low, high]: Bounds) => `Attendu : un nombre entier de ${low} à ${high}.`,
    hoursWrong: 'Attendu : un nombre d’heures de 0,1 à 720.',
  }),
);

const repeatCounts: Bounds = [1, 10];
const quorums: Bounds = [1, 1000];
const openHours: Bounds = [0.1, 720];
const repeatKinds = ['seeds', 'folds'] as const;
const races = ['auto', 'on', 'off'] as const;
const candidateCounts = ['2', '3', '4', '5'] as const;
const ways = ['blind', 'winner'] as const;

export function rankingFields({ repeats, score, race }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const kinds = radio(optionsOf(repeatKinds, say.repeatKinds), repeats.kind);
  const scores = radio(optionsOf(scoreNameSchema.options, say.scores), score);
  const drops = oneOf(optionsOf(races, say.races), race);
  return [
    { type: 'divider' },
    section(`*${say.ranking}*`),
    numberField({
      blockId: blocks.repeatCount,
      label: say.repeatCount,
      hint: say.repeatHint,
      value: repeats.count,
      bounds: repeatCounts,
    }),
    field({ blockId: blocks.repeats, label: say.repeats, optional: false, element: kinds }),
    field({ blockId: blocks.score, label: say.score, optional: false, element: scores }),
    field({ blockId: blocks.race, label: say.race, optional: false, element: drops }),
  ];
}

/** The inverse of rankingFields. */
export function parseRanking(read: FieldReader, plan: Plan, voice: Voice): Pick<Plan, 'repeats' | 'score' | 'race'> {
  const wrong = words(voice).whole(repeatCounts);
  return {
    repeats: {
      kind: read.one(blocks.repeats, repeatKinds, plan.repeats.kind),
      count: read.whole(blocks.repeatCount, repeatCounts, wrong, plan.repeats.count),
    },
    score: read.one(blocks.score, scoreNameSchema.options, plan.score),
    race: read.one(blocks.race, races, plan.race),
  };
}

export function voteFields({ vote }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const options = optionsOf(ways, say);
  const chosen = options.filter(({ value }) => (value === 'blind' ? vote.blind : vote.winnerDecides));
  const counts = candidateCounts.map((count) => option(count, count));
  return [
    { type: 'divider' },
    section(`*${say.vote}*`),
    field({
      blockId: blocks.candidates,
      label: say.candidates,
      optional: false,
      element: oneOf(counts, String(vote.candidates)),
    }),
    field({
      blockId: blocks.deciders,
      label: say.deciders,
      element: {
        type: 'multi_users_select',
        action_id: valueAction,
        ...(vote.deciders.length > 0 ? { initial_users: vote.deciders } : {}),
      },
    }),
    numberField({
      blockId: blocks.openHours,
      label: say.openHours,
      hint: say.hoursHint,
      value: vote.openHours,
      bounds: openHours,
      decimal: true,
      mayBeEmpty: true,
    }),
    numberField({
      blockId: blocks.quorum,
      label: say.quorum,
      hint: say.quorumHint,
      value: vote.quorum,
      bounds: quorums,
      mayBeEmpty: true,
    }),
    field({
      blockId: blocks.voteOptions,
      label: say.voteOptions,
      element: {
        type: 'checkboxes',
        action_id: valueAction,
        options,
        ...(chosen.length > 0 ? { initial_options: chosen } : {}),
      },
    }),
  ];
}

/** The inverse of voteFields. */
export function parseVote(read: FieldReader, before: VoteRules, voice: Voice): VoteRules {
  const say = words(voice);
  const { chosen } = read;
  if (!chosen.has(blocks.candidates)) return before;
  const wanted = chosen.several(blocks.voteOptions);
  const hasQuorum = chosen.text(blocks.quorum) !== '';
  return {
    deciders: chosen.users(blocks.deciders),
    candidates: Number(chosen.one(blocks.candidates) ?? before.candidates),
    quorum: hasQuorum ? read.whole(blocks.quorum, quorums, say.whole(quorums), 1) : null,
    openHours: read.decimal(blocks.openHours, openHours, say.hoursWrong, before.openHours),
    blind: wanted.includes('blind'),
    winnerDecides: wanted.includes('winner'),
  };
}
