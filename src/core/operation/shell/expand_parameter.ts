/**
 * `$x`, `${x:-y}` and their kin, as far as their values are known.
 *
 * @module
 */
import type { ParameterExpansionPart, SimpleExpansionPart, Word } from "unbash";
import { compileNameGlob } from "./match_name.ts";
import type { Argument } from "./program_use.ts";
import { type Segment, segmentOf } from "./segment.ts";
import type { Frame, Shell } from "./shell.ts";
import { setVariable } from "./set_variable.ts";
import { knownArgument, type ShellState, tameArgument, unknownArgument } from "./shell_state.ts";
import { readArithmetic, walkNested } from "./walk_nested.ts";

interface Place {
  readonly state: ShellState;
  readonly frame: Frame;
  readonly isQuoted: boolean;
}

/** Segments of one expansion; commands inside it are walked whatever becomes of its value. */
export function expandParameter(
  shell: Shell,
  part: SimpleExpansionPart | ParameterExpansionPart,
  place: Place,
): readonly Segment[] {
  const { state, isQuoted } = place;
  if (part.type === "SimpleExpansion") {
    const name = part.text.slice(1);
    const values = readValues(shell, name, state);
    return segmentsOf(isList(name) ? values : firstOf(values), name, isQuoted);
  }
  const { index, parameter } = part;
  if (part.prefix === "!") {
    // SECURITY: `${!x}` reads whatever variable x names.
    walkNested(shell, part, state, place.frame);
    return [{ kind: "unknown" }];
  }
  if (part.prefix === "#") {
    walkNested(shell, part, state, place.frame);
    return [{ kind: "unknown", isTame: true }];
  }
  const all = index?.text === "@" || index?.text === "*" ? index.text : null;
  const values = index === undefined || all !== null
    ? readValues(shell, parameter, state)
    : readElement(shell, part, index, place);
  const scalar = index === undefined && !isList(parameter) ? firstOf(values) : values;
  const changed = changeValues(shell, part, scalar, place);
  return segmentsOf(changed, all === null ? parameter : all, isQuoted);
}

function isList(name: string): boolean {
  return name === "@" || name === "*";
}

/** A plain `$x` of an array is its first element. */
function firstOf(values: Values): Values {
  return values === null ? null : values.slice(0, 1);
}

/** Variables that the shell keeps, and that are digits. */
const numbers: ReadonlySet<string> = new Set(
  [
    "?",
    "#",
    "!",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "UID",
    "EUID",
    "PPID",
    "EPOCHSECONDS",
  ],
);

/** Null when nobody knows; an empty list when it is known to be nothing. */
function readValues(
  { surroundings, plan }: Shell,
  name: string,
  state: ShellState,
): readonly Argument[] | null {
  if (isList(name)) return state.positional;
  if (/^[1-9]\d*$/.test(name)) {
    const value = state.positional?.[Number(name) - 1];
    return state.positional === null ? null : value === undefined ? [] : [value];
  }
  // The shell's own number, which nobody chooses: any one stands for it.
  if (name === "$" || name === "BASHPID") return [knownArgument("4194304")];
  if (numbers.has(name) && !state.variables.has(name)) return [tameArgument];
  if (name === "PWD" && state.folders.length === 1) return [knownArgument(state.folders[0] ?? "")];
  const set = state.variables.get(name);
  if (set !== undefined) return set;
  if (name === "HOME" && surroundings.home !== null) return [knownArgument(surroundings.home)];
  if (name === "_") plan.doubt("unverified", '"$_" is whatever came last');
  return null;
}

function readElement(
  shell: Shell,
  { parameter }: ParameterExpansionPart,
  index: Word,
  { state, frame }: Place,
): readonly Argument[] | null {
  walkNested(shell, index, state, frame);
  readArithmetic(shell, index.text, state);
  const values = state.variables.get(parameter);
  const value = /^\d{1,9}$/.test(index.value) ? values?.[Number(index.value)] : undefined;
  return value === undefined ? null : [value];
}

function segmentsOf(
  values: readonly Argument[] | null,
  name: string,
  isQuoted: boolean,
): readonly Segment[] {
  if (values === null) return [{ kind: "unknown" }];
  if (values.length === 0 && isQuoted && !isList(name)) return [{ kind: "quoted", text: "" }];
  const isSplit = name === "@" || (name === "*" && !isQuoted);
  return values.flatMap((value, index): Segment[] => {
    const segment = segmentOf(value, isQuoted);
    if (index === 0) return [segment];
    return isSplit ? [{ kind: "break" }, segment] : [{ kind: "text", text: " " }, segment];
  });
}

type Values = readonly Argument[] | null;

