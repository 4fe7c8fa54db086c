import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../src/commands/settings.ts';
import { UserError } from '../../src/errors.ts';
import { readLimitsSchema } from '../../src/flows/contracts.ts';

test('limits of a dataset come from the environment, megabytes as bytes; what is unset or empty has its default', () => {
  const usual = readLimitsSchema.parse({});
  assert.deepEqual([usual.maxBytes, usual.maxRows], [500 * 1024 * 1024, 1_048_576]);
  assert.deepEqual(readSettings({}).engine.limits, usual);
  const { limits } = readSettings({ PODIUM_MAX_MB: '20', PODIUM_MAX_CELL: ' 5000 ', PODIUM_MAX_LABELS: '' }).engine;
  assert.deepEqual(limits, { ...usual, maxBytes: 20 * 1024 * 1024, maxCellCharacters: 5000 });
});

test('a limit that is no number is refused by its name', () => {
  for (const typed of ['many', '0', '-5', '1.5', '1e12']) {
    assert.throws(
      () => readSettings({ PODIUM_MAX_ROWS: typed }),
      (error) => error instanceof UserError && error.message.startsWith('PODIUM_MAX_ROWS: expected a number of rows'),
      typed,
    );
  }
});
