import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { callbacks } from '../../src/bot/ids.ts';
import { limits as botLimits } from '../../src/bot/text.ts';
import { bounds, limits } from '../../src/workspace/limits.ts';
import { fixtures } from './fixtures.ts';
import { assertOpenable, assertPostable } from './support.ts';

describe('limits', () => {
  for (const fixture of fixtures()) {
    test(`${fixture.name}: keeps to what Slack takes`, () => {
      if ('view' in fixture) assertOpenable(fixture.view);
      else assertPostable(fixture.message);
    });
  }

  test('every kind of view that the bot has is among the fixtures', () => {
    const ids = new Set(
      fixtures().flatMap((one) => ('view' in one && one.view.callback_id ? [one.view.callback_id] : [])),
    );
    assert.deepEqual([...ids].sort(), Object.values(callbacks).sort());
  });

  test('what the bot keeps to is never more than the workspace allows', () => {
    const { section } = limits.blocks;
    const { button, static_select, multi_static_select } = limits.elements;
    const allowed: Record<keyof typeof botLimits, number> = {
      sectionText: bounds(section.text).max,
      optionText: Math.min(bounds(limits.option.text).max, bounds(limits.option_group.label).max),
      optionDescription: bounds(limits.option.description).max,
      options: Math.min(bounds(static_select.options).max, bounds(multi_static_select.options).max),
      updateText: bounds(limits.message.chat_update_text).max,
      buttonText: Math.min(bounds(button.text).max, bounds(button.accessibility_label).max),
    };
    for (const [name, own] of Object.entries(botLimits)) {
      const most = Object.entries(allowed).find(([one]) => one === name)?.[1] ?? 0;
      assert.ok(own <= most, `${name}: ${own} is more than ${most}`);
    }
  });
});

const command = fileURLToPath(new URL('./check-slack.ts', import.meta.url));

interface Heard {
  view?: string;
  message?: string;
  authorized: boolean;
}

function ask(url: string): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, url], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr }),
    );
  });
}

/** Runs the command against an answerer of its own. @returns what it printed, its exit code, and what it sent */
async function run(answer: (heard: Heard) => object): Promise<{ code: number; printed: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const one: Heard = {
      ...Object.fromEntries(new URLSearchParams(body)),
      authorized: request.headers.authorization !== undefined,
    };
    assert.equal(request.url, '/api/blocks.validate');
    heard.push(one);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(one)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    return { ...(await ask(`http://127.0.0.1:${address.port}/api/`)), heard };
  } finally {
    server.close();
  }
}

describe('npm run check:slack', () => {
  test('sends every view and message, without a token, and is content when Slack is', async () => {
    const { code, printed, heard } = await run(() => ({ ok: true }));
    const all = fixtures();
    assert.deepEqual([code, printed.trim()], [0, `Slack accepts ${all.length} of ${all.length} views and messages.`]);
    assert.ok(heard.every(({ authorized }) => !authorized));
    const sent = heard.map(({ view, message }) => JSON.parse(view ?? message ?? ''));
    const wanted = all.map((one) => ('view' in one ? one.view : { blocks: one.message.blocks }));
    assert.deepEqual(sent, JSON.parse(JSON.stringify(wanted)));
  });

  test('prints what Slack refuses under the name of the fixture, and fails', async () => {
    const { code, printed } = await run(({ view }) =>
      view?.includes('Ready to run')
        ? {
            ok: false,
            error: 'invalid_blocks',
            errors: [{ code: 'failed_constraint', message: 'must be shorter', pointer: '/view/title' }],
          }
        : { ok: true },
    );
    assert.equal(code, 1);
    assert.match(printed, /review, en:\n {2}must be shorter \/view\/title\n\nreview at its extreme, en:\n/);
    assert.match(printed, /Slack accepts \d+ of \d+ views and messages/);
  });

  test('a picture that Slack cannot know is no fault, an error without details is', async () => {
    const missing = { ok: false, error: 'invalid_blocks', errors: [{ message: 'invalid slack file', pointer: '/x' }] };
    assert.equal((await run(({ message }) => (message?.includes('slack_file') ? missing : { ok: true }))).code, 0);
    const { code, printed } = await run(() => ({ ok: false, error: 'fatal_error' }));
    assert.equal(code, 1);
    assert.match(printed, /first step, en:\n {2}fatal_error/);
  });

  test('says so where nobody answers', async () => {
    const { code, printed } = await ask('http://127.0.0.1:1/api/');
    assert.equal(code, 1);
    assert.match(printed, /http:\/\/127\.0\.0\.1:1\/api\/ could not be asked: /);
  });
});
