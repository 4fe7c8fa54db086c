/**
 * What the epochs still to come may bring. A model's remaining growth is g = ln(error now / error at the end), its error
 * being 1 - macro-F1 on validation at its best epoch so far. It is drawn as
 *
 *   g = typical x ((1 - x) / x) ^ decay x e ^ (spread x z)     x: share of the epochs done, z: standard normal
 *
 * A log-normal, because growth is never negative (the best epoch is kept) and now and then large.
 *
 * Measured on 44 learning curves (`npm run bench -- method race-growth` prints them beside what is drawn): the built-in
 * models and all-MiniLM-L6-v2 on goemotions' emotion, ekman and polarity, mlma_hate's directness, group and target and the
 * sample's theme and tone, 420 to 1,400 training documents, 3 or 5 epochs. After the first of three epochs the median
 * growth was 0.13 for fastText (most 0.48), 0.15 for transformers from scratch (0.90) and 0.50 for the pretrained one
 * (1.06); after the second 0.00, 0.03 and 0.12 (0.11, 0.20, 0.35). Other encoders and other data will differ more than
 * these do, so what is drawn lies above: 28 % of the measured growths are beyond its median, 4 % beyond its 90 % quantile,
 * none beyond 97.5 %.
 *
 * What the model gained in its last epoch tells a little of what it will gain, its remaining error tells nothing: fitted
 * on two of the three sets and as cautious on the third, growth given the last gain saved hardly more than this.
 */
import { shapeOfModel } from './catalogue.ts';
import type { ModelShape } from './cost-model.ts';

/** Learning curves differ most by where a model starts from. */
const typical: Record<ModelShape['kind'], number> = { linear: 0.07, fasttext: 0.07, scratch: 0.12, encoder: 0.25 };
const decay = 1.2;
const spread = 0.9;

/** @param normal a standard normal number */
export function drawnGrowth(
  model: string,
  { epoch, epochs }: { epoch: number; epochs: number },
  normal: number,
): number {
  return typical[shapeOfModel(model).kind] * ((epochs - epoch) / epoch) ** decay * Math.exp(spread * normal);
}
