/**
 * Words, with everything the shell does to them before a command sees them.
 *
 * @module
 */
import { parse, type Word, type WordPart } from "unbash";
import { expandBraces } from "./expand_braces.ts";
import { expandGlob, type Names } from "./expand_glob.ts";
import { expandParameter } from "./expand_parameter.ts";
import type { Argument } from "./program_use.ts";
import { type Field, FieldBuilder, type Segment, segmentOf } from "./segment.ts";
import { type Frame, noInput, type Shell } from "./shell.ts";
import { copyState, knownArgument, type ShellState, unknownArgument } from "./shell_state.ts";
import type { PlanBuilder } from "./plan_builder.ts";
import { substitutionPath } from "./standard_streams.ts";
import type { ShellSurroundings } from "./surroundings.ts";
import { textOfOutput } from "./text_of_output.ts";
import { walkNested } from "./walk_nested.ts";

/** One word to the arguments a command would get; a glob that matches nothing is itself. */
export function expandWord(
  shell: Shell,
  word: Word,
  state: ShellState,
  frame: Frame,
): readonly Argument[] {
  return bracedWords(shell, word).flatMap((one) => {
    const fields = new FieldBuilder();
    const segments = readSegments(shell, one, state, frame);
    shell.plan.limitWords(segments.length);
    for (const segment of segments) fields.add(segment);
    const built = fields.build();
    shell.plan.limitWords(built.length);
    for (const { text } of built) shell.plan.limitText(text);
    return built.flatMap((field) => matchDisk(shell, field, state));
  });
}

/** One word as in `x=WORD` or `> WORD`: one argument, no splitting and no names from the disk. */
export function expandText(
  shell: Shell,
  word: Word,
  state: ShellState,
  frame: Frame,
): Argument {
  let text = "";
  for (const segment of readSegments(shell, word, state, frame)) {
    if (segment.kind === "break") text += " ";
    else if (segment.kind !== "unknown") text += segment.text;
    else {
      const isAll = text === "" && word.parts?.length === 1;
      return {
        text,
        isKnown: false,
        ...(segment.isTame === undefined ? {} : { isTame: segment.isTame }),
        ...(isAll && segment.found !== undefined ? { found: segment.found } : {}),
      };
    }
  }
  shell.plan.limitText(text);
  return knownArgument(text);
}

/** Braces in one word. */
const maxBraces = 100;

function bracedWords(shell: Shell, word: Word): readonly Word[] {
  const { text: written } = word;
  // SECURITY: one pattern for all of this would go through the word as often as it has braces.
  const mayExpand = written.includes("{") && written.includes("}") &&
    (written.includes(",") || written.includes(".."));
  if (!mayExpand) return [word];
  if (written.split("{").length > maxBraces) return shell.plan.end("it has too many braces");
  // The shell has joined continued lines before; in single quotes they are text.
  const isContinued = word.text.includes("\\\n");
  if (isContinued && word.text.includes("'")) return shell.plan.end("braces over several lines");
  const texts = expandBraces(word.text.replaceAll("\\\n", ""));
  if (texts === null) return shell.plan.end("braces stand for too many words");
  if (texts.length === 1 && texts[0] === word.text) return [word];
  shell.plan.step(3 * texts.length);
  return texts.filter((text) => text !== "").map((text) => parseWord(shell, text));
}

function parseWord(shell: Shell, text: string): Word {
  const { commands, errors } = parse(`: ${text}`);
  const command = commands[0]?.command;
  const only = command?.type === "Command" && command.suffix.length === 1
    ? command.suffix[0]
    : undefined;
  if (commands.length === 1 && errors === undefined && only?.type === "Word") return only;
  return shell.plan.end(`"${text.slice(0, 40)}" cannot be read after its braces`);
}

function readSegments(
  shell: Shell,
  word: Word,
  state: ShellState,
  frame: Frame,
): readonly Segment[] {
  const home = readHome(shell, word, state);
  const { parts } = word;
  if (parts === undefined) {
    return home ?? [{ kind: "text", text: word.value }];
  }
  const read = parts.flatMap((part) => readPart(shell, part, state, frame, false));
  return home === null ? read : [...home, ...read.slice(1)];
}

/** `~` and `~/x` at the start of a word; `~user` is a folder nobody here looks up. */
function readHome(
  { surroundings }: Shell,
  { text, parts, value }: Word,
  state: ShellState,
): readonly Segment[] | null {
  if (!text.startsWith("~")) return null;
  const first = parts?.[0];
  const rest = parts === undefined ? value : first?.type === "Literal" ? first.value : text;
  // Quotes or variables before the first slash: then it is a plain character.
  if (parts !== undefined && parts.length > 1 && !rest.includes("/")) return null;
  const home = rest === "~" || rest.startsWith("~/") ? homeOf(surroundings.home, state) : null;
  return home === null ? [{ kind: "unknown" }] : [{ kind: "text", text: home + rest.slice(1) }];
}

function homeOf(home: string | null, { variables }: ShellState): string | null {
  const set = variables.get("HOME")?.[0];
  return set === undefined ? home : set.isKnown ? set.text : null;
}

const unknownNumber: Segment = { kind: "unknown", isTame: true };

