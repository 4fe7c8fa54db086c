/** The ranked table with its chart, in the thread: what to pick and why. It mentions the owner, once: their benchmark is done. */
import type { ActionsBlock, KnownBlock } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../../flows/contracts.ts';
import { raceRisk } from '../../flows/race.ts';
import type { Benchmark } from '../../flows/records.ts';
import { actions } from '../ids.ts';
import type { Message, Richness } from '../messages/message.ts';
import { button, cut, escapeMrkdwn, escapeWithin, limits, name, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { rankedTable, rowText, scoreTitle } from './ranked-table.ts';

const marksShown = 5;

const words = catalogue(
  ({ plural, score, percent, list, count, duration, chance: chanceText }) => ({
    none: 'No ranking',
    title: 'Ranked models',
    ready: (owner: string) => `<@${owner}>, your benchmark is done.`,
    inWords: (title: string) => `Ranked models, ${title} with 95 % interval:`,
    nothing: 'Nothing was ranked.',
    more: (rows: number) => `${plural(rows, { one: '# more row stands', other: '# more rows stand' })} in the CSV.`,
    moreMarks: (marks: number) => plural(marks, { one: '… and # more remark', other: '… and # more remarks' }),
    race: (saved: number, total: number, risk: number) =>
      `The race saved about ${duration(saved)} of ${duration(total)}; the chance that it dropped the best model is ${chanceText(risk)}.`,
    raceDroppedNone: 'The race dropped no model.',
    dropped: (model: string, epoch: number, epochs: number, chance: number) =>
      `${model} was dropped after epoch ${epoch} of ${epochs} (chance of being best ${chanceText(chance)}) and ranks below the others`,
    droppedFor: (model: string, why: string) => `${model} was ${why} and ranks below the others`,
    incomplete: (model: string, why: string) => `⚠️ ${model} is incomplete and ranks below the others: ${why}`,
    foreign: (model: string, languages: string, share: number) =>
      `⚠️ ${model} isn't made for ${languages}: ${percent(share)} of the test texts`,
    inLanguage: (model: string, language: string) => `${model} (${language})`,
    meaning: (repeats: string) =>
      `Macro-F1 is the mean over labels, so rare ones count as much as frequent ones; the score is its mean over the categories${repeats}.`,
    repeats: (repeats: number, kind: 'seeds' | 'folds') => `, on each of ${repeats} ${kind}`,
    rare: (labels: string[]) =>
      `Rare score: 0.7 × F1 of the rarer of two labels + 0.3 × macro-F1 (${labels.join('; ') || 'no category has two labels'}).`,
    floor: (floors: string[]) =>
      `Always answering the most frequent label scores ${floors.length > 0 ? list(floors) : 'nothing'}.`,
    bootstrap: (resamples: number) =>
      `Intervals: paired bootstrap, ${count(resamples)} resamples of the test documents.`,
    thin: (labels: string[], more: number) =>
      `Too few test documents to measure: ${labels.join('; ')}${more > 0 ? ` and ${more} more` : ''}.`,
    data: (documents: number, file: string) =>
      `Data: ${plural(documents, { one: '# text', other: '# texts' })} of ${file}.`,
    floorOf: (language: string, value: number) => `${language} ${score(value)}`,
    confusion: 'What is mistaken for what…',
    results: 'Results as CSV',
    predictions: 'Predictions as CSV',
  }),
  ({ plural, score, percent, list, count, duration, chance: chanceText }) => ({
    none: 'Pas de classement',
    title: 'Modèles classés',
    ready: (owner: string) => `<@${owner}>, votre comparaison est terminée.`,
    inWords: (title: string) => `Modèles classés, ${title} avec intervalle à 95 % :`,
    nothing: "Rien n'a pu être classé.",
    more: (rows: number) =>
      `${plural(rows, { one: '# autre ligne se trouve', other: '# autres lignes se trouvent' })} dans le fichier CSV.`,
    moreMarks: (marks: number) => plural(marks, { one: '… et # autre remarque', other: '… et # autres remarques' }),
    race: (saved: number, total: number, risk: number) =>
      `Écarter des modèles en route a épargné environ ${duration(saved)} sur ${duration(total)} ; la chance d'avoir écarté le meilleur est de ${chanceText(risk)}.`,
    raceDroppedNone: "Aucun modèle n'a été écarté en cours de route.",
    dropped: (model: string, epoch: number, epochs: number, chance: number) =>
      `${model} a été écarté après l'époque ${epoch} sur ${epochs} (chance d'être le meilleur : ${chanceText(chance)}) et vient après les autres`,
    droppedFor: (model: string, _why: string) => `${model} a été écarté en cours de route et vient après les autres`,
    incomplete: (model: string, why: string) => `⚠️ ${model} est incomplet et vient après les autres : ${why}`,
    foreign: (model: string, languages: string, share: number) =>
      `⚠️ ${model} n'est pas fait pour ${languages} : ${percent(share)} des textes de test`,
    inLanguage: (model: string, language: string) => `${model} (${language})`,
    meaning: (repeats: string) =>
      `Le F1 macro est la moyenne sur les étiquettes : les rares comptent autant que les fréquentes ; le score en est la moyenne sur les catégories${repeats}.`,
    repeats: (repeats: number, kind: 'seeds' | 'folds') => `, sur ${repeats} ${kind === 'seeds' ? 'tirages' : 'plis'}`,
    rare: (labels: string[]) =>
      `Score des rares : 0,7 × F1 de la plus rare de deux étiquettes + 0,3 × F1 macro (${labels.join(' ; ') || "aucune catégorie n'a deux étiquettes"}).`,
    floor: (floors: string[]) =>
      `Répondre toujours l'étiquette la plus fréquente obtient ${floors.length > 0 ? list(floors) : 'zéro'}.`,
    bootstrap: (resamples: number) =>
      `Intervalles : bootstrap apparié, ${count(resamples)} rééchantillonnages des documents de test.`,
    thin: (labels: string[], more: number) =>
      `Trop peu de documents de test pour mesurer : ${labels.join(' ; ')}${more > 0 ? ` et ${more} autres` : ''}.`,
    data: (documents: number, file: string) =>
      `Données : ${plural(documents, { one: '# texte', other: '# textes' })} de ${file}.`,
    floorOf: (language: string, value: number) => `${language} ${score(value)}`,
    confusion: 'Ce qui est pris pour quoi…',
    results: 'Résultats en CSV',
    predictions: 'Prédictions en CSV',
  }),
);

/** @param fileId the uploaded chart, or null when there is none */
export function rankingMessage(benchmark: Benchmark, fileId: string | null, richness: Richness, voice: Voice): Message {
  const say = words(voice);
  const { ranking, owner } = benchmark;
  if (!ranking) return { text: say.none, blocks: [section(say.none)] };
  const inWords = rankingText(ranking, voice);
  const { blocks: table, left } = rankedTable(ranking, richness, voice);
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain(say.title, 150) },
    section(`${say.ready(owner)}\n${explanation(ranking, voice)}`),
    ...table,
    ...(left > 0 ? [section(say.more(left))] : []),
  ];
  if (fileId !== null) blocks.push({ type: 'image', slack_file: { id: fileId }, alt_text: cut(inWords, 1900) });
  blocks.push(resultActions(benchmark, voice));
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: footnote(benchmark, ranking, voice) }] });
  return { text: `${say.ready(owner)} ${escapeWithin(inWords, limits.updateText - 100)}`, blocks };
}

