/** A person in the page: everything is found as a screen reader finds it, by role and name. */
import type { Locator } from 'playwright-core';
import type { Browsing } from './browsing.ts';
import type { Person, SeenForm, Surface } from './conformance-person.ts';

const DEADLINE_MS = 10_000;

/** What stands in the fields of a dialog, read from its controls and their labels. */
function readForm(dialog: Element): SeenForm {
  const textOf = (element: Element | null | undefined) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const valuesOf = (block: Element): string[] => {
    const removable = [...block.querySelectorAll('button[aria-label^="Remove "]')];
    if (removable.length > 0) return removable.map((one) => (one.getAttribute('aria-label') ?? '').slice(7));
    return [...block.querySelectorAll('input, select, textarea')].flatMap((control) => {
      if (control instanceof HTMLSelectElement) return control.value === '' ? [] : [textOf(control.selectedOptions[0])];
      if (control instanceof HTMLTextAreaElement) return control.value === '' ? [] : [control.value];
      if (!(control instanceof HTMLInputElement) || ['search', 'file'].includes(control.type)) return [];
      if (['radio', 'checkbox'].includes(control.type)) return control.checked ? [textOf(control.labels?.[0])] : [];
      return control.value === '' ? [] : [control.value];
    });
  };
  const form: SeenForm = { title: dialog.getAttribute('aria-label') ?? '', fields: {}, errors: {} };
  for (const block of dialog.querySelectorAll('[data-block]')) {
    const label = textOf(block.querySelector('.label')).replace(/ \(optional\)$/, '');
    form.fields[label] = valuesOf(block);
    const error = block.querySelector('[role=alert]');
    if (error !== null) form.errors[label] = textOf(error);
  }
  return form;
}

/** A control or group of controls in the modal by its label. */
function inField(dialog: Locator, label: string): { select: Locator; text: Locator; group: Locator; file: Locator } {
  const name = new RegExp(`^${label}\\b`);
  return {
    select: dialog.getByRole('combobox', { name }),
    text: dialog.getByRole('textbox', { name }).or(dialog.getByRole('spinbutton', { name })),
    group: dialog.getByRole('group', { name }).or(dialog.getByRole('radiogroup', { name })),
    file: dialog.getByLabel(name),
  };
}

const foundIn = (dialog: Locator) => dialog.getByRole('listbox', { name: 'Found' }).getByRole('option');

export function personInPage({ page }: Browsing): Person {
  const dialog = page.getByRole('dialog');
  const surfaces: Record<Surface, Locator> = {
    channel: page.getByRole('log', { name: 'Messages in #benchmarks' }),
    thread: page.getByRole('log', { name: 'Messages in the thread' }),
    modal: dialog,
    home: page.getByRole('region', { name: 'Podium home' }),
  };
  const articleOf = (message: string) => surfaces.channel.getByRole('article').filter({ hasText: message });
  const type = async (label: string, text: string) => {
    await inField(dialog, label).text.fill(text);
    await page.keyboard.press('Tab');
  };
  const search = async (label: string, query: string) => {
    const field = inField(dialog, label).select;
    await field.fill('');
    await field.pressSequentially(query);
    await dialog.getByText('Searching…').waitFor({ state: 'detached' });
    const options = foundIn(dialog);
    const nothing = dialog.getByText(/^(No results|Type at least \d+ characters to search)$/);
    await options.first().or(nothing.first()).first().waitFor();
    return options;
  };
  return {
    slash: async (command) => {
      await page.getByRole('combobox', { name: /^Message #benchmarks/ }).fill(command);
      await page.keyboard.press('Enter');
    },
    shortcut: async (message, name) => {
      await articleOf(message).getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name }).click();
    },
    openHome: () => page.getByRole('navigation').getByRole('button', { name: 'Podium home' }).click(),
    openChannel: () =>
      page
        .getByRole('navigation')
        .getByRole('button', { name: /^# benchmarks/ })
        .click(),
    openThread: (message) => articleOf(message).getByRole('button', { name: 'Reply in thread' }).click(),
    reply: async (text) => {
      await page.getByRole('combobox', { name: 'Reply', exact: true }).fill(text);
      await page.keyboard.press('Enter');
    },
    press: (surface, button) => surfaces[surface].getByRole('button', { name: button, exact: true }).click(),
    back: () => dialog.getByRole('button', { name: 'Back' }).click(),
    type,
    choose: async (label, ...options) => {
      const { select, group } = inField(dialog, label);
      await select.or(group).waitFor();
      if ((await group.count()) > 0) {
        for (const option of options) await group.getByLabel(option, { exact: true }).check();
      } else if (await select.evaluate((field) => field instanceof HTMLSelectElement)) {
        await select.selectOption(options);
      } else {
        for (const option of options) {
          await select.fill(option);
          await foundIn(dialog).filter({ hasText: option }).click();
        }
        await page.keyboard.press('Escape'); // the list, which lies over the fields below
      }
    },
    attach: async (label, name, text) =>
      inField(dialog, label).file.setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) }),
    search: async (label, query) => (await search(label, query)).allInnerTexts(),
    take: async (label, query, option) => {
      await (await search(label, query)).filter({ hasText: option }).click();
    },
    form: async (title, wanted = () => true) => {
      await page.getByRole('dialog', { name: title, exact: true }).waitFor();
      const signal = AbortSignal.timeout(DEADLINE_MS);
      for (;;) {
        const form = await dialog.evaluate(readForm);
        if (form.title === title && wanted(form)) return form;
        if (signal.aborted) throw new Error(`the form isn't as expected: ${JSON.stringify(form)}`);
        await page.evaluate(() => new Promise(requestAnimationFrame));
      }
    },
    noForm: () => dialog.waitFor({ state: 'detached' }),
    sees: (surface, text) => surfaces[surface].getByText(text).first().waitFor(),
    misses: (surface, text) => surfaces[surface].getByText(text).first().waitFor({ state: 'detached' }),
    count: (text) => articleOf(text).count(),
    told: (text) => page.getByRole('alert').getByText(text).first().waitFor(),
    reload: async () => {
      await page.reload();
    },
  };
}
