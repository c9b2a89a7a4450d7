/**
 * Templates and JSX: the places in JavaScript where plain text stands.
 *
 * @module
 */
import { close, innermost, type JavascriptReader, open } from "./javascript_reader.ts";

/**
 * Takes one step inside a template, tag or element; false when it cannot be read, null when the
 * reader stands in code.
 */
export function stepMarkup(reader: JavascriptReader): boolean | null {
  switch (innermost(reader).kind) {
    case "template":
      return stepTemplate(reader);
    case "tag":
    case "closing_tag":
      return stepTag(reader);
    case "children":
      return stepChildren(reader);
    default:
      return null;
  }
}

/** Whether `<` at hand begins an element and not a comparison, a cast or type parameters. */
export function isElementNext(reader: JavascriptReader): boolean {
  if (!reader.hasJsx || !reader.isOperandNext) return false;
  const generic = /<\s{0,99}[\w$]{1,99}\s{0,99}(?:,|extends\b)/y;
  generic.lastIndex = reader.at;
  return /[\p{ID_Start}$_>]/u.test(reader.text[reader.at + 1] ?? "") && !generic.test(reader.text);
}

function stepTemplate(reader: JavascriptReader): boolean {
  const { text, at } = reader;
  if (text[at] === "\\") reader.at += 2;
  else if (text[at] === "`") endMarkup(reader, 1);
  else if (text.startsWith("${", at)) openHole(reader, 2);
  else reader.at++;
  return true;
}

/** Strings, comments and type arguments in a tag may hold its end. */
const tagParts = /"[^"]*"|'[^']*'|\/\*[^]*?\*\/|\/\/.*|<[^<>{}]*(?:<[^<>{}]*>[^<>{}]*)*>/y;

function stepTag(reader: JavascriptReader): boolean {
  const { text, at } = reader;
  const unit = text[at] ?? "";
  tagParts.lastIndex = at;
  if (tagParts.test(text)) reader.at = tagParts.lastIndex;
  else if (unit === "{") openHole(reader, 1);
  else if (text.startsWith("/>", at)) endMarkup(reader, 2);
  else if (unit === ">") endTag(reader);
  else reader.at++;
  // What opens here and never closes: stop at once, or each try would search to the end again.
  return reader.at > at + 1 || !(`"'<`.includes(unit) || text.startsWith("/*", at));
}

function endTag(reader: JavascriptReader): void {
  const { kind } = innermost(reader);
  close(reader);
  if (kind === "tag") {
    open(reader, "children");
    reader.at++;
    return;
  }
  endMarkup(reader, 1); // the children that the closing tag ends
}

function stepChildren(reader: JavascriptReader): boolean {
  const { text, at } = reader;
  if (text[at] === "{") openHole(reader, 1);
  else if (text.startsWith("</", at)) {
    open(reader, "closing_tag");
    reader.at += 2;
  } else if (text[at] === "<") {
    open(reader, "tag");
    reader.at++;
  } else reader.at++;
  return true;
}

function openHole(reader: JavascriptReader, characters: number): void {
  open(reader, "brace");
  reader.at += characters;
  reader.previous = "{";
  reader.isOperandNext = true;
}

function endMarkup(reader: JavascriptReader, characters: number): void {
  close(reader);
  reader.at += characters;
  reader.previous = "`";
  reader.isOperandNext = false;
}
