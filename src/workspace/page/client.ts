import type { Seen } from '../driver.ts';

/** The page's only way to the workspace: the control API, as any scripted user has it. */

export interface Person {
  id: string;
  name: string;
  real_name: string;
  is_bot: boolean;
  locale: string;
  tz: string;
}

export interface Room {
  id: string;
  name: string;
  is_im: boolean;
  /** The newest message there by somebody else, as this person sees it; '' if there is none. */
  latest: string;
}

export interface Info {
  commands: string[];
  message_shortcuts: { name: string; callback_id: string }[];
  connections: number;
}

/** Where an element stands that a person uses. */
export interface Target {
  channel?: string | undefined;
  ts?: string | undefined;
  home?: boolean | undefined;
}

// The answers come from our own server, whose driver checks the same shapes with zod: here they are taken at their word.
async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`/_control/${path}`, init);
  const body: T = await response.json();
  return body;
}

export const get = <T>(path: string, query: Record<string, string> = {}): Promise<T> =>
  json(`${path}?${new URLSearchParams(query)}`);

let last: Promise<unknown> = Promise.resolve();

/** Calls one after the other: what is typed must have arrived before the submit button's call leaves. */
export function act(path: string, order: object): Promise<Seen> {
  const send = () =>
    json<Seen>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) });
  const answer = last.then(send, send);
  last = answer;
  return answer;
}

/** A file as the control API takes it. */
export async function fileInput(file: File): Promise<{ name: string; bytes_base64: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  const step = 0x8000; // String.fromCharCode takes its characters as arguments: in portions
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return { name: file.name, bytes_base64: btoa(binary) };
}
