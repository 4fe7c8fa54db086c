/**
 * One scenario, twice: by people in the page and by people behind the control API. What either sees and can do, the other
 * does too; the app behind it is the same small Bolt app (conformance-app.ts), and the steps are the same (conformance-steps.ts).
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Browsing, browse, skip } from './browsing.ts';
import { startSurveyApp } from './conformance-app.ts';
import { personBehindControl } from './conformance-control.ts';
import { personInPage } from './conformance-page.ts';
import { type Stage, scenario } from './conformance-steps.ts';
import { type Fixture, startWorkspace } from './support.ts';

async function play(t: TestContext, f: Fixture, people: Pick<Stage, 'ana' | 'bo' | 'chi'>): Promise<void> {
  await using app = await startSurveyApp(f.workspace);
  const stage = { f, app, ...people };
  let broken: string | undefined;
  for (const [sentence, run] of scenario) {
    // Each step stands on those before it: what follows a broken one says nothing of its own.
    await t.test(sentence, { skip: broken === undefined ? false : `after “${broken}”` }, async () => {
      const before = broken;
      broken = sentence;
      await run(stage);
      broken = before;
    });
  }
}

const start = () =>
  startWorkspace({ commands: ['/survey'], messageShortcuts: [{ name: 'about', callback_id: 'about' }] });

test('people behind the control API go through the whole scenario', async (t) => {
  await using f = await start();
  const [ana, bo, chi] = [
    await personBehindControl(f.driver, 'ana'),
    await personBehindControl(f.driver, 'bo'),
    await personBehindControl(f.driver, 'chi'),
  ];
  await play(t, f, { ana, bo, chi });
});

test('people in the page go through the whole scenario', { skip }, async (t) => {
  await using f = await start();
  const open = (user: string): Promise<Browsing> => browse(`${f.workspace.url}/?as=${user}&channel=benchmarks`);
  await using ana = await open('ana');
  await using bo = await open('bo');
  await using chi = await open('chi');
  await play(t, f, { ana: personInPage(ana), bo: personInPage(bo), chi: personInPage(chi) });
  for (const one of [ana, bo, chi]) assert.deepEqual(one.errors, []);
});
