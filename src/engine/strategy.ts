/**
 * How a category's labels are learnt and told. One word travels from the choice into trials, full training and the
 * delivered folder, and every model of a category has the same one.
 *
 * - `multi-class`: softmax over the K labels and its cross-entropy; the answer is the largest, exactly one label.
 * - `one-vs-rest`: a yes/no question for each label, that is a sigmoid and binary cross-entropy each, with a weight of its
 *   own where classes are weighted; the answer is the label with the surest yes, exactly one.
 * - `multi-label`: the same questions; the answer is every label with a probability of at least 0.5, none or several.
 *
 * All questions share one encoder in a neural model, not K of them; in a linear one they are K problems apart.
 */
import { UserError } from '../errors.ts';
import type { CategoryKind, ResolvedStrategy, Strategy } from '../flows/contracts.ts';
import type { Document } from './data/document.ts';

/** What the strategy answers: exactly one label or a set of them. It is scored as such. */
export function answerKind(strategy: ResolvedStrategy): CategoryKind {
  return strategy === 'multi-label' ? 'multi' : 'single';
}

/**
 * What becomes of a strategy in a category. `auto` takes multi-class for one label per document and multi-label for a
 * set of them. Yes/no questions about a set of labels are multi-label by either name.
 * @throws UserError where one label per document was asked for and some documents have several, with their number
 */
export function resolveStrategy(
  asked: Strategy,
  category: string,
  kind: CategoryKind,
  documents: readonly Document[],
): ResolvedStrategy {
  if (kind === 'single') return asked === 'auto' ? 'multi-class' : asked;
  if (asked !== 'multi-class') return 'multi-label';
  const several = documents.filter(({ labels }) => (labels.get(category)?.length ?? 0) > 1).length;
  if (several === 0) return 'multi-class';
  throw new UserError(
    `${JSON.stringify(category)} can't be learnt as multi-class, which gives each document one label: ` +
      `${several.toLocaleString('en')} of its documents have several. Take multi-label.`,
  );
}
