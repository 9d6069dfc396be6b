/** An answer with its whole body, decompressed. */
export interface Response {
  /** The URL that answered. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Seconds from the start of the request to the answer's headers. */
  readonly latency: number;
}
