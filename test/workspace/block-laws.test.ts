/** Laws of the one checker of blocks: what keeps to limits.json is accepted, one broken rule is refused at its place. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSync, Visitor } from 'oxc-parser';
import { checkBlocks } from '../../src/workspace/check-blocks.ts';
import { checkView } from '../../src/workspace/check-view.ts';
import { limits } from '../../src/workspace/limits.ts';
import { blockSamples, viewRows } from './block-samples.ts';
import { elementSamples, HOLDERS, PLACES, SURFACES } from './element-samples.ts';
import { type Json, many, type Path, type Row, type Sample } from './sample-rows.ts';
import { plain } from './support.ts';

const options = { usableFile: () => true, refused: [] };
const surfaceNames = ['message', 'modal', 'home'] as const;
type SurfaceName = (typeof surfaceNames)[number];
const samples = [...blockSamples, ...elementSamples];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(target: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return target;
  if (Array.isArray(target)) return valueAt(target[Number(key)], rest);
  return isObject(target) ? valueAt(target[key], rest) : undefined;
}

/** A copy with another value at a path; `undefined` takes the property away. */
function withValue(target: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) return target.map((one, index) => (index === key ? withValue(one, rest, value) : one));
  if (!isObject(target)) return target;
  const { [key]: before, ...others } = target;
  const after = withValue(before, rest, value);
  return after === undefined ? others : { ...others, [key]: after };
}

const changed = (block: Json, path: Path, value: unknown): Json => {
  const after = withValue(block, path, value);
  assert.ok(isObject(after));
  return after;
};

const pointerTo = (...path: Path): string => ['', ...path].join('/');

/** The pointers of all problems of a payload, as a message or as the view that holds it. */
function pointersOf(blocks: unknown[], surface: SurfaceName): string[] {
  const at = surface === 'message' ? '/blocks' : '/view/blocks';
  const view = { type: surface, blocks, ...(surface === 'modal' && { title: plain('x'), submit: plain('x') }) };
  const { problems } =
    surface === 'message' ? checkBlocks(blocks, surface, at, options) : checkView(view, surface, options);
  return problems.map(({ pointer }) => pointer.replace(/^\/view/, ''));
}

const sizeOf = (row: Row): fc.Arbitrary<number> => {
  const max = Math.min(row.max, row.min + 10_000_000);
  return fc.oneof(
    fc.constant(row.min),
    fc.constant(max === row.max ? max : row.min),
    fc.integer({ min: row.min, max }),
  );
};

/** A sample with one of its limits at any size that is allowed, and perhaps without something that may be missing. */
function variant({ block, inside, required, rows }: Sample): fc.Arbitrary<Json> {
  const sized = fc.option(fc.constantFrom(...rows, ...(rows.length === 0 ? [undefined] : [])), { nil: undefined });
  const holder = valueAt(block, inside);
  const optional = Object.keys(isObject(holder) ? holder : {})
    .map((name): Path => [...inside, name])
    .filter((path) => !required.some((one) => pointerTo(...one).startsWith(pointerTo(...path))));
  const dropped = fc.option(fc.nat({ max: Math.max(0, optional.length - 1) }), { nil: undefined });
  return fc.tuple(sized, dropped).chain(([row, drop]) => {
    const less = changed(block, drop === undefined ? ['block_id'] : (optional[drop] ?? ['block_id']), undefined);
    if (row === undefined || valueAt(less, row.path) === undefined) return fc.constant(less);
    return sizeOf(row).map((size) => changed(less, row.path, row.fill(size)));
  });
}

const samplesOn = (surface: SurfaceName) => samples.filter((one) => one.surfaces.includes(surface));

/** Types that count over a whole message: the laws below hold one of each, so that each may be at its extreme. */
const COUNTED = ['table', 'data_table', 'markdown', 'data_visualization'];

function payload(surface: SurfaceName, maxLength: number): fc.Arbitrary<Json[]> {
  const one = fc.constantFrom(...samplesOn(surface)).chain(variant);
  return fc.array(one, { maxLength }).map((blocks) =>
    blocks
      .filter(({ type }, index) => {
        const first = blocks.findIndex((other) => other.type === type) === index;
        return !COUNTED.includes(String(type)) || first;
      })
      .map((block, index) => ({ ...block, ...('block_id' in block && { block_id: `b${index}` }) })),
  );
}

