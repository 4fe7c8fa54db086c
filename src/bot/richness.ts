/**
 * Some workspaces refuse the newest blocks. What was refused is remembered for the whole workspace, and that message is
 * shown more simply from then on.
 */
import { errorText, FinalError } from '../errors.ts';
import type { Benchmark } from '../flows/records.ts';
import { findSetting, saveSetting, workspaceScope } from '../storage/setting-queries.ts';
import { type DeliveryOptions, type Role, type ShowOptions, show } from './delivery.ts';
import type { Message } from './messages/message.ts';
import { slackErrorCode } from './slack-error.ts';

/**
 * Shows a message as richly as this workspace takes it.
 * @param ladder from the richest form to one of old blocks only
 */
export async function showRichest<Richness extends string>(
  options: DeliveryOptions & { log: (line: string) => void },
  benchmark: Benchmark,
  role: Role,
  ladder: readonly Richness[],
  build: (richness: Richness) => Message,
  how: ShowOptions,
): Promise<void> {
  const { database } = options.flow;
  const key = `richness:${role}`;
  for (;;) {
    const remembered = findSetting(database, workspaceScope, key);
    const step = Math.max(
      0,
      ladder.findIndex((form) => Object.is(form, remembered)),
    );
    const richness = ladder[step];
    if (richness === undefined) throw new FinalError(`The message ${role} has no form to be shown in`);
    try {
      await show(options, benchmark, role, build(richness), how);
      return;
    } catch (error) {
      const simpler = ladder[step + 1];
      if (!isRefusedBlocks(error) || simpler === undefined) throw error;
      options.log(`${richness} blocks are refused here, going on with ${simpler}: ${errorText(error)}`);
      saveSetting(database, workspaceScope, key, simpler);
    }
  }
}

const isRefusedBlocks = (error: unknown): boolean =>
  error instanceof FinalError && slackErrorCode(error.cause) === 'invalid_blocks';
