import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Block } from '../shapes.ts';
import { RichText } from './rich-text.ts';

/** How a task stands: a mark to see and a word to hear. */
const STATES: Record<string, { mark: string; word: string }> = {
  pending: { mark: '○', word: 'Pending' },
  in_progress: { mark: '', word: 'In progress' },
  complete: { mark: '✓', word: 'Complete' },
  error: { mark: '!', word: 'Failed' },
};

type Part = Record<string, unknown>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;

/** One step of a plan, or a task_card on its own. */
export function Task({ task }: { task: Part }): ComponentChildren {
  const status = String(task.status);
  const state = STATES[status] ?? { mark: '?', word: status };
  const sources: unknown[] = Array.isArray(task.sources) ? task.sources : [];
  const part = (value: unknown) =>
    isPart(value) ? html`<div class="task-part"><${RichText} part=${value} /></div>` : null;
  return html`<div class=${`task ${status}`} role="listitem">
    <span class="task-mark" role="img" aria-label=${state.word} title=${state.word}>${status === 'in_progress' ? html`<span class="spinner"></span>` : state.mark}</span>
    <div class="grow">
      <div class="task-title">${String(task.title)}</div>
      ${part(task.details)}${part(task.output)}
      ${sources.filter(isPart).map((source) => html`<small class="source">${String(source.text ?? source.url)}</small>`)}
    </div>
  </div>`;
}

/** A plan: its tasks, and how many are done. */
export function Plan({ block }: { block: Block }): ComponentChildren {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === 'complete').length;
  return html`<div class="plan">
    <div class="plan-head"><b>${String(block.title)}</b><small>${done} of ${tasks.length} done</small></div>
    <div class="plan-bar" role="progressbar" aria-label=${String(block.title)} aria-valuemin="0" aria-valuemax=${tasks.length} aria-valuenow=${done}>
      <span style=${{ width: `${(100 * done) / Math.max(1, tasks.length)}%` }}></span>
    </div>
    <div role="list">${tasks.map((task, index) => html`<${Task} key=${task.task_id ?? index} task=${task} />`)}</div>
  </div>`;
}

/** Cards side by side, moved by scrolling or by its two buttons. */
export function Carousel({ children }: { children?: ComponentChildren }): ComponentChildren {
  const strip = useRef<HTMLDivElement>(null);
  const move = (direction: number) => strip.current?.scrollBy({ left: direction * strip.current.clientWidth * 0.8 });
  return html`<div class="carousel" role="group" aria-roledescription="carousel" aria-label="Cards">
    <button type="button" class="icon" aria-label="Previous cards" onClick=${() => move(-1)}>‹</button>
    <div class="strip" ref=${strip} tabindex="0">${children}</div>
    <button type="button" class="icon" aria-label="Next cards" onClick=${() => move(1)}>›</button>
  </div>`;
}