/** A valid payload with one block put somewhere into it; the pointers that come back are those inside that block. */
function refusedAt(surface: SurfaceName, bad: Json, expected: string[]): fc.IPropertyWithHooks<[Json[], number]> {
  return fc.property(payload(surface, 4), fc.nat({ max: 4 }), (others, position) => {
    const around = others.filter(({ type }) => !COUNTED.includes(String(type)));
    const index = Math.min(position, around.length);
    const { block_id, ...rest } = bad;
    const named = block_id === 'b0' || block_id === undefined ? { ...rest, block_id: 'bad' } : bad;
    const found = pointersOf([...around.slice(0, index), named, ...around.slice(index)], surface);
    const at = `/blocks/${index}`;
    for (const one of found) assert.ok(one === at || one.startsWith(`${at}/`), `${one} is another block's`);
    assert.ok(
      found.some((one) => expected.includes(one.slice(at.length))),
      `expected ${expected.join(' or ')}, got ${found.join(', ') || 'nothing'}`,
    );
  });
}

/** Runs a law for every sample on one of its surfaces, naming the sample that breaks it. */
function forEach(list: Sample[], law: (sample: Sample, surface: SurfaceName) => void): void {
  for (const [index, sample] of list.entries()) {
    const possible = surfaceNames.filter((surface) => sample.surfaces.includes(surface));
    const surface = possible[index % possible.length];
    assert.ok(surface !== undefined, `${sample.name} may stand nowhere`);
    try {
      law(sample, surface);
    } catch (cause) {
      throw new Error(`${sample.name} in a ${surface}`, { cause });
    }
  }
}

const runs = { numRuns: 3 };

test('random valid messages, modals and home tabs are accepted, at the extremes too', () => {
  for (const surface of surfaceNames) {
    fc.assert(
      fc.property(payload(surface, 12), (blocks) => assert.deepEqual(pointersOf(blocks, surface), [])),
      { numRuns: 150 },
    );
  }
});

test('every block and element is accepted at both ends of each of its limits', () => {
  forEach(samples, ({ block, rows }, surface) => {
    for (const row of rows) {
      for (const size of [row.min, row.max].filter(Number.isFinite)) {
        const found = pointersOf([changed(block, row.path, row.fill(size))], surface);
        assert.deepEqual(found, [], `${pointerTo(...row.path)} of size ${size}`);
      }
    }
  });
});

test('one more than a limit, or one less than its least, is refused at its place', () => {
  forEach(samples, ({ block, rows }, surface) => {
    for (const row of rows) {
      const outside = [row.min - 1, row.max + 1].filter((size) => Number.isFinite(size) && size >= 0);
      for (const size of outside) {
        const bad = changed(block, row.path, row.fill(size));
        fc.assert(refusedAt(surface, bad, [pointerTo(...row.reported).replace(/\/$/, '')]), runs);
      }
    }
  });
});

test('whatever a block or element needs is missed where it lacks', () => {
  forEach(samples, ({ block, required }, surface) => {
    for (const path of required) {
      const expected = [pointerTo(...path), pointerTo(...path.slice(0, -1)).replace(/\/$/, '')];
      fc.assert(refusedAt(surface, changed(block, path, undefined), expected), runs);
    }
  });
});

// What these hold is passed on as it is.
const OPEN = ['dispatch_action_config', 'filter', 'workflow'];

/** The paths of all objects in a value, itself first. */
function objectsIn(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => objectsIn(one, [...path, index]));
  if (!isObject(value)) return [];
  const inside = Object.entries(value).filter(([name]) => !OPEN.includes(name));
  return [path, ...inside.flatMap(([name, one]) => objectsIn(one, [...path, name]))];
}

test('a property that Slack does not know is refused in whichever object it stands', () => {
  forEach(samples, ({ block }, surface) => {
    for (const path of objectsIn(block)) {
      const bad = changed(block, [...path, 'invented'], 1);
      fc.assert(refusedAt(surface, bad, [path.length === 0 ? '' : pointerTo(...path)]), { numRuns: 1 });
    }
  });
});

test('a block on a surface that does not take it is refused by its type', () => {
  for (const { name, block } of blockSamples) {
    for (const surface of surfaceNames.filter((one) => SURFACES[name]?.includes(one) === false))
      fc.assert(refusedAt(surface, block, ['/type']), runs);
  }
});

