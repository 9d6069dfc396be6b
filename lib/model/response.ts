/** An answer with its whole body, decompressed. */
export interface Response {
  /** The URL that answered. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Seconds from the start of the request to the answer's headers. */
  readonly latency: number;
  /** It is a challenge and not the page, in words for people: no callback sees it. */
  readonly blocked?: string;
  /** It is from the cache and no server was asked; `latency` is that of the request that filled the cache. */
  readonly cached?: true;
  /**
   * Where the body is from the cache: when it was stored, or the server last said that it still holds, in milliseconds
   * since 1970.
   */
  readonly storedAt?: number;
}
