/**
 * Where a walk over JavaScript stands: open brackets and the functions around.
 *
 * @module
 */

type FrameKind =
  | "module"
  | "body"
  /** An arrow's body without braces: ends where its expression does. */
  | "arrow"
  | "brace"
  | "paren"
  | "bracket"
  | "template"
  | "tag"
  | "closing_tag"
  | "children";

/** Something open. */
export interface Frame {
  readonly kind: FrameKind;
  /** What follows its end goes on with an expression: there `/` divides and `<` compares. */
  readonly isOperand: boolean;
  /** `?` still waiting for `:`. */
  ternaries: number;
  /** A `case` waits for its `:`. */
  isInCase: boolean;
  /** Parameters have ended: `{` would begin a body and `:` a return type, which may be open. */
  signature: "none" | "parameters" | "type";
  /** `<` still open in the return type. */
  angles: number;
}

export interface JavascriptReader {
  readonly text: string;
  readonly isFragment: boolean;
  readonly hasJsx: boolean;
  readonly module: Frame;
  /** What is open below the module, outermost first. */
  readonly frames: Frame[];
  /** Decisions of the functions open, outermost first; the module's own come before them. */
  readonly counts: number[];
  /** Decisions of the function or module at hand. */
  count: number;
  /** Most decisions of a function that has ended. */
  most: number;
  at: number;
  /** The lexeme before, spaces aside; empty at the start. */
  previous: string;
  isOperandNext: boolean;
  isAfterNewline: boolean;
  /** A word such as `if` stands before the parenthesis to come. */
  isControlNext: boolean;
}

export function newReader(
  text: string,
  options: { readonly isFragment: boolean; readonly hasJsx: boolean },
): JavascriptReader {
  return {
    ...options,
    text,
    module: newFrame("module", false),
    frames: [],
    counts: [],
    count: 0,
    most: 0,
    at: 0,
    previous: "",
    isOperandNext: true,
    isAfterNewline: false,
    isControlNext: false,
  };
}

function newFrame(kind: FrameKind, isOperand: boolean): Frame {
  return { kind, isOperand, ternaries: 0, isInCase: false, signature: "none", angles: 0 };
}

export function innermost(reader: JavascriptReader): Frame {
  return reader.frames.at(-1) ?? reader.module;
}

export function open(reader: JavascriptReader, kind: FrameKind, isOperand = true): void {
  reader.frames.push(newFrame(kind, isOperand));
  if (kind !== "body" && kind !== "arrow") return;
  reader.counts.push(reader.count);
  reader.count = 0;
}

/** Ends the innermost frame, and with a function its count. */
export function close(reader: JavascriptReader): void {
  const frame = reader.frames.pop();
  if (frame?.kind !== "body" && frame?.kind !== "arrow") return;
  reader.most = Math.max(reader.most, reader.count);
  reader.count = reader.counts.pop() ?? 0;
}

export function closeArrows(reader: JavascriptReader): void {
  while (innermost(reader).kind === "arrow") close(reader);
}

/** Starts the count at hand anew: what follows may belong to another function. */
export function restartCount(reader: JavascriptReader): void {
  reader.most = Math.max(reader.most, reader.count);
  reader.count = 0;
}
