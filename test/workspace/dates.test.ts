import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateText } from '../../src/workspace/page/dates.ts';
import { browse, skip } from './browsing.ts';
import { startWorkspace } from './support.ts';

const paris = { locale: 'fr-FR', tz: 'Europe/Paris' };
const newYork = { locale: 'en-US', tz: 'America/New_York' };
const at = String(Date.UTC(2026, 1, 18, 2, 30) / 1000);
const later = Date.UTC(2026, 5, 1);

test('a date is written in the language and the time zone of its reader', () => {
  assert.equal(dateText(at, '{date_num}', paris, later), '2026-02-18');
  assert.equal(dateText(at, '{date_num}', newYork, later), '2026-02-17');
  assert.equal(dateText(at, 'le {date_short_pretty} à {time}', paris, later), 'le 18 févr. 2026 à 03:30');
  assert.match(dateText(at, '{date_long} at {time}', newYork, later) ?? '', /^Tuesday, February 17, 2026 at 9:30\sPM$/);
});

test('a pretty date near today is said in words, by the calendar of the reader', () => {
  const now = Date.UTC(2026, 1, 18, 12);
  assert.equal(dateText(at, '{date_pretty}', paris, now), 'aujourd’hui');
  assert.equal(dateText(at, '{date_short_pretty}', newYork, now), 'yesterday');
});

test('an unknown token or a time that is none leaves the fallback', () => {
  assert.equal(dateText(at, '{weekday}', paris, later), undefined);
  assert.equal(dateText('soon', '{date}', paris, later), undefined);
});

test('the page shows each person the same message in their own time', { skip }, async () => {
  await using f = await startWorkspace();
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: `closes <!date^${at}^{date_short}|fallback>` });
  await using browsing = await browse(`${f.workspace.url}/?as=dee`);
  await browsing.page.getByText('closes 18 févr. 2026').waitFor();
  await browsing.page.goto(`${f.workspace.url}/?as=ana`);
  await browsing.page.getByText('closes Feb 17, 2026').waitFor();
  assert.deepEqual(browsing.errors, []);
});
