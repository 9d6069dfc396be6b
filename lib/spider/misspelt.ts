import { distance } from "fastest-levenshtein";

/** What a spider may have besides callbacks: values, and functions that are none. */
const fields = ["name", "startUrls", "allowedDomains", "settings"];
const hooks = ["start", "onStart", "onItem", "onError", "onClose"];

/** What they are called in Scrapy, in small letters. */
const inScrapy: ReadonlyMap<string, string> = new Map([
  ["startrequests", "start"],
  ["customsettings", "settings"],
  ["closed", "onClose"],
]);

/**
 * Returns which of a spider's keys seem to mean a field or hook that it does not have: under that name nobody looks at
 * them. Any other key is a callback, or whatever the spider keeps for itself.
 */
export function misspelt(spider: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(spider);
  // One of the two is enough.
  const begins = "start" in spider || "startUrls" in spider;
  const absent = (name: string) => !(name in spider) && !(begins && ["start", "startUrls"].includes(name));
  return keys.filter((key) => ![...fields, ...hooks].includes(key)).flatMap((key) => {
    const meant = meantBy(key, typeof spider[key] === "function" ? hooks : fields);
    return meant === undefined || !absent(meant)
      ? []
      : [`there is no ${JSON.stringify(key)} in a spider; did you mean ${meant}?`];
  });
}

function meantBy(key: string, names: readonly string[]): string | undefined {
  const plain = plainly(key);
  return [...fields, ...hooks].find((name) => plainly(name) === plain) ?? inScrapy.get(plain) ??
    names.find((name) => distance(plain, plainly(name)) <= mostEdits(plain, name));
}

/** Short names are near to many words, but hardly any other begins with `on`. */
function mostEdits(plain: string, name: string): number {
  return name.length > 7 || (name.startsWith("on") && plain.startsWith("on")) ? 2 : 1;
}

function plainly(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, "");
}
