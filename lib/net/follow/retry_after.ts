const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** `Sun, 06 Nov 1994 08:49:37 GMT`, and with a dash and two digits for the year as old servers write it. */
const httpDate = /^[a-z]{3,9},\s*(\d{1,2})[ -]([a-z]{3})[ -](\d{4}|\d{2})\s+(\d{2}):(\d{2}):(\d{2})\s+(?:GMT|UTC)$/i;

/**
 * Returns how long a `Retry-After` header asks to wait, in seconds, or `undefined` where it is missing or says nothing
 * sensible.
 *
 * It is a number of seconds or an HTTP date (RFC 9110, section 10.2.3); a date that has passed is 0. `now` is in
 * milliseconds since 1970.
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    return Number.isFinite(seconds) ? seconds : undefined;
  }
  const [, day, month, year, hours, minutes, seconds] = httpDate.exec(text) ?? [];
  if (month === undefined || year === undefined) return undefined;
  const full = year.length === 4 ? Number(year) : 2000 + Number(year);
  const number = months.indexOf(month.toLowerCase());
  if (number < 0) return undefined;
  const at = Date.UTC(full, number, Number(day), Number(hours), Number(minutes), Number(seconds));
  return Math.max(0, (at - now) / 1000);
}
