/**
 * McCabe complexity of JavaScript, TypeScript and JSX text, by lexemes and brackets.
 *
 * Counted: `if`, `for`, `while` (also after `do`), `case`, `catch`, `? :`, `&&`, `||`, `??` and
 * the assignments made of them; conditional types and TypeScript's `name?()` too. Not counted: `else`, `default`, `?.`,
 * default values. Each function, method and arrow stands for itself.
 *
 * @module
 */
import { readLexeme } from "./javascript_lexeme.ts";
import {
  close,
  closeArrows,
  innermost,
  type JavascriptReader,
  newReader,
  open,
  restartCount,
} from "./javascript_reader.ts";
import { isElementNext, stepMarkup } from "./step_markup.ts";

/** Brackets open at once; past it the text is data, or an attack on the reader's memory. */
const maxOpen = 10_000;

/**
 * Largest complexity of a function, the module's own level counting as one; null when the text
 * does not lex or its brackets do not match. A fragment may begin or end inside a function: its
 * answer is a lower bound.
 */
export function measureJavascript(
  text: string,
  options: { readonly isFragment: boolean; readonly hasJsx: boolean },
): number | null {
  const whole = options.isFragment ? withoutCutComments(text) : text.replace(/^#!.*/, "");
  const reader = newReader(whole, options);
  while (reader.at < whole.length) {
    if (reader.frames.length > maxOpen) return null;
    if (!(stepMarkup(reader) ?? stepCode(reader))) return null;
  }
  closeArrows(reader);
  if (reader.frames.length > 0 && !options.isFragment) return null;
  while (reader.frames.length > 0) close(reader);
  return 1 + Math.max(reader.most, reader.count);
}

/** A hunk may begin inside a block comment, whose words are not decisions. */
function withoutCutComments(text: string): string {
  const end = text.indexOf("*/");
  const start = text.indexOf("/*");
  const rest = end !== -1 && (start === -1 || end < start) ? text.slice(end + 2) : text;
  return rest.replace(/^[ \t]*\*(?=\s).*$/gm, "");
}

function stepCode(reader: JavascriptReader): boolean {
  if (reader.text[reader.at] === "<" && isElementNext(reader)) {
    open(reader, "tag");
    reader.at++;
    return true;
  }
  const lexeme = readLexeme(reader.text, reader.at, reader.isOperandNext);
  if (lexeme === null) return false;
  const { kind, text } = lexeme;
  reader.at += text.length;
  if (kind === "space") {
    reader.isAfterNewline ||= text.includes("\n");
    return true;
  }
  beginLexeme(reader, text, kind === "punctuator");
  if (kind === "word") takeWord(reader, text);
  else if (kind !== "punctuator") reader.isOperandNext = false;
  else if (!takePunctuator(reader, text)) return false;
  reader.previous = text;
  reader.isAfterNewline = false;
  return true;
}

/** Ends what a new lexeme ends: an arrow's body, a signature that was none. */
function beginLexeme(reader: JavascriptReader, text: string, isPunctuator: boolean): void {
  if (reader.previous === "=>" && text !== "{") open(reader, "arrow");
  const isInfix = isPunctuator || /^(?:in|of|instanceof|as|satisfies)$/.test(text);
  if (reader.isAfterNewline && !reader.isOperandNext && !isInfix) closeArrows(reader);
  const frame = innermost(reader);
  if (frame.signature === "parameters" && text !== "{" && text !== ":") frame.signature = "none";
  if (frame.signature !== "type") return;
  if (text === "<") frame.angles++;
  if (text === ">") frame.angles--;
  const isEnd = text === ";" || text === "=" || (text === "," && frame.angles <= 0);
  if (isEnd || text === "=>") frame.signature = "none";
}

/** Words after which an operand stands. */
const operandWords = new Set(
  ("return typeof case in of do else void delete throw new instanceof await yield default extends" +
    " keyof is as satisfies").split(" "),
);

function takeWord(reader: JavascriptReader, word: string): void {
  const isProperty = reader.previous === "." || reader.previous === "?.";
  reader.isOperandNext = !isProperty && operandWords.has(word);
  if (isProperty) return;
  const next = nextAfterSpace(reader);
  switch (word) {
    case "if":
    case "while":
    case "for":
      if (next !== "(" && next !== "a") return; // `for await`; else a name, such as a property's
      reader.count++;
      reader.isControlNext = true;
      return;
    case "switch":
    case "with":
      reader.isControlNext = next === "(";
      return;
    case "catch":
      if (next !== "(" && next !== "{") return;
      reader.count++;
      reader.isControlNext = next === "(";
      return;
    case "case":
      if (/[:,=;)}]/.test(next)) return;
      reader.count++;
      innermost(reader).isInCase = true;
  }
}

