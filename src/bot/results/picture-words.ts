/** What the charts of the results say, on them and in place of them. Plain text. */
import { catalogue } from '../words/voice.ts';

/** What a person who sees no curve hears of it. */
interface CurveFigures {
  name: string;
  first: string;
  best: string;
  bestEpoch: number;
  last: string;
  epochs: number;
}

/** More models than these are only counted where they aren't drawn. */
const othersNamed = 3;

export const pictureWords = catalogue(
  ({ count, plural, duration }) => ({
    of: (title: string, language: string) => `${title}: ${language}`,
    ranked: {
      title: 'Ranked models',
      heading: (dataset: string) => `Ranked models on ${dataset || 'your data'}`,
      subtitle: (score: string) => `${score} on test texts that nothing was chosen on; higher is better`,
      more: (rows: number) => `${count(rows)} more in the table`,
      noScore: 'no score',
      noBetterThanFloor: 'no better than the floor',
      interval: '95 % interval',
      floor: (score: string | null) => `floor: always the most frequent label${score === null ? '' : ` (${score})`}`,
    },
    standings: {
      first: 'first',
      tied: 'tied with #1',
      behind: 'behind',
      incomplete: 'incomplete',
      dropped: 'dropped early',
      recommended: 'recommended',
    },
    time: {
      title: 'Score against training time',
      subtitle: 'Further up is better, further left is quicker',
      trainingTime: 'training time, all categories together',
      front: 'no other model is as good in less time',
      numbers: 'numbers: ranks in the table',
      unplaced: (models: number) =>
        plural(models, { one: '# model has no score or time', other: '# models have no score or time' }),
      line: (model: string, score: string, seconds: number, front: boolean) =>
        `${model}: ${score} in ${duration(seconds)}${front ? '; no other is as good in less time' : ''}`,
    },
    heat: {
      title: 'Scores by category',
      subtitle: (score: string) => `${score} on the test texts of each category; darker is better`,
      more: ({ models, categories }: { models: number; categories: number }) =>
        `not shown: ${[
          ...(models > 0 ? [plural(models, { one: '# model', other: '# models' })] : []),
          ...(categories > 0 ? [plural(categories, { one: '# category', other: '# categories' })] : []),
        ].join(', ')}`,
      noScore: 'no score',
      line: (model: string, scores: string) => `${model}: ${scores}`,
    },
    curves: {
      title: 'Learning curves',
      subtitle: 'Mean over the model’s trials; one that stopped early counts on with its last value',
      epoch: 'epoch',
      validation: 'macro-F1 on validation texts',
      trainLoss: 'training loss',
      others: (names: string[]) =>
        `not drawn: ${names.length > othersNamed ? plural(names.length, { one: '# model', other: '# models' }) : names.join(', ')}`,
      line: ({ name, first, best, bestEpoch, last, epochs }: CurveFigures) =>
        epochs === 1
          ? `${name}: ${first} after its only epoch`
          : `${name}: ${first} after epoch 1, best ${best} after epoch ${bestEpoch}, ${last} after the last (${epochs})`,
    },
    confusion: {
      title: (model: string, category: string) => `${model}: mistakes on ${category}`,
      figures: (documents: number, accuracy: string, macroF1: string) =>
        `${plural(documents, { one: '# test text', other: '# test texts' })}, accuracy ${accuracy}, macro-F1 ${macroF1}`,
      colour: 'colour: share of the row',
      truth: 'what people said',
      predicted: 'what the model answered',
      other: (labels: number) => plural(labels, { one: '# other label', other: '# other labels' }),
      ofRow: 'of the row',
      mistakes: 'Most frequent mistakes:',
      none: 'No mistakes.',
      mistake: (documents: number, of: number, truth: string, predicted: string) =>
        `“${truth}” taken for “${predicted}”: ${count(documents)} of ${count(of)}`,
      right: 'Right, by label:',
      label: (label: string, right: number, of: number) => `“${label}”: ${count(right)} of ${count(of)}`,
    },
  }),
  ({ count, plural, duration }) => ({
    of: (title: string, language: string) => `${title} : ${language}`,
    ranked: {
      title: 'Modèles classés',
      heading: (dataset: string) => `Modèles classés sur ${dataset || 'vos données'}`,
      subtitle: (score: string) =>
        `${score} sur des textes de test qui n’ont servi à aucun choix ; plus haut, mieux c’est`,
      more: (rows: number) => `${count(rows)} de plus dans le tableau`,
      noScore: 'pas de score',
      noBetterThanFloor: 'pas mieux que le minimum',
      interval: 'intervalle à 95 %',
      floor: (score: string | null) =>
        `minimum : toujours l’étiquette la plus fréquente${score === null ? '' : ` (${score})`}`,
    },
    standings: {
      first: 'premier',
      tied: 'à égalité avec le premier',
      behind: 'derrière',
      incomplete: 'incomplet',
      dropped: 'écarté en cours de route',
      recommended: 'recommandé',
    },
    time: {
      title: 'Score et temps d’entraînement',
      subtitle: 'Plus haut, c’est mieux ; plus à gauche, c’est plus rapide',
      trainingTime: 'temps d’entraînement, toutes catégories ensemble',
      front: 'aucun autre modèle ne fait aussi bien en moins de temps',
      numbers: 'numéros : rangs dans le tableau',
      unplaced: (models: number) =>
        plural(models, { one: '# modèle sans score ou sans durée', other: '# modèles sans score ou sans durée' }),
      line: (model: string, score: string, seconds: number, front: boolean) =>
        `${model} : ${score} en ${duration(seconds)}${front ? ' ; aucun autre ne fait aussi bien en moins de temps' : ''}`,
    },
    heat: {
      title: 'Scores par catégorie',
      subtitle: (score: string) => `${score} sur les textes de test de chaque catégorie ; plus foncé, mieux c’est`,
      more: ({ models, categories }: { models: number; categories: number }) =>
        `non montré : ${[
          ...(models > 0 ? [plural(models, { one: '# modèle', other: '# modèles' })] : []),
          ...(categories > 0 ? [plural(categories, { one: '# catégorie', other: '# catégories' })] : []),
        ].join(', ')}`,
      noScore: 'pas de score',
      line: (model: string, scores: string) => `${model} : ${scores}`,
    },
    curves: {
      title: 'Courbes d’apprentissage',
      subtitle: 'Moyenne des essais du modèle ; un essai arrêté plus tôt compte avec sa dernière valeur',
      epoch: 'époque',
      validation: 'F1 macro sur les textes de validation',
      trainLoss: 'perte à l’entraînement',
      others: (names: string[]) =>
        `non tracés : ${names.length > othersNamed ? plural(names.length, { one: '# modèle', other: '# modèles' }) : names.join(', ')}`,
      line: ({ name, first, best, bestEpoch, last, epochs }: CurveFigures) =>
        epochs === 1
          ? `${name} : ${first} après son unique époque`
          : `${name} : ${first} après l’époque 1, au mieux ${best} après l’époque ${bestEpoch}, ${last} après la dernière (${epochs})`,
    },
    confusion: {
      title: (model: string, category: string) => `${model} : erreurs sur ${category}`,
      figures: (documents: number, accuracy: string, macroF1: string) =>
        `${plural(documents, { one: '# texte de test', other: '# textes de test' })}, exactitude ${accuracy}, F1 macro ${macroF1}`,
      colour: 'couleur : part de la ligne',
      truth: 'ce que les personnes ont dit',
      predicted: 'ce que le modèle a répondu',
      other: (labels: number) => plural(labels, { one: '# autre étiquette', other: '# autres étiquettes' }),
      ofRow: 'de la ligne',
      mistakes: 'Erreurs les plus fréquentes :',
      none: 'Aucune erreur.',
      mistake: (documents: number, of: number, truth: string, predicted: string) =>
        `« ${truth} » pris pour « ${predicted} » : ${count(documents)} sur ${count(of)}`,
      right: 'Justes, par étiquette :',
      label: (label: string, right: number, of: number) => `« ${label} » : ${count(right)} sur ${count(of)}`,
    },
  }),
);
