/** What a person is told when something didn't work: what to do next, and an id under which the log has the rest. */
import { randomBytes } from 'node:crypto';
import { errorText, UserError } from '../errors.ts';
import { catalogue, type Voice } from './words/voice.ts';

/** Texts of UserErrors by their code; the English one is the error's own message. */
const inFrench: Record<string, string> = {
  vote_over: 'Ce vote est terminé.',
  not_on_ballot: 'Ce modèle ne figure pas sur ce bulletin.',
  decided_already: 'La décision a déjà été prise.',
  not_decider:
    'Seule la personne qui a lancé cette comparaison, ou celles qu’elle a nommées, peut décider. Votre vote compte tout autant.',
  nothing_to_retry: 'Il ne reste aucun essai échoué à relancer.',
  not_retrier:
    'Seule la personne qui a lancé cette comparaison, ou celles qu’elle a nommées, peut relancer des essais.',
  no_results: 'Il n’y a pas encore de résultats.',
  not_in_table: 'Choisissez un modèle du tableau.',
  ranked_anew: 'Les modèles ont été reclassés entre-temps. Regardez d’abord le nouveau tableau.',
  no_failed_training: 'Il ne reste aucun entraînement échoué à relancer.',
  not_training_retrier:
    'Seules les personnes qui peuvent décider de cette comparaison peuvent relancer son entraînement.',
  not_in_channel:
    'Seules les personnes qui voient le canal de cette comparaison peuvent y voter. Si vous venez de le rejoindre, réessayez dans une minute.',
  elsewhere: 'Ce message est une copie. Allez dans le canal de cette comparaison pour voter ou décider.',
  not_canceller: 'Seule la personne qui a lancé cette comparaison, ou un administrateur, peut l’annuler.',
  still_reading: 'Le fichier est encore en cours de lecture ; réessayez dans un instant.',
  two_models: 'Choisissez au moins deux modèles : un seul ne se classe pas.',
  one_model: 'Choisissez exactement un modèle à entraîner.',
  nothing_chosen: 'Rien n’a encore été choisi.',
  file_empty: 'Ce fichier est vide (0 octet). Il faut une ligne d’en-tête et au moins une ligne de données.',
  file_too_large: 'Ce fichier est trop grand pour être lu ici (PODIUM_MAX_MB fixe la limite).',
  file_kind:
    'Ce type de fichier ne peut pas être lu. Enregistrez-le en CSV (UTF-8), TSV, JSON, JSON lines, Parquet ou Excel (.xlsx).',
  unknown_file: 'Ce fichier n’est plus connu. Envoyez-le à nouveau.',
  no_problems: 'Ce fichier ne posait aucun problème.',
  nothing_to_cancel: 'Il n’y a plus rien à annuler.',
  text_too_long: 'Ce texte est trop long pour être classé ici. Envoyez-en un plus court.',
  no_worker_answered:
    'Aucune machine n’a répondu à temps. S’il n’y en a pas, `npm run worker` en démarre une ; puis réessayez.',
  unknown_channel: 'Podium ne connaît pas ce canal. Tapez-y d’abord /invite @Podium.',
};

const words = catalogue(
  () => ({
    failed: (id: string) =>
      `That didn't work. Try again in a moment; if it fails again, tell who runs Podium: error ${id}.`,
  }),
  () => ({
    failed: (id: string) =>
      `Cela n'a pas fonctionné. Réessayez dans un instant ; si l'erreur revient, signalez-la à la personne qui gère Podium : erreur ${id}.`,
  }),
);

/**
 * Plain text for the person. A UserError says itself what to do; of anything else the log keeps the details.
 * @param doing what was being done, for the log
 */
export function troubleText(error: unknown, doing: string, voice: Voice, log: (line: string) => void): string {
  if (error instanceof UserError)
    return (voice.language === 'fr' ? inFrench[error.code ?? ''] : undefined) ?? error.message;
  const id = randomBytes(4).toString('hex');
  log(`error ${id}: ${doing}: ${error instanceof Error && error.stack ? error.stack : errorText(error)}`);
  return words(voice).failed(id);
}