function nextAfterSpace({ text, at }: JavascriptReader): string {
  let next = at;
  while (/\s/.test(text[next] ?? "")) next++;
  return text[next] ?? "";
}

function takePunctuator(reader: JavascriptReader, mark: string): boolean {
  switch (mark) {
    case "{":
      openBrace(reader);
      break;
    case "(":
      open(reader, "paren", !reader.isControlNext);
      reader.isControlNext = false;
      break;
    case "[":
      open(reader, "bracket");
      break;
    case "`":
      open(reader, "template");
      break;
    case "}":
    case ")":
    case "]":
      return takeClosing(reader, mark);
    case ",":
    case ";":
      closeArrows(reader);
      break;
    case ":":
      takeColon(reader);
      break;
    case "?":
      takeQuestionMark(reader);
      break;
    case "&&":
    case "||":
    case "??":
    case "&&=":
    case "||=":
    case "??=":
      reader.count++;
  }
  // Postfix marks end an operand as their operand did: `a++ / b`, and TypeScript's `a! / b`.
  const isPostfix = mark === "++" || mark === "--" ||
    (mark === "!" && reader.text[reader.at] !== "=");
  reader.isOperandNext = !isPostfix || reader.isOperandNext;
  return true;
}

function openBrace(reader: JavascriptReader): void {
  const { previous, isOperandNext } = reader;
  const frame = innermost(reader);
  const isInType = frame.signature === "type" &&
    (/^(?:[:|&<,([]|keyof|is|extends|typeof|readonly)$/.test(previous));
  if (previous === "=>" || (frame.signature !== "none" && !isInType)) {
    frame.signature = "none";
    open(reader, "body", previous === "=>");
    return;
  }
  const isBlock = !isOperandNext || /^(?:|[;{})]|=>|else|do|try|finally)$/.test(previous);
  open(reader, "brace", !isBlock);
}

const closings: ReadonlyMap<string, readonly string[]> = new Map([
  ["}", ["body", "brace"]],
  [")", ["paren"]],
  ["]", ["bracket"]],
]);

function takeClosing(reader: JavascriptReader, mark: string): boolean {
  closeArrows(reader);
  const frame = innermost(reader);
  if (reader.isFragment && frame.kind === "module") {
    restartCount(reader);
    reader.isOperandNext = false;
    return true;
  }
  if (!closings.get(mark)?.includes(frame.kind)) return false;
  close(reader);
  reader.isOperandNext = !frame.isOperand;
  if (mark === ")" && frame.isOperand) {
    const around = innermost(reader);
    if (around.signature === "none") around.signature = "parameters";
  }
  return true;
}

function takeColon(reader: JavascriptReader): void {
  while (innermost(reader).kind === "arrow" && innermost(reader).ternaries === 0) close(reader);
  const frame = innermost(reader);
  const isReturnType = frame.ternaries === 0 && !frame.isInCase && frame.signature !== "none";
  frame.signature = isReturnType ? "type" : "none";
  if (frame.ternaries > 0) frame.ternaries--;
  else frame.isInCase = false;
}

/** A question mark decides unless nothing follows that it could choose: `a?: T`, `a?)`. */
function takeQuestionMark(reader: JavascriptReader): void {
  const next = nextAfterSpace(reader);
  if (/[:,;)>}\]]/.test(next)) return;
  reader.count++;
  innermost(reader).ternaries++;
}
