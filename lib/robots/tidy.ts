/**
 * A robots.txt as people write it, in the words that the parser knows.
 *
 * @module
 */

/**
 * A line that is meant as a rule: with the misspellings that Google's parser takes as well, and the colon forgotten.
 */
const rule =
  /^[ \t\ufeff]*(user[- ]?agent|allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl-?delay|site-?map)[ \t]*(?::|(?<=[ \t]))(.*)$/gim;

/**
 * Returns the rules of a robots.txt, one a line and in plain spelling, followed by its sitemaps.
 *
 * What is no rule goes: otherwise an unknown word between two `User-agent` lines would part them, and so would a
 * sitemap (RFC 9309, section 2.2.4, has neither end a group). Of a crawler's name the first word counts.
 */
export function tidied(text: string): string {
  const rules: string[] = [], sitemaps: string[] = [];
  for (const [, key = "", value = ""] of text.replaceAll("\r", "\n").matchAll(rule)) {
    const name = key.toLowerCase();
    if (name.startsWith("user")) rules.push(`User-agent: ${value.trim().replace(/[\s#].*$/, "")}`);
    else if (name.startsWith("allow")) rules.push(`Allow: ${unreserved(value)}`);
    else if (name.startsWith("di")) rules.push(`Disallow: ${unreserved(value)}`);
    else if (name.startsWith("crawl")) rules.push(`Crawl-delay: ${value}`);
    else sitemaps.push(`Sitemap: ${value}`);
  }
  return [...rules, ...sitemaps].join("\n");
}

/**
 * Returns a URL or a pattern without the escapes that nobody needs: `%7E` and `~` are the same (RFC 9309, section
 * 2.2.2).
 */
export function unreserved(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(
    /%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi,
    (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)),
  );
}
