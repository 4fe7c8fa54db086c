/** What a builder returns: the blocks, and the same in words for notifications and screen readers. */
import type { KnownBlock } from '@slack/types';

export interface Message {
  text: string;
  blocks: KnownBlock[];
}

/** Some workspaces refuse the newest blocks: each step down is accepted by more of them. */
export const richnesses = ['data_table', 'table', 'plain'] as const;
export type Richness = (typeof richnesses)[number];