function changeValues(
  shell: Shell,
  part: ParameterExpansionPart,
  values: Values,
  place: Place,
): Values {
  const { operation } = part;
  if (operation === undefined) return values;
  switch (operation.type) {
    case "Default":
      return chooseDefault(shell, part, operation.operator, operation.operand, values, place);
    case "Remove": {
      const pattern = readPattern(shell, operation.operand, place);
      return mapKnown(values, (text) => remove(text, operation.operator, pattern));
    }
    case "Replace": {
      const pattern = readPattern(shell, operation.pattern, place);
      const by = shell.expandText(operation.replacement, place.state, place.frame);
      const isPlain = pattern !== null && !/[*?[\\]/.test(pattern) && by.isKnown;
      return mapKnown(
        values,
        (text) => !isPlain ? null : replace(text, operation.operator, pattern, by.text),
      );
    }
    case "Slice":
      // SECURITY: both numbers are arithmetic.
      readArithmetic(shell, operation.offset.text, place.state);
      readArithmetic(shell, operation.length?.text ?? "", place.state);
      walkNested(shell, part, place.state, place.frame);
      return null;
    case "CaseModification":
      walkNested(shell, part, place.state, place.frame);
      if (operation.operand !== undefined) return null;
      return mapKnown(values, (text) => changeCase(text, operation.operator));
    case "Transform":
      // SECURITY: `${x@P}` expands the text as a prompt, commands in it included.
      if (operation.operand.value === "P") {
        shell.plan.doubt("unverified", `"${part.text}" runs what its text says`);
      }
      return null;
    default:
      walkNested(shell, part, place.state, place.frame);
      return null;
  }
}

function chooseDefault(
  shell: Shell,
  { parameter }: ParameterExpansionPart,
  operator: string,
  operand: Word,
  values: Values,
  { state, frame }: Place,
): Values {
  const other = shell.expandText(operand, state, frame);
  const isSure = values !== null && values.every(({ isKnown }) => isKnown);
  const isEmpty = values?.every(({ text }) => text === "") ?? true;
  if (!isSure) {
    if (operator.endsWith("=")) setVariable(shell, parameter, [unknownArgument], state);
    return null;
  }
  if (operator.endsWith("+")) return isEmpty ? [] : [other];
  if (!isEmpty || (values.length > 0 && !operator.startsWith(":"))) return values;
  if (operator.endsWith("=")) setVariable(shell, parameter, [other], state);
  return operator.endsWith("?") ? null : [other];
}

/** The pattern of `${x#PATTERN}`; null when nobody knows it. */
function readPattern(shell: Shell, operand: Word, { state, frame }: Place): string | null {
  const hasQuotes = operand.parts?.some(({ type }) => type !== "Literal" && type !== "Glob");
  const value = shell.expandText(operand, state, frame);
  if (!value.isKnown) return null;
  // Quotes take a pattern's meaning away.
  return hasQuotes === true ? value.text.replace(/[\\*?[\]]/g, "\\$&") : operand.text;
}

function mapKnown(values: Values, change: (text: string) => string | null): Values {
  return values?.map((value) => {
    const text = value.isKnown ? change(value.text) : null;
    return text === null ? unknownArgument : knownArgument(text);
  }) ?? null;
}

/** Cutting tries every length: past this it would take seconds. */
const maxCutCharacters = 1_000;

function remove(text: string, operator: string, pattern: string | null): string | null {
  if (pattern === null || text.length > maxCutCharacters) return null;
  const matches = compileNameGlob(pattern);
  const isPrefix = operator.startsWith("#");
  const cuts = Array.from({ length: text.length + 1 }, (_, length) => length);
  // One sign takes the shortest match, two the longest.
  for (const length of operator.length === 2 ? cuts.reverse() : cuts) {
    const cut = isPrefix ? text.slice(0, length) : text.slice(text.length - length);
    if (matches(cut)) return isPrefix ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

/** What replacing every character may come to. */
const maxReplacedCharacters = 1_000_000;

function replace(text: string, operator: string, pattern: string, by: string): string | null {
  if (pattern === "" && operator === "/#") return by + text;
  if (pattern === "" && operator === "/%") return text + by;
  if (pattern === "") return text;
  if (text.length * by.length > maxReplacedCharacters) return null;
  if (operator === "//") return text.replaceAll(pattern, () => by);
  if (operator === "/") return text.replace(pattern, () => by);
  if (operator === "/#") return text.startsWith(pattern) ? by + text.slice(pattern.length) : text;
  return text.endsWith(pattern) ? text.slice(0, text.length - pattern.length) + by : text;
}

function changeCase(text: string, operator: string): string {
  const isUpper = operator.startsWith("^");
  const change = (part: string) => isUpper ? part.toUpperCase() : part.toLowerCase();
  return operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
}
