/**
 * Times in settings and messages. A time is a number of seconds everywhere else.
 *
 * @module
 */

const secondsIn: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/**
 * Returns a time in seconds: `1.5`, `"1.5"`, `"200ms"`, `"30s"`, `"5m"`, `"1h"`, `"1h30m"`, `"2d"`.
 *
 * Throws a `RangeError` that says what is accepted for anything else, a negative time included.
 */
export function parseDuration(value: string | number): number {
  const seconds = typeof value === "number" ? value : secondsOf(value.trim().toLowerCase());
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  const shown = typeof value === "number" ? `${value}` : `"${value}"`;
  throw new RangeError(
    `Cannot read ${shown} as a time: give seconds (1.5) or numbers with ms, s, m, h or d ("200ms", "1h30m")`,
  );
}

function secondsOf(text: string): number {
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+$/.test(text)) return NaN;
  let milliseconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) {
    milliseconds += Number(number) * (secondsIn[unit ?? ""] ?? NaN) * 1000;
  }
  // Through milliseconds, so that "200ms" is 0.2 and not 0.2 and a rounding error.
  return milliseconds / 1000;
}

/** Returns a time for people, in one or two units: `"200 ms"`, `"1.5 s"`, `"5 min"`, `"1 h 30 min"`, `"2 d 3 h"`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return `${seconds} s`;
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const tenths = Math.round(seconds * 10);
  if (tenths < 100) return `${tenths / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(whole, 60, "min", "s");
  const minutes = Math.round(whole / 60);
  return minutes < 1440 ? two(minutes, 60, "h", "min") : two(Math.round(minutes / 60), 24, "d", "h");
}

/** `count` of the small unit in the large one, which holds `per` of them, and in what is left over. */
function two(count: number, per: number, large: string, small: string): string {
  const rest = count % per;
  return `${Math.floor(count / per)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}
