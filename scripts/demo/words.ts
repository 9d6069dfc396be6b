/**
 * Invented sentences, names and titles for the demo site.
 *
 * @module
 */
import type { Random } from "./random.ts";

const nouns = [
  ..."anchor apple bridge candle clock door garden harbour hill kettle ladder lamp letter map mirror mountain needle"
    .split(" "),
  ..."orchard river road roof rope season shadow ship song stone storm table tower train valley village window winter"
    .split(" "),
];
const people = "baker carpenter child doctor farmer fool gardener guest neighbour poet sailor stranger tailor teacher"
  .split(" ");
const adjectives = [
  ..."borrowed broken careful certain empty familiar forgotten gentle hidden honest late lonely narrow old open patient"
    .split(" "),
  ..."plain quiet restless second slow small stubborn unfinished useful wide".split(" "),
];
const actions = "build carry close count draw follow forgive keep leave measure mend name open paint share sell".split(
  " ",
);

const sentences: readonly ((random: Random) => string)[] = [
  (r) => `Every ${r.pick(people)} keeps a ${r.pick(adjectives)} ${r.pick(nouns)} for the one who waits.`,
  (r) => `You cannot ${r.pick(actions)} the ${r.pick(nouns)} until you ${r.pick(actions)} the ${r.pick(nouns)}.`,
  (r) => `The ${r.pick(adjectives)} ${r.pick(nouns)} doesn't ask the ${r.pick(nouns)} for its name.`,
  (r) => `If a ${r.pick(people)} can ${r.pick(actions)} it, a ${r.pick(people)} can ${r.pick(actions)} it & be happy.`,
  (r) => `What is a ${r.pick(nouns)} without a ${r.pick(adjectives)} ${r.pick(people)}?`,
  (r) =>
    `Some ${r.pick(actions)} the ${r.pick(nouns)}; a ${r.pick(adjectives)} few ${r.pick(actions)} the ${
      r.pick(nouns)
    }.`,
  (r) => `Two ${r.pick(nouns)}s < one ${r.pick(adjectives)} ${r.pick(nouns)}, says the ${r.pick(people)}.`,
  (r) => `A ${r.pick(adjectives)} ${r.pick(people)} and a ${r.pick(adjectives)} ${r.pick(nouns)} are soon friends.`,
];

/** Returns a sentence. Some hold `&`, `<` or `'`, so that a page that forgets to escape is found out. */
export function sentence(random: Random): string {
  return withArticles(random.pick(sentences)(random));
}

/** Returns some sentences in a row. */
export function paragraph(random: Random, length: number): string {
  return Array.from({ length }, () => sentence(random)).join(" ");
}

const titles: readonly ((random: Random) => string)[] = [
  (r) => `The ${capital(r.pick(people))}'s ${capital(r.pick(nouns))}`,
  (r) => `A ${capital(r.pick(nouns))} of ${capital(r.pick(adjectives))} ${capital(r.pick(nouns))}s`,
  (r) => `The ${capital(r.pick(adjectives))} ${capital(r.pick(nouns))}`,
  (r) => `${capital(r.pick(nouns))} & ${capital(r.pick(nouns))}`,
  (r) => `How to ${capital(r.pick(actions))} the ${capital(r.pick(nouns))}: A ${capital(r.pick(people))}’s Story`,
  (r) => `${capital(r.pick(adjectives))} ${capital(r.pick(nouns))} (The ${capital(r.pick(nouns))} #${1 + r.below(9)})`,
];

/** Returns a title in capitals, 8 to 60 characters long. */
export function title(random: Random): string {
  return withArticles(random.pick(titles)(random));
}

/** Makes `a` an `an` where the word after it is spoken with a vowel. */
function withArticles(text: string): string {
  return text.replace(/\b(a) (?=[aeio]|u(?!s)|hon)/gi, "$1n ");
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

const given =
  "Ada Anselm Beatriz Carlo Dagny Édith Farid Greta Hélder Ines Jun Kofi Lena Małgorzata Noor Oskar Priya Søren".split(
    " ",
  );
const family = [
  ..."Abbot Brandvold Castellane Duarte Eskola Ferrow Grünwald Holloway Ivanek Jessup Kovar Lindqvist Marchetti".split(
    " ",
  ),
  ..."Nakagawa Okonjo Pereira Quill Rosetti Sandoval Thistle Umber Vance Wexley Yarrow Zeller O'Dell".split(" "),
];

/** Returns a person's name. Some have initials, accents or an apostrophe. */
export function name(random: Random): string {
  const initial = random.below(5) === 0 ? ` ${"ABCDEFGHJKLMNPRSTW".charAt(random.below(18))}.` : "";
  return `${random.pick(given)}${initial} ${random.pick(family)}`;
}

/** Returns the place in an address for a text: accents and signs gone, words joined by `-`. */
export function slug(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ł", "l").replaceAll("ø", "o");
  return plain.replace(/['’.]/g, "").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** Returns `count` different results of `make`, in the order they came. */
export function distinct(count: number, make: () => string): string[] {
  const found = new Set<string>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 100 * count) throw new RangeError(`Cannot make ${count} different texts: only ${found.size} came`);
    found.add(make());
  }
  return [...found];
}
