/** Reads pages the plain way, so that the demo site is judged by something that is not trawl. */
import { selectAll } from "css-select";
import { type AnyNode, type Document, type Element, hasChildren, isText } from "domhandler";
import { parseDocument } from "htmlparser2";

/** A page that was fetched and parsed. */
export interface Read {
  readonly url: string;
  readonly status: number;
  readonly document: Document;
}

export async function read(url: string): Promise<Read> {
  const response = await fetch(url);
  return { url: response.url, status: response.status, document: parseDocument(await response.text()) };
}

/** Returns the status of an answer that has come to its end. */
export async function status(url: string): Promise<number> {
  const response = await fetch(url, { redirect: "manual" });
  await response.arrayBuffer();
  return response.status;
}

export function elements(root: AnyNode, query: string): Element[] {
  return selectAll<AnyNode, Element>(query, root);
}

/** Returns the texts of the elements, each with its white space folded. */
export function texts(root: AnyNode, query: string): string[] {
  return elements(root, query).map((element) => textOf(element).replace(/\s+/g, " ").trim());
}

function textOf(node: AnyNode): string {
  if (isText(node)) return node.data;
  return hasChildren(node) ? node.children.map(textOf).join("") : "";
}

export function attributes(root: AnyNode, query: string, name: string): string[] {
  return elements(root, query).map((element) => element.attribs[name] ?? "");
}

/** Returns the absolute URLs of the links, in one spelling a page. */
export function links(page: Read, query: string): string[] {
  return attributes(page.document, query, "href").map((href) => {
    const url = new URL(href, page.url);
    url.hash = "";
    url.searchParams.sort();
    return url.href;
  });
}

/** Reads from `start` everything the links lead to, each URL once, in the order of their discovery. */
export async function readAll(start: string, query: string): Promise<Read[]> {
  const found = new Set([start]);
  const pages: Read[] = [];
  for (const url of found) {
    const page = await read(url);
    pages.push(page);
    for (const link of links(page, query)) found.add(link);
  }
  return pages;
}
