import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import { limits } from '../limits.ts';
import type { Option } from '../shapes.ts';
import { DeskContext } from './context.ts';
import { naming, placeholderOf, type Use, useSend } from './element-use.ts';
import { TextOf } from './mrkdwn.ts';
import { stepTo } from './step.ts';

const TYPING_PAUSE_MS = 150;

interface Found {
  options: Option[];
  /** Said instead of options: what is still needed, that nothing was found, or what went wrong. */
  note: string;
}

const NOTHING: Found = { options: [], note: '' };

/** Asks the app while the person types; an answer that a later question has overtaken is dropped. */
function useSearch({ element, block, target }: Use): [Found | undefined, (query: string | undefined) => void] {
  const desk = useContext(DeskContext);
  const [found, setFound] = useState<Found | undefined>(undefined);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const least = element.min_query_length ?? limits.elements.external_select.min_query_length_default.value;
  const ask = async (query: string, mine: number) => {
    const { options, error } = await desk.suggest(target, block, element.action_id ?? '', query);
    if (mine === asked.current) setFound({ options, note: error ?? (options.length === 0 ? 'No results' : '') });
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

/** A select whose options the app finds: what was chosen stands before the field, what was found is listed below it. */
export function ExternalSelect(use: Use): ComponentChildren {
  const { element, value } = use;
  const send = useSend(use);
  const list = useId();
  const [query, setQuery] = useState('');
  const [marked, setMarked] = useState(-1);
  const [found, search] = useSearch(use);
  const many = element.type.startsWith('multi_');
  const chosen = many ? (value?.selected_options ?? []) : value?.selected_option ? [value.selected_option] : [];
  const values = chosen.map((option) => option.value ?? '');
  const offered = (found?.options ?? []).filter((option) => !values.includes(option.value ?? ''));
  const type = (typed: string | undefined) => {
    setQuery(typed ?? '');
    setMarked(-1);
    search(typed);
  };
  const choose = (option: Option) => {
    void send(many ? [...values, option.value] : option.value);
    type(undefined);
  };
  const below = useRef<HTMLDivElement>(null);
  // Near the end of a modal the list would open out of sight.
  useEffect(() => {
    if (offered.length > 0) below.current?.scrollIntoView({ block: 'nearest' });
  }, [offered.length]);
  const drop = (option: Option) => void send(many ? values.filter((one) => one !== option.value) : null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTo(event.key, marked, offered.length);
    const option = offered[marked];
    if (next !== undefined) setMarked(next);
    else if (event.key === 'Enter' && option !== undefined) choose(option);
    else if (event.key === 'Escape' && found !== undefined) type(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const idOf = (index: number) => `${list}-${index}`;
  return html`<div class="external" onFocusOut=${(event: FocusEvent & { currentTarget: HTMLElement }) => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) type(undefined);
  }}>
    ${chosen.map((option) => html`<button type="button" class="chip" aria-label=${`Remove ${option.text.text}`} onClick=${() => drop(option)}>${option.text.text} <span aria-hidden="true">✕</span></button>`)}
    <input type="search" ...${naming(use)} role="combobox" aria-autocomplete="list" autocomplete="off" aria-expanded=${offered.length > 0} aria-controls=${list}
      aria-activedescendant=${marked < 0 ? undefined : idOf(marked)} value=${query} placeholder=${placeholderOf(element, 'Search…')}
      onFocus=${() => search('')} onKeyDown=${onKeyDown}
      onInput=${(event: { currentTarget: { value: string } }) => type(event.currentTarget.value)} />
    ${found === undefined || found.note === '' ? null : html`<small class="hint" role="status">${found.note}</small>`}
    <div class="found" ref=${below} id=${list} role="listbox" aria-label="Found">${offered.map(
      (
        option,
        index,
      ) => html`<div role="option" tabindex="-1" id=${idOf(index)} aria-selected=${index === marked} onClick=${() => choose(option)}>
        <${TextOf} text=${option.text} />${option.description ? html`<small><${TextOf} text=${option.description} /></small>` : null}
      </div>`,
    )}</div>
  </div>`;
}
