import type { Feed } from "./feed.ts";

/** A feed that keeps nothing: for the failures of a test run, which are shown and not stored. */
export const noFeed: Feed = {
  path: "",
  encode: (item) => item,
  write: () => {},
  flush: () => {},
  sync: () => Promise.resolve(),
  snapshot: () => ({ path: "", format: "jsonl", length: 0, tail: 0, finished: true }),
  finish: () => {},
  close: () => {},
};