/** The whole ranking in words, for those who hear it. Plain text: the caller escapes it. */
export function rankingText(ranking: Ranking, voice: Voice): string {
  const advice = ranking.recommendations.map((own) => own.translations[voice.language] ?? own.sentence);
  const rows = ranking.rows.map((row) => rowText(row, voice));
  return [...advice, words(voice).inWords(scoreTitle(ranking, voice)), ...rows].join('\n');
}

function explanation(ranking: Ranking, voice: Voice): string {
  const say = words(voice);
  const lines = ranking.recommendations.map(({ language, sentence, translations }) => {
    const text = name(translations[voice.language] ?? sentence, 600);
    return language === null ? text : `*${name(voice.languageName(language))}*: ${text}`;
  });
  if (ranking.race) lines.push(raceText(ranking.race, voice));
  const marks = ranking.rows.flatMap((row) => marksOf(row, ranking, voice));
  const more = marks.length > marksShown ? [say.moreMarks(marks.length - marksShown)] : [];
  return [...lines, ...marks.slice(0, marksShown), ...more].join('\n') || say.nothing;
}

function raceText({ dropped, savedSeconds, totalSeconds }: NonNullable<Ranking['race']>, voice: Voice): string {
  if (dropped.length === 0) return words(voice).raceDroppedNone;
  return words(voice).race(savedSeconds, totalSeconds, raceRisk(dropped));
}

