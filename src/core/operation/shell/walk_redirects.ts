/**
 * Redirections: files they open, and what the command reads in consequence.
 *
 * @module
 */
import type { HereDoc, Redirect, Redirection } from "unbash";
import type { Input } from "./program_use.ts";
import { type Frame, noInput, type Shell, unknownInput } from "./shell.ts";
import { setVariable } from "./set_variable.ts";
import { type ShellState, tameArgument } from "./shell_state.ts";
import { touchPath } from "./touch_path.ts";

/** What redirections leave of a command's standard streams. */
export interface Streams {
  readonly input: Input;
  /** The input is a redirection's, not the one around the command. */
  readonly isInputTaken: boolean;
  /** The output goes to a file: nobody in a pipe sees it. */
  readonly isOutputTaken: boolean;
  /** Streams are joined: an output that is taken may be another's. */
  readonly isJoined: boolean;
}

/** Whether some file may not open, so that the command does not run. */
export function mayFail(redirects: readonly Redirection[]): boolean {
  return redirects.some((redirect) =>
    redirect.type === "Redirect" &&
    !/^(?:\/dev\/null|[0-2]|-)$/.test(redirect.target?.text ?? "")
  );
}

/** What of a command's output is left to whoever reads it. */
export function outputAfter({ isOutputTaken, isJoined }: Streams, output: Input): Input {
  if (isJoined) return output.kind === "none" ? output : unknownInput;
  return isOutputTaken ? noInput : output;
}

/** Adds the effects of all redirections, in order. */
export function walkRedirects(
  shell: Shell,
  redirects: readonly Redirection[],
  state: ShellState,
  frame: Frame,
): Streams {
  let { input } = frame;
  let [isInputTaken, isOutputTaken] = [false, false];
  const isJoined = redirects.some((redirect) =>
    redirect.type === "Redirect" &&
    (redirect.operator === ">&" ||
      /^\/(?:dev|proc)\/(?!null$)/.test(redirect.target?.value ?? "/dev/"))
  );
  for (const redirect of redirects) {
    const { descriptor } = redirect;
    if (descriptor?.type === "FileDescriptorVariable") {
      setVariable(shell, descriptor.name, [tameArgument], state);
    }
    const given = readRedirect(shell, redirect, state, frame);
    const number = descriptor?.type === "FileDescriptor" ? descriptor.value : null;
    if (given !== null && (number === null || number === 0)) {
      input = given;
      isInputTaken = true;
    }
    if (given === null && (number === null || number === 1)) isOutputTaken = true;
    if (mayBeReadFile(redirect, number)) shell.plan.streams.noteReadFile();
  }
  return { input, isInputTaken, isOutputTaken, isJoined };
}

/** Whether an output may now be a file that was opened to be read, or nobody knows which. */
function mayBeReadFile(redirect: Redirection, number: number | null): boolean {
  if (redirect.type !== "Redirect") return false;
  const { operator, target } = redirect;
  if (operator === "<" || operator === "<>") return number === 1 || number === 2;
  return (operator === "<&" || operator === ">&") && /^[03-9]|^[12]\d/.test(target?.value ?? "0");
}

/** What can be read from it; null when it is for writing. */
function readRedirect(
  shell: Shell,
  redirect: Redirection,
  state: ShellState,
  frame: Frame,
): Input | null {
  switch (redirect.type) {
    case "HereDoc":
      return readHereDoc(shell, redirect, state, frame);
    case "HereString": {
      if (redirect.target === undefined) return shell.plan.end("a here-string has no text");
      const { text, isKnown } = shell.expandText(redirect.target, state, frame);
      return isKnown ? { kind: "text", text: `${text}\n` } : unknownInput;
    }
    case "Redirect":
      return openFile(shell, redirect, state, frame);
  }
}

function openFile(
  shell: Shell,
  { operator, target }: Redirect,
  state: ShellState,
  frame: Frame,
): Input | null {
  if (target === undefined) return shell.plan.end("a redirection has no target");
  const file = shell.expandText(target, state, frame);
  const isCopy = operator === ">&" || operator === "<&";
  const isDescriptor = isCopy && file.isKnown && /^(?:\d+-?|-)$/.test(file.text);
  if (isDescriptor) return operator === "<&" ? unknownInput : null;
  // A pattern as the target is the one file it matches.
  const files = target.parts === undefined ? [file] : shell.expandWords([target], state, frame);
  const isRead = operator === "<" || operator === "<&";
  for (const one of files) touchPath(shell, isRead ? "read" : "write", one, state);
  return isRead || operator === "<>" ? unknownInput : null;
}

function readHereDoc(
  shell: Shell,
  { body, delimiter, operator }: HereDoc,
  state: ShellState,
  frame: Frame,
): Input {
  const lines = operator === "<<-" ? body.text.replace(/^\t+/gm, "") : body.text;
  if (delimiter?.quoted === true) return { kind: "text", text: lines };
  if (body.parts === undefined) return { kind: "text", text: unescape(lines) };
  // The parts are those of a text in double quotes.
  const { pos, end, text, parts } = body;
  const value = shell.expandText(
    { type: "Word", text, value: text, pos, end, parts },
    state,
    frame,
  );
  return value.isKnown ? { kind: "text", text: value.text } : unknownInput;
}

function unescape(text: string): string {
  return text.replace(/\\\n/g, "").replace(/\\([\\$`])/g, "$1");
}
