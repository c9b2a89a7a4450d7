/**
 * Commands the shell runs itself. What changes how later words are read, in a way that is not
 * followed here, is unverified.
 *
 * @module
 */
import type { BuiltinCall } from "./builtin_call.ts";
import { changeFolder } from "./change_folder.ts";
import { printEcho, printFormat } from "./print_text.ts";
import type { Argument, Input } from "./program_use.ts";
import { readVariables } from "./read_variables.ts";
import { runScriptFile } from "./run_script_file.ts";
import { setVariable } from "./set_variable.ts";
import { noInput, unknownInput } from "./shell.ts";
import { readArithmetic } from "./walk_nested.ts";
import {
  copyState,
  knownArgument,
  type ShellState,
  unknownArgument,
  unknownList,
} from "./shell_state.ts";

type Builtin = (call: BuiltinCall) => Input | void;

const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...[":", "true", "false", "wait", "jobs", "bg", "fg", "kill", "disown", "umask", "ulimit"].map(
    (name) => [name, () => noInput] as const,
  ),
  ...["type", "times", "shift", "getopts", "suspend", "caller", "dirs", "hash", "compgen"].map(
    (name) => [name, runPlain] as const,
  ),
  // Loops know by themselves that they may be left early.
  ...["break", "continue", "logout"].map((name) => [name, () => noInput] as const),
  ...["exit", "return"].map((name) => [name, endBranch] as const),
  ...["cd", "pushd", "popd"].map((name) => [name, changeFolder] as const),
  ...["test", "["].map((name) => [name, runTest] as const),
  ...["export", "declare", "typeset", "local", "readonly"].map((name) => [name, declare] as const),
  ...["enable", "bind", "complete", "compopt", "history", "fc", "alias"].map((name) =>
    [name, refuse] as const
  ),
  ["unalias", () => noInput],
  ["echo", ({ args }) => printEcho(args)],
  ["printf", runPrintf],
  [
    "pwd",
    ({ state: { folders: [folder = ""], folders } }) =>
      folders.length === 1 ? { kind: "text", text: `${folder}\n` } : unknownInput,
  ],
  ["eval", runEval],
  ["source", runSource],
  [".", runSource],
  ["exec", runExec],
  ["command", runCommand],
  ["builtin", runCommand],
  ["trap", runTrap],
  ["set", runSet],
  ["shopt", runShopt],
  ["unset", unset],
  ["let", runLet],
  ["read", readVariables],
  ["mapfile", readVariables],
  ["readarray", readVariables],
]);

/** The builtin of this name; null for any other command. */
export function findBuiltin(name: string): ((call: BuiltinCall) => Input) | null {
  const builtin = builtins.get(name);
  return builtin === undefined ? null : (call) => builtin(call) ?? noInput;
}

function runPlain({ shell, name, args, state }: BuiltinCall): Input {
  if (name === "shift") state.positional = null;
  const [, option] = args;
  if (name === "getopts" && option !== undefined) {
    setVariable(shell, option.text, [unknownArgument], state);
  }
  // SECURITY: `hash -p ./x ls` makes another program of a name.
  const isForged = name === "hash" && args.some(({ text }) => /^-\w*p/.test(text));
  if (isForged) shell.plan.doubt("unverified", '"hash -p" gives a name to another program');
  // SECURITY: `compgen -C` and `-F` run what they are given.
  const isRun = name === "compgen" &&
    args.some(({ text, isKnown }) => !isKnown || /^-\w*[CFGW]/.test(text));
  if (isRun) shell.plan.doubt("unverified", '"compgen" runs what it is given');
  return unknownInput;
}

/** SECURITY: with words it does not understand, or outside of a function, the shell goes on. */
function endBranch({ name, args, state }: BuiltinCall): void {
  const [status, more] = args;
  const isNumber = status === undefined || (status.isKnown && /^\d+$/.test(status.text)) ||
    status.isTame === true;
  if (!isNumber || more !== undefined) return;
  if (name === "return") {
    if (state.returns === null) return;
    state.returns.push(copyState(state));
  }
  state.isDead = true;
}

function refuse({ shell, name, args }: BuiltinCall): Input {
  const isListing = args.every(({ text }) => /^-?p?$/.test(text)) ||
    (name === "history" && args.every(({ text }) => /^\d+$/.test(text)));
  if (!isListing) shell.plan.doubt("unverified", `"${name}" changes what later words mean`);
  return unknownInput;
}

