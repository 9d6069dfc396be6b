import { resolve as resolvePath } from "node:path";
import { DiskError } from "../disk/disk.ts";
import { caCertsOf } from "../net/tls/ca_certs.ts";
import { canGoUnchecked } from "../net/tls/node_connect.ts";
import type { Context } from "./context.ts";
import type { OptionReader } from "./options.ts";
import type { ProxyChoice } from "./proxy.ts";

/** Whom a command trusts more than it would by itself. */
export interface Trust {
  /** Pages may lead to addresses that are not public. */
  readonly allowPrivate: boolean;
  /** Every certificate is taken for a good one. */
  readonly insecure: boolean;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly caCerts: readonly string[];
}

/** What is said at the start where certificates are not checked. */
export const insecureWarning =
  "Certificates are not checked (--insecure): whoever sits between here and a server can read and change everything";

/** Reads `--allow-private`, `--insecure` and `--ca-file`; what is wrong with them goes to the other problems. */
export function readTrust(
  context: Pick<Context, "disk" | "folder">,
  options: OptionReader,
  { always, paid }: ProxyChoice,
): Trust {
  const insecure = options.has("insecure");
  for (const proxy of insecure ? [...always?.proxies ?? [], ...paid?.proxies ?? []] : []) {
    if (canGoUnchecked(proxy)) continue;
    options.problems.push(
      `--insecure: it cannot go through "${proxy.name}", which is no http proxy; name one, or --proxy-type none`,
    );
  }
  const file = options.text("ca-file");
  const caCerts = file === undefined ? [] : readCaFile(file, context, options);
  return { allowPrivate: options.has("allow-private"), insecure, caCerts };
}

function readCaFile(
  file: string,
  { disk, folder }: Pick<Context, "disk" | "folder">,
  { problems }: OptionReader,
): readonly string[] {
  try {
    const bytes = disk.read(resolvePath(folder, file));
    if (bytes !== undefined) return caCertsOf(new TextDecoder().decode(bytes));
    problems.push(`--ca-file ${file}: there is no such file`);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof DiskError)) throw error;
    problems.push(`--ca-file ${file}: ${error.message}`);
  }
  return [];
}
