/**
 * A demo site on loopback that is the same in every run: a quotes site, a bookshop, webs of any size, and faults on
 * demand.
 *
 * @module
 */
export { type Book, books, categories } from "./books.ts";
export type { FaultKind, Faults } from "./faults.ts";
export { type Author, authors, type Quote, quotes } from "./quotes.ts";
export { type Demo, type DemoOptions, type LogEntry, startDemo } from "./serve.ts";
export { expectedItems, expectedPages, pageNumber, pageUrl, type WebItem, type WebSpec } from "./web.ts";