test('an element in a block or on a surface that does not take it is refused by its type', () => {
  const elements = new Map(
    elementSamples.map(({ block, inside, name }) => [name.split(' ')[0], valueAt(block, inside)]),
  );
  for (const [type = '', element] of elements) {
    for (const [place, { path, hold }] of Object.entries(HOLDERS)) {
      for (const surface of surfaceNames.filter((one) => SURFACES[place.split('.')[0] ?? '']?.includes(one))) {
        const allowed = PLACES[type];
        if (allowed?.blocks.includes(place) && (allowed.surfaces?.includes(surface) ?? true)) continue;
        fc.assert(refusedAt(surface, hold(element), [pointerTo(...path, 'type')]), { numRuns: 1 });
      }
    }
  }
});

const sampleOf = (name: string): Json => {
  const found = samples.find((one) => one.name === name);
  assert.ok(found !== undefined, `no sample ${name}`);
  return found.block;
};

const INVENTED: [sample: string, surface: SurfaceName, path: Path][] = [
  ['button in actions', 'home', ['elements', 0, 'style']],
  ['workflow_button in section', 'message', ['accessory', 'style']],
  ['alert', 'modal', ['level']],
  ['plan', 'message', ['tasks', 0, 'status']],
  ['task_card', 'message', ['sources', 0, 'type']],
  ['container', 'home', ['width']],
  ['file', 'message', ['source']],
  ['data_visualization', 'message', ['chart', 'type']],
  ['table', 'message', ['rows', 0, 0, 'type']],
  ['rich_text', 'modal', ['elements', 0, 'type']],
  ['rich_text', 'modal', ['elements', 0, 'elements', 0, 'type']],
  ['section', 'message', ['type']],
  ['datepicker in input', 'modal', ['element', 'initial_date']],
  ['timepicker in input', 'modal', ['element', 'initial_time']],
  ['number_input in input', 'modal', ['element', 'initial_value']],
];

test('a value that is none of those allowed is refused', () => {
  for (const [name, surface, path] of INVENTED) {
    fc.assert(refusedAt(surface, changed(sampleOf(name), path, 'invented'), [pointerTo(...path)]), runs);
  }
});

const doubled = (name: string, path: Path): Json => {
  const block = sampleOf(name);
  const [first] = [valueAt(block, path)].flat();
  return changed(block, path, [first, first]);
};

test('an id that is used twice is refused where it comes again', () => {
  const twice: [Json, SurfaceName, string][] = [
    [doubled('actions', ['elements']), 'modal', '/elements/1/action_id'],
    [doubled('card', ['actions']), 'message', '/actions/1/action_id'],
    [doubled('plan', ['tasks']), 'message', '/tasks/1/task_id'],
    [doubled('data_visualization', ['chart', 'series']), 'message', '/chart/series/1/name'],
    [doubled('static_select in input', ['element', 'options']), 'modal', '/element/options/1/value'],
    [
      {
        type: 'container',
        child_blocks: many(2, () => ({ type: 'divider', block_id: 'twice' })),
      },
      'home',
      '/child_blocks/1/block_id',
    ],
  ];
  for (const [bad, surface, pointer] of twice) fc.assert(refusedAt(surface, bad, [pointer]), runs);
  fc.assert(
    fc.property(payload('message', 6), fc.nat({ max: 6 }), (others, position) => {
      const index = Math.min(position, others.length);
      const divider = { type: 'divider', block_id: 'twice' };
      const blocks = [divider, ...others.slice(0, index), divider, ...others.slice(index)];
      assert.deepEqual(pointersOf(blocks, 'message'), [`/blocks/${index + 1}/block_id`]);
    }),
  );
});

