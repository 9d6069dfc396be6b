import type { Response } from "./response.ts";

/**
 * Why a request has no page.
 *
 * `dns`, `connect`, `tls`, `timeout`, `reset`, `cut-short`, `too-large`, `protocol` and `address` come from the
 * network, `proxy` from what is to lead there, and `shortage` from this machine; `status` is an answer that no callback asked for, `blocked` a challenge
 * instead of the page; `redirect` and `robots` are rules; `callback` is an error in the spider.
 */
export type FailureKind =
  | "dns"
  | "connect"
  | "tls"
  | "timeout"
  | "reset"
  | "cut-short"
  | "too-large"
  | "protocol"
  | "address"
  | "proxy"
  | "shortage"
  | "status"
  | "blocked"
  | "redirect"
  | "robots"
  | "callback";

/**
 * What this machine may lack for a connection: `files`, descriptors of the process or of the whole machine; `memory` of
 * the kernel, or threads; `ports`, a port or an address of its own from which the host can be connected to.
 */
export type Lacking = "files" | "memory" | "ports";

/** A failure in words for people (`message`) and in a word for machines (`kind`). */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly status?: number;
  /** Another attempt would end the same way: a name that does not exist, a certificate that is not valid. */
  readonly final?: boolean;
  /** Perhaps nobody saw the request: it may have been sent on a kept connection that was just being closed. */
  readonly stale?: boolean;
  /** Of a `shortage`: what there was too little of. */
  readonly lacking?: Lacking;
  /** The server did not refuse for good: it asked to wait (`Retry-After` of a 429 or 503). */
  readonly busy?: boolean;
  /** Another attempt might have helped, and the request was not one that may be sent twice. */
  readonly sentOnce?: boolean;
  /** The stack of the spider's error, where it was one. */
  readonly stack?: string;
  /** Where in the spider's own code that was: `./spider.ts:12:9`. */
  readonly at?: string;
}

/** What became of one download: never an exception, so that it can be counted, stored and perhaps tried again. */
export type Outcome =
  | { readonly response: Response; readonly failure?: undefined }
  | { readonly response?: undefined; readonly failure: Failure };
