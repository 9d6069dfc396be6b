/** A part of a crawl whose files a checkpoint counts. */
export interface Durable {
  /** Hands everything buffered to the files. */
  flush(): void;
  /** Returns when everything flushed before the call is safe against a loss of power. */
  sync(): Promise<void>;
  /**
   * Returns, as plain data that MessagePack carries, what is needed to go on from here: above all, how many bytes of
   * each file count.
   */
  snapshot(): unknown;
}
