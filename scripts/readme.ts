/**
 * Writes the parts of README.md that come from tables in the code: `deno run -A scripts/readme.ts`. A test checks that
 * they are up to date.
 *
 * @module
 */

import { commands } from "../lib/cli/flags.ts";
import { helpOf } from "../lib/cli/help.ts";
import { settingNames, settingsTable } from "../lib/spider/settings.ts";

const path = new URL("../README.md", import.meta.url);

/** Returns the README with its generated parts as the code has them now. */
export function withTables(readme: string): string {
  const help = [undefined, ...commands].map((command) => helpOf(command).trimEnd()).join("\n\n");
  const rows = settingNames.map((name) =>
    `| \`${name}\` | ${settingsTable[name].shown} | ${settingsTable[name].about} |`
  );
  return replaced(
    replaced(readme, "commands", `\`\`\`\n${help}\n\`\`\``),
    "settings",
    `| setting | default | |\n|---|---|---|\n${rows.join("\n")}`,
  );
}

function replaced(readme: string, name: string, text: string): string {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `\n<!-- end ${name} -->`];
  const [start, stop] = [readme.indexOf(begin), readme.indexOf(end.trim())];
  if (start < 0 || stop < start) throw new Error(`README.md has no part "${name}"`);
  const kept = `<!-- deno-fmt-ignore-start -->\n\n${text}\n\n<!-- deno-fmt-ignore-end -->`;
  return `${readme.slice(0, start + begin.length)}${kept}${readme.slice(stop - 1)}`;
}

if (import.meta.main) Deno.writeTextFileSync(path, withTables(Deno.readTextFileSync(path)));
