/** The scenario of the conformance suite: each step a sentence, and what people do and see in it. */
import assert from 'node:assert/strict';
import type { SurveyApp } from './conformance-app.ts';
import type { Person } from './conformance-person.ts';
import type { Fixture } from './support.ts';

const CSV = 'text,label\ngood,yes\nbad,no\n';
const REQUIRED = 'Please complete this required field.';

/** Who takes part, and the app before them. */
export interface Stage {
  f: Fixture;
  app: SurveyApp;
  ana: Person;
  bo: Person;
  chi: Person;
}
type Steps = [sentence: string, run: (stage: Stage) => Promise<void>][];

const holds = async (person: Person, title: string, field: string, ...values: string[]) => {
  await person.form(title, ({ fields }) => JSON.stringify(fields[field]) === JSON.stringify(values));
};
const wrong = async (person: Person, title: string, errors: Record<string, string>) => {
  const form = await person.form(title, (one) => Object.keys(one.errors).length === Object.keys(errors).length);
  assert.deepEqual(form.errors, errors);
};

const opening: Steps = [
  [
    'a command nobody has is told to whoever typed it',
    async ({ ana }) => {
      await ana.slash('/nonsense');
      await ana.told('/nonsense is not a valid command.');
    },
  ],
  [
    'a slash command opens the wizard, with initial values in its fields',
    async ({ ana }) => {
      await ana.slash('/survey');
      const { fields, errors } = await ana.form('New survey');
      assert.deepEqual(fields, { Name: ['Untitled'], Data: [], Language: [], Model: [], Kind: ['Quick'] });
      assert.deepEqual(errors, {});
    },
  ],
  [
    'fields that are required are told, all at once and before the app hears of it',
    async ({ ana, app }) => {
      await ana.press('modal', 'Next');
      await wrong(ana, 'New survey', { Data: REQUIRED, Language: REQUIRED });
      assert.deepEqual(app.submitted, []);
    },
  ],
  [
    'a file of another kind is refused',
    async ({ ana }) => {
      await ana.attach('Data', 'photo.png', 'x');
      await ana.told('"Data" takes csv, not photo.png');
      await holds(ana, 'New survey', 'Data');
    },
  ],
  [
    'a file stands in its field by its name, and what was said there is gone',
    async ({ ana }) => {
      await ana.attach('Data', 'cities.csv', CSV);
      await holds(ana, 'New survey', 'Data', 'cities.csv');
      await wrong(ana, 'New survey', { Language: REQUIRED });
    },
  ],
  [
    'what was typed and chosen stays when the app changes the modal after a choice',
    async ({ ana }) => {
      await ana.type('Name', 'Taken');
      await ana.choose('Language', 'French');
      await ana.choose('Kind', 'Detailed');
      const { fields } = await ana.form('New survey', (form) => 'Rounds' in form.fields);
      const kept = { Name: ['Taken'], Data: ['cities.csv'], Language: ['French'], Model: [], Kind: ['Detailed'] };
      assert.deepEqual(fields, { ...kept, Rounds: [] });
    },
  ],
  [
    'a number above the most is told at its field',
    async ({ ana }) => {
      await ana.type('Rounds', '9');
      await ana.press('modal', 'Next');
      await wrong(ana, 'New survey', { Rounds: 'This number must be at most 5.' });
      await ana.type('Rounds', '3');
      await wrong(ana, 'New survey', {});
    },
  ],
  [
    'an external select shows what the app finds, once enough was typed',
    async ({ ana }) => {
      assert.deepEqual(await ana.search('Model', 'b'), []);
      assert.deepEqual(await ana.search('Model', 'bert-'), ['bert-base', 'bert-large']);
      await ana.take('Model', 'large', 'bert-large');
      await holds(ana, 'New survey', 'Model', 'bert-large');
    },
  ],
  [
    'an error of the app’s own stands at its field, and the rest stays as it was',
    async ({ ana }) => {
      await ana.press('modal', 'Next');
      await wrong(ana, 'New survey', { Name: 'There is a survey of that name.' });
      await holds(ana, 'New survey', 'Rounds', '3');
    },
  ],
  [
    'the next step takes the modal’s place, and the app has all that was filled in',
    async ({ ana, app }) => {
      await ana.type('Name', 'Cities');
      await ana.press('modal', 'Next');
      await ana.sees('modal', 'The survey Cities is nearly ready.');
      const [state] = app.submitted;
      const { name, language, model, kind, rounds } = state ?? {};
      assert.deepEqual(
        [name?.a?.value, rounds?.a?.value, ...[language, model, kind].map((one) => one?.a?.selected_option?.value)],
        ['Cities', '3', 'fr', 'bert-large', 'detailed'],
      );
    },
  ],
  [
    'the bytes of the file arrive at the app as they were',
    async ({ f, app }) => {
      await f.driver.waitUntil('the upload', async () => app.uploads.length > 0);
      assert.deepEqual(app.uploads, [{ name: 'cities.csv', text: CSV }]);
    },
  ],
];

