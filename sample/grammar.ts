/**
 * What a grammar of one language holds. In a template `(a|b|c)` is a choice, innermost first, and `{name}` a slot.
 * Whole clauses rather than words: French and Spanish agree in gender and number, and nothing here conjugates.
 */
export type Theme = 'roads' | 'waste' | 'transport' | 'parks' | 'housing' | 'noise';
export type Tone = 'negative' | 'neutral' | 'positive';

export const channels = ['letter', 'email', 'app', 'phone'] as const;
export type Channel = (typeof channels)[number];

/** One matter: told as a trouble, as a plain fact or wish, as something good. */
interface Matter {
  bad: string[];
  plain: string[];
  good: string[];
}

export interface Grammar {
  slots: Record<string, string[]>;
  matters: Record<Theme, Matter>;
  /** what the writer makes of it; `any` goes with every tone, politely, bitterly or ironically */
  reactions: Record<Tone | 'any', string[]>;
  /** `any`: words of haste that prove nothing; `denied`: words of danger in messages that can wait */
  haste: Record<'urgent' | 'any' | 'denied', string[]>;
  answer: Record<'wanted' | 'any' | 'unwanted', string[]>;
  openings: Record<Channel, string[]>;
  closings: Record<Channel, string[]>;
  /** nothing to do with the matter */
  asides: string[];
  /** hesitations of a person on the phone, put between words */
  fillers: string[];
  /** between two matters */
  joints: string[];
}
