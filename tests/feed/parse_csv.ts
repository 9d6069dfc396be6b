/**
 * Reads a table after RFC 4180, strictly: CRLF ends each row, and a quote stands only around a cell or doubled inside
 * one.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    while (true) {
      const quoted = /"((?:[^"]|"")*)"(?=,|\r\n)/y;
      const bare = /[^",\r\n]*(?=,|\r\n)/y;
      quoted.lastIndex = bare.lastIndex = at;
      const cell = quoted.exec(text) ?? bare.exec(text);
      if (cell === null) throw new Error(`no cell at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
      row.push(cell[1] === undefined ? cell[0] : cell[1].replaceAll('""', '"'));
      at += cell[0].length;
      if (text[at] !== ",") break;
      at++;
    }
    at += 2;
    rows.push(row);
  }
  return rows;
}
