/** What was decided, by whom, and how the full training goes and ends. */
import type { KnownBlock } from '@slack/types';
import type { Benchmark } from '../../flows/records.ts';
import { cut, escapeMrkdwn, name, plural, score, section } from '../text.ts';
import type { Voice } from '../words/voice.ts';
import type { Message } from './message.ts';
import { decisionText } from './progress.ts';

const kinds = {
  top: 'takes the top-ranked:',
  manual: 'chooses',
  stop: 'stops here, without a choice',
  vote: 'the vote chose',
} as const;

const modelsListed = 12;

/** @param location where the model's files are, in words for people */
export function decisionMessage(benchmark: Benchmark, location: (prefix: string) => string, voice: Voice): Message {
  const { decision } = benchmark;
  if (!decision) return { text: 'No decision', blocks: [section('No decision')] };
  const reason = decision.reason ? `\n> ${escapeMrkdwn(cut(decision.reason.replace(/\s+/g, ' '), 500))}` : '';
  const what =
    `${decision.by === null ? '' : `<@${decision.by}>`} ${kinds[decision.kind]} ${decisionText(benchmark, voice)}`.trim();
  const status = decision.kind === 'stop' ? '' : trainingText(benchmark);
  const blocks: KnownBlock[] = [section(`📌 ${what}${reason}`)];
  if (status !== '') blocks.push(section(status));
  const result = benchmark.training?.result;
  if (result) {
    const size = result.files.reduce((sum, file) => sum + file.sizeBytes, 0) / 1e6;
    blocks.push(
      section(
        `📦 ${plural(result.files.length, 'file')}, ${size.toFixed(1)} MB, in \`${escapeMrkdwn(location(result.artifactPrefix)).replaceAll('`', "'")}\``,
      ),
    );
  }
  return { text: `${what}. ${status}`.trim(), blocks };
}

function trainingText({ state, training, error }: Benchmark): string {
  if (state === 'failed') return `❌ Full training failed: ${escapeMrkdwn(cut(error ?? 'no reason was given', 500))}`;
  const result = training?.result;
  if (result) {
    const lines = result.models.slice(0, modelsListed).map(({ category, language, result: { metrics } }) => {
      const where = language === null ? name(category) : `${name(category)} in ${name(language)}`;
      return `• *${where}*: macro-F1 ${score(metrics.macroF1)}, accuracy ${score(metrics.accuracy)} on ${plural(metrics.documents, 'test document')}`;
    });
    const more = result.models.length - lines.length;
    return `✅ The model is trained and ready.\n${lines.join('\n')}${more > 0 ? `\n… and ${more} more` : ''}`;
  }
  const progress = training?.progress;
  if (!progress) return '⏳ Full training waits for a worker.';
  const epoch = progress.epoch && progress.epochs ? `, epoch ${progress.epoch} of ${progress.epochs}` : '';
  return `⚙️ Full training: ${Math.round(progress.share * 100)} %${progress.note ? `, now ${name(progress.note)}` : ''}${epoch}`;
}
