/** A reader of RFC 4180, written from the RFC alone: what an exporter writes must mean the same here. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const cells: string[] = [];
    for (;;) {
      const [cell, end] = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at);
      cells.push(cell);
      at = end;
      if (text[at] === ",") at++;
      else break;
    }
    if (text.slice(at, at + 2) !== "\r\n") throw new Error(`no CRLF at ${at}`);
    at += 2;
    records.push(cells);
  }
  return records;
}

function readQuoted(text: string, start: number): readonly [string, number] {
  let cell = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') cell += text[at];
    else if (text[at + 1] === '"') {
      cell += '"';
      at++;
    } else return [cell, at + 1];
  }
  throw new Error(`quote at ${start} has no end`);
}

function readPlain(text: string, start: number): readonly [string, number] {
  let at = start;
  while (at < text.length && !",\r\n".includes(text.charAt(at))) {
    if (text[at] === '"') throw new Error(`stray quote at ${at}`);
    at++;
  }
  return [text.slice(start, at), at];
}
