/**
 * Reads a sed script for the files and commands in it.
 *
 * @module
 */

export interface SedScript {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  /** Shell texts of `e COMMAND`. */
  readonly commands: readonly string[];
  /** False when it is no script GNU sed would take, or runs what it edits (`e`, `s///e`). */
  readonly isPlain: boolean;
}

interface Scanner {
  readonly text: string;
  readonly writes: string[];
  readonly reads: string[];
  readonly commands: string[];
  at: number;
  isPlain: boolean;
}

/** Scans a script in GNU's dialect. Total, linear. */
export function scanSed(text: string): SedScript {
  const scanner: Scanner = { text, writes: [], reads: [], commands: [], at: 0, isPlain: true };
  while (scanner.at < text.length && scanner.isPlain) scanCommand(scanner);
  return scanner;
}

/** What an address or a separator can be; regular expressions are skipped on their own. */
function scanCommand(scanner: Scanner): void {
  skip(scanner, /[\s;{}]*/y);
  for (;;) {
    if (skip(scanner, /[\s,!]*(?:[0-9]+(?:~[0-9]+)?|\$|[+~][0-9]+)\s*/y)) continue;
    if (skip(scanner, /[\s,!]*\//y)) skipRegex(scanner, "/");
    else if (skip(scanner, /[\s,!]*\\/y)) skipRegex(scanner, scanner.text[scanner.at++] ?? "");
    else break;
    skip(scanner, /[IM\s]*/y);
  }
  skip(scanner, /[\s,!]*/y);
  const command = scanner.text[scanner.at++];
  if (command !== undefined) scanAction(scanner, command);
}

function scanAction(scanner: Scanner, command: string): void {
  if (command === "s") scanSubstitution(scanner);
  else if (command === "y") {
    const mark = scanner.text[scanner.at++] ?? "";
    skipRegex(scanner, mark, true);
    skipRegex(scanner, mark, true);
  } else if (command === "w" || command === "W") scanner.writes.push(restOfLine(scanner));
  else if (command === "r" || command === "R") scanner.reads.push(restOfLine(scanner));
  else if (command === "e") {
    const text = restOfLine(scanner);
    // Alone it runs the line it has read.
    if (text === "") scanner.isPlain = false;
    else scanner.commands.push(text);
  } else if ("aic".includes(command)) skip(scanner, /(?:\\[\s\S]|[^\\\n])*\n?/y);
  else if ("#v:btTF".includes(command)) skip(scanner, command === "#" ? /.*/y : /[^\n;}]*/y);
  else if ("lqQL".includes(command)) skip(scanner, /[ \t]*[0-9]*/y);
  else if (!"=dDgGhHnNpPxz{};\n".includes(command)) scanner.isPlain = false;
}

function scanSubstitution(scanner: Scanner): void {
  const mark = scanner.text[scanner.at++] ?? "";
  skipRegex(scanner, mark);
  skipRegex(scanner, mark, true);
  const start = scanner.at;
  skip(scanner, /[gpIiMm0-9e]*/y);
  if (scanner.text.slice(start, scanner.at).includes("e")) scanner.isPlain = false;
  if (scanner.text[scanner.at] !== "w") return;
  scanner.at++;
  scanner.writes.push(restOfLine(scanner));
}

/** Up to the next `mark` that has no backslash before it and stands in no set. */
function skipRegex(scanner: Scanner, mark: string, isReplacement = false): void {
  const { text } = scanner;
  while (scanner.at < text.length && text[scanner.at] !== mark) {
    if (text[scanner.at] === "\\") scanner.at += 2;
    else if (isReplacement || text[scanner.at] !== "[") scanner.at++;
    else if (!skip(scanner, /\[\^?\]?(?:\[:\w{1,10}:\]|[^\]])*\]/y)) scanner.at = text.length;
  }
  if (scanner.at >= text.length || mark === "\\" || mark === "\n") scanner.isPlain = false;
  scanner.at++;
}

function restOfLine(scanner: Scanner): string {
  const start = scanner.at;
  skip(scanner, /.*/y);
  return scanner.text.slice(start, scanner.at).trim();
}

function skip(scanner: Scanner, pattern: RegExp): boolean {
  pattern.lastIndex = scanner.at;
  const [match = ""] = pattern.exec(scanner.text) ?? [];
  scanner.at += match.length;
  return match !== "";
}
