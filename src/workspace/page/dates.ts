/** In which language and time zone a person reads times. */
export interface Reading {
  locale: string;
  tz: string;
}

const LONG = { year: 'numeric', month: 'long', day: 'numeric' } as const;
const SHORT = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const WEEKDAY = { ...LONG, weekday: 'long' } as const;

const FORMATS: Record<string, Intl.DateTimeFormatOptions> = {
  date: LONG,
  date_short: SHORT,
  date_long: WEEKDAY,
  date_pretty: LONG,
  date_short_pretty: SHORT,
  date_long_pretty: WEEKDAY,
  time: { timeStyle: 'short' },
  time_secs: { timeStyle: 'medium' },
};

const DAY_MS = 86_400_000;

/** The calendar day in a zone, as 2026-02-18. */
function dayIn(tz: string, atMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: tz, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    atMs,
  );
}

/** The time of day, as 09:30 or 9:30 AM. */
export function clockText({ locale, tz }: Reading, atMs: number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: tz }).format(atMs);
}

/** A moment in full. */
export function fullText({ locale, tz }: Reading, atMs: number): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium', timeZone: tz }).format(atMs);
}

/** What stands above the messages of one day of the reader's. */
export function dayText(reading: Reading, atMs: number, nowMs: number): string {
  const { locale, tz } = reading;
  const far = { weekday: 'long', day: 'numeric', month: 'long', timeZone: tz } as const;
  const text = nearDay(reading, atMs, nowMs) ?? new Intl.DateTimeFormat(locale, far).format(atMs);
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

/** A moment as a field for date and time takes it, by the clocks of a zone: 2026-02-18T09:30. */
export function wallTime(tz: string, atMs: number): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hour: '2-digit', minute: '2-digit' }).format(atMs);
  return `${dayIn(tz, atMs)}T${time}`;
}

/** The moment at which the clocks of a zone show this; of an hour that they skip or repeat, one nearby. */
export function momentOf(wall: string, tz: string): number {
  const shownAt = (atMs: number) => Date.parse(`${wallTime(tz, atMs)}Z`);
  const wanted = Date.parse(`${wall}Z`);
  const near = wanted - (shownAt(wanted) - wanted);
  return near - (shownAt(near) - wanted);
}

// Yesterday, today or tomorrow in the reader's words; undefined for other days.
function nearDay({ locale, tz }: Reading, atMs: number, nowMs: number): string | undefined {
  const days = (Date.parse(dayIn(tz, atMs)) - Date.parse(dayIn(tz, nowMs))) / DAY_MS;
  return Math.abs(days) > 1 ? undefined : new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/**
 * What a `<!date^SECONDS^FORMAT|fallback>` of mrkdwn shows to a reader (docs.slack.dev, "Date formatting"); undefined
 * where the format has a token that isn't known or the time is none: then the fallback is shown.
 */
export function dateText(seconds: string, format: string, reading: Reading, nowMs: number): string | undefined {
  const atMs = Number(seconds) * 1000;
  if (seconds === '' || Number.isNaN(new Date(atMs).getTime())) return undefined;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (token: string, name: string) => {
    if (name === 'date_num') return dayIn(reading.tz, atMs);
    const options = FORMATS[name];
    if (options === undefined) {
      known = false;
      return token;
    }
    const near = name.endsWith('_pretty') ? nearDay(reading, atMs, nowMs) : undefined;
    return near ?? new Intl.DateTimeFormat(reading.locale, { ...options, timeZone: reading.tz }).format(atMs);
  });
  return known ? text : undefined;
}
