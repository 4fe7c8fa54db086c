/** A person behind the control API, who reads what the answers hold and uses elements by what stands on them. */
import type { Driver, Seen, SeenMessage, SeenView } from '../../src/workspace/driver.ts';
import { type Block, elementsOf, type StateValue, textOf, withNested } from '../../src/workspace/shapes.ts';
import type { Person, SeenForm, Surface } from './conformance-person.ts';

const CHANNEL = 'benchmarks';

const blocksIn = (blocks: Block[]): Block[] => blocks.flatMap(withNested);

/** What stands in a field, as its person reads it. */
function shownValues(value: StateValue | undefined): string[] {
  const options = [...(value?.selected_options ?? []), ...(value?.selected_option ? [value.selected_option] : [])];
  const files = (value?.files ?? []).map((file) => String(file.name));
  return [...options.map((option) => option.text.text), ...files, ...(value?.value ? [value.value] : [])];
}

function inputsOf(view: SeenView): Block[] {
  return view.blocks.filter((block) => block.type === 'input');
}

function readForm(view: SeenView): SeenForm {
  const form: SeenForm = { title: view.title.text, fields: {}, errors: {} };
  for (const block of inputsOf(view)) {
    const [id, label] = [block.block_id ?? '', textOf(block.label)];
    form.fields[label] = shownValues(view.state.values[id]?.[block.element?.action_id ?? '']);
    const error = view.errors[id];
    if (error !== undefined) form.errors[label] = error;
  }
  return form;
}

function textsOf(blocks: Block[]): string[] {
  return blocksIn(blocks).flatMap((block) => [
    textOf(block.text),
    textOf(block.title),
    textOf(block.label),
    ...elementsOf(block).map((element) => textOf(element.text)),
  ]);
}

function textsOfMessage(message: SeenMessage): string[] {
  return [
    ...(message.is_ephemeral === true ? ['Only visible to you'] : []),
    ...(message.blocks === undefined ? [message.text] : textsOf(message.blocks)),
    ...(message.reply_count ? [`${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`] : []),
  ];
}

const textsOfView = (view: SeenView | null) =>
  view === null ? [] : [view.title?.text ?? '', ...textsOf(view.blocks), ...Object.values(view.errors)];

