/** Progress, milestones and results, plain and at their extremes, in both languages. */
import { type Message, richnesses } from '../../src/bot/messages/message.ts';
import { milestonesMessage } from '../../src/bot/messages/milestones.ts';
import { progressForms, progressMessage } from '../../src/bot/messages/progress.ts';
import { byLanguageMessage } from '../../src/bot/results/by-language.ts';
import { chartsMessage } from '../../src/bot/results/charts-message.ts';
import { confusionChoiceView } from '../../src/bot/results/confusion-choice.ts';
import { failuresMessage } from '../../src/bot/results/failures.ts';
import { rankingMessage } from '../../src/bot/results/ranking.ts';
import { languages, type Voice, voiceOf } from '../../src/bot/words/voice.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import type { Trial } from '../../src/flows/records.ts';
import type { Fixture } from './fixtures.ts';
import { aBenchmark, aRanking, aResult, aRow, aTrial, nasty } from './support.ts';

/** Every status, with and without a matrix of mistakes. */
const trials = Array.from({ length: 60 }, (_, index): Trial => {
  const result = aResult();
  const confused = { ...result, metrics: { ...result.metrics, confusion: [[1]] } };
  const spec = { ...aTrial(index).spec, category: `${index} ${nasty}`, language: index % 3 === 0 ? nasty : null };
  if (index % 3 === 0) return aTrial(index, { status: 'done', result: confused, spec });
  return aTrial(index, { status: index % 3 === 1 ? 'failed' : 'running', error: `${index} ${nasty}`, spec });
});

export const resultFixtures = (): Fixture[] => languages.flatMap((language) => inVoice(voiceOf(language)));

function inVoice(voice: Voice): Fixture[] {
  const sixty = aRanking(Array.from({ length: 60 }, (_, index) => aRow(index + 1, { reason: nasty })));
  const perLanguage = Array.from({ length: 40 }, (_, index) => ({
    ...{ language: `${index} ${nasty}`, documents: index, macroF1: 0.5, accuracy: 0.5 },
  }));
  const many = aRanking(Array.from({ length: 60 }, (_, index) => aRow(index + 1, { perLanguage })));
  const nothing = aBenchmark({ state: 'failed', ranking: null, error: nasty });
  const picture = { fileId: 'F0CHART0001', title: nasty, altText: nasty.repeat(20) };
  const messages: [name: string, message: Message | null][] = [
    ...stateNames.flatMap((state) =>
      progressForms.map((form): [string, Message] => [
        `progress as ${form}, ${state}`,
        progressMessage(aBenchmark({ state }), trials, { ownerName: nasty, form, nowMs: 1000 }, voice),
      ]),
    ),
    ['milestones', milestonesMessage(aBenchmark(), trials, voice)],
    ...richnesses.flatMap((richness): [string, Message | null][] => [
      [`ranking as ${richness}`, rankingMessage(aBenchmark(), 'F0CHART0001', richness, voice)],
      [`ranking of sixty as ${richness}`, rankingMessage(aBenchmark({ ranking: sixty }), null, richness, voice)],
      [`no ranking as ${richness}`, rankingMessage(nothing, null, richness, voice)],
      [`nobody ranked as ${richness}`, rankingMessage(aBenchmark({ ranking: aRanking([]) }), null, richness, voice)],
      [`by language as ${richness}`, byLanguageMessage(aBenchmark({ ranking: many }), richness, voice)],
    ]),
    [
      'charts',
      chartsMessage(
        Array.from({ length: 6 }, () => picture),
        voice,
      ),
    ],
    ['all failed', failuresMessage(nothing, trials, voice)],
  ];
  return [
    ...messages.flatMap(([name, message]): Fixture[] =>
      message ? [{ name: `${voice.language}: ${name}`, message }] : [],
    ),
    { name: `${voice.language}: mistakes`, view: confusionChoiceView(aBenchmark(), trials, voice) },
    { name: `${voice.language}: mistakes of nobody`, view: confusionChoiceView(aBenchmark(), [], voice) },
  ];
}
