/**
 * Writes HTML: the template's own text stays, values are escaped, lists are joined, {@linkcode Markup} goes in as it
 * is.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly (Content | readonly Content[])[]): Markup {
  let written = strings[0] ?? "";
  values.forEach((value, at) => {
    const contents = Array.isArray(value) ? value as readonly Content[] : [value as Content];
    written += contents.map(escaped).join("") + (strings[at + 1] ?? "");
  });
  return new Markup(written);
}

/** What a template takes. */
export type Content = string | number | Markup;

/** A piece of HTML that needs no escaping any more. */
export class Markup {
  constructor(readonly html: string) {}
}

/** Nothing at all, where a template has a choice. */
export const nothing: Markup = new Markup("");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

function escaped(value: Content): string {
  return value instanceof Markup ? value.html : String(value).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Answers with a page. */
export function page(markup: Markup, status = 200): Response {
  return new Response(markup.html, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
