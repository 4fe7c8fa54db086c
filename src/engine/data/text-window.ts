/** A view of a text's UTF-8 that moves over it from beginning to end, so that no more than the view is in memory. */
import { Buffer } from 'node:buffer';

const usualBytes = 1024 * 1024;

export class TextWindow {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #widest: number;
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #target = 0;
  #ended = false;

  /** @param widest bytes that it shows at most, roughly: a piece more may be there */
  static async open(pieces: AsyncIterable<Buffer>, widest: number): Promise<TextWindow> {
    const window = new TextWindow(pieces, widest);
    await window.advance(0);
    return window;
  }

  private constructor(pieces: AsyncIterable<Buffer>, widest: number) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#widest = widest;
  }

  /** Valid until the window is moved or widened. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Does it reach to the text's end? */
  get isLast(): boolean {
    return this.#ended;
  }

  get isWidest(): boolean {
    return this.#ended || this.#target >= this.#widest;
  }

  /** Shows twice as much. */
  async widen(): Promise<void> {
    this.#target = Math.min(Math.max(this.#target, this.#end - this.#start) * 2, this.#widest);
    await this.#fill();
  }

  /** Begins `bytes` later, at its usual width. */
  async advance(bytes: number): Promise<void> {
    this.#start += bytes;
    this.#target = Math.min(usualBytes, this.#widest);
    await this.#fill();
  }

  /** Ends the reading before the text's end. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #fill(): Promise<void> {
    while (!this.#ended && this.#end - this.#start < this.#target) {
      const { value, done } = await this.#pieces.next();
      if (done) this.#ended = true;
      else this.#append(value);
    }
  }

  #append(piece: Buffer): void {
    if (this.#end + piece.length > this.#buffer.length) {
      const shown = this.bytes;
      const needed = shown.length + piece.length;
      const room = needed * 2 > this.#buffer.length ? Buffer.allocUnsafeSlow(needed * 2) : this.#buffer;
      room.set(shown);
      this.#buffer = room;
      [this.#start, this.#end] = [0, shown.length];
    }
    this.#buffer.set(piece, this.#end);
    this.#end += piece.length;
  }
}
