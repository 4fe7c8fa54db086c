/** What somebody can see and do in Slack: conformance-page.ts is such a person in the page, conformance-control.ts one behind the control API. */
export type Surface = 'channel' | 'thread' | 'modal' | 'home';

/** A modal as its person reads it: what stands in each field, by label, and what is said there. */
export interface SeenForm {
  title: string;
  /** Texts and choices by the field's label; several choices in the order of the options. */
  fields: Record<string, string[]>;
  errors: Record<string, string>;
}

export interface Person {
  slash(command: string): Promise<void>;
  shortcut(message: string, name: string): Promise<void>;
  openHome(): Promise<void>;
  openChannel(): Promise<void>;
  openThread(message: string): Promise<void>;
  reply(text: string): Promise<void>;
  /** Presses a button by what stands on it: an element's or, in a modal, one of the footer's. */
  press(surface: Surface, button: string): Promise<void>;
  /** Goes back to the modal below. */
  back(): Promise<void>;
  type(field: string, text: string): Promise<void>;
  choose(field: string, ...options: string[]): Promise<void>;
  attach(field: string, name: string, text: string): Promise<void>;
  /** Types into a select whose options the app finds; returns them. */
  search(field: string, query: string): Promise<string[]>;
  /** Takes one of those options. */
  take(field: string, query: string, option: string): Promise<void>;
  /** Waits until the modal on top is as wanted. */
  form(title: string, wanted?: (form: SeenForm) => boolean): Promise<SeenForm>;
  noForm(): Promise<void>;
  sees(surface: Surface, text: string): Promise<void>;
  /** Waits until a text isn't there, or is no longer. */
  misses(surface: Surface, text: string): Promise<void>;
  /** How many messages of the channel say this. */
  count(text: string): Promise<number>;
  /** Waits until the client says this about what the person did last. */
  told(text: string): Promise<void>;
  reload(): Promise<void>;
}
