/**
 * A program that the table knows, or does not: its touches become effects, what it starts is run.
 *
 * @module
 */
import { dangerOfVariable } from "./dangerous_variables.ts";
import { findLiteralPaths } from "./find_literal_paths.ts";
import { touchArrivals } from "./touch_arrivals.ts";
import { isInertCode } from "./is_inert_code.ts";
import type { Argument, Input, Invocation, ProgramUse, Run, Touch } from "./program_use.ts";
import { runScriptFile } from "./run_script_file.ts";
import { type Frame, type Shell, unknownInput } from "./shell.ts";
import { copyState, knownArgument, type ShellState, unknownArgument } from "./shell_state.ts";
import { absoluteIn, placesOf, touchPath, touchProtectedBelow } from "./touch_path.ts";

/** Folders whose programs are the ones everybody means. */
const systemFolder = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/;

/** Programs that bring whole folders somewhere. */
const copiers: ReadonlySet<string> = new Set(["cp", "mv", "rsync", "ln", "install", "gcp", "gmv"]);

/** Runs `argv` as a program, neither a function nor a builtin; returns what it prints. */
export function runProgram(
  shell: Shell,
  argv: readonly Argument[],
  state: ShellState,
  frame: Frame,
): Input {
  const [program, ...args] = argv;
  if (program === undefined) return unknownInput;
  const { plan } = shell;
  if (!program.isKnown) {
    plan.doubt("unverified", `which program "${program.text}..." is, is not known before it runs`);
    return unknownInput;
  }
  const name = nameOfProgram(shell, program.text, state);
  plan.effect({ verb: "execute", resource: name ?? lastName(program.text), kind: "tool" });
  if (name === null) {
    runScriptFile(shell, { language: null, file: program, args }, state, frame);
    return unknownInput;
  }
  // SECURITY: letters that only look like those of a program's name.
  if (!/^[\w.+:@%,=\[-]+$/.test(name)) {
    plan.doubt("unverified", `"${name.slice(0, 40)}" is no plain program name`);
    return unknownInput;
  }
  const read = shell.findProgram(name);
  if (read === null) {
    plan.doubt("opaque", `nobody knows what "${name}" does`);
    for (const argument of args) touchOperand(shell, argument, state);
    return unknownInput;
  }
  return applyUse(shell, read({ name, args, input: frame.input }), { state, frame, name });
}

/**
 * The name of a program everybody has, however its path is written; null for a file of somebody's
 * own. SECURITY: `./ls` may be a link to rm, and `/usr/../bin/./rm` is rm.
 */
function nameOfProgram(shell: Shell, text: string, state: ShellState): string | null {
  if (!text.includes("/")) return text;
  const { surroundings } = shell;
  const { root } = surroundings;
  const [place = null, other] = placesOf({ surroundings }, text, state);
  if (place === null || other !== undefined) return null;
  const path = absoluteIn(root, place);
  const real = surroundings.realPath(path) ?? path;
  // SECURITY: wherever the engine's own program lies, it is that.
  if (lastName(real) === "sealward") return "sealward";
  // A program of many names goes by the one it is called by: unxz is xz.
  const isSystems = systemFolder.test(path);
  if (isSystems && (!systemFolder.test(real) || shell.findProgram(lastName(path)) !== null)) {
    return lastName(path);
  }
  if (!systemFolder.test(real)) return null;
  return manyNames.test(lastName(real)) ? lastName(path) : lastName(real);
}

const manyNames = /^(?:busybox|toybox|coreutils|uutils|perl[\d.]*|git)$/;

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}

/** A word NAME=value that a wrapper puts into the environment of what it starts. */
function assign({ plan }: Shell, { text, isKnown }: Argument, state: ShellState): void {
  const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
  const danger = dangerOfVariable(name, isKnown ? value : null);
  if (danger !== null) plan.doubt("unverified", danger);
  state.variables.set(name, [isKnown ? knownArgument(value) : unknownArgument]);
}

/** What an unknown program is handed it may change. */
function touchOperand(shell: Shell, argument: Argument, state: ShellState): void {
  if (!argument.isKnown) return;
  const at = argument.text.startsWith("-") ? argument.text.indexOf("=") : -1;
  if (argument.text.startsWith("-") && at === -1) return;
  touchPath(shell, "write", knownArgument(argument.text.slice(at + 1)), state, true);
}

interface Place {
  readonly state: ShellState;
  readonly frame: Frame;
  readonly name: Invocation["name"];
}

function applyUse(shell: Shell, use: ProgramUse, { state, frame, name }: Place): Input {
  const inner = use.folder === undefined ? state : enterFolder(shell, use.folder, state);
  for (const { kind, reason } of use.doubts) shell.plan.doubt(kind, reason);
  const files = use.touches.filter((touch) => isOntoFile(shell, touch, inner));
  for (const touch of use.touches) {
    // `cp a b` writes `b/a` only where b is a folder.
    const isBelow = files.some(({ argument: { text } }) =>
      touch.argument.isKnown && touch.argument.text.startsWith(`${text}/`)
    );
    if (!isBelow) applyTouch(shell, touch, inner, name);
  }
  if (copiers.has(name)) touchArrivals(shell, use.touches, inner);
  for (const run of use.runs) applyRun(shell, run, inner, frame);
  return use.output ?? unknownInput;
}