export async function personBehindControl(driver: Driver, user: string): Promise<Person> {
  const people = new Map((await driver.users()).map((one) => [one.id, one.name]));
  let thread = '';
  let last: Seen | undefined;
  const keep = async (answer: Promise<Seen>) => {
    last = await answer;
  };
  // The page reads mentions as names, and finds texts whatever their case.
  const plainly = (text: string) =>
    text
      .replace(/<@(\w+)>/g, (_whole, id: string) => `@${people.get(id) ?? id}`)
      .replace(/\s+/g, ' ')
      .toLowerCase();
  const lookAt = (surface: Surface) => ({
    user,
    channel: CHANNEL,
    ...(surface === 'thread' && { thread_ts: thread }),
  });
  const says = (surface: Surface, seen: Seen, text: string) => {
    const messages = () => seen.messages.flatMap(textsOfMessage);
    const texts =
      surface === 'modal' ? textsOfView(seen.view) : surface === 'home' ? textsOfView(seen.home) : messages();
    return texts.some((one) => plainly(one).includes(text.toLowerCase()));
  };
  const messagesWith = (seen: Seen, text: string) =>
    seen.messages.filter((message) => textsOfMessage(message).some((one) => plainly(one).includes(text.toLowerCase())));
  const find = (text: string) => driver.waitFor(text, lookAt('channel'), (seen) => messagesWith(seen, text)[0]);
  const fieldOf = (label: string) =>
    driver.waitFor(`the field ${label}`, { user }, ({ view }) => {
      const block = view === null ? undefined : inputsOf(view).find((one) => textOf(one.label) === label);
      if (block?.element === undefined || view === null) return undefined;
      return {
        at: { block_id: block.block_id ?? '', action_id: block.element.action_id ?? '' },
        many: block.element.type.startsWith('multi_'),
        held: readForm(view).fields[label] ?? [],
      };
    });
  const fill = async (label: string, value: unknown) => {
    const { block_id, action_id } = (await fieldOf(label)).at;
    await keep(driver.fill(user, { [block_id]: { [action_id]: value } }));
  };
  const search = async (label: string, query: string) => {
    await keep(driver.suggest({ user, ...(await fieldOf(label)).at, value: query }));
    return (last?.options ?? []).map((option) => option.text.text);
  };
  const buttonIn = (blocks: Block[], button: string) =>
    blocksIn(blocks)
      .flatMap((block) => elementsOf(block).map((element) => ({ block, element })))
      .filter(({ element }) => textOf(element.text) === button)
      .map(({ block, element }) => ({ block_id: block.block_id ?? '', action_id: element.action_id ?? '' }))[0];
  const press = async (surface: Surface, button: string) => {
    if (surface === 'modal') {
      const view = await driver.view(user);
      if (button === view?.submit?.text) return keep(driver.submit(user));
      if (button === (view?.close?.text ?? 'Cancel')) return keep(driver.close(user));
    }
    const order = await driver.waitFor(`the button ${button}`, lookAt(surface), (seen) => {
      const view = surface === 'modal' ? seen.view : surface === 'home' ? seen.home : undefined;
      if (view !== undefined) return view && { home: surface === 'home', ...elementOf(view.blocks, button) };
      return seen.messages
        .map(({ ts, blocks = [] }) => ({ channel: CHANNEL, ts, ...elementOf(blocks, button) }))
        .find(({ action_id }) => action_id !== undefined);
    });
    await keep(driver.click({ user, ...order, action_id: order.action_id ?? '' }));
  };
  const elementOf = (blocks: Block[], button: string): { block_id?: string; action_id?: string } =>
    buttonIn(blocks, button) ?? {};
  return {
    slash: (command) => keep(driver.slash({ user, channel: CHANNEL, command })),
    shortcut: async (message, callback) => {
      const { ts } = await find(message);
      await keep(driver.shortcut({ user, channel: CHANNEL, ts, callback_id: callback }));
    },
    openHome: () => keep(driver.home(user)),
    openChannel: () => keep(driver.look(lookAt('channel'))),
    openThread: async (message) => {
      thread = (await find(message)).ts;
    },
    reply: (text) => keep(driver.message({ user, channel: CHANNEL, text, thread_ts: thread })),
    press,
    back: () => keep(driver.close(user)),
    type: fill,
    choose: (label, ...options) => fill(label, options.length === 1 ? options[0] : options),
    attach: (label, name, text) => fill(label, [{ name, bytes_base64: Buffer.from(text).toString('base64') }]),
    search,
    take: async (label, query, option) => {
      await search(label, query);
      const { many, held } = await fieldOf(label);
      await fill(label, many ? [...held, option] : option);
    },
    form: (title, wanted = () => true) =>
      driver.waitFor(`the form ${title}`, { user }, ({ view }) => {
        const form = view === null ? undefined : readForm(view);
        return form?.title === title && wanted(form) ? form : undefined;
      }),
    noForm: async () => {
      await driver.waitFor('no form', { user }, (seen) => seen.view === null);
    },
    sees: async (surface, text) => {
      await driver.waitFor(text, lookAt(surface), (seen) => says(surface, seen, text));
    },
    misses: async (surface, text) => {
      await driver.waitFor(`no ${text}`, lookAt(surface), (seen) => !says(surface, seen, text));
    },
    count: async (text) => messagesWith(await driver.look(lookAt('channel')), text).length,
    told: async (text) => {
      if (last?.error?.includes(text) !== true) throw new Error(`expected ${text}, was told ${last?.error}`);
    },
    reload: () => keep(driver.reload(user)),
  };
}
