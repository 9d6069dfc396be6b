import { parseArgs } from "node:util";
import { suggest } from "../text/nearest.ts";
import { type Command, commands, type Flag } from "./flags.ts";
import { UsageError } from "./usage_error.ts";

/** A command line, read: which command, its arguments, and the values of its flags by their long names. */
export interface Args {
  readonly command: Command;
  readonly args: readonly string[];
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What is wrong so far; the command reports it with what it finds wrong itself. */
  readonly problems: readonly string[];
}

/** Asks for the help of a command, or of all. */
export interface HelpWanted {
  readonly help: Command | undefined;
}

const help: Flag = { name: "help", short: "h", about: "show this help" };

/** Asks for the version. */
export interface VersionWanted {
  readonly version: true;
}

/** Reads a command line; an unknown command is a {@linkcode UsageError}. The values of flags are not looked at. */
export function readArgs(argv: readonly string[]): Args | HelpWanted | VersionWanted {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-V") return { version: true };
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    return { help: rest[0] === undefined ? undefined : commandNamed(rest[0]) };
  }
  const command = commandNamed(name);
  const flags = [...command.flags, help];
  const { tokens } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(flags.map(({ name, short, value }) => [name, {
      type: value === undefined ? "boolean" as const : "string" as const,
      ...(short === undefined ? {} : { short }),
    }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const args: string[] = [], problems: string[] = [];
  // Words that may be the value of a flag that there is not.
  const doubtful: string[] = [];
  let unknownAt = -2;
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") {
      args.push(token.value);
      if (token.index === unknownAt + 1) doubtful.push(token.value);
    }
    if (token.kind !== "option") continue;
    const flag = flags.find((each) => each.name === token.name);
    if (flag === undefined) {
      problems.push(unknownFlag(token.rawName, flags));
      if (token.value === undefined) unknownAt = token.index;
    } else if (flag.value !== undefined && (token.value === undefined || isEmpty(token.value, flag))) {
      problems.push(`${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
    } else if (flag.value === undefined && token.value !== undefined) {
      problems.push(`${token.rawName} takes no value, and has ${JSON.stringify(token.value)}`);
    } else if (values.has(flag.name) && flag.repeatable !== true) {
      problems.push(`${token.rawName} is given twice`);
    } else {
      values.set(flag.name, [...values.get(flag.name) ?? [], token.value ?? ""]);
    }
  }
  if (values.has("help")) return { help: command };
  const [least, most] = command.count;
  while (args.length > most && doubtful.length > 0) args.splice(args.indexOf(doubtful.pop()!), 1);
  const given = args.filter((arg) => arg !== "");
  if (given.length < args.length) {
    // As `"$NAME"` is where nobody has set it.
    problems.push(`${command.name} "": an argument is empty; it takes ${command.args || "no arguments"}`);
  } else if (args.length < least) {
    problems.push(`${command.name} needs ${command.args}`);
  } else if (args.length > most) {
    problems.push(
      `${command.name} does not take ${JSON.stringify(args[most])}: it takes ${command.args || "no arguments"}`,
    );
  }
  return { command, args: given, values, problems };
}

function isEmpty(value: string, { mayBeEmpty }: Flag): boolean {
  return value.trim() === "" && mayBeEmpty !== true;
}

function commandNamed(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return command;
  throw new UsageError([`there is no command "${name}"; ${suggest(name, commands.map((each) => each.name))}`]);
}

function unknownFlag(name: string, flags: readonly Flag[]): string {
  const names = flags.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
  return `there is no flag ${name}; ${suggest(name, names)}`;
}
