import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useRef, useState } from 'preact/hooks';
import { limits } from '../limits.ts';
import type { Option } from '../shapes.ts';
import { DeskContext } from './context.ts';
import { type Use, useSend } from './element-use.ts';
import { type Item, itemOf, type Offer, Picker } from './picker.ts';

const TYPING_PAUSE_MS = 150;

const NOTHING: Offer = { items: [], note: '' };

/** Asks the app while the person types; an answer that a later question has overtaken is dropped. */
function useSearch({ element, block, target }: Use): [Offer | undefined, (query: string | undefined) => void] {
  const desk = useContext(DeskContext);
  const [found, setFound] = useState<Offer | undefined>(undefined);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const least = element.min_query_length ?? limits.elements.external_select.min_query_length_default.value;
  const ask = async (query: string, mine: number) => {
    const { options, error } = await desk.suggest(target, block, element.action_id ?? '', query);
    const note = error ?? (options.length === 0 ? 'No results' : '');
    if (mine === asked.current) setFound({ items: options.map((option) => itemOf(option)), note });
  };
  const search = (query: string | undefined) => {
    clearTimeout(pause.current);
    asked.current += 1;
    const mine = asked.current;
    if (query === undefined) return setFound(undefined);
    if (query.length < least) return setFound({ ...NOTHING, note: `Type at least ${least} characters to search` });
    setFound((before) => ({ ...(before ?? NOTHING), note: 'Searching…' }));
    pause.current = setTimeout(() => void ask(query, mine), TYPING_PAUSE_MS);
  };
  return [found, search];
}

/** A select whose options the app finds. */
export function ExternalSelect(use: Use): ComponentChildren {
  const { element, value } = use;
  const send = useSend(use);
  const [found, search] = useSearch(use);
  const many = element.type.startsWith('multi_');
  const options: Option[] = many
    ? (value?.selected_options ?? [])
    : value?.selected_option
      ? [value.selected_option]
      : [];
  const values = options.map((option) => option.value ?? '');
  const offer = found && { ...found, items: found.items.filter((item) => !values.includes(item.value)) };
  const choose = ({ value: chosen }: Item) => void send(many ? [...values, chosen] : chosen);
  const drop = (item: Item) => void send(many ? values.filter((one) => one !== item.value) : null);
  return html`<${Picker} use=${use} chosen=${options.map((option) => itemOf(option))} offer=${offer} onSearch=${search} onChoose=${choose} onDrop=${drop} />`;
}
