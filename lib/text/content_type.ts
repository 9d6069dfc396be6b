/** What the `Content-Type` of a body says. */
export interface ContentType {
  /** Type and subtype in lower case, such as `text/html`; `undefined` where there is none that says anything. */
  readonly type: string | undefined;
  /** The name of an encoding, as it is written there. */
  readonly charset: string | undefined;
}

/** One of several values, which are joined with commas; a comma in quotes is none of these. */
const each = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;

/** A type as the standard spells it, and what may follow: a server that leaves out the semicolon has given none. */
const mimeType = /^[\t\n\r ]*([!#$%&'*+.^`|~\w-]+\/[!#$%&'*+.^`|~\w-]+)[\t\n\r ]*(?:;|$)/;

const charsetIn = /(?:^|[;,\s])charset\s*=\s*(?:"([^"]*)"|'?([^\s;"',]+))/i;

/**
 * Returns what a `Content-Type` header says; one that came several times is joined with commas.
 *
 * The last type counts, and with it a charset that an earlier header of the same type gave (Fetch Standard, "extract a
 * MIME type"). A value that names no type (`html`, a star for each half, nothing at all) counts for nothing, except that
 * its charset is taken where no other is given.
 */
export function readContentType(header: string | null | undefined): ContentType {
  let type: string | undefined, charset: string | undefined, loose: string | undefined;
  for (const value of header?.match(each) ?? []) {
    const found = mimeType.exec(value)?.[1]?.toLowerCase();
    const [, quoted, bare] = charsetIn.exec(value) ?? [];
    const named = quoted ?? bare;
    if (found === undefined || found === "*/*") {
      loose = named ?? loose;
      continue;
    }
    charset = named ?? (found === type ? charset : undefined);
    type = found;
  }
  return { type, charset: charset ?? loose };
}
