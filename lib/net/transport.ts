/** What one request looks like to what carries it. Names of headers are in lower case. */
export interface Ask {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal: AbortSignal;
}

/** The answer, as soon as its headers are there. Redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The body is as the server packed it, where `fetch` would have unpacked it. @default {false} */
  readonly isPacked?: boolean;
}

/** Carries requests over connections that it keeps, directly or through one proxy. */
export interface Transport {
  /** Sends a request; rejects with what {@linkcode failureOf} understands. */
  ask(url: string, ask: Ask): Promise<Answer>;
  /** Requests still under way fail. */
  close(): void;
}
