/** Returns a command line to show, which a shell reads as these words; a URL in it is without its password. */
export function commandLine(words: readonly string[]): string {
  // A word is all of a URL, and its password may hold what would end a URL in a sentence.
  const shown = words.map((word) => word.replace(/(https?:[/\\]*|[a-z][a-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@/gi, "$1"));
  return shown.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
