import type { Failure } from "../model/outcome.ts";

export type Level = "debug" | "info" | "warn" | "error";

/** What happens in a crawl, for whoever shows it. */
export type CrawlEvent =
  | {
    readonly type: "page";
    readonly url: string;
    readonly status: number;
    readonly items: number;
    readonly links: number;
  }
  | { readonly type: "given-up"; readonly url: string; readonly failure: Failure; readonly attempts: number }
  | { readonly type: "forbidden"; readonly url: string; readonly message: string }
  | {
    readonly type: "retry";
    readonly url: string;
    readonly failure: Failure;
    readonly attempt: number;
    readonly seconds: number;
  }
  | { readonly type: "rejected"; readonly url: string; readonly message: string }
  | { readonly type: "redirect"; readonly url: string; readonly to: string }
  | { readonly type: "saved"; readonly generation: number; readonly bytes: number }
  | { readonly type: "outage"; readonly host: string; readonly message: string; readonly seconds: number }
  | { readonly type: "log"; readonly level: Level; readonly message: string; readonly url?: string };

/** Takes the events of a crawl. */
export type Emit = (event: CrawlEvent) => void;
