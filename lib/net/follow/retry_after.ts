const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The pieces of an HTTP date, which come in one order or another. A day of the week says nothing that counts. */
const weekday = "[a-z]{3,9}(?:\\s+|\\s*,\\s*)",
  day = "(?<day>\\d{1,2})",
  month = "(?<month>[a-z]{3})",
  time = "(?<hours>\\d{1,2}):(?<minutes>\\d\\d):(?<seconds>\\d\\d)";

/**
 * `Sun, 06 Nov 1994 08:49:37 GMT`; `Sunday, 06-Nov-94 08:49:37 GMT`, as old servers write it; and what C's `asctime`
 * gives, `Sun Nov  6 08:49:37 1994`.
 */
const dates = [
  `^(?:${weekday})?${day}[ -]+${month}[ -]+(?<year>\\d{4}|\\d\\d)\\s+${time}\\s*(?:GMT|UTC|Z|[+-]0000)$`,
  `^${weekday}${month}\\s+${day}\\s+${time}\\s+(?:(?:GMT|UTC)\\s+)?(?<year>\\d{4})(?:\\s+(?:GMT|UTC))?$`,
].map((pattern) => new RegExp(pattern, "i"));

/** A comma between two values, and not the one behind the day of the week in a date. */
const between = /(?<!\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*),/i;

/** So many years ahead, two digits of a year mean the century before (RFC 9110, section 5.6.7). */
const mostYearsAhead = 50;

/**
 * Returns how long a `Retry-After` header asks to wait, in seconds, or `undefined` where it is missing or says nothing
 * sensible.
 *
 * It is a number of seconds or an HTTP date in one of its three forms (RFC 9110, section 10.2.3); a date that has passed
 * is 0. Of several, as a server and what stands in front of it may send them, the longest wait counts. `now` is in
 * milliseconds since 1970.
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  const waits = (header ?? "").split(between).map((value) => secondsOf(value.trim(), now));
  const sensible = waits.filter((wait) => wait !== undefined);
  return sensible.length === 0 ? undefined : Math.max(...sensible);
}

function secondsOf(text: string, now: number): number | undefined {
  if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) {
    const seconds = Number(text);
    return Number.isFinite(seconds) ? seconds : undefined;
  }
  const at = timeOf(text, now);
  return at === undefined ? undefined : Math.max(0, (at - now) / 1000);
}

/** Returns the time of an HTTP date, in milliseconds since 1970; undefined for what is none. */
function timeOf(text: string, now: number): number | undefined {
  const parts = dates.map((date) => date.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const number = (part: string) => Number(parts[part]);
  const [hours, minutes, seconds] = [number("hours"), number("minutes"), number("seconds")];
  const date = [yearOf(parts["year"]!, now), months.indexOf(parts["month"]!.toLowerCase()), number("day")] as const;
  // A minute has 61 seconds when one is put in; a month has the days that the calendar gives back unchanged.
  const isDate = date[1] >= 0 && hours <= 23 && minutes <= 59 && seconds <= 60 &&
    new Date(Date.UTC(...date)).getUTCDate() === date[2];
  return isDate ? Date.UTC(...date, hours, minutes, seconds) : undefined;
}

function yearOf(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - thisYear % 100 + Number(digits);
  return year > thisYear + mostYearsAhead ? year - 100 : year;
}
