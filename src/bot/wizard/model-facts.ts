/** What there is to know of a model before it is chosen: size, languages, length of text, licence, time. */
import path from 'node:path';
import { type CatalogueModel, catalogueEntry, modelName } from '../../flows/catalogue.ts';
import type { Profile } from '../../flows/contracts.ts';
import { name } from '../text.ts';
import { type Voice, catalogue as wordsIn } from '../words/voice.ts';
import { dotted, labelled } from './lines.ts';

const languagesNamed = 3;
/** Weights are kept and loaded as numbers of 32 bits. */
const bytesPerParameter = 4;

const words = wordsIn(
  ({ count, decimal, list }) => ({
    builtin: 'built in, no download',
    size: (millions: number) => `${count(millions)} M parameters`,
    megabytes: (megabytes: number) => `${count(megabytes)} MB`,
    gigabytes: (gigabytes: number) => `${decimal(gigabytes, 1)} GB`,
    many: 'many languages',
    andMore: (named: string[], more: number) =>
      more > 0 ? `${named.join(', ')} and ${count(more)} more` : list(named),
    notMade: (languages: string) => `not made for ${languages}`,
    tokens: (tokens: number) => `up to ${count(tokens)} tokens`,
    whole: 'texts of any length',
    licence: (licence: string) => `licence ${licence}`,
    noLicence: 'no licence named',
    takes: (duration: string) => `about ${duration}`,
    unknown: 'not in the catalogue; it is looked at when it is downloaded',
    folder: (folder: string) => `folder ${folder} of your server`,
  }),
  ({ count, decimal, list }) => ({
    builtin: 'intégré, sans téléchargement',
    size: (millions: number) => `${count(millions)} M de paramètres`,
    megabytes: (megabytes: number) => `${count(megabytes)} Mo`,
    gigabytes: (gigabytes: number) => `${decimal(gigabytes, 1)} Go`,
    many: 'nombreuses langues',
    andMore: (named: string[], more: number) =>
      more > 0 ? `${named.join(', ')} et ${count(more)} autres` : list(named),
    notMade: (languages: string) => `pas fait pour : ${languages}`,
    tokens: (tokens: number) => `jusqu’à ${count(tokens)} tokens`,
    whole: 'textes de toute longueur',
    licence: (licence: string) => `licence ${licence}`,
    noLicence: 'licence non précisée',
    takes: (duration: string) => `environ ${duration}`,
    unknown: 'hors catalogue ; il sera examiné au téléchargement',
    folder: (folder: string) => `dossier ${folder} de votre serveur`,
  }),
);

/** One line of mrkdwn. @param seconds that its trials take; undefined: that can't be told */
export function modelLine(id: string, profile: Profile, seconds: number | undefined, voice: Voice): string {
  const time = seconds === undefined ? [] : [words(voice).takes(voice.duration(seconds))];
  const facts = modelFacts(id, profile, voice).map((fact) => name(fact, 80));
  return `• ${labelled(name(modelName(id), 50), dotted([...time, ...facts]), voice)}`;
}

/** Plain text, a fact each. */
export function modelFacts(id: string, profile: Profile, voice: Voice): string[] {
  const say = words(voice);
  const entry = catalogueEntry(id);
  if (!entry) return [id.startsWith('folder:') ? say.folder(path.basename(id.slice('folder:'.length))) : say.unknown];
  const length = entry.maxTokens === null ? say.whole : say.tokens(entry.maxTokens);
  if (entry.family === null) return [say.builtin, length];
  const outside = languagesOutside(entry, profile);
  return [
    languagesText(entry, voice),
    ...(outside.length > 0 ? [say.notMade(someLanguages(outside, voice))] : []),
    ...(entry.parameters === null ? [] : [sizeText(entry.parameters, voice)]),
    length,
    entry.licence === null ? say.noLicence : say.licence(entry.licence),
  ];
}

/** @param millions of parameters */
function sizeText(millions: number, voice: Voice): string {
  const say = words(voice);
  const megabytes = millions * bytesPerParameter;
  const size = megabytes < 1000 ? say.megabytes(megabytes) : say.gigabytes(megabytes / 1000);
  return `${say.size(millions)} (${size})`;
}

export function languagesText({ languages }: CatalogueModel, voice: Voice): string {
  return languages === 'many' ? words(voice).many : someLanguages(languages, voice);
}

function someLanguages(codes: readonly string[], voice: Voice): string {
  const named = codes.slice(0, languagesNamed).map(voice.languageName);
  return words(voice).andMore(named, codes.length - named.length);
}

/** Languages of the texts that it wasn't made for. */
function languagesOutside({ languages }: CatalogueModel, profile: Profile): string[] {
  if (languages === 'many') return [];
  return profile.languages.flatMap(({ code }) => (code !== null && !languages.includes(code) ? [code] : []));
}

/** A model of which nobody knows what it is made for counts as made for all. */
export function isMadeFor(id: string, code: string): boolean {
  const made = catalogueEntry(id)?.languages ?? 'many';
  return made === 'many' || made.includes(code);
}
