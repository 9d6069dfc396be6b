import { withoutLoginsInWord } from "../url/userinfo.ts";

/** Returns a command line to show, which a shell reads as these words; a URL in it is without its password. */
export function commandLine(words: readonly string[]): string {
  const shown = words.map(withoutLoginsInWord);
  return shown.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
