/**
 * The quotes site: the addresses and the mark-up of quotes.toscrape.com, with invented quotes by invented people.
 *
 * @module
 */
import { type Markup, markup, nothing, page } from "./markup.ts";
import { Random } from "./random.ts";
import { distinct, name, paragraph, sentence, slug } from "./words.ts";

export interface Author {
  readonly name: string;
  /** The last part of the address of the author's page. */
  readonly slug: string;
  /** As in `March 4, 1902`. */
  readonly born: string;
  /** As in `in Halvik, Norland`. */
  readonly birthplace: string;
  readonly description: string;
}

export interface Quote {
  readonly text: string;
  readonly author: Author;
  readonly tags: readonly string[];
}

const random = new Random("quotes");
const months = "January February March April May June July August September October November December".split(" ");
const towns = "Halvik Torrent Ashmere Porto-Sol Lindau-am-See Oldbury Vesper Kirn Marlow Sant’Elia".split(" ");
const countries = "Norland Estria The-Isles Valdoro Kestrel-Coast".split(" ").map((country) =>
  country.replace("-", " ")
);
const allTags = [
  ..."change choices courage deep-thoughts friends friendship hope humor imagination inspirational kindness learning"
    .split(" "),
  ..."life love memory mistakes music patience reading simile success time truth understanding work world".split(" "),
];

/** The 50 authors, each with at least one quote. */
export const authors: readonly Author[] = distinct(50, () => name(random)).map((name) => ({
  name,
  slug: slug(name),
  born: `${random.pick(months)} ${1 + random.below(28)}, ${1750 + random.below(230)}`,
  birthplace: `in ${random.pick(towns)}, ${random.pick(countries)}`,
  description: paragraph(random, 4 + random.below(6)),
}));

/** The 100 quotes, in the order of the pages. */
export const quotes: readonly Quote[] = random.shuffled(
  distinct(100, () => sentence(random)).map((text, at): Quote => ({
    text: `“${text}”`,
    author: authors[at] ?? random.pick(authors.slice(0, 12)),
    tags: random.shuffled(allTags).slice(0, random.below(5)),
  })),
);

const perPage = 10;

/** Answers for a path of the site; `undefined` where it has no page. */
export function quotesSite({ pathname }: URL): Response | undefined {
  const [, tag, number] = /^\/(?:tag\/([^/]+)\/)?(?:page\/(\d+)\/)?$/.exec(pathname) ?? [];
  if (tag !== undefined || number !== undefined || pathname === "/") return listing(tag, Number(number ?? 1));
  const [, who, slash] = /^\/author\/([^/]+)(\/?)$/.exec(pathname) ?? [];
  const author = authors.find(({ slug }) => slug === who);
  if (author !== undefined) {
    // As the real site does: the links to an author lack the slash that the page has.
    return slash === "" ? new Response(null, { status: 308, headers: { location: `${pathname}/` } }) : about(author);
  }
  return pathname === "/login" ? page(frame(login)) : undefined;
}

function listing(tag: string | undefined, number: number): Response | undefined {
  const found = tag === undefined ? quotes : quotes.filter(({ tags }) => tags.includes(tag));
  if (number < 1 || found.length === 0) return undefined;
  const shown = found.slice((number - 1) * perPage, number * perPage);
  const prefix = tag === undefined ? "" : `/tag/${tag}`;
  const heading = tag === undefined ? nothing : markup`<h3>Viewing tag: <a href="${prefix}/page/1/">${tag}</a></h3>`;
  return page(frame(markup`${heading}
<div class="row">
    <div class="col-md-8">
${shown.length === 0 ? "No quotes found!" : shown.map(listed)}
    <nav>
        <ul class="pager">
            ${number === 1 ? nothing : turn("previous", `${prefix}/page/${number - 1}/`)}
            ${number * perPage >= found.length ? nothing : turn("next", `${prefix}/page/${number + 1}/`)}
        </ul>
    </nav>
    </div>
    <div class="col-md-4 tags-box">
        <h2>Top Ten tags</h2>
        ${topTags.map((tag) => markup`<span class="tag-item"><a class="tag" href="/tag/${tag}/">${tag}</a></span>`)}
    </div>
</div>`));
}

function listed({ text, author, tags }: Quote): Markup {
  return markup`
    <div class="quote" itemscope itemtype="http://schema.org/CreativeWork">
        <span class="text" itemprop="text">${text}</span>
        <span>by <small class="author" itemprop="author">${author.name}</small>
        <a href="/author/${author.slug}">(about)</a>
        </span>
        <div class="tags">
            Tags:
            <meta class="keywords" itemprop="keywords" content="${tags.join(",")}">
            ${tags.map((tag) => markup`<a class="tag" href="/tag/${tag}/page/1/">${tag}</a> `)}
        </div>
    </div>
`;
}

function turn(way: "previous" | "next", href: string): Markup {
  return way === "next"
    ? markup`<li class="next"><a href="${href}">Next <span aria-hidden="true">&rarr;</span></a></li>`
    : markup`<li class="previous"><a href="${href}"><span aria-hidden="true">&larr;</span> Previous</a></li>`;
}

const topTags = allTags
  .map((tag) => ({ tag, count: quotes.filter(({ tags }) => tags.includes(tag)).length }))
  .sort((a, b) => b.count - a.count).slice(0, 10).map(({ tag }) => tag);

function about(author: Author): Response {
  return page(frame(markup`
    <div class="author-details">
        <h3 class="author-title">${author.name}</h3>
        <p><strong>Born:</strong> <span class="author-born-date">${author.born}</span>
        <span class="author-born-location">${author.birthplace}</span></p>
        <p><strong>Description:</strong></p>
        <div class="author-description">
        ${author.description}
        </div>
    </div>`));
}

const login = markup`
    <form action="/login" method="post">
        <label for="username">Username</label> <input type="text" class="form-control" id="username" name="username">
        <label for="password">Password</label> <input type="password" class="form-control" id="password" name="password">
        <input type="submit" value="Login" class="btn btn-primary">
    </form>`;

function frame(body: Markup): Markup {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8">
    <title>Quotes to Scrape</title>
</head>
<body>
    <div class="container">
        <div class="row header-box">
            <div class="col-md-8"><h1><a href="/" style="text-decoration: none">Quotes to Scrape</a></h1></div>
            <div class="col-md-4"><p><a href="/login">Login</a></p></div>
        </div>
${body}
    </div>
</body>
</html>
`;
}
