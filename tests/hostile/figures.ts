/**
 * What a process takes of its machine, as Linux tells it.
 *
 * @module
 */

/** Zeros where the machine has no `/proc`. */
export interface Figures {
  /** The most memory it had, in MB. */
  readonly peak: number;
  /** Seconds of processor time it took until the moment that was asked for. */
  readonly cpu: number;
}

/** Ticks of `/proc/PID/stat` in a second: the same on every Linux. */
const ticks = 100;
const everyMs = 50;

/** Watches a process until it ends. `isMoment` says when its processor time is taken. */
export async function figuresOf(pid: number, isMoment: () => boolean): Promise<Figures> {
  let peak = 0, cpu = 0, isTaken = false;
  while (true) {
    const status = read(`/proc/${pid}/status`), stat = read(`/proc/${pid}/stat`);
    const high = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
    if (high === undefined) return { peak, cpu };
    peak = Number(high) / 1000;
    if (!isTaken) {
      // The name, which may hold anything, ends with the last bracket.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      cpu = (Number(fields[11]) + Number(fields[12])) / ticks;
      isTaken = isMoment();
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // The process has ended.
    return "";
  }
}
