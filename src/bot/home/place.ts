/** Where a person is in the home tab. It stands in the view's private_metadata, so that a button knows what to draw anew. */
import { z } from 'zod';

export const homeSections = ['benchmarks', 'datasets', 'models', 'workers', 'settings'] as const;
export type HomeSection = (typeof homeSections)[number];

const placeSchema = z.object({
  section: z.enum(homeSections).default('benchmarks'),
  /** from 0 */
  page: z.number().int().min(0).default(0),
  /** whose language is looked at besides those of the list */
  channel: z.string().nullable().default(null),
});
export type HomePlace = z.infer<typeof placeSchema>;

export const firstPlace: HomePlace = { section: 'benchmarks', page: 0, channel: null };

export const placeAsText = (place: HomePlace): string => JSON.stringify(place);

/** The inverse of placeAsText; what isn't one (a view of an older version) is the first place. */
export function placeOf(text: string | undefined): HomePlace {
  try {
    return placeSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return firstPlace;
  }
}
