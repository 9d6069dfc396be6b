import { resolve } from "node:path";
import type { OptionReader } from "./options.ts";

/** Returns the folder where everything is kept: `--data-dir`, else `$DATA_DIR`, else `./data`. */
export function dataDirOf(options: OptionReader, folder: string): string {
  return resolve(folder, options.text("data-dir") ?? (options.variables["DATA_DIR"] || "data"));
}
