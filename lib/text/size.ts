/**
 * Sizes in settings and messages. A size is a number of bytes everywhere else.
 *
 * @module
 */

const bytesIn: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Returns a size in whole bytes: `512`, `"512"`, `"512KB"`, `"5 MB"` (5,000,000), `"1.5GiB"` (of 1,024 MiB).
 *
 * Throws a `RangeError` that says what is accepted for anything else, a negative size included.
 */
export function parseSize(value: string | number): number {
  const [, number, unit] = typeof value === "number"
    ? ["", `${value}`, ""]
    : /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)?$/i.exec(value.trim()) ?? [];
  const bytes = Math.round(Number(number) * (bytesIn[(unit ?? "").toLowerCase()] ?? NaN));
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const shown = typeof value === "number" ? `${value}` : `"${value}"`;
  throw new RangeError(
    `Cannot read ${shown} as a size: give bytes (512) or a number with KB, MB, GB, KiB, MiB or GiB ("5MB")`,
  );
}

/** Returns a size for people, in units of 1,000: `"512 B"`, `"1.2 KB"`, `"32 MB"`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "KB", "MB", "GB"]) {
    if (!(Math.abs(value) >= 999.5)) return `${rounded(value)} ${unit}`;
    value /= 1000;
  }
  return `${rounded(value)} TB`;
}

/** One digit after the point below ten, none above. */
function rounded(value: number): number {
  return Math.abs(value) < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
}