function readPart(
  shell: Shell,
  part: WordPart,
  state: ShellState,
  frame: Frame,
  isQuoted: boolean,
): readonly Segment[] {
  switch (part.type) {
    case "Literal":
      return [{ kind: isQuoted ? "quoted" : "text", text: part.value }];
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [{ kind: "quoted", text: part.value }];
    case "DoubleQuoted":
    case "LocaleString": {
      const inside = part.parts.flatMap((child) => readPart(shell, child, state, frame, true));
      return quote(inside, part.parts.length);
    }
    case "Glob":
      walkNested(shell, part, state, frame);
      // Quotes and variables in a set are members nobody here works out.
      return part.kind === "bracket" && /['"\\$`]/.test(part.text)
        ? [{ kind: "unknown" }]
        : [{ kind: "glob", text: part.text }];
    case "SimpleExpansion":
    case "ParameterExpansion":
      return expandParameter(shell, part, { state, frame, isQuoted });
    case "CommandExpansion":
      return [readCommand(shell, part, state, frame, isQuoted)];
    case "ProcessSubstitution":
      readCommand(shell, part, state, frame);
      return [{ kind: "text", text: substitutionPath }];
    case "ArithmeticExpansion":
    case "ExtendedGlob":
      walkNested(shell, part, state, frame);
      return [part.type === "ExtendedGlob" ? { kind: "unknown" } : unknownNumber];
    case "BraceExpansion":
      // One that the shell leaves as it is: the others are gone by now.
      walkNested(shell, part, state, frame);
      return [{ kind: "text", text: part.text }];
  }
}

/** A word even when it is empty; only "$@" of nothing is none at all. */
function quote(inside: readonly Segment[], partCount: number): readonly Segment[] {
  return partCount > 0 && inside.length === 0 ? [] : [{ kind: "quoted", text: "" }, ...inside];
}

function readCommand(
  shell: Shell,
  part: Extract<WordPart, { type: "CommandExpansion" | "ProcessSubstitution" }>,
  state: ShellState,
  frame: Frame,
  isQuoted = false,
): Segment {
  const { script } = part;
  if (script === undefined) return shell.plan.end("a substitution cannot be read");
  const depth = frame.depth + 1;
  // What a process substitution reads comes from the command it belongs to.
  const input = part.type === "ProcessSubstitution" && part.operator === ">"
    ? { kind: "unknown" } as const
    : frame.input.kind === "text"
    // SECURITY: another one beside it may have read some.
    ? { kind: "unknown" } as const
    : frame.input;
  const output = shell.walkScript(script, copyState(state), { input, depth, isSubshell: true });
  if (output.kind === "found") return { kind: "unknown", found: output.found };
  const text = output === noInput ? "" : textOfOutput(output);
  if (text !== null) return segmentOf(knownArgument(text), isQuoted);
  const isTame = output.kind === "unknown" && output.isTame === true;
  return isTame ? { kind: "unknown", isTame } : { kind: "unknown" };
}

function matchDisk(
  { surroundings, plan, globbing }: Shell,
  { text, pattern, isKnown, isTame, found }: Field,
  state: ShellState,
): readonly Argument[] {
  if (!isKnown) {
    const more = { ...(found === undefined ? {} : { found }), ...(isTame ? { isTame } : {}) };
    return [{ text, isKnown, ...more }];
  }
  if (pattern === null) return [knownArgument(text)];
  // SECURITY: where the working folder is not known, a pattern may name anything.
  if (state.folders.length === 0 && !pattern.startsWith("/")) return [unknownArgument];
  if (globbing.mayCrossFolders && pattern.includes("**")) return [unknownArgument];
  const unknown = { text: text.slice(0, text.search(/[*?[]/)), isKnown: false };
  const paths = new Set<string>();
  for (const folder of state.folders.length === 0 ? ["/"] : state.folders) {
    const names = new NamesOnDisk(surroundings, plan);
    const matches = expandGlob(pattern, folder, names);
    if (matches === null || names.isIncomplete) return [unknown];
    if (matches.length === 0 && globbing.mayDropWords) return [unknownArgument];
    for (const path of matches.length === 0 ? [text] : matches) paths.add(path);
  }
  return [...paths].map(knownArgument);
}

/** Names in folders, those that the command itself will have put there included. */
class NamesOnDisk implements Names {
  /** A folder that is there could not be listed: what a pattern finds in it is not known. */
  isIncomplete = false;

  constructor(readonly surroundings: ShellSurroundings, readonly plan: PlanBuilder) {}

  list(folder: string): readonly string[] {
    const { surroundings, plan } = this;
    const listed = surroundings.listNames(folder);
    plan.step((listed?.length ?? 0) >> 1);
    if (listed === null) {
      const kind = surroundings.kindOf(folder);
      this.isIncomplete ||= kind === "directory" || kind === "unknown";
    }
    return [
      ...listed ?? [],
      ...plan.namesIn(folder, (resource) => toAbsolute(resource, surroundings.root)),
    ];
  }

  mayExist(path: string, isFolder: boolean): boolean {
    const kind = this.surroundings.kindOf(path === "" ? "/" : path);
    if (kind === "directory" || kind === "unknown") return true;
    if (kind !== "missing") return !isFolder;
    const { plan, surroundings } = this;
    return plan.changes(path, (resource) => toAbsolute(resource, surroundings.root));
  }
}

function toAbsolute(resource: string, root: string): string {
  return resource.startsWith("/") ? resource : `${root}/${resource}`;
}
