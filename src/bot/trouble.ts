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
  not_in_table: 'Choisissez un modèle du tableau.',
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
