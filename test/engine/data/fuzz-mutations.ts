/** Damage: to the bytes of a file, and to what is packed in them. */
import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import type { Random } from '../../../src/engine/training/random.ts';
import type { Seed } from './fuzz-seeds.ts';

const tokens = [
  ...['"', '""', "'", '\0', '\n', '\r', ',', ';', '\t', '|', '{', '}', '[', ']', '\\', '<', '>', '&', '</row>', ']]>'],
  ...['\ufeff', '\u202e', '```', 'sep=,\n', '"'.repeat(40), '['.repeat(300), '<a>'.repeat(300), '&#0;', '1e999', 'NaN'],
  ...['__proto__', '\x01\x02\x1b', '\ud83d', '9'.repeat(30), '<c r="XFD1048576" t="s"><v>4294967295</v></c>'],
].map((text) => Buffer.from(text));
/** Beginnings and ends of formats: ZIP's parts, Parquet, gzip, OLE, UTF-16, a PDF. */
const headers = [
  '504b0304',
  '504b0102',
  '504b0506',
  '50415231',
  '50415245',
  '1f8b08',
  'd0cf11e0',
  'fffe',
  '25504446',
].map((hex) => Buffer.from(hex, 'hex'));
/** Counts and lengths in their three common forms, at their ends. */
const numbers = ['ffffffff', 'ffffff7f', '00000080', '00000000', 'ffffffff0f', '8080808010', 'feffffff0f', '01'].map(
  (hex) => Buffer.from(hex, 'hex'),
);

/** One more change at random; `others` lend their blocks. */
function damagedOnce(bytes: Buffer, random: Random, others: readonly Seed[]): Buffer {
  const at = placeIn(bytes, random);
  const length = 1 + random.below(1 << random.below(10));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const pick = <Item>(items: readonly Item[]) => items[random.below(items.length)];
  switch (random.below(14)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after.subarray(length)]);
    case 2:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 3:
      return Buffer.concat([before, pick(tokens) ?? before, after]);
    case 4:
      return overwritten(bytes, pick(headers) ?? before, random.below(2) === 0 ? 0 : at);
    case 5:
    case 9:
      return overwritten(bytes, pick(numbers) ?? before, at);
    case 6: {
      const lender = pick(others)?.bytes ?? bytes;
      const from = random.below(lender.length);
      return Buffer.concat([before, lender.subarray(from, from + length), after.subarray(random.below(2) * length)]);
    }
    case 7: {
      const copy = Buffer.from(bytes);
      for (let change = 0; change < 8; change++) copy[random.below(copy.length)] = random.below(256);
      return copy;
    }
    case 8:
      return Buffer.concat([
        before,
        ...Array.from({ length: 2 ** random.below(9) }, () => after.subarray(0, 16)),
        after,
      ]);
    default: {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    }
  }
}

/** Anywhere, or in the last bytes, where ZIP and Parquet say what stands where. */
function placeIn(bytes: Buffer, random: Random): number {
  if (bytes.length === 0) return 0;
  if (random.below(4) > 0) return random.below(bytes.length);
  return Math.max(bytes.length - 1 - random.below(1024), 0);
}

function overwritten(bytes: Buffer, by: Buffer, at: number): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + by.length)]);
}

function damaged(bytes: Buffer, random: Random, others: readonly Seed[]): Buffer {
  let result = bytes;
  const changes = random.below(2) === 0 ? 1 : 1 + random.below(4);
  for (let change = 0; change < changes; change++) {
    if (result.length > 0) result = damagedOnce(result, random, others);
  }
  return result;
}

/** A damaged file: most of the packed ones are damaged within and packed again, since checksums notice all else. */
export function damagedFile(seeds: readonly Seed[], random: Random): Seed {
  const seed = seeds[random.below(seeds.length)];
  if (!seed) throw new Error('There is no file to damage.');
  const name = random.below(8) === 0 ? `data${['', '.csv', '.json', '.xlsx', '.parquet'][random.below(5)]}` : seed.name;
  const within = random.below(4) > 0;
  if (within && seed.name.endsWith('.gz')) {
    return { name, bytes: gzipSync(damaged(gunzipSync(seed.bytes), random, seeds)) };
  }
  if (within && seed.name.endsWith('.xlsx')) return { name, bytes: damagedWithin(seed.bytes, random, seeds) };
  return { name, bytes: damaged(seed.bytes, random, seeds) };
}

function damagedWithin(bytes: Buffer, random: Random, others: readonly Seed[]): Buffer {
  const parts = unzipSync(bytes);
  const names = Object.keys(parts).sort();
  const name = names[random.below(names.length)] ?? '';
  parts[name] = Uint8Array.from(damaged(Buffer.from(parts[name] ?? []), random, others));
  return Buffer.from(zipSync(parts, { mtime: '2024-01-01' }));
}
