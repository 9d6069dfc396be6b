import type { Level } from "../engine/events.ts";
import { printable, printableJson } from "../text/safe.ts";
import { withoutLogins } from "../url/userinfo.ts";

/** An event of `--json`, without the fields that every event has. `docs/events.schema.json` has all of them. */
export type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The fields that every event has. */
export interface Told {
  /** When, in ISO 8601. */
  readonly time: string;
  readonly level: Level;
  /** The spider's name; null where none is named. */
  readonly spider: string | null;
  readonly project: string;
}

/** Returns an event as a line of JSON, without the logins of URLs and with nothing in it that moves a terminal. */
export function eventLine({ time, level, spider, project }: Told, { type, ...rest }: Event): string {
  const json = JSON.stringify(
    { time, type, level, spider, project, ...rest },
    (_, value) => typeof value === "string" ? withoutLogins(value) : value,
  );
  return printableJson(json);
}

/** Returns a line of the log for people. */
export function logLine(time: string, level: Level, message: string): string {
  return `${time} ${level.padEnd(5)} ${printable(withoutLogins(message), 2000)}`;
}
