/** What callbacks are called now, by the name that requests of earlier processes know them by. */
export type Renamed = Readonly<Record<string, string>>;

/**
 * Returns the name that a callback has now; undefined when the spider has none for it. A callback that exists is never
 * another one, whatever was renamed.
 */
export function currentName(name: string, callbacks: readonly string[], renamed: Renamed): string | undefined {
  const tried = new Set<string>();
  for (let now: string | undefined = name; now !== undefined && !tried.has(now); now = ownValue(renamed, now)) {
    if (callbacks.includes(now)) return now;
    tried.add(now);
  }
  return undefined;
}

/** Returns the names that a callback had before, by which requests of earlier processes may know it. */
export function oldNames(callback: string, callbacks: readonly string[], renamed: Renamed): readonly string[] {
  return Object.keys(renamed).filter((old) => old !== callback && currentName(old, callbacks, renamed) === callback);
}

/** Returns how many of the requests that wait go to each callback that the spider does not have, by its name. */
export function missingCallbacks(
  waiting: ReadonlyMap<string, number>,
  callbacks: readonly string[],
  renamed: Renamed,
): ReadonlyMap<string, number> {
  return new Map(
    Array.from(waiting).filter(([name]) =>
      // What is in parentheses is a callback of trawl's own.
      !name.startsWith("(") && currentName(name, callbacks, renamed) === undefined
    ),
  );
}

function ownValue(renamed: Renamed, name: string): string | undefined {
  return Object.hasOwn(renamed, name) ? renamed[name] : undefined;
}
