/**
 * What a hostile case is: a host of its own that misbehaves in one way, and what must become of it.
 *
 * @module
 */
import type { FailureKind } from "../../lib/model/outcome.ts";
import type { CertificateName } from "../net/tls/certificates.ts";
import type { Peer } from "./peer.ts";

/** How large things are: what shows a mistake in a test may be less than what shows its cost. */
export interface Scale {
  /** Elements, attributes, links of a giant. */
  readonly many: number;
  /** The crawl's setting of that name. */
  readonly maxElements: number;
  /** Bytes of what is too long: an attribute, a URL. */
  readonly long: number;
  /** What a bomb becomes. */
  readonly gigabytes: number;
  /** Links to follow in the traps. */
  readonly depth: number;
}

/** Answers one request. The connection is closed when it returns, and its errors are the client's going away. */
export type Answer = (peer: Peer) => Promise<void> | void;

/** What a crawl must make of a case. */
export type Wanted =
  | {
    /** One line in `failed.jsonl`, of this kind, or one of these where it depends on what comes first. */
    readonly failure: FailureKind | readonly FailureKind[];
    readonly message: RegExp;
    readonly status?: number;
    /** The line is about a URL that begins so, and not about the case's own host. */
    readonly about?: string;
    /** Pages that are there all the same. @default {0} */
    readonly pages?: number;
  }
  | {
    /** So many pages, and no line. */
    readonly pages: number;
    /** What the page is called. */
    readonly title?: string;
  };

/** Who is there to be asked. */
export type Serving =
  /** A server that answers in its own words; robots.txt is not there unless the case says what it is. */
  | {
    readonly answer: Answer;
    readonly robots?: Answer;
    /** Closes with a reset and not with an end: the request is never read whole. */
    readonly abrupt?: true;
    /** Is asked by this name, so that its cookies are its own: other hosts are all `127.0.0.1`. */
    readonly hostname?: "localhost";
    /** Speaks TLS with this certificate. */
    readonly certificate?: CertificateName;
  }
  /** A server that gets the bare connection and reads nothing. */
  | {
    readonly connected: (connection: Deno.TcpConn, gone: Promise<void>) => Promise<void> | void;
    readonly scheme: string;
  }
  /** Nobody: a URL that leads nowhere. */
  | { readonly nobody: string };

export interface Case {
  /** What is wrong, in words that go on from "a server with ...". */
  readonly name: string;
  /** Where a crawl begins. @default {"/"} */
  readonly path?: string;
  readonly serving: Serving;
  /** Makes what the server will need, before the first request. */
  readonly prepare?: (scale: Scale) => unknown;
  readonly wanted: Wanted | ((scale: Scale) => Wanted);
}
