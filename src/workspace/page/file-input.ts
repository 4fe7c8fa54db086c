import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { bounds, limits } from '../limits.ts';
import { fileInput } from './client.ts';
import { naming, type Use, useSend } from './element-use.ts';

const sizeText = (bytes: number) =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 * 1024
      ? `${(bytes / 1024).toFixed(1)} kB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** Files by the browser's chooser or by drag and drop; uploaded at once, as Slack's client does. */
export function FileInput(use: Use): ComponentChildren {
  const send = useSend(use);
  const { element, value } = use;
  const most = element.max_files ?? bounds(limits.elements.file_input.max_files).max;
  const [kept, setKept] = useState<File[]>([]);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const hold = async (files: File[]) => {
    setBusy(true);
    try {
      const answer = await send(await Promise.all(files.map(fileInput)));
      if (answer?.ok === true) setKept(files);
    } finally {
      setBusy(false);
    }
  };
  const add = (files: FileList | null | undefined) => {
    const fresh = [...(files ?? [])];
    if (fresh.length > 0) void hold(most === 1 ? fresh : [...kept, ...fresh]);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer?.files);
  };
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  // The same file may be chosen again after it was removed.
  const onChange = (event: { currentTarget: HTMLInputElement }) => {
    add(event.currentTarget.files);
    event.currentTarget.value = '';
  };
  const held = value?.files ?? [];
  const remove = (index: number) =>
    void hold(kept.length === held.length ? kept.filter((_file, at) => at !== index) : []);
  const kinds = element.filetypes?.join(', ');
  return html`<div>
    <label class=${over ? 'dropzone over' : 'dropzone'} onDragOver=${onDrag} onDragLeave=${() => setOver(false)} onDrop=${onDrop}>
      <input type="file" ...${naming(use)} multiple=${most !== 1} accept=${element.filetypes?.map((one) => `.${one}`).join(',')} onChange=${onChange} />
      <span>${busy ? html`<span class="spinner"></span> Uploading…` : html`Drop ${most === 1 ? 'a file' : 'files'} here, or <u>choose</u>`}</span>
      ${kinds ? html`<small>${kinds}</small>` : null}
    </label>
    <ul class="files" aria-label="Chosen files">${held.map(
      (file, index) => html`<li>
        ${String(file.name)} ${typeof file.size === 'number' ? html`<small>${sizeText(file.size)}</small>` : null}
        <button type="button" class="icon" aria-label=${`Remove ${String(file.name)}`} onClick=${() => remove(index)}>✕</button>
      </li>`,
    )}</ul>
  </div>`;
}
