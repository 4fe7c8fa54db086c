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
