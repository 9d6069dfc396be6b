/**
 * Descriptors: a process has so many for its files and connections together, and must not lose a crawl for want of one.
 *
 * Connections come and go by the thousand, the crawl's own files are few and must be opened. So a few descriptors are
 * held back for them.
 *
 * @module
 */

/** What can be opened at any time, and does nothing. */
const nothing = Deno.build.os === "windows" ? "NUL" : "/dev/null";

/** Held back, out of so many. */
const spare: Deno.FsFile[] = [];
let most = 0;

/** The words of an error that says that the process, or the machine, has no descriptor left. */
export const descriptorWords = /too many open files|\bEMFILE\b|\bENFILE\b|os error (?:23|24|10024)\b/i;

/** Holds descriptors back for files, until it is disposed. */
export function holdSpare(count = 8): Disposable {
  most = count;
  refill();
  return {
    [Symbol.dispose]() {
      most = 0;
      release();
    },
  };
}

/** Opens a file, with a descriptor of those held back where no other is left. */
export function withSpare<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!release(error)) throw error;
    return open();
  } finally {
    refill();
  }
}

/** Does what `withSpare` does, for what is opened later. */
export async function withSpareLater<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!release(error)) throw error;
    return await open();
  } finally {
    refill();
  }
}

/** Returns whether so many descriptors can be had at a time. */
export function hasDescriptors(count = 16): boolean {
  const opened: Deno.FsFile[] = [];
  try {
    while (opened.length < count) opened.push(Deno.openSync(nothing));
    return true;
  } catch (error) {
    // For any other reason nothing is known of descriptors.
    return !descriptorWords.test(String(error));
  } finally {
    for (const file of opened) file.close();
  }
}

/** Returns how many descriptors the process may have, where the system tells. */
export function descriptorLimit(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const limits = withSpare(() => Deno.readTextFileSync("/proc/self/limits"));
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  return Number.isNaN(limit) ? undefined : limit;
}

/** Gives back what is held, and returns whether that helps against an error. */
function release(error?: unknown): boolean {
  if (error !== undefined && !descriptorWords.test(String(error))) return false;
  const count = spare.length;
  for (const file of spare.splice(0)) file.close();
  return count > 0;
}

/** Holds back again what has been used, as far as it can be had. */
function refill(): void {
  try {
    while (spare.length < most) spare.push(Deno.openSync(nothing));
  } catch (error) {
    // Where there is nothing to open, none can be held back.
    if (!descriptorWords.test(String(error))) most = 0;
  }
}
