/** One file read and profiled as a profile job does it; called by bench/data.ts. Prints what it took as JSON. */
import path from 'node:path';
import { fileSource } from '../src/engine/data/byte-source.ts';
import { prepareAndProfile } from '../src/engine/data/profile.ts';
import { readDataset } from '../src/engine/data/read-dataset.ts';
import { UserError } from '../src/errors.ts';
import { noPreparation } from '../src/flows/contracts.ts';

const file = process.argv[2];
if (file === undefined) throw new UserError('Expected a file.');
const startMs = performance.now();
const dataset = await readDataset(await fileSource(file), path.basename(file));
const { profile } = await prepareAndProfile(dataset, noPreparation);
const seconds = (performance.now() - startMs) / 1000;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
const peakBytes = process.resourceUsage().maxRSS * 1024;
const facts = `${profile.documents} documents, ${profile.categories.length} categories`;
console.log(JSON.stringify({ seconds, cpuSeconds, peakBytes, rows: profile.rows, facts }));
