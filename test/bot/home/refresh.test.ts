import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { createHomeRefresh, type HomeRefresh } from '../../../src/bot/home/refresh.ts';

const gapMs = 10_000;
const hourMs = 3_600_000;

/** When each person's home was drawn, by what happened. */
function play(steps: (refresh: HomeRefresh, pass: (ms: number) => void) => void): { user: string; atMs: number }[] {
  let atMs = 1_000_000;
  const drawn: { user: string; atMs: number }[] = [];
  const draw = async (user: string): Promise<void> => void drawn.push({ user, atMs });
  const refresh = createHomeRefresh(
    draw,
    () => atMs,
    () => undefined,
  );
  steps(refresh, (ms) => {
    // millisecond by millisecond would take long: ten at once are fine enough
    for (let left = ms; left > 0; left -= 10) {
      atMs += Math.min(10, left);
      mock.timers.tick(Math.min(10, left));
    }
  });
  refresh.stop();
  return drawn;
}

describe('the home tab is drawn anew', () => {
  beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  test('for those who opened it, ten seconds after the last time at the earliest, however much happens', () => {
    const drawn = play((refresh, pass) => {
      refresh.opened('Ana');
      for (let change = 0; change < 20; change++) {
        refresh.changed('Ana');
        refresh.changed('Bo');
        pass(100);
      }
      pass(2 * gapMs);
      refresh.changed('Ana');
      pass(10);
    });
    assert.deepEqual(
      drawn.map(({ user }) => user),
      ['Ana', 'Ana'],
    );
    assert.equal(drawn[0]?.atMs, 1_000_000 + gapMs);
  });

  test('until an hour after they last opened it', () => {
    const drawn = play((refresh, pass) => {
      refresh.opened('Ana');
      pass(hourMs - 10);
      refresh.changed('Ana');
      pass(1000);
      refresh.changed('Ana');
      pass(2 * gapMs);
    });
    assert.equal(drawn.length, 1);
  });

  test('never twice within ten seconds, and always within ten seconds of a change', () => {
    const event = fc.record({ passMs: fc.integer({ min: 0, max: 15_000 }), opens: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        let clockMs = 1_000_000;
        const marks: { kind: 'opened' | 'changed'; atMs: number }[] = [];
        const drawn = play((refresh, pass) => {
          refresh.opened('Ana');
          marks.push({ kind: 'opened', atMs: clockMs });
          for (const { passMs, opens } of events) {
            pass(passMs);
            clockMs += passMs;
            marks.push({ kind: opens ? 'opened' : 'changed', atMs: clockMs });
            if (opens) refresh.opened('Ana');
            else refresh.changed('Ana');
          }
          pass(gapMs + 10);
        });
        // opening draws, too
        const opened = marks.filter(({ kind }) => kind === 'opened');
        const shown = [...drawn, ...opened].map(({ atMs }) => atMs);
        for (const [index, { atMs }] of drawn.entries())
          assert.ok(index === 0 || atMs - (drawn[index - 1]?.atMs ?? 0) >= gapMs);
        for (const { kind, atMs } of marks)
          if (kind === 'changed') assert.ok(shown.some((one) => one >= atMs && one <= atMs + gapMs + 10));
      }),
      { numRuns: 40 },
    );
  });
});
