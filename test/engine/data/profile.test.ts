import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { prepareDataset } from '../../../src/engine/data/prepare.ts';
import { prepareAndProfile, profileDataset } from '../../../src/engine/data/profile.ts';
import { noPreparation, preparationSchema, profileSchema } from '../../../src/flows/contracts.ts';
import { read } from './support.ts';

const rows = Array.from({ length: 100 }, (_, index) => {
  const tone = ['calm', 'calm', 'calm', 'angry'][index % 4];
  const annotation = JSON.stringify({ tone, urgent: index < 10, once: index < 15 ? 'x' : null }).replaceAll('"', '""');
  return `m${index},"${'word '.repeat(index + 1)}",${index === 99 ? '' : index % 2 ? 'en' : 'FR'},"${annotation}"`;
});
const content = `id,text,language,annotation\n${rows.join('\n')}\n`;
const profile = profileDataset(await read(content, 'messages.csv'));

test('a profile is what the contract between the processes says', () => {
  profileSchema.parse(profile);
  // one that was stored before languages were detected
  const { languageSource, languageChoices, languages, categories, ...old } = profile;
  const stored = {
    ...old,
    languages: languages.map(({ code, name, documents }) => ({ code, name, documents })),
    categories: categories.map(({ renameSuggestions, ...category }) => category),
  };
  const parsed = profileSchema.parse(stored);
  assert.deepEqual([parsed.languageSource, parsed.languageChoices, parsed.languages[0]?.detected], [null, [], 0]);
  assert.equal(profile.datasetHash, createHash('sha256').update(content).digest('hex'));
  assert.deepEqual([profile.rows, profile.documents, profile.sizeBytes], [100, 100, content.length]);
});

test('documents are counted per label and language, most frequent first', () => {
  const counts = profile.categories.map(({ name, documents, labels }) => [
    name,
    documents,
    labels.map(({ label, documents: own }) => [label, own]),
  ]);
  assert.deepEqual(counts, [
    [
      'tone',
      100,
      [
        ['calm', 75],
        ['angry', 25],
      ],
    ],
    [
      'urgent',
      100,
      [
        ['false', 90],
        ['true', 10],
      ],
    ],
    ['once', 15, [['x', 15]]],
  ]);
  assert.deepEqual(
    profile.languages.map(({ code, documents }) => [code, documents]),
    [
      ['fr', 50],
      ['en', 49],
      [null, 1],
    ],
  );
  assert.partialDeepStrictEqual(profile.textCharacters, { median: 255, p90: 455, p99: 500, max: 500 });
});

test('a category that nothing can be learnt from says why', async () => {
  assert.equal(profile.categories.find(({ name }) => name === 'once')?.unusable, 'it has one label only (x)');
  const few = profileDataset(await read('text,tone\nsome words here,a\nmore words here,b\n'));
  assert.equal(few.categories[0]?.unusable, 'only 2 texts have a value; at least 20 are needed');
  const labels = Array.from({ length: 40 }, (_, index) => `words number ${index},label ${index % 22}`).join('\n');
  assert.match(
    profileDataset(await read(`text,tone\n${labels}\n`)).categories[0]?.unusable ?? '',
    /22 labels for 40 texts/,
  );
});

test('conflicting duplicates, rare labels, rare languages and look-alike labels are warned of', async () => {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `these are words number ${index},${index % 2 ? 'Angry' : 'calm'},en`,
  );
  lines.push('THESE are  words number 1,calm,en', 'a last sentence,angry,fr', 'one more sentence,so-so,en');
  const { warnings } = profileDataset(await read(`text,tone,language\n${lines.join('\n')}\n`));
  assert.deepEqual(
    warnings.map(({ code, row }) => [code, row]),
    [
      ['language_rare', null],
      ['label_variants', null],
      ['label_rare', null],
      ['duplicate_conflict', 3],
    ],
  );
  assert.match(warnings.at(-1)?.message ?? '', /1 text\(s\) occur more than once.*rows 3, 62/);
});

const sentence = {
  fr: 'nous avons bien reçu votre demande numéro',
  en: 'we have received your request number',
  de: 'wir haben Ihre Anfrage erhalten, Nummer',
};
type Sentences = [language: keyof typeof sentence, count: number, column: string][];

async function profileOf(parts: Sentences) {
  const lines = parts.flatMap(([language, count, column]) =>
    Array.from({ length: count }, (_, index) => `"${sentence[language]} ${index}",${index % 2 ? 'a' : 'b'},${column}`),
  );
  const dataset = await read(`text,tone,language\n${lines.join('\n')}\n`);
  return (await prepareAndProfile(dataset, noPreparation)).profile;
}

