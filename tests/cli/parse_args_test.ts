import assert from "node:assert/strict";
import { commands } from "../../lib/cli/flags.ts";
import { type Args, readArgs } from "../../lib/cli/parse_args.ts";

Deno.test("readArgs() takes no empty value for a flag that needs one, and no empty argument", () => {
  let flags = 0;
  for (const { name, args, count: [, most], flags: of } of commands) {
    const words = Array.from({ length: most }, () => "x");
    for (const { name: flag, value, short, mayBeEmpty } of of) {
      if (value === undefined) continue;
      for (
        const given of [[`--${flag}`, ""], [`--${flag}=`], [`--${flag}`, "  "], ...short ? [[`-${short}`, ""]] : []]
      ) {
        const { problems, values } = readArgs([name, ...words, ...given]) as Args;
        const raw = given[0]!.replace("=", "");
        assert.deepEqual(problems, mayBeEmpty ? [] : [`${raw} needs a value: ${raw} ${value}`]);
        assert.equal(values.has(flag), mayBeEmpty === true);
        flags += 1;
      }
    }
    if (most === 0) continue;
    const { problems } = readArgs([name, ...words.slice(1), ""]) as Args;
    assert.deepEqual(problems, [`${name} "": an argument is empty; it takes ${args}`]);
  }
  assert.ok(flags > 60, `${flags}`);
});
