/**
 * SentencePiece's precompiled normalisation: a double-array trie over UTF-8 (Darts-clone) from characters to their replacement.
 * The layout is that of Google's sentencepiece (builder.cc, `EncodePrecompiledCharsMap`): four bytes with the trie's size, the
 * trie, then the replacements, each ended by a zero byte. Read as the Rust crate spm_precompiled does, whose results models saw.
 */
import { UserError } from '../../../errors.ts';

/** The largest known (nmt_nfkc_cf) has 340 kB. */
const maxBase64 = 4_000_000;

/** Longer graphemes are looked up character by character. */
const maxGraphemeBytes = 5;

/** Distinct graphemes remembered. */
const maxRemembered = 20_000;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const encoder = new TextEncoder();

class Charsmap {
  private readonly trie: Uint32Array;
  private readonly replacements: Uint8Array;
  private readonly remembered = new Map<string, string>();

  constructor(bytes: Uint8Array, where: string) {
    const size = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : Number.NaN;
    if (!(size >= 4 && size % 4 === 0 && size + 4 <= bytes.length)) {
      throw new UserError(
        `${where} has a precompiled_charsmap of ${bytes.length} bytes whose trie doesn't fit into it.`,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + 4, size);
    this.trie = Uint32Array.from({ length: size / 4 }, (_, unit) => view.getUint32(4 * unit, true));
    this.replacements = bytes.subarray(4 + size);
  }

  /** The replacement of the shortest beginning that the trie has; null when it has none. */
  private lookUp(key: Uint8Array): string | null {
    // A unit: bits 0-7 its label, bit 8 "has a leaf", bit 9 scales the offset in bits 10-31; a leaf's bits 0-30 are its value.
    const offset = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
    let at = offset(this.trie[0] ?? 0);
    for (const byte of key) {
      if (byte === 0) return null;
      at ^= byte;
      const unit = this.trie[at];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return null;
      at ^= offset(unit);
      if ((unit >>> 8) & 1) {
        const leaf = this.trie[at];
        return leaf === undefined ? null : this.replacement(leaf & 0x7fffffff);
      }
    }
    return null;
  }

  private replacement(start: number): string {
    const end = this.replacements.indexOf(0, start);
    return new TextDecoder().decode(this.replacements.subarray(start, end === -1 ? undefined : end));
  }

  private grapheme(text: string): string {
    const bytes = encoder.encode(text);
    const whole = bytes.length <= maxGraphemeBytes ? this.lookUp(bytes) : null;
    if (whole !== null) return whole;
    return Array.from(text, (character) => this.lookUp(encoder.encode(character)) ?? character).join('');
  }

  private rememberedGrapheme(text: string): string {
    const known = this.remembered.get(text);
    if (known !== undefined) return known;
    const replaced = this.grapheme(text);
    if (text.length <= 8 && this.remembered.size < maxRemembered) this.remembered.set(text, replaced);
    return replaced;
  }

  apply(text: string): string {
    let replaced = '';
    for (const { segment } of segmenter.segment(text)) replaced += this.rememberedGrapheme(segment);
    return replaced;
  }

  /** Whether the printable characters of ASCII stay as they are, which they do in all maps but one's own. */
  keepsAscii(): boolean {
    return Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).every((c) => this.grapheme(c) === c);
  }
}

/** Runs without two printable ASCII characters side by side; between two of those every grapheme ends. */
const beyondAscii = /[ -~]?(?:[^ -~]+[ -~]?)+/gu;

/** @throws UserError when the map isn't base64 of what SentencePiece writes */
export function compileCharsmap(base64: string, where: string): (text: string) => string {
  if (base64.length > maxBase64)
    throw new UserError(`${where} has a precompiled_charsmap of ${base64.length} characters.`);
  const map = new Charsmap(new Uint8Array(Buffer.from(base64, 'base64')), where);
  if (!map.keepsAscii()) return (text) => map.apply(text);
  return (text) => text.replace(beyondAscii, (run) => map.apply(run));
}
