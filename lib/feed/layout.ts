import type { Item } from "../model/item.ts";
import type { FeedSnapshot } from "./snapshot.ts";

/** How one format puts items into text. A feed adds the buffer, the file and its length. */
export interface Layout<Encoded> {
  /** Returns the item as this layout writes it, or throws `ItemError`. Changes nothing. */
  encode(item: Item): Encoded;
  /** Returns the text that these items add to the file, with what must stand before it. */
  render(items: readonly Encoded[]): string;
  /** Returns the text that ends the file. */
  end(): string;
  /** What a snapshot must hold, besides the length, for this layout to go on. */
  state(): Pick<FeedSnapshot, "columns" | "headed">;
}
