import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clockText, dateText, dayText, momentOf, wallTime } from '../../src/workspace/page/dates.ts';
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

test('a day has a heading, and a message a time, by the reader’s own calendar and clocks', () => {
  const atMs = Number(at) * 1000;
  assert.equal(dayText(paris, atMs, later), 'Mercredi 18 février');
  assert.equal(dayText(newYork, atMs, later), 'Tuesday, February 17');
  assert.deepEqual([dayText(paris, atMs, atMs), dayText(newYork, atMs, atMs)], ['Aujourd’hui', 'Today']);
  assert.equal(clockText(paris, atMs), '03:30');
  assert.match(clockText(newYork, atMs), /^9:30\sPM$/);
});

test('what a field for date and time shows in a zone leads back to the moment, before and after a change of its clocks', () => {
  const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
  const zones = fc.constantFrom('Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Etc/UTC');
  fc.assert(
    fc.property(minutes, zones, (minute, tz) => {
      const wall = wallTime(tz, minute * 60_000);
      // An hour that comes twice in autumn has one moment of the two.
      assert.equal(wallTime(tz, momentOf(wall, tz)), wall);
      assert.ok(Math.abs(momentOf(wall, tz) - minute * 60_000) <= 3_600_000);
    }),
  );
  assert.equal(momentOf('2026-02-17T21:30', newYork.tz), Number(at) * 1000);
});

test('the page’s own headings and times follow whoever acts', { skip }, async () => {
  // Midnight in New York and the morning in Paris: it is another day for each of them.
  let nowMs = Date.UTC(2026, 1, 18, 2, 30);
  await using f = await startWorkspace({ now: () => (nowMs += 1) });
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'late' });
  await using browsing = await browse(`${f.workspace.url}/?as=dee`);
  await browsing.page.getByText('Mercredi 18 février').waitFor();
  await browsing.page.getByRole('article', { name: 'Podium, 03:30' }).waitFor();
  await browsing.page.goto(`${f.workspace.url}/?as=ana`);
  await browsing.page.getByText('Tuesday, February 17').waitFor();
  await browsing.page.getByRole('article', { name: /^Podium, 9:30\sPM$/ }).waitFor();
  assert.deepEqual(browsing.errors, []);
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
