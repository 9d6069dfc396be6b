import { LockedError } from "../checkpoint/lock.ts";
import { DiskError } from "../disk/disk.ts";
import { withoutLogins } from "../url/userinfo.ts";
import type { Event } from "./event_line.ts";
import { UsageError } from "./usage_error.ts";

/** An error that a user can mend: what is said of it, and the exit code that it has. */
export interface Explained {
  readonly code: 1 | 2 | 3;
  /** Each is a problem of its own. */
  readonly problems: readonly string[];
  readonly event: Event;
}

/** Returns what there is to say about an error that a user can mend; undefined for any other. */
export function explain(error: unknown): Explained | undefined {
  if (error instanceof UsageError) {
    const problems = error.problems.map(withoutLogins);
    return { code: 2, problems, event: { type: "usage", problems, exitCode: 2 } };
  }
  if (error instanceof LockedError) {
    const { message, pid = null } = error;
    return { code: 3, problems: [message], event: { type: "locked", message, pid, exitCode: 3 } };
  }
  if (error instanceof DiskError) {
    const { message } = error;
    return { code: 1, problems: [message], event: { type: "refused", message, exitCode: 1 } };
  }
  return undefined;
}
