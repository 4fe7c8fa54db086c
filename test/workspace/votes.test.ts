import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBallot, tallyText, type Voted, voteAtOnce, votersNamed } from '../../bench/workspace-votes.ts';
import { browse, skip } from './browsing.ts';
import { type Fixture, startWorkspace } from './support.ts';

const people = votersNamed(200);

/** Every vote was taken, and the app counted each of them, the last one as the person's choice. */
async function assertNoneLost(f: Fixture, ballot: Awaited<ReturnType<typeof openBallot>>, voted: Voted[]) {
  const ids = new Map((await f.driver.users()).map((user) => [user.name, user.id]));
  for (const { user, sent, acknowledged, last } of voted) {
    assert.equal(acknowledged, sent, user);
    assert.deepEqual(ballot.heard.get(ids.get(user.toLowerCase()) ?? ''), { votes: sent, choice: last }, user);
  }
}

test('of 200 people who vote at once, again and again, no vote is lost, and all see the same tally', async () => {
  await using f = await startWorkspace({ people });
  await using ballot = await openBallot(f.workspace, 100);
  let votes = 0;
  const pause = async () => {
    votes += 1;
  };
  const voted = await voteAtOnce(f.driver, people, ballot.ts, () => votes > 3 * people.length, pause);
  await ballot.close();
  await assertNoneLost(f, ballot, voted);
  assert.equal(ballot.heard.size, people.length);
  for (const user of ['Voter000', 'Voter199']) {
    const [message] = await f.driver.messages({ user, channel: 'benchmarks' });
    assert.equal(message?.text, tallyText(ballot.heard));
  }
});

test('while 200 people vote, the page takes what one of them types, and shows the tally', { skip }, async () => {
  await using f = await startWorkspace({ people });
  await using ballot = await openBallot(f.workspace, 100);
  await using browsing = await browse(`${f.workspace.url}/?user=voter000&channel=benchmarks`);
  const { page } = browsing;
  const field = page.getByLabel('Message #benchmarks');
  await field.waitFor();
  // They go on until the message that was typed meanwhile stands in the channel.
  let shown = false;
  const voting = voteAtOnce(
    f.driver,
    people,
    ballot.ts,
    () => shown,
    async () => {},
  );
  await field.pressSequentially('I am for BERT');
  await field.press('Enter');
  await page.locator('.messages').getByText('I am for BERT').waitFor();
  shown = true;
  const voted = await voting;
  await ballot.close();
  await assertNoneLost(f, ballot, voted);
  await page.locator('.messages').getByText(tallyText(ballot.heard)).waitFor();
  assert.deepEqual(browsing.errors, []);
});
