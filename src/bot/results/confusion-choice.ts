/** Which model's confusion matrix on which category: asked in a modal, shown to the person alone. */
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Trial } from '../../flows/records.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { limits, option, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const words = catalogue(
  () => ({
    title: 'Mistakes of a model',
    show: 'Show',
    close: 'Close',
    model: 'Model and category',
    hint: 'Rows are what people said, columns what the model answered, on the test texts.',
    none: 'No trial of one label per text has finished: there is nothing to show here.',
    line: (model: string, category: string, language: string) =>
      `${model}: ${category}${language === '' ? '' : `, ${language}`}`,
  }),
  () => ({
    title: 'Erreurs d’un modèle',
    show: 'Afficher',
    close: 'Fermer',
    model: 'Modèle et catégorie',
    hint: 'En lignes, ce que les personnes ont dit ; en colonnes, ce que le modèle a répondu, sur les textes de test.',
    none: 'Aucun essai à une étiquette par texte n’est terminé : il n’y a rien à montrer.',
    line: (model: string, category: string, language: string) =>
      `${model} : ${category}${language === '' ? '' : `, ${language}`}`,
  }),
);

/** Trials that have a matrix: one label per text, and finished; of several repetitions the first; best models first. */
export function confusedTrials({ ranking }: Pick<Benchmark, 'ranking'>, trials: readonly Trial[]): Trial[] {
  const seen = new Set<string>();
  const rankOf = ({ spec }: Trial): number =>
    ranking?.rows.find((row) => row.model === spec.model && row.language === spec.language)?.rank ?? 1e6;
  const withMatrix = trials.filter(({ result, spec: { model, category, language } }) => {
    const key = JSON.stringify([model, category, language]);
    if (!result?.metrics.confusion || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return withMatrix.toSorted((a, b) => rankOf(a) - rankOf(b) || a.position - b.position).slice(0, limits.options);
}

export function confusionChoiceView(benchmark: Benchmark, trials: readonly Trial[], voice: Voice): ModalView {
  const say = words(voice);
  const options = confusedTrials(benchmark, trials).map(({ id, spec: { model, category, language } }) =>
    option(say.line(modelName(model), category, language === null ? '' : voice.languageName(language)), id),
  );
  const [first] = options;
  const base = {
    type: 'modal' as const,
    callback_id: callbacks.confusion,
    private_metadata: benchmark.id,
    title: plain(say.title, 24),
    close: plain(say.close, 24),
  };
  if (!first) return { ...base, blocks: [section(say.none)] };
  return {
    ...base,
    submit: plain(say.show, 24),
    blocks: [
      {
        type: 'input',
        block_id: blocks.model,
        label: plain(say.model),
        hint: plain(say.hint),
        element: { type: 'static_select', action_id: valueAction, options, initial_option: first },
      },
    ],
  };
}

/** The inverse of confusionChoiceView: the trial's id. */
export function parseConfusionChoice({ state }: ViewOutput): string | null {
  return state.values[blocks.model]?.[valueAction]?.selected_option?.value ?? null;
}
