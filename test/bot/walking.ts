/** Walking through the wizard as somebody in front of the workspace. */
import assert from 'node:assert/strict';
import { messageAsText, viewAsText } from '../../src/commands/slack-as-text.ts';
import type { FileToAttach, SeenMessage, SeenView } from '../../src/workspace/driver.ts';
import type { Podium } from '../support/podium.ts';

export const channel = 'benchmarks';

export const asFile = (name: string, text: string): FileToAttach => ({
  name,
  bytes_base64: Buffer.from(text).toString('base64'),
});

export const chosen = (view: SeenView, block: string): string[] =>
  (view.state.values[block]?.value?.selected_options ?? []).map(({ text }) => text.text);

/** Values of a field's options, by their text. */
export function optionsOf(view: SeenView, blockId: string): Record<string, string> {
  const block = view.blocks.find(({ block_id }) => block_id === blockId);
  return Object.fromEntries((block?.element?.options ?? []).map(({ text, value }) => [text.text, value ?? '']));
}

export type Walk = Awaited<ReturnType<typeof walking>>;

export async function walking({ driver }: Podium) {
  const names = new Map((await driver.users()).map(({ id, name }) => [id, name]));
  /** Waits until the modal of this person is one of these steps. */
  const step = (user: string, ...callbackIds: string[]): Promise<SeenView> => {
    const wanted = callbackIds.map((id) => `wizard_${id}`);
    return driver.waitFor(
      callbackIds.join(' or '),
      { user },
      ({ view }) => view !== null && wanted.includes(view.callback_id) && view,
      30_000,
    );
  };
  const begin = async (user: string): Promise<SeenView> => {
    await driver.close(user, { all: true });
    await driver.slash({ user, channel, command: '/benchmark' });
    return step(user, 'dataset');
  };
  return {
    step,
    begin,
    /** what a modal says */
    said: (view: SeenView): string => viewAsText(view, names),
    /** what a message says */
    told: (message: SeenMessage): string => messageAsText(message, names),
    giveFile: async (user: string, file: FileToAttach): Promise<void> => {
      await begin(user);
      const filled = await driver.fill(user, { file: { value: [file] } });
      assert.equal(filled.error, undefined);
      await driver.submit(user);
    },
    /** Next, and the step that it leads to. */
    next: async (user: string, ...callbackIds: string[]): Promise<SeenView> => {
      const { view } = await driver.submit(user);
      assert.deepEqual(view?.errors ?? {}, {});
      return step(user, ...callbackIds);
    },
    back: async (user: string, to: string): Promise<SeenView> => {
      await driver.click({ user, action_id: 'wizard_back' });
      return step(user, to);
    },
  };
}
