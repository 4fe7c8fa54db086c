/** What went wrong: the trials that failed, why, and a button that tries them again. */
import type { KnownBlock } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Trial } from '../../flows/records.ts';
import { failedTrials } from '../../flows/retry.ts';
import { actions } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { button, cut, escapeMrkdwn, limits, name, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const reasonsShown = 8;
const trialsNamed = 4;

const words = catalogue(
  ({ plural }) => ({
    title: (failed: number) =>
      `⚠️ *What went wrong*: ${plural(failed, { one: '# trial failed', other: '# trials failed' })}`,
    mended: '✅ Trials that had failed were tried again and have finished.',
    again: '⏳ Failed trials are being tried again; the ranking is made anew afterwards.',
    on: (model: string, category: string, language: string) =>
      `${model} on ${category}${language === '' ? '' : ` in ${language}`}`,
    noReason: 'no reason was given',
    more: (count: number) => ` and ${plural(count, { one: '# more', other: '# more' })}`,
    moreReasons: (count: number) => plural(count, { one: '… and # more reason', other: '… and # more reasons' }),
    what: 'Trying again helps against what passes: a full disk or memory, a hub that was away. What lies in the data or the model stays; take another model then.',
    retry: 'Try again',
    confirm: 'The failed trials are run again, then everything is ranked anew and the vote opens again.',
    keep: 'Leave it',
  }),
  ({ plural }) => ({
    title: (failed: number) =>
      `⚠️ *Ce qui n'a pas marché* : ${plural(failed, { one: '# essai a échoué', other: '# essais ont échoué' })}`,
    mended: '✅ Les essais échoués ont été relancés et sont terminés.',
    again: '⏳ Les essais échoués sont relancés ; le classement sera refait ensuite.',
    on: (model: string, category: string, language: string) =>
      `${model} sur ${category}${language === '' ? '' : ` en ${language}`}`,
    noReason: "aucune raison n'a été donnée",
    more: (count: number) => ` et ${plural(count, { one: '# autre', other: '# autres' })}`,
    moreReasons: (count: number) => plural(count, { one: '… et # autre raison', other: '… et # autres raisons' }),
    what: 'Relancer aide contre ce qui passe : un disque ou une mémoire pleins, un dépôt de modèles absent. Ce qui tient aux données ou au modèle demeure ; prenez alors un autre modèle.',
    retry: 'Relancer',
    confirm: 'Les essais échoués sont relancés, puis tout est classé à nouveau et le vote rouvre.',
    keep: 'Laisser',
  }),
);

/** @returns null where nothing ever failed */
export function failuresMessage(benchmark: Benchmark, trials: readonly Trial[], voice: Voice): Message | null {
  const say = words(voice);
  const failed = trials.filter(({ status }) => status === 'failed');
  if (failed.length === 0) {
    const retried = trials.filter(({ attempt }) => attempt > 0);
    if (retried.length === 0) return null;
    const text = retried.every(({ status }) => status === 'done') ? say.mended : say.again;
    return { text, blocks: [section(text)] };
  }
  const reasons = reasonsOf(failed, voice);
  const more = reasons.length - reasonsShown;
  const lines = [...reasons.slice(0, reasonsShown), ...(more > 0 ? [say.moreReasons(more)] : [])];
  const title = say.title(failed.length);
  const blocks: KnownBlock[] = [section(`${title}\n${lines.join('\n')}`)];
  if (failedTrials(benchmark, trials).length > 0) blocks.push(section(say.what), retryBlock(benchmark.id, voice));
  return { text: cut(`${title}\n${lines.join('\n')}`, limits.updateText - 100), blocks };
}

/** Trials that failed for the same reason stand together. */
function reasonsOf(failed: readonly Trial[], voice: Voice): string[] {
  const say = words(voice);
  const byReason = new Map<string, Trial[]>();
  for (const trial of failed) byReason.set(trial.error ?? '', [...(byReason.get(trial.error ?? '') ?? []), trial]);
  return [...byReason].map(([reason, trials]) => {
    const named = trials.slice(0, trialsNamed).map(({ spec: { model, category, language } }) => {
      const where = language === null ? '' : name(voice.languageName(language), 20);
      return say.on(`*${name(modelName(model), 30)}*`, name(category, 20), where);
    });
    const more = trials.length > trialsNamed ? say.more(trials.length - trialsNamed) : '';
    return `• ${named.join(', ')}${more}: ${escapeMrkdwn(cut(reason || say.noReason, 80))}`;
  });
}

function retryBlock(benchmarkId: string, voice: Voice): KnownBlock {
  const say = words(voice);
  return {
    type: 'actions',
    elements: [
      {
        ...button(actions.retryTrials, benchmarkId, say.retry),
        confirm: {
          title: plain(say.retry),
          text: plain(say.confirm, 300),
          confirm: plain(say.retry),
          deny: plain(say.keep),
        },
      },
    ],
  };
}