test('a profile says which languages were detected, and where languages come from', async () => {
  const mixed = await profileOf([
    ['fr', 60, 'fr'],
    ['fr', 20, ''],
    ['en', 40, 'en'],
  ]);
  assert.deepEqual(
    mixed.languages.map(({ code, documents, detected }) => [code, documents, detected]),
    [
      ['fr', 80, 20],
      ['en', 40, 0],
    ],
  );
  assert.equal(mixed.languageSource, 'mixed');
  assert.equal((await profileOf([['fr', 30, 'fr']])).languageSource, 'column');
  const texts = Array.from({ length: 30 }, (_, index) => `${sentence.de} ${index},a`).join('\n');
  const without = await read(`text;tone\n${texts.replaceAll(/,a$/gm, ';a')}\n`);
  assert.equal((await prepareAndProfile(without, noPreparation)).profile.languageSource, 'detected');
  const off = preparationSchema.parse({ languages: { detect: 'off' } });
  const { profile: silent } = await prepareAndProfile(without, off);
  assert.deepEqual([silent.languages, silent.languageSource, silent.languageChoices], [[], null, []]);
  const set = preparationSchema.parse({ languages: { detect: 'off', changes: [{ from: null, to: 'de' }] } });
  const { profile: decided } = await prepareAndProfile(without, set);
  assert.deepEqual(decided.languages, [{ code: 'de', name: 'German', documents: 30, detected: 0 }]);
});

test('unknown and rare languages ask for a decision; what was detected beside one main language is probably that', async () => {
  const lines = [
    ...Array.from({ length: 400 }, (_, index) => `${sentence.fr} ${index};a`),
    ...Array.from({ length: 5 }, (_, index) => `${sentence.en} ${index};b`),
    ...Array.from({ length: 8 }, (_, index) => `${index} ok;b`),
  ];
  const detected = await read(`text;tone\n${lines.join('\n')}\n`);
  assert.deepEqual((await prepareAndProfile(detected, noPreparation)).profile.languageChoices, [
    { language: null, name: 'unknown', documents: 8, reason: 'unknown', suggested: 'set', to: 'fr' },
    { language: 'en', name: 'English', documents: 5, reason: 'rare', suggested: 'set', to: 'fr' },
  ]);
  const given = await profileOf([
    ['fr', 400, 'fr'],
    ['en', 5, 'en'],
  ]);
  assert.deepEqual(given.languageChoices, [
    { language: 'en', name: 'English', documents: 5, reason: 'rare', suggested: 'keep', to: null },
  ]);
  assert.deepEqual((await profileOf([['fr', 12, 'fr']])).languageChoices, [], 'one language alone is no choice');
});

test('a language column that says what the texts are not is doubted', async () => {
  const doubts = async (parts: Sentences) =>
    (await profileOf(parts)).warnings.filter(({ code }) => code === 'language_doubtful').map(({ message }) => message);
  const [message, ...rest] = await doubts([
    ['fr', 60, 'de'],
    ['en', 40, 'en'],
  ]);
  assert.deepEqual(rest, []);
  assert.match(message ?? '', /^language: 60 of 100 texts looked at .* \(French where it says German 60\)/);
  for (const column of ['fr', 'French', 'fr-CA', '']) assert.deepEqual(await doubts([['fr', 60, column]]), [], column);
  // as close as Norwegian and Danish: the texts can't contradict the column
  assert.deepEqual(
    await doubts([
      ['en', 90, 'en'],
      ['fr', 10, 'en'],
    ]),
    [],
  );
});

test('near-duplicate labels are reported, and suggested in a form that a preparation takes', async () => {
  const labels = [...Array<string>(30).fill('environment'), 'Environment', 'enviroment', 'environments'];
  const rows = labels.map((label, index) => `these are words number ${index},${label}`);
  const dataset = await read(`text,topic\n${rows.join('\n')}\n`);
  const { categories, warnings } = profileDataset(dataset);
  const rename = categories[0]?.renameSuggestions ?? [];
  assert.deepEqual(rename.map(({ from, why }) => [from, why]).toSorted(), [
    ['Environment', 'spelling'],
    ['enviroment', 'typo'],
    ['environments', 'plural'],
  ]);
  const said = warnings.filter(({ code }) => code === 'label_similar').map(({ message: text }) => text);
  assert.equal(
    said[0],
    'Category "topic": "environment" (30) and "enviroment" (1), "environment" (30) and "environments" (1) may be ' +
      'meant as one label; they are kept apart.',
  );
  const merged = await prepareDataset(
    dataset,
    preparationSchema.parse({ categories: [{ category: 'topic', rename }] }),
  );
  assert.deepEqual(profileDataset(merged).categories[0]?.labels, [{ label: 'environment', documents: 33 }]);
});