const finishing: Steps = [
  [
    'several are chosen: of a list, of what the app finds, and as ticks',
    async ({ ana }) => {
      await ana.choose('Rivals', 'bert-base', 'tf-idf');
      await ana.take('From the hub', 'roberta', 'roberta-base');
      await ana.take('From the hub', 'large', 'bert-large');
      await ana.choose('Extras', 'Log');
      await ana.type('Notes', 'In French');
      const { fields } = await ana.form('Options', (form) => form.fields.Notes?.length === 1);
      assert.deepEqual(fields, {
        Rivals: ['bert-base', 'tf-idf'],
        'From the hub': ['roberta-base', 'bert-large'],
        Extras: ['Log'],
        Notes: ['In French'],
      });
    },
  ],
  [
    'a pushed modal lies on top, and behind it everything is as it was',
    async ({ ana }) => {
      await ana.press('modal', 'Explain');
      await ana.sees('modal', 'Rivals race against each other.');
      await ana.back();
      await holds(ana, 'Options', 'Notes', 'In French');
      await holds(ana, 'Options', 'Rivals', 'bert-base', 'tf-idf');
    },
  ],
  [
    'the last step closes the modal, and the app has the choices',
    async ({ ana, app }) => {
      await ana.press('modal', 'Start');
      await ana.noForm();
      const { rivals, hub, extras, notes } = app.submitted.at(-1) ?? {};
      const values = [rivals, hub, extras].map((one) => one?.a?.selected_options?.map((option) => option.value));
      assert.deepEqual(values, [['bert-base', 'tf-idf'], ['roberta-base', 'bert-large'], ['log']]);
      assert.equal(notes?.a?.value, 'In French');
    },
  ],
  [
    'a modal that is closed is gone, and the app that asked for it hears of it',
    async ({ f, bo, app }) => {
      await bo.slash('/survey');
      await bo.form('New survey');
      await bo.press('modal', 'Cancel');
      await bo.noForm();
      await f.driver.waitUntil('the closing', async () => app.closed.length > 0);
      assert.deepEqual(app.closed, ['U0BO000001']);
    },
  ],
];

