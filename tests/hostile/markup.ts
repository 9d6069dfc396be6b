/**
 * Pages that no parser should choke on.
 *
 * @module
 */
import type { Answer, Case, Scale, Wanted } from "./case.ts";
import { prepared } from "./prepared.ts";

const title = "<!doctype html><title>giant</title>";

const longUrl = { failure: "address", message: /Cannot ask|too long/, pages: 1 } as const;
const isRead = { pages: 1, title: "giant" } as const;

/** A page that depends on how large giants are. */
function giant(name: string, make: (scale: Scale) => string, wanted: Case["wanted"] = isRead): Case {
  const page = prepared((scale) => new TextEncoder().encode(title + make(scale)));
  return { name, serving: { answer: (peer) => peer.sendPage(page(peer.scale)) }, prepare: page, wanted };
}

/** What becomes of pages the last of which has so many elements, or as many attributes or pieces of text. */
function limited(pages: number, pieces: number, { maxElements }: Scale): Wanted {
  if (pieces <= maxElements) return { pages, title: "giant" };
  return { failure: "too-large", message: /more than \d+ (?:elements|attributes|pieces of text)/, pages: pages - 1 };
}

/** A page of as many elements, attributes or pieces of text as `count` says; by default `many`. */
function crowd(
  name: string,
  make: (scale: Scale) => string,
  count: (scale: Scale) => number = ({ many }) => many,
): Case {
  return giant(name, make, (scale) => limited(1, count(scale), scale));
}

const linkPage = prepared(({ many }) =>
  new TextEncoder().encode(title + Array.from({ length: many }, (_, link) => `<a href="/l${link}">x</a>`).join(""))
);

/** Pages that lead to the page on which links are not followed any more, where there are `many`. */
const manyLinks: Answer = (peer) => {
  const at = Number(peer.path.slice(1));
  return peer.sendPage(at < peer.scale.depth ? `${title}<a href="/${at + 1}">on</a>` : linkPage(peer.scale));
};

export const markup: readonly Case[] = [
  crowd("elements nested in each other", ({ many }) => "<div>".repeat(many)),
  crowd("links nested in each other", ({ many }) => '<a href="#">'.repeat(many)),
  crowd("headings nested in each other", ({ many }) => "<h1>".repeat(many / 10), ({ many }) => many / 10 + 1),
  crowd("tables nested in each other", ({ many }) => "<table><tr><td>".repeat(many / 3)),
  crowd("forms and paragraphs that end nowhere", ({ many }) => "<form><p><b><i>".repeat(many / 4)),
  giant("an attribute without end", ({ long }) => `<p class="${"x".repeat(long)}">`),
  crowd("attributes without end", ({ many }) => `<p ${Array.from({ length: many }, (_, at) => `a${at}=1`).join(" ")}>`),
  giant("a tag name without end", ({ long }) => `<${"x".repeat(long)}>`),
  crowd("angle brackets only", ({ long }) => "<".repeat(long / 2), ({ long }) => long / 2),
  giant("ampersands only", ({ long }) => "&".repeat(long / 2)),
  giant("NULs only", ({ long }) => "\0".repeat(long / 2)),
  giant("comments that end nowhere", ({ many }) => "<!--".repeat(many)),
  giant("a script that ends nowhere", ({ long }) => `<script>${"</scrip".repeat(long / 7)}`),
  giant("end tags only", ({ many }) => "</div>".repeat(many)),
  giant("white space only", ({ long }) => " \n\t".repeat(long / 3)),
  giant("a heading without end", ({ long }) => `<h1>${"very ".repeat(long / 5)}</h1>`),
  giant(
    "URLs of a megabyte",
    ({ long }) => `<a href="/${"x".repeat(long / 10)}">a</a><a href="?${"&".repeat(long / 10)}">b</a>`,
    longUrl,
  ),
  {
    name: "links without end",
    path: "/0",
    serving: { answer: manyLinks },
    prepare: linkPage,
    wanted: (scale) => limited(scale.depth + 1, scale.many, scale),
  },
  {
    name: "a base of another scheme",
    serving: {
      answer: (peer) =>
        peer.path === "/"
          ? peer.sendPage(`${title}<base href="javascript:alert(1)//"><base href="file:///etc/"><a href="there">x</a>`)
          : peer.sendPage("<title>there</title>"),
    },
    wanted: { pages: 2 },
  },
  {
    name: "a base on another host",
    serving: { answer: (peer) => peer.sendPage(`${title}<base href="http://169.254.77.77/"><a href="there">x</a>`) },
    wanted: { pages: 1 },
  },
  {
    name: "a base of a megabyte",
    serving: {
      answer: (peer) => peer.sendPage(`${title}<base href="/${"x".repeat(peer.scale.long / 10)}/"><a href="?1">a</a>`),
    },
    wanted: longUrl,
  },
  {
    name: "links of every kind that leads nowhere",
    serving: {
      answer: (peer) =>
        peer.sendPage(
          title +
            ["mailto:a@b", "javascript:void(0)", "data:,x", "blob:http://x/1", "http://", "http://[::1", "//", "\\\\"]
              .concat([
                "http://a b/",
                "http://user:pa:ss@:80:80/",
                "tel:+1",
                "about:blank",
                "http://\u{d800}/",
                "#",
                "",
              ])
              .map((href) => `<a href="${href}">x</a>`).join(""),
        ),
    },
    wanted: { pages: 1, title: "giant" },
  },
];