/** SECURITY: `test -v 'a[$(rm x)]'` runs the index. */
function runTest({ shell, args }: BuiltinCall): void {
  const index = args.findIndex(({ text }) => text === "-v" || text === "-R");
  const name = index === -1 ? undefined : args[index + 1];
  if (name !== undefined && (!name.isKnown || name.text.includes("["))) {
    shell.plan.doubt("unverified", '"test -v" evaluates an index');
  }
}

function declare({ shell, name, args, state }: BuiltinCall): Input {
  if (/^(?:local|declare|typeset)$/.test(name)) hideVariables(args, state);
  for (const { text, isKnown } of args) {
    const found = /^([A-Za-z_]\w*)(\+?=)(.*)$/s.exec(text);
    if (/^[-+]\w*[niluIc]/.test(text) || (name === "export" && /^-\w*f/.test(text))) {
      shell.plan.doubt("unverified", `"${name} ${text}" gives values another meaning`);
    } else if (found !== null) {
      const [, variable = "", operator, value = ""] = found;
      const isSet = isKnown && operator === "=";
      setVariable(shell, variable, [isSet ? knownArgument(value) : unknownArgument], state);
    } else if (text.includes("[") || (!isKnown && !text.startsWith("-"))) {
      shell.plan.doubt("unverified", `which variable "${name}" sets is not known`);
    }
  }
  const isFinal = name === "readonly" || args.some(({ text }) => /^-\w*r/.test(text));
  const isKeyed = args.some(({ text }) => /^-\w*A/.test(text));
  for (const { text } of args) {
    const [variable] = /^[A-Za-z_]\w*/.exec(text) ?? [];
    if (variable === undefined) continue;
    if (isFinal) shell.readOnly.add(variable);
    if (isKeyed) state.variables.set(variable, unknownList);
  }
  return unknownInput;
}

/** In a function these make a variable of its own, which ends with it. */
function hideVariables(args: readonly Argument[], { locals, variables }: ShellState): void {
  if (locals === null || args.some(({ text }) => /^-\w*g/.test(text))) return;
  for (const { text } of args) {
    const [name] = /^[A-Za-z_]\w*/.exec(text) ?? [];
    if (name === undefined || locals.has(name)) continue;
    locals.set(name, variables.get(name));
    // Until it is set it is empty.
    if (!text.includes("=")) variables.set(name, []);
  }
}

function runPrintf(call: BuiltinCall): Input {
  const { shell, args, state } = call;
  const [first] = args;
  if (first?.isKnown === false && first.text === "" && first.isTame !== true && args.length > 1) {
    shell.plan.doubt("unverified", 'whether "printf" sets a variable is not known');
  }
  if (first?.text.startsWith("-v") !== true) return printFormat(args);
  if (first.text !== "-v") {
    const name = { ...first, text: first.text.slice(2) };
    return runPrintf({ ...call, args: [knownArgument("-v"), name, ...args.slice(1)] });
  }
  const target = args[1];
  if (target?.isKnown !== true || !/^\w+$/.test(target.text)) {
    shell.plan.doubt("unverified", '"printf -v" evaluates the name it sets');
    return noInput;
  }
  const output = printFormat(args.slice(2));
  const value = output.kind === "text" ? knownArgument(output.text) : unknownArgument;
  setVariable(shell, target.text, [value], state);
  return noInput;
}

function runEval({ shell, args, state, frame }: BuiltinCall): Input {
  if (args.some(({ isKnown }) => !isKnown)) {
    shell.plan.doubt("unverified", '"eval" runs text that is not known');
    return unknownInput;
  }
  const text = args.map((argument) => argument.text).join(" ");
  return shell.walkText(text, state, { ...frame, depth: frame.depth + 1 });
}

function runSource({ shell, args: given, state, frame }: BuiltinCall): Input {
  const [file, ...args] = given[0]?.text === "--" ? given.slice(1) : given;
  if (file === undefined) return noInput;
  if (file.text.startsWith("-")) {
    shell.plan.doubt("unverified", `"${file.text}" is no file to read`);
  }
  runScriptFile(shell, { language: "shell", file, args, isSourced: true }, state, frame);
  return unknownInput;
}

function runExec({ shell, args, state, frame }: BuiltinCall): Input {
  let rest = args;
  // `-ca NAME`, and `-aNAME`.
  while (/^-[cl]*(?:a|$)/.test(rest[0]?.text ?? "")) {
    rest = rest.slice(/^-[cl]*a$/.test(rest[0]?.text ?? "") ? 2 : 1);
  }
  if (rest[0]?.text === "--") rest = rest.slice(1);
  if (rest.length === 0) return noInput;
  const inner = copyState(state);
  inner.functions.clear();
  return shell.runArgv(rest, inner, { ...frame, depth: frame.depth + 1 });
}