test('what counts over a whole message is refused at the block that is too much', () => {
  const { table, data_visualization } = limits.blocks;
  for (const [name, most] of [
    ['table', table.per_message.value],
    ['data_visualization', data_visualization.per_message.value],
  ] as const) {
    const blocks = many(most + 1, (index) => ({ ...sampleOf(name), block_id: `b${index}` }));
    assert.deepEqual(pointersOf(blocks.slice(1), 'message'), []);
    assert.deepEqual(pointersOf(blocks, 'message'), [`/blocks/${most}`]);
  }
  const focused = (index: number) => ({
    ...changed(sampleOf('plain_text_input in input'), ['element', 'focus_on_load'], true),
    block_id: `b${index}`,
  });
  assert.deepEqual(pointersOf(many(2, focused), 'modal'), ['/blocks/1/element/focus_on_load']);
  for (const surface of surfaceNames) {
    const most = limits.surfaces[surface].max_blocks.value;
    assert.deepEqual(
      pointersOf(
        many(most, () => ({ type: 'divider' })),
        surface,
      ),
      [],
    );
    assert.deepEqual(
      pointersOf(
        many(most + 1, () => ({ type: 'divider' })),
        surface,
      ),
      ['/blocks'],
    );
  }
});

test('a view keeps to its own limits and properties as its blocks do', () => {
  const view = { type: 'modal', title: plain('x'), submit: plain('x'), close: plain('x'), blocks: [] };
  const found = (one: unknown) => checkView(one, 'modal', options).problems.map(({ pointer }) => pointer);
  for (const row of viewRows) {
    for (const size of [row.min, row.max]) assert.deepEqual(found(withValue(view, row.path, row.fill(size))), []);
    for (const size of [row.min - 1, row.max + 1].filter((one) => one >= 0))
      assert.deepEqual(found(withValue(view, row.path, row.fill(size))), [`/view${pointerTo(...row.path)}`]);
  }
  assert.deepEqual(found({ ...view, hash: 'x' }), ['/view']);
  assert.deepEqual(found({ ...view, title: undefined }), ['/view']);
  const home = checkView({ type: 'home', blocks: [], title: plain('x') }, 'home', options).problems;
  assert.deepEqual(
    home.map(({ pointer }) => pointer),
    ['/view'],
  );
});

/** Limits that hold elsewhere than in one block, each with the test that shows it. */
const ELSEWHERE: Record<string, string> = {
  'elements/external_select/options_returned': 'views.test: no more than a hundred',
  'elements/external_select/groups_returned': 'inputs.test',
  'elements/external_select/min_query_length_default': 'inputs.test',
  'elements/external_select/response_deadline_s': 'interaction.ack_s is the same deadline',
  'elements/file_input/file_size_mb': 'inputs.test',
  'elements/overflow/options_min': 'the least of options_max above',
  'elements/focus_on_load_per_view': 'counted over a whole view above',
  'blocks/table/per_message': 'counted over a whole message above',
  'blocks/data_visualization/per_message': 'counted over a whole message above',
  'option_group/groups': 'static_select.option_groups is the same',
  'ids/file_id_regex': 'a pattern: web-api.test',
  'text_object/min': 'the least of every text above',
};

test('every limit of a block, an element, an option, an id or a view is among those tried above', () => {
  const tried = new Set<unknown>([...samples.flatMap(({ rows }) => rows), ...viewRows].map(({ limit }) => limit));
  const untried = (value: unknown, path: string): string[] => {
    if (!isObject(value) || path in ELSEWHERE || tried.has(value)) return [];
    if ('value' in value && 'source' in value) return value.value === null ? [] : [path];
    return Object.entries(value).flatMap(([name, one]) => untried(one, `${path}/${name}`));
  };
  const rooms = [
    'text_object',
    'ids',
    'option',
    'option_group',
    'confirm',
    'placeholder',
    'elements',
    'blocks',
  ] as const;
  const left = rooms.flatMap((room) => untried(limits[room], room));
  const { title, submit, close } = limits.view;
  assert.deepEqual([...left, ...untried({ title, submit, close }, 'view')], []);
});

test('the checker has no number of its own: all of them come from limits.json', async () => {
  const room = new URL('../../src/workspace/', import.meta.url);
  const own: string[] = [];
  let files = 0;
  for await (const file of glob('check*.ts', { cwd: room })) {
    files += 1;
    const { program } = parseSync(file, await readFile(new URL(file, room), 'utf8'));
    new Visitor({
      // 0 and 1 count and step; anything more would be a limit.
      Literal: ({ value }) => {
        if (typeof value === 'number' && value > 1) own.push(`${file}: ${value}`);
      },
    }).visit(program);
  }
  assert.ok(files > 5, `${files} files`);
  assert.deepEqual(own, []);
});
