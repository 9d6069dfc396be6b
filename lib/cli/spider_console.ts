/**
 * What a spider prints with `console`: standard output is for data, so it goes elsewhere.
 *
 * @module
 */

import { Console } from "node:console";
import process from "node:process";
import { Writable } from "node:stream";
import type { Level } from "../engine/events.ts";

type Methods = Record<string, unknown>;

/**
 * Has every line that anybody prints with `console`, or writes to the standard output of Node, passed to `hear` until it
 * is disposed of: what is an error or a warning as such, all else as `info`.
 *
 * The methods of the one `console` are replaced, and not the object, which libraries may have kept.
 */
export function onConsole(hear: (level: Level, line: string) => void): Disposable {
  const printed = console as unknown as Methods;
  const heard = consoleOf(hear);
  const before: Methods = {};
  for (const name of Object.keys(printed)) {
    if (typeof printed[name] !== "function" || typeof heard[name] !== "function") continue;
    before[name] = printed[name];
    printed[name] = heard[name];
  }
  const stdout = Object.getOwnPropertyDescriptor(process, "stdout");
  Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, value: streamOf("info", hear) });
  return {
    [Symbol.dispose]: () => {
      Object.assign(printed, before);
      if (stdout !== undefined) Object.defineProperty(process, "stdout", stdout);
    },
  };
}

function consoleOf(hear: (level: Level, line: string) => void): Methods {
  const of = (level: Level) => new Console(streamOf("info", hear), streamOf(level, hear));
  const heard = of("error") as unknown as Methods;
  heard["warn"] = of("warn").warn;
  return heard;
}

/** A stream whose lines are heard; the last one too, when nothing more comes for now. */
function streamOf(level: Level, hear: (level: Level, line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
      for (const line of text.replace(/\n$/, "").split("\n")) hear(level, line);
      done();
    },
  });
}
