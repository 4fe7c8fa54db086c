/** The settings in words, for the review. */
import { isRaced } from '../../flows/race.ts';
import type { Benchmark, Plan, VoteRules } from '../../flows/records.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { dotted } from './lines.ts';
import { sharesText } from './settings-training.ts';

const peopleNamed = 10;

const words = catalogue(
  ({ plural, count, decimal, list }) => ({
    epochs: (epochs: number) => plural(epochs, { one: '# epoch', other: '# epochs' }),
    atMost: (epochs: string) => `at most ${epochs}`,
    batch: (batch: number) => `batches of ${count(batch)}`,
    rate: (rate: string) => `learning rate ${rate}`,
    longs: {
      truncate: 'long texts by their start',
      'head+tail': 'long texts by start and end',
      windows: 'long texts whole, in windows',
    },
    seeds: (times: number) => `each trial ${count(times)} times, with other splits`,
    folds: (folds: number) => `cross-validation with ${count(folds)} folds`,
    shares: (shares: string) => `${shares} % to train, choose the epoch and test`,
    score: { mean: 'ranked by mean macro-F1', rare: 'ranked by the score for rare labels' },
    race: 'models that have no chance left are dropped early',
    noRace: 'every model is trained to its end',
    candidates: (models: number) => `on the best ${count(models)}`,
    open: 'open until somebody decides',
    hours: (hours: number) => `open for ${decimal(hours, hours % 1 === 0 ? 0 : 1)} h`,
    quorum: (voters: number) => `counts from ${plural(voters, { one: '# voter', other: '# voters' })} on`,
    blind: 'secret until the end',
    owner: 'you decide',
    deciders: (people: string[]) => `you or ${list(people)} may decide`,
    winner: 'when it closes, its winner is trained without anybody deciding',
    more: (more: number) => plural(more, { one: '# more', other: '# more' }),
  }),
  ({ plural, count, decimal, list }) => ({
    epochs: (epochs: number) => plural(epochs, { one: '# époque', other: '# époques' }),
    atMost: (epochs: string) => `au plus ${epochs}`,
    batch: (batch: number) => `lots de ${count(batch)}`,
    rate: (rate: string) => `taux d’apprentissage ${rate.replace('.', ',')}`,
    longs: {
      truncate: 'textes longs lus par leur début',
      'head+tail': 'textes longs lus par leur début et leur fin',
      windows: 'textes longs lus en entier, par fenêtres',
    },
    seeds: (times: number) => `chaque essai ${count(times)} fois, avec d’autres découpages`,
    folds: (folds: number) => `validation croisée à ${count(folds)} plis`,
    shares: (shares: string) => `${shares} % pour entraîner, choisir l’époque et tester`,
    score: { mean: 'classement par F1 macro moyen', rare: 'classement par le score des étiquettes rares' },
    race: 'les modèles qui n’ont plus de chance sont écartés tôt',
    noRace: 'chaque modèle est entraîné jusqu’au bout',
    candidates: (models: number) => `sur les ${count(models)} meilleurs`,
    open: 'ouvert jusqu’à ce que quelqu’un décide',
    hours: (hours: number) => `ouvert ${decimal(hours, hours % 1 === 0 ? 0 : 1)} h`,
    quorum: (voters: number) => `compte à partir de ${plural(voters, { one: '# votant', other: '# votants' })}`,
    blind: 'secret jusqu’à la fin',
    owner: 'vous décidez',
    deciders: (people: string[]) => `vous ou ${list(people)} pouvez décider`,
    winner: 'à la clôture, le gagnant est entraîné sans autre décision',
    more: (more: number) => plural(more, { one: '# autre', other: '# autres' }),
  }),
);

const usualShares = '70/15/15';

/** mrkdwn; people are mentioned, which in a modal pings nobody. */
export function settingsText(
  { kind }: Pick<Benchmark, 'kind'>,
  plan: Plan,
  voice: Voice,
): { training: string; ranking: string | null; vote: string | null } {
  const say = words(voice);
  const { recipe, repeats, score, ratios } = plan;
  const isFolded = repeats.kind === 'folds' && repeats.count > 1;
  const epochs = say.epochs(recipe.epochs);
  const training = dotted([
    kind === 'train' ? say.atMost(epochs) : epochs,
    say.batch(recipe.batchSize),
    ...(recipe.learningRate === null ? [] : [say.rate(String(recipe.learningRate))]),
    say.longs[recipe.longTexts],
    ...(isFolded ? [] : [say.shares(sharesText(ratios) || usualShares)]),
  ]);
  if (kind === 'train') return { training, ranking: null, vote: null };
  const ranking = dotted([
    say.score[score],
    ...(repeats.count > 1 ? [say[repeats.kind](repeats.count)] : []),
    isRaced(plan) ? say.race : say.noRace,
  ]);
  return { training, ranking, vote: voteText(plan.vote, plan.models.length, voice) };
}

function voteText(
  { candidates, openHours, quorum, blind, deciders, winnerDecides }: VoteRules,
  models: number,
  voice: Voice,
): string {
  const say = words(voice);
  const named = deciders.slice(0, peopleNamed).map((user) => `<@${user}>`);
  const people = deciders.length > named.length ? [...named, say.more(deciders.length - named.length)] : named;
  return dotted([
    say.candidates(Math.min(candidates, models)),
    openHours === null ? say.open : say.hours(openHours),
    ...(quorum === null ? [] : [say.quorum(quorum)]),
    ...(blind ? [say.blind] : []),
    people.length > 0 ? say.deciders(people) : say.owner,
    ...(winnerDecides ? [say.winner] : []),
  ]);
}
