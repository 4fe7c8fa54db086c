/** What the message in the channel says. Names go in escaped; what comes out is mrkdwn, titles are plain text. */
import { catalogue } from '../words/voice.ts';

export const progressWords = catalogue(
  ({ plural, score, count, chance: chanceText }) => ({
    empty: 'A benchmark',
    compares: (who: string, models: number, categories: number, file: string) =>
      `*${who}* compares ${plural(models, { one: '# model', other: '# models' })} on ${plural(categories, { one: '# category', other: '# categories' })} of *${file}*`,
    trains: (who: string, model: string, categories: number, file: string) =>
      `*${who}* has *${model}* trained on ${plural(categories, { one: '# category', other: '# categories' })} of *${file}*`,
    title: (number: number, file: string, models: string, categories: string) =>
      `Benchmark #${number} of ${file}: ${models} on ${categories}`,
    trainTitle: (number: number, file: string, model: string, categories: string) =>
      `Training #${number} on ${file}: ${model} for ${categories}`,
    timing: (note: string, trials: number) =>
      `⏱️ Timing a few steps first${note}. ${plural(trials, { one: '# trial', other: '# trials' })} to go`,
    waiting: (trials: number) =>
      `⏳ Waiting for a worker. ${plural(trials, { one: '# trial', other: '# trials' })} to go`,
    ranking: '📊 All trials are done; ranking them.',
    comparing: (epoch: number) => `🏁 Comparing the models after epoch ${epoch}.`,
    running: (over: number, trials: number, left: string) =>
      `🏃 ${over} of ${plural(trials, { one: '# trial', other: '# trials' })} done${left}.`,
    nearly: ', nearly there',
    left: (duration: string) => `, about ${duration} left`,
    ranked: (model: string, value: number | null) =>
      `🗳️ Ranked; the vote is open in the thread. First: *${model}*, macro-F1 ${score(value)}.`,
    voted: '🗳️ The vote is over; the decision is outstanding. See the thread.',
    decided: (models: string) => `⚙️ Decided: ${models}. Full training is on.`,
    done: (models: string) => `✅ ${models}: trained and ready. Details in the thread.`,
    stopped: '🛑 Stopped without a choice. The ranking stays in the thread.',
    cancelled: '🛑 Cancelled.',
    failed: (why: string) => `❌ It didn't work: ${why || 'no reason was given'}`,
    trials: 'Trials',
    of: (over: number, all: number) => `${count(over)} of ${count(all)}`,
    now: (what: string) => `now ${what}`,
    on: (category: string, language: string) => `${category} in ${language}`,
    epoch: (epoch: number, epochs: number) => `epoch ${epoch} of ${epochs}`,
    validation: (value: number) => `validation macro-F1 ${score(value)}`,
    dropped: (epoch: number, epochs: number, chance: number | null) =>
      `dropped after epoch ${epoch} of ${epochs}${chance === null ? '' : ` (chance of being best ${chanceText(chance)})`}`,
    failedTrial: 'failed',
    moreFailed: (more: number) =>
      plural(more, { one: '… and # more failed trial', other: '… and # more failed trials' }),
    moreModels: (more: number) => plural(more, { one: '… and # more model', other: '… and # more models' }),
    forLanguage: (model: string, language: string) => `${model} for ${language}`,
  }),
  ({ plural, score, count, chance: chanceText }) => ({
    empty: 'Une comparaison',
    compares: (who: string, models: number, categories: number, file: string) =>
      `*${who}* compare ${plural(models, { one: '# modèle', other: '# modèles' })} sur ${plural(categories, { one: '# catégorie', other: '# catégories' })} de *${file}*`,
    trains: (who: string, model: string, categories: number, file: string) =>
      `*${who}* fait entraîner *${model}* sur ${plural(categories, { one: '# catégorie', other: '# catégories' })} de *${file}*`,
    title: (number: number, file: string, models: string, categories: string) =>
      `Comparaison n° ${number} de ${file} : ${models} sur ${categories}`,
    trainTitle: (number: number, file: string, model: string, categories: string) =>
      `Entraînement n° ${number} sur ${file} : ${model} pour ${categories}`,
    timing: (note: string, trials: number) =>
      `⏱️ D'abord quelques pas pour mesurer la durée${note}. ${plural(trials, { one: '# essai prévu', other: '# essais prévus' })}`,
    waiting: (trials: number) =>
      `⏳ En attente d'une machine. ${plural(trials, { one: '# essai prévu', other: '# essais prévus' })}`,
    ranking: '📊 Tous les essais sont terminés ; classement en cours.',
    comparing: (epoch: number) => `🏁 Comparaison des modèles après l'époque ${epoch}.`,
    running: (over: number, trials: number, left: string) =>
      `🏃 ${over} sur ${plural(trials, { one: '# essai terminé', other: '# essais terminés' })}${left}.`,
    nearly: ', presque fini',
    left: (duration: string) => `, encore ${duration} environ`,
    ranked: (model: string, value: number | null) =>
      `🗳️ Classement établi ; le vote est ouvert dans le fil. Premier : *${model}*, F1 macro ${score(value)}.`,
    voted: '🗳️ Le vote est terminé ; il reste à décider. Voir le fil.',
    decided: (models: string) => `⚙️ Choix : ${models}. Entraînement complet en cours.`,
    done: (models: string) => `✅ ${models} : entraînement terminé. Détails dans le fil.`,
    stopped: '🛑 Arrêt sans choix. Le classement reste dans le fil.',
    cancelled: '🛑 Annulé.',
    failed: (why: string) => `❌ Échec : ${why || "aucune raison n'a été donnée"}`,
    trials: 'Essais',
    of: (over: number, all: number) => `${count(over)} sur ${count(all)}`,
    now: (what: string) => `en cours : ${what}`,
    on: (category: string, language: string) => `${category} en ${language}`,
    epoch: (epoch: number, epochs: number) => `époque ${epoch} sur ${epochs}`,
    validation: (value: number) => `F1 macro de validation ${score(value)}`,
    dropped: (epoch: number, epochs: number, chance: number | null) =>
      `écarté après l'époque ${epoch} sur ${epochs}${chance === null ? '' : ` (chance d'être le meilleur : ${chanceText(chance)})`}`,
    failedTrial: 'échec',
    moreFailed: (more: number) =>
      plural(more, { one: '… et # autre essai échoué', other: '… et # autres essais échoués' }),
    moreModels: (more: number) => plural(more, { one: '… et # autre modèle', other: '… et # autres modèles' }),
    forLanguage: (model: string, language: string) => `${model} pour ${language}`,
  }),
);
