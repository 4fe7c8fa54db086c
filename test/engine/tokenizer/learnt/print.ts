/** Prints the test's tokenizer.json and texts, for fixtures/make_ids.py. */
import { learnt, tricky } from './texts.ts';

console.log(JSON.stringify({ tokenizer: JSON.stringify(learnt.json), texts: tricky }));