function runCommand({ shell, args, state, frame }: BuiltinCall): Input {
  const options = args.findIndex(({ text }) => !/^-[pvV]+$|^--$/.test(text));
  const given = args.slice(0, options === -1 ? args.length : options);
  if (given.some(({ text }) => /^-\w*[vV]/.test(text))) return unknownInput;
  const rest = options === -1 ? [] : args.slice(options);
  if (rest.length === 0) return noInput;
  const functions = new Map(state.functions);
  state.functions.clear();
  const output = shell.runArgv(rest, state, { ...frame, depth: frame.depth + 1 });
  for (const [key, node] of functions) {
    if (!state.functions.has(key)) state.functions.set(key, node);
  }
  return output;
}

/** SECURITY: a trap runs later, and what variables and folder are then is another matter. */
function runTrap({ shell, args, state, frame }: BuiltinCall): void {
  const [action, ...signals] = args.filter(({ text }) => text !== "--");
  if (action === undefined || (action.isKnown && /^(?:-[lp]*)?$/.test(action.text))) return;
  if (!action.isKnown) return shell.plan.doubt("unverified", '"trap" keeps text that is not known');
  const isAtEnd = signals.every(({ text }) => /^(?:EXIT|0|INT|TERM|HUP|QUIT)$/.test(text));
  if (isAtEnd && frame.depth === 0 && frame.isSubshell !== true) {
    shell.traps.push({ text: action.text, state: copyState(state) });
  }
  const inner = copyState(state);
  if (!isAtEnd || frame.depth > 0 || frame.isSubshell === true) {
    inner.folders = [];
    for (const name of inner.variables.keys()) inner.variables.set(name, unknownList);
  }
  shell.walkText(action.text, inner, { ...frame, depth: frame.depth + 1 });
}

function runSet({ shell, args, state }: BuiltinCall): Input {
  const at = args.findIndex(({ text }) => text === "--" || text === "-");
  const options = at === -1 ? args : args.slice(0, at);
  const known =
    /^[-+][abehmnptuvxBCEHPT]*o?$|^(?:pipefail|errexit|nounset|xtrace|verbose|errtrace|functrace|noclobber|vi|emacs|monitor|notify)$/;
  for (const [index, { text, isKnown }] of options.entries()) {
    if (isKnown && known.test(text)) continue;
    const isNamed = /^[-+]\w*o$/.test(options[index - 1]?.text ?? "");
    if (isKnown && !/^[-+]/.test(text) && !isNamed) {
      state.positional = options.slice(options.findIndex((one) => one.text === text));
      return unknownInput;
    }
    shell.plan.doubt("unverified", `"set ${text}" changes how words are read`);
  }
  if (at !== -1) state.positional = args.slice(at + 1);
  return unknownInput;
}

function runShopt({ shell, args }: BuiltinCall): void {
  for (const { text } of args) {
    if (text === "nullglob") shell.globbing.mayDropWords = true;
    if (text === "globstar") shell.globbing.mayCrossFolders = true;
  }
  const harmless =
    /^(?:-[supqo]+|nullglob|failglob|inherit_errexit|globstar|pipefail|checkwinsize|histappend|cmdhist)$/;
  for (const { text, isKnown } of args) {
    if (!isKnown || !harmless.test(text)) {
      shell.plan.doubt("unverified", `"shopt ${text}" changes how words are read`);
    }
  }
}

/** SECURITY: `unset 'a[$(rm x)]'` runs the index. */
function unset({ shell, args, state }: BuiltinCall): void {
  if (args.some(({ text, isKnown }) => !isKnown || text.includes("["))) {
    shell.plan.doubt("unverified", '"unset" evaluates an index');
  }
  // SECURITY: without a path the shell looks for programs where it is.
  if (args.some(({ text }) => text === "PATH")) {
    shell.plan.doubt("unverified", "without PATH programs are looked for in the working folder");
  }
  forget(args, state);
}

function forget(args: readonly Argument[], state: ShellState): void {
  for (const { text, isKnown } of args) {
    if (!isKnown || text.startsWith("-")) continue;
    state.variables.set(text.replace(/\[.*$/s, ""), unknownList);
    if (state.functions.has(text)) state.functions.set(text, null);
  }
}

/** SECURITY: `let 'a[$(rm x)]=1'` runs the index. */
function runLet({ shell, args, state }: BuiltinCall): void {
  for (const { text, isKnown } of args) {
    if (!isKnown || /[$`[]/.test(text)) {
      shell.plan.doubt("unverified", '"let" evaluates text that is not plain arithmetic');
    }
    readArithmetic(shell, text, state);
  }
}