/** What a person should know of a model before voting for it. */
function marksOf(row: RankingRow, { race }: Ranking, voice: Voice): string[] {
  const say = words(voice);
  const bold = `*${name(modelName(row.model))}*`;
  const model = row.language === null ? bold : say.inLanguage(bold, name(voice.languageName(row.language)));
  const reason = escapeMrkdwn(cut(row.reason ?? '', 300));
  const { languagesOutside: outside } = row;
  const foreign =
    outside && outside.languages.length > 0
      ? [say.foreign(model, name(voice.list(outside.languages.map(voice.languageName)), 100), outside.share)]
      : [];
  if (row.status === 'complete') return foreign;
  if (row.status === 'incomplete') return [say.incomplete(model, reason), ...foreign];
  const leg = race?.dropped.find((one) => one.model === row.model && one.language === row.language);
  return [leg ? say.dropped(model, leg.epoch, leg.epochs, leg.chance) : say.droppedFor(model, reason), ...foreign];
}

function resultActions({ id, ranking }: Benchmark, voice: Voice): ActionsBlock {
  const say = words(voice);
  const anyScored = ranking?.rows.some((row) => row.categories.some(({ macroF1 }) => macroF1 !== null)) ?? false;
  return {
    type: 'actions',
    elements: [
      ...(anyScored ? [button(actions.confusion, id, say.confusion)] : []),
      button(actions.resultsFile, id, say.results),
      ...(anyScored ? [button(actions.predictionsFile, id, say.predictions)] : []),
    ],
  };
}

function footnote({ profile, plan }: Benchmark, ranking: Ranking, voice: Voice): string {
  const say = words(voice);
  const floors = ranking.floors.flatMap(({ language, score: floor }) => {
    if (floor === null) return [];
    return [language === null ? voice.score(floor) : say.floorOf(name(voice.languageName(language)), floor)];
  });
  const repeats = plan && plan.repeats.count > 1 ? say.repeats(plan.repeats.count, plan.repeats.kind) : '';
  const notes = [
    say.meaning(repeats),
    ...(ranking.scoreName === 'rare' ? [rareNote(ranking, voice)] : []),
    say.floor(floors.slice(0, marksShown)),
    say.bootstrap(ranking.resamples),
    ...(ranking.thinLabels.length > 0 ? [thinNote(ranking, voice)] : []),
    ...(profile ? [say.data(profile.documents, name(profile.fileName))] : []),
  ];
  return cut(notes.join(' '), 1900);
}

function rareNote({ rareLabels }: Ranking, voice: Voice): string {
  const labels = rareLabels.slice(0, marksShown).map(({ category, label }) => `${name(category)}: ${name(label)}`);
  return words(voice).rare(labels);
}

function thinNote({ thinLabels }: Ranking, voice: Voice): string {
  const labels = thinLabels
    .slice(0, marksShown)
    .map(({ category, label, documents }) => `${name(category)}: ${name(label)} (${documents})`);
  return words(voice).thin(labels, thinLabels.length - labels.length);
}
