import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/flows/contracts.ts';
import type { Flow } from '../../src/flows/flow.ts';
import { jobIds } from '../../src/flows/job-ids.ts';
import { profileEnded } from '../../src/flows/outcomes.ts';
import { type Benchmark, requireBenchmark } from '../../src/flows/records.ts';
import {
  beginDraft,
  discardOtherDrafts,
  giveDataset,
  keepPlan,
  mustBeRead,
  noteDraft,
  openDraft,
  planOf,
  submitPlan,
  unfinishedDraft,
} from '../../src/flows/wizard.ts';
import type { DatasetRow } from '../../src/storage/benchmark-queries.ts';
import { closeDatabase, openDatabase } from '../../src/storage/database.ts';
import { aPlan, aProfile } from '../bot/support.ts';

const day = 86_400_000;

function aFlow() {
  const clock = { nowMs: 1_000_000 };
  const database = openDatabase(':memory:');
  const flow: Flow = { database, nowMs: () => clock.nowMs, wake: () => undefined };
  return { flow, clock, [Symbol.dispose]: () => closeDatabase(database) };
}

const aDataset = (letter = 'a'): DatasetRow => ({
  hash: letter.repeat(64),
  fileName: `${letter}.csv`,
  artifactKey: `datasets/${letter}`,
  sizeBytes: 10,
  uploadedBy: 'U1',
  createdMs: 0,
});

const begin = (flow: Flow): Benchmark => beginDraft(flow, { owner: 'U1', channel: 'C1' });

/** The file is given and has been read. */
function read(flow: Flow, id: string, dataset = aDataset(), profile: Profile = aProfile()): Benchmark {
  const given = giveDataset(flow, id, dataset, null, 'V1');
  assert.ok(profileEnded(flow, jobIds.profile(given), profile));
  return requireBenchmark(flow.database, id);
}

test('a draft that never got a file is taken up again, one with a file is left alone', () => {
  using started = aFlow();
  const { flow } = started;
  const first = begin(flow);
  assert.equal(beginDraft(flow, { owner: 'U1', channel: 'C2', kind: 'train' }).id, first.id);
  assert.deepEqual([openDraft(flow, first.id)?.channel, openDraft(flow, first.id)?.kind], ['C2', 'train']);
  assert.notEqual(beginDraft(flow, { owner: 'U2', channel: 'C1' }).id, first.id);
  read(flow, first.id);
  assert.notEqual(begin(flow).id, first.id);
});

test('an unfinished draft is offered for fourteen days, to its owner, until another takes its place', () => {
  using started = aFlow();
  const { flow, clock } = started;
  const { id } = read(flow, begin(flow).id);
  for (let opened = 0; opened < 10; opened++) begin(flow);
  clock.nowMs += 14 * day;
  assert.equal(unfinishedDraft(flow, 'U1')?.id, id);
  assert.equal(unfinishedDraft(flow, 'U2'), null);
  clock.nowMs += 1;
  assert.equal(unfinishedDraft(flow, 'U1'), null);
  discardOtherDrafts(flow, 'U1', null);
  assert.equal(openDraft(flow, id), null);
});

test('what is noted while the file is read does not lose its reading; what an earlier reading brings is ignored', () => {
  using started = aFlow();
  const { flow } = started;
  const { id } = begin(flow);
  const first = giveDataset(flow, id, aDataset('a'), null, 'V1');
  const second = giveDataset(flow, id, aDataset('b'), null, 'V1');
  noteDraft(flow, id, { viewId: 'V2', step: 'columns' });
  assert.equal(profileEnded(flow, jobIds.profile(first), aProfile()), null);
  assert.ok(profileEnded(flow, jobIds.profile(second), aProfile()));
  assert.equal(requireBenchmark(flow.database, id).viewId, 'V2');
});

test('another file, or other columns, forget what was chosen of the data, and keep models and settings', () => {
  using started = aFlow();
  const { flow } = started;
  const { id } = read(flow, begin(flow).id);
  const { preparation, models, categories } = aPlan();
  const decided = { ...preparation, languages: { ...preparation.languages, detect: 'all' as const } };
  noteDraft(flow, id, { chosen: { preparation: decided, models, categories, languages: ['l0'], score: 'rare' } });
  const plan = planOf(read(flow, id, aDataset('b')));
  assert.deepEqual([plan.models, plan.score], [models, 'rare']);
  assert.deepEqual([plan.preparation, plan.categories, plan.languages], [preparation, [], null]);
});

test('decisions about the data have the file read with them once, and what was found before stays meanwhile', () => {
  using started = aFlow();
  const { flow } = started;
  const before = read(flow, begin(flow).id);
  const { id, profile } = before;
  const { preparation } = aPlan();
  const decided = { ...preparation, languages: { ...preparation.languages, detect: 'all' as const } };
  assert.deepEqual([mustBeRead(before, preparation), mustBeRead(before, decided)], [false, true]);
  noteDraft(flow, id, { chosen: { preparation: decided } });
  const given = giveDataset(flow, id, aDataset(), profile?.roles ?? null, 'V1');
  assert.ok(given.profile);
  profileEnded(flow, jobIds.profile(given), aProfile());
  const after = requireBenchmark(flow.database, id);
  assert.deepEqual([mustBeRead(after, preparation), mustBeRead(after, decided)], [true, false]);
  assert.deepEqual(planOf(after).preparation, decided);
});

test('categories and languages that are no longer in the data are not in the plan', () => {
  using started = aFlow();
  const { flow } = started;
  const { id } = read(flow, begin(flow).id);
  noteDraft(flow, id, { chosen: { categories: ['category1', 'gone'], languages: ['l1', 'gone'] } });
  const plan = planOf(requireBenchmark(flow.database, id));
  assert.deepEqual([plan.categories, plan.languages], [['category1'], ['l1']]);
});

test('run again: the file as it was read, and the plan, without another reading', () => {
  using started = aFlow();
  const { flow } = started;
  const { id } = read(flow, begin(flow).id);
  const plan = { ...aPlan(), categories: ['category0', 'category1'] };
  keepPlan(flow, id, plan);
  const first = submitPlan(flow, id);
  assert.equal(first.draft, null);
  const again = beginDraft(flow, { owner: 'U2', channel: 'C2', from: first });
  assert.deepEqual([again.state, again.owner, again.draft?.step], ['configuring', 'U2', 'review']);
  assert.deepEqual(planOf(again), plan);
  assert.equal(mustBeRead(again, plan.preparation), false);
});

test('one model to train is decided by its owner at once, in every language that has enough texts', () => {
  using started = aFlow();
  const { flow } = started;
  const { id } = read(flow, beginDraft(flow, { owner: 'U1', channel: 'C1', kind: 'train' }).id);
  const plan = { ...aPlan(), models: ['builtin/fasttext'], categories: ['category0'], mode: 'per-language' as const };
  assert.throws(() => keepPlan(flow, id, { ...plan, models: aPlan().models }), /exactly one model/);
  keepPlan(flow, id, plan);
  const { state, decision } = submitPlan(flow, id);
  assert.equal(state, 'decided');
  assert.equal(decision?.by, 'U1');
  assert.deepEqual(
    decision?.choices,
    ['l0', 'l1'].map((language) => ({ language, model: 'builtin/fasttext' })),
  );
});