const talking: Steps = [
  [
    'an ephemeral message is seen by one person, marked as such, and by nobody else',
    async ({ ana, bo }) => {
      await ana.sees('channel', 'Thank you: you will be told when Cities is done.');
      await ana.sees('channel', 'Only visible to you');
      await bo.sees('channel', 'Cities: 0 of 3 rounds');
      await bo.misses('channel', 'Thank you');
    },
  ],
  [
    'progress changes in place, in one message, before everybody’s eyes',
    async ({ app, ana, bo }) => {
      for (const done of [1, 2, 3]) {
        await app.progress(done);
        for (const person of [ana, bo]) await person.sees('channel', `Cities: ${done} of 3 rounds`);
      }
      for (const person of [ana, bo]) assert.equal(await person.count('of 3 rounds'), 1);
    },
  ],
  [
    'details stand in the thread, not in the channel',
    async ({ ana }) => {
      await ana.sees('channel', '1 reply');
      await ana.misses('channel', 'Details: cities.csv was read.');
      await ana.openThread('of 3 rounds');
      await ana.sees('thread', 'Details: cities.csv was read.');
      await ana.sees('thread', 'Cities: 3 of 3 rounds');
    },
  ],
  [
    'who answers in the thread is read by whoever opens it',
    async ({ ana, bo }) => {
      await ana.reply('Well read');
      await bo.sees('channel', '2 replies');
      await bo.openThread('of 3 rounds');
      await bo.sees('thread', 'Well read');
    },
  ],
  [
    'three people vote, one thinks better of it, and all see the same tally at every moment',
    async ({ app, ana, bo, chi }) => {
      await app.openBallot();
      const all = [ana, bo, chi];
      const tally = async (...lines: string[]) => {
        for (const person of all) for (const line of lines) await person.sees('channel', line);
      };
      await tally('bert-base has 0: nobody.', 'bert-large has 0: nobody.');
      await ana.press('channel', 'Vote for bert-base');
      await tally('bert-base has 1: @Ana.');
      await bo.press('channel', 'Vote for bert-large');
      await tally('bert-base has 1: @Ana.', 'bert-large has 1: @Bo.');
      await chi.press('channel', 'Vote for bert-base');
      await tally('bert-base has 2: @Ana, @Chi.', 'bert-large has 1: @Bo.');
      await bo.press('channel', 'Vote for bert-base');
      await tally('bert-base has 3: @Ana, @Bo, @Chi.', 'bert-large has 0: nobody.');
      for (const person of all) assert.equal(await person.count('Ballot'), 1);
    },
  ],
  [
    'each voter alone is told of their own vote',
    async ({ bo, chi }) => {
      await bo.sees('channel', 'Your vote for bert-large counts.');
      await bo.sees('channel', 'Your vote for bert-base counts.');
      await chi.sees('channel', 'Your vote for bert-base counts.');
      await chi.misses('channel', 'Your vote for bert-large counts.');
    },
  ],
  [
    'a message shortcut opens a modal about that message',
    async ({ bo }) => {
      await bo.shortcut('of 3 rounds', 'about');
      await bo.sees('modal', 'You asked about: Cities: 3 of 3 rounds');
      await bo.press('modal', 'Cancel');
      await bo.noForm();
    },
  ],
];

const staying: Steps = [
  [
    'the home tab is each person’s own, and its button changes it in place',
    async ({ ana, bo }) => {
      for (const person of [ana, bo]) await person.openHome();
      await ana.sees('home', '@Ana has refreshed this 0 times.');
      await bo.sees('home', '@Bo has refreshed this 0 times.');
      await ana.press('home', 'Refresh');
      await ana.sees('home', '@Ana has refreshed this 1 times.');
      await bo.sees('home', '@Bo has refreshed this 0 times.');
    },
  ],
  [
    'a reload keeps the home tab',
    async ({ ana }) => {
      await ana.reload();
      await ana.sees('home', '@Ana has refreshed this 1 times.');
    },
  ],
  [
    'a reload keeps messages, their latest state, and votes, but no ephemeral message',
    async ({ ana, bo }) => {
      await ana.openChannel();
      await ana.sees('channel', 'Cities: 3 of 3 rounds');
      await ana.sees('channel', '2 replies');
      await ana.sees('channel', 'bert-base has 3: @Ana, @Bo, @Chi.');
      await ana.misses('channel', 'Only visible to you');
      await bo.openChannel();
      await bo.sees('channel', 'Your vote for bert-base counts.');
    },
  ],
  [
    'a reload keeps the thread open that somebody was reading',
    async ({ bo }) => {
      await bo.openThread('of 3 rounds');
      await bo.sees('thread', 'Well read');
      await bo.reload();
      await bo.sees('thread', 'Well read');
      await bo.misses('channel', 'Only visible to you');
    },
  ],
  [
    'a vote still counts after a reload',
    async ({ ana, chi }) => {
      await ana.press('channel', 'Vote for bert-large');
      for (const person of [ana, chi]) await person.sees('channel', 'bert-large has 1: @Ana.');
    },
  ],
  [
    'a reload leaves no modal open, and the command opens it afresh',
    async ({ chi }) => {
      await chi.slash('/survey');
      await chi.form('New survey');
      await chi.type('Name', 'Lost');
      await chi.reload();
      await chi.sees('channel', 'Cities: 3 of 3 rounds');
      await chi.noForm();
      await chi.slash('/survey');
      await holds(chi, 'New survey', 'Name', 'Untitled');
    },
  ],
];

/** All steps in their order: each stands on those before it. */
export const scenario: Steps = [...opening, ...finishing, ...talking, ...staying];
