/**
 * A file that is run. People's own scripts are what they are; one that was written through the
 * engine, or by this very command, is judged like the text it holds, or is opaque.
 *
 * @module
 */
import { findLiteralPaths } from "./find_literal_paths.ts";
import { findRecipes } from "./find_recipes.ts";
import { foldPath } from "./fold_path.ts";
import type { Argument } from "./program_use.ts";
import type { Frame, Shell } from "./shell.ts";
import { copyState, joinReturns, knownArgument, type ShellState } from "./shell_state.ts";
import { placesOf, touchPath } from "./touch_path.ts";

export interface ScriptRun {
  /** Null: its first line says. */
  readonly language: string | null;
  readonly file: Argument;
  /** `$1` and so on; null when nobody knows. */
  readonly args: readonly Argument[] | null;
  /** `source`: it changes the state of the shell that reads it. */
  readonly isSourced?: boolean;
}

/** Judges one run of a file in every folder it may be in. */
export function runScriptFile(
  shell: Shell,
  run: ScriptRun,
  state: ShellState,
  frame: Frame,
): void {
  const { file } = run;
  if (!file.isKnown) {
    return shell.plan.doubt("unverified", `which script "${file.text}..." is, is not known`);
  }
  if (run.language === "profile") return refuseWrittenProfile(shell);
  for (const place of placesOf(shell, file.text, state)) {
    if (place === null) shell.plan.doubt("unverified", `the folder of "${file.text}" is not known`);
    else runOne(shell, run, { path: toAbsolute(shell, place), state, frame });
  }
}

/** Files in the home folder that shells run before anything else. */
const profiles = [".bash_profile", ".bash_login", ".profile", ".bashrc", ".zshrc", ".zprofile"];

/** People's own are their own; one that was just written is a script like any other. */
function refuseWrittenProfile(shell: Shell): void {
  const { surroundings: { home, wasWritten }, plan } = shell;
  for (const name of home === null ? [] : profiles) {
    const path = `${home}/${name}`;
    const isNew = wasWritten(path) || plan.changes(path, (resource) => toAbsolute(shell, resource));
    if (isNew) plan.doubt("opaque", `"~/${name}" was written lately, and a shell runs it first`);
  }
}

function toAbsolute({ surroundings }: Shell, place: string): string {
  return place.startsWith("/") ? place : `${surroundings.root}/${place.replace(/^(?:\.\/)+/, "")}`;
}

function toReal(shell: Shell, resource: string): string {
  const absolute = toAbsolute(shell, resource);
  return shell.surroundings.realPath(absolute) ?? foldPath(absolute);
}

interface Place {
  readonly path: string;
  readonly state: ShellState;
  readonly frame: Frame;
}

function runOne(shell: Shell, run: ScriptRun, { path, state, frame }: Place): void {
  const { plan, surroundings } = shell;
  const shown = run.file.text;
  // SECURITY: a pipe or another process's file: `source <(curl ...)`.
  if (/^\/(?:dev|proc)\//.test(path)) {
    return plan.doubt("unverified", `what "${shown}" holds when it is run is not known`);
  }
  // SECURITY: the same file may be written by one name and run by another.
  if (plan.changes(toReal(shell, path), (resource) => toReal(shell, resource))) {
    return plan.doubt("opaque", `"${shown}" is written by the command that runs it`);
  }
  const wasWritten = surroundings.wasWritten(path);
  touchPath(shell, "read", knownArgument(path), state);
  const text = surroundings.readText(path);
  if (text === null) {
    const isThere = surroundings.kindOf(path) !== "missing";
    if (wasWritten || !isThere) plan.doubt("opaque", `what "${shown}" does cannot be read`);
    return;
  }
  const language = run.language ?? languageOf(text);
  if (language === "shell") {
    const walk = () => walkScriptText(shell, run, text, { path, state, frame });
    const isOwn = !wasWritten && takesNothing(run, state, frame);
    return isOwn ? plan.withoutDoubts(walk) : walk();
  }
  // A script of sed or awk is an argument like any other, which its program's reader understands.
  if (language === "sed" || language === "awk") {
    const argv = language === "sed" ? ["sed", "-e", text] : ["awk", text];
    shell.runArgv(argv.map(knownArgument), copyState(state), { ...frame, depth: frame.depth + 1 });
    return;
  }
  if (wasWritten) {
    plan.doubt("opaque", `"${shown}" was written lately, and what it does is not known`);
  } else walkRecipes(shell, language, text, { path, state, frame });
  for (const literal of findLiteralPaths(text)) {
    if (!wasWritten && !literal.isWritten) continue;
    touchPath(
      shell,
      "write",
      knownArgument(literal.path),
      state,
      !wasWritten || !literal.isWritten,
    );
  }
}

/**
 * Whether a script does what its people wrote, whoever runs it. SECURITY: with an argument, a variable
 * or an input of the command's own, what people left open is the command's to fill in.
 */
function takesNothing({ args }: ScriptRun, { variables }: ShellState, { input }: Frame): boolean {
  return args?.length === 0 && variables.size === 0 && input.kind === "none";
}

/** Commands in a file that lists them: each may be the one that is meant. */
function walkRecipes(
  shell: Shell,
  language: string,
  text: string,
  { path, state, frame }: Place,
): void {
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  for (const recipe of findRecipes(language, text)) {
    const inner = copyState(state);
    inner.folders = [folder];
    inner.functions.clear();
    inner.variables.clear();
    inner.positional = null;
    const deeper = { ...frame, depth: frame.depth + 1 };
    shell.plan.asPossible(() => shell.walkText(recipe, inner, deeper));
  }
}

function walkScriptText(
  shell: Shell,
  { args, isSourced }: ScriptRun,
  text: string,
  { state, frame }: Place,
): void {
  const inner = isSourced === true ? state : copyState(state);
  const { returns } = inner;
  inner.returns = isSourced === true ? [] : null;
  if (isSourced !== true) {
    inner.functions.clear();
    inner.variables.clear();
    inner.positional = args;
  }
  shell.walkText(text, inner, { ...frame, depth: frame.depth + 1 });
  if (isSourced === true) joinReturns(inner);
  inner.returns = returns;
}

/** By the first line; a program without one is run by the shell, binaries are nobody's text. */
function languageOf(text: string): string {
  const line = /^#![^\n]*/.exec(text)?.[0];
  if (line === undefined) return "shell";
  return /\b(?:ba|da|k|z)?sh\b/.test(line) ? "shell" : "another language's";
}
