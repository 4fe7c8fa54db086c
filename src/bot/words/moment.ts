/** Times as people read them: Slack writes each in its reader's own zone and language. */
import type { Voice } from './voice.ts';

/**
 * mrkdwn; what can't be told in the reader's zone says UTC.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
export function moment(ms: number, { language }: Voice): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `<!date^${Math.round(ms / 1000)}^{date_short_pretty} {time}|${format.format(ms)} UTC>`;
}
