/**
 * From a command line's texts to values, with every mistake collected.
 *
 * @module
 */

import { resolve as resolvePath } from "node:path";
import { formatOf } from "../feed/format.ts";
import { unknownSetting } from "../spider/check.ts";
import { mergeSettings, settingNames, type Settings, type SettingsInput, settingsTable } from "../spider/settings.ts";
import type { Spider } from "../spider/spider.ts";
import { suggest } from "../text/nearest.ts";
import { parseDuration } from "../text/duration.ts";
import { resolve } from "../url/resolve.ts";
import { shownLink } from "../url/userinfo.ts";
import { commands } from "./flags.ts";
import type { Args } from "./parse_args.ts";
import { UsageError } from "./usage_error.ts";
import { printable } from "../text/safe.ts";

/** Reads values of flags and keeps what is wrong with them. */
export class OptionReader {
  readonly problems: string[];
  /** The variables of the environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #args: Args;

  constructor(args: Args, variables: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.variables = variables;
    this.problems = [...args.problems];
  }

  /** Throws a {@linkcode UsageError} when anything was wrong. */
  check(): void {
    if (this.problems.length > 0) throw new UsageError(this.problems);
  }

  has(flag: string): boolean {
    return this.#args.values.has(flag);
  }

  text(flag: string): string | undefined {
    return this.#args.values.get(flag)?.[0];
  }

  all(flag: string): readonly string[] {
    return this.#args.values.get(flag) ?? [];
  }

  /** A whole number from 1 up. */
  count(flag: string): number | undefined {
    const text = this.text(flag);
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
    this.problems.push(`--${flag} ${text}: give a whole number from 1 up`);
    return undefined;
  }

  /** A time in seconds. */
  duration(flag: string, fallback: number): number {
    const text = this.text(flag);
    if (text === undefined) return fallback;
    try {
      return parseDuration(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.problems.push(`--${flag}: ${error.message}`);
      return fallback;
    }
  }

  /** A time in seconds, of a flag or else of its variable in the environment; undefined where neither says one. */
  optionalDuration(flag: string): number | undefined {
    if (this.has(flag)) return this.duration(flag, 0);
    const variable = this.#args.command.flags.find(({ name }) => name === flag)?.variable ?? "";
    const text = this.variables[variable];
    if (text === undefined || text === "") return undefined;
    try {
      return parseDuration(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.problems.push(`the environment's ${variable}: ${error.message}`);
      return undefined;
    }
  }

  oneOf<Name extends string>(flag: string, names: readonly Name[], fallback: Name): Name {
    const text = this.text(flag);
    if (text === undefined) return fallback;
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    this.problems.push(`--${flag} ${text}: ${suggest(text, names)}`);
    return fallback;
  }

  /** http and https URLs, each once. */
  urls(flag: string): readonly string[] {
    const urls = this.all(flag).map((text) => {
      const url = resolve(text.trim(), text.trim());
      if (url === undefined) {
        this.problems.push(
          `--${flag} ${shownLink(text)}: it is not an http or https URL, such as https://example.com/`,
        );
      }
      return url;
    });
    return [...new Set(urls.filter((url) => url !== undefined))];
  }

  /** A name that can be a folder's. */
  name(flag: string, fallback: string): string {
    const text = this.text(flag);
    if (text === undefined) return fallback;
    if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text)) return text;
    this.problems.push(`--${flag} ${text}: use letters, digits, ".", "_" and "-"`);
    return fallback;
  }

  /** The file for the items, `-`, or undefined. */
  output(flag: string): string | undefined {
    const text = this.text(flag);
    if (text === undefined || text === "-") return text;
    try {
      formatOf(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.problems.push(`--${flag}: ${error.message}`);
    }
    return resolvePath(text);
  }

  /** `-s key=value`, as a source of settings. */
  settings(flag: string): SettingsInput {
    const given: Record<string, string> = {};
    for (const text of this.all(flag)) {
      const equals = text.indexOf("=");
      const key = equals < 0 ? text : text.slice(0, equals);
      const unknown = unknownSetting(key).map((problem) => `-s ${text}: ${problem}`);
      this.problems.push(...unknown);
      if (equals >= 0) given[key] = text.slice(equals + 1);
      else if (unknown.length === 0) this.problems.push(`-s ${text}: write -s ${key}=VALUE`);
    }
    return given;
  }

  /** One setting from a flag of its own, or nothing. */
  setting<Key extends keyof Settings>(flag: string, key: Key): Partial<Pick<Settings, Key>> {
    const text = this.text(flag);
    if (text === undefined) return {};
    try {
      return { [key]: settingsTable[key].parse(text) } as Pick<Settings, Key>;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.problems.push(`--${flag}: ${error.message}`);
      return {};
    }
  }

  /**
   * All settings: from flags, the environment, the spider, or their defaults, in this order. A variable that looks like
   * a setting's and is none is a mistake, as a flag would be.
   */
  merged(flag: string, spider: Spider | undefined): Settings {
    this.problems.push(...unknownVariables(this.variables));
    const sources = [this.settings(flag), environmentSettings(this.variables), spider?.settings ?? {}];
    const names = ["-s ", "the environment's TRAWL_… ", "the spider's "];
    return mergeSettings(sources, (message, source) => this.problems.push(`${names[source]}${message}`));
  }
}

const prefix = "TRAWL_";

/** Returns the name of the environment variable for a setting: `TRAWL_USER_AGENT` for `userAgent`. */
export function variableOf(setting: string): string {
  return `${prefix}${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Says which variables only look like those of settings and flags; never with their values. */
function unknownVariables(variables: Readonly<Record<string, string>>): readonly string[] {
  const flags = commands.flatMap(({ flags }) => flags.flatMap(({ variable }) => variable ?? []));
  const names = [...settingNames.map(variableOf), ...flags];
  return Object.keys(variables)
    .filter((name) => name.toUpperCase().startsWith(prefix) && !names.includes(name))
    .map((name) => `the environment or .env has ${printable(name, 100)}, which is no setting; ${suggest(name, names)}`);
}

function environmentSettings(variables: Readonly<Record<string, string>>): SettingsInput {
  const given: Record<string, string> = {};
  for (const name of settingNames) {
    const value = variables[variableOf(name)];
    if (value !== undefined) given[name] = value;
  }
  return given;
}