function applyTouch(shell: Shell, touch: Touch, state: ShellState, program: string): void {
  const { verb, argument, kind, isPossible, unlessFolder } = touch;
  if (unlessFolder === true && isFolderNow(shell, argument, state)) return;
  if (kind === "host") {
    const resource = argument.isKnown ? hostName(argument.text) : "*";
    shell.plan.effect({ verb, resource, kind });
  } else if (isPossible !== true) {
    touchPath(shell, verb, argument, state);
  } else if (argument.found === undefined) {
    touchPath(shell, verb, argument, state, true);
  } else if (program === "git" && verb !== "delete") {
    touchTracked(shell);
  } else {
    touchProtectedBelow(shell, verb, argument.found, state);
  }
}

/** Onto a file that is there, and that the command has not replaced by a folder before. */
function isOntoFile(shell: Shell, { unlessFolder, argument }: Touch, state: ShellState): boolean {
  const { surroundings, plan } = shell;
  if (unlessFolder !== true || !argument.isKnown) return false;
  return placesOf(shell, argument.text, state).every((place) => {
    const path = place === null ? null : absoluteIn(surroundings.root, place);
    return path !== null && surroundings.kindOf(path) === "file" &&
      !plan.replaces(path, (resource) => absoluteIn(surroundings.root, resource));
  });
}

function isFolderNow(shell: Shell, argument: Argument, state: ShellState): boolean {
  if (!argument.isKnown) return false;
  const { surroundings } = shell;
  return placesOf(shell, argument.text, state).every((place) =>
    place !== null && surroundings.kindOf(absoluteIn(surroundings.root, place)) === "directory"
  );
}

function hostName(text: string): string {
  return text === "" ? "*" : text;
}

/** A change of branch may rewrite every file that git tracks. */
function touchTracked({ surroundings, plan }: Shell): void {
  const tracked = surroundings.trackedProtected();
  if (tracked === null) return plan.doubt("opaque", "which files git would change is not known");
  for (const resource of tracked) {
    plan.effect({ verb: "write", resource, kind: "path", isPossible: true });
  }
}

function enterFolder(shell: Shell, folder: Argument, state: ShellState): ShellState {
  const places = folder.isKnown ? placesOf(shell, folder.text, state) : [null];
  const { root } = shell.surroundings;
  const folders = places.map((place) => place === null ? null : absoluteIn(root, place));
  return { ...copyState(state), folders: folders.filter((place) => place !== null) };
}

function applyRun(shell: Shell, run: Run, state: ShellState, frame: Frame): void {
  const deeper = { ...frame, depth: frame.depth + 1 };
  const inner = copyState(
    "folder" in run && run.folder !== undefined ? enterFolder(shell, run.folder, state) : state,
  );
  switch (run.kind) {
    case "argv":
      for (const assignment of run.assignments ?? []) assign(shell, assignment, inner);
      // SECURITY: another program starts it, which knows neither functions nor builtins.
      inner.functions.clear();
      shell.runArgv(run.argv, inner, deeper);
      return;
    case "shell":
      return runShellText(shell, run.text, inner, deeper, run.parameters?.slice(1) ?? []);
    case "code":
      return readCode(shell, run.language, run.text.isKnown ? run.text.text : null, state);
    case "script":
      return runScriptFile(shell, { ...run, args: run.parameters ?? [] }, inner, deeper);
    case "input":
      return runInput(shell, run.language, inner, deeper);
  }
}

function runShellText(
  shell: Shell,
  text: Argument,
  state: ShellState,
  frame: Frame,
  positional: readonly Argument[] | null = null,
): void {
  if (!text.isKnown) {
    return shell.plan.doubt("unverified", "the text a shell would run is not known");
  }
  // A new shell: no functions, no variables but exported ones, other positional arguments.
  state.functions.clear();
  state.variables.clear();
  state.positional = positional;
  state.locals = null;
  state.returns = null;
  shell.walkText(text.text, state, frame);
}

function runInput(shell: Shell, language: string, state: ShellState, frame: Frame): void {
  const { input } = frame;
  if (input.kind === "none") return;
  const text = input.kind === "text" ? input.text : null;
  if (text === null) {
    return shell.plan.doubt("unverified", `what ${language} reads to run is not known`);
  }
  if (language !== "shell") return readCode(shell, language, text, state);
  runShellText(shell, knownArgument(text), state, { ...frame, input: unknownInput });
}

/** Code of another language: paths it names are found, the rest is opaque. */
function readCode(shell: Shell, language: string, text: string | null, state: ShellState): void {
  if (text !== null && isInertCode(language, text)) return;
  shell.plan.doubt("opaque", `what the ${language} code does is not known`);
  for (const { path, isWritten } of text === null ? [] : findLiteralPaths(text)) {
    touchPath(shell, "write", knownArgument(path), state, !isWritten);
  }
}
