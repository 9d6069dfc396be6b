import type { AppendFile } from "../disk/disk.ts";
import { stdoutPath } from "./format.ts";

/**
 * Returns standard output as a file that only grows. After a failed write, such as a broken pipe, every further one
 * fails with that error.
 */
export function stdoutFile(write: (bytes: Uint8Array<ArrayBuffer>) => void, length: number): AppendFile {
  let failure: { readonly error: unknown } | undefined;
  return {
    path: stdoutPath,
    identity: stdoutPath,
    get length() {
      return length;
    },
    write(bytes) {
      if (failure !== undefined) throw failure.error;
      try {
        write(bytes);
      } catch (error) {
        failure = { error };
        throw error;
      }
      length += bytes.length;
    },
    sync: () => Promise.resolve(),
    close() {},
  };
}
