/**
 * Commands and what they do, as lines of text.
 *
 * A command is words; `'…'` quotes blanks, `$X` is unknown from there on, `{{DIR}}` and
 * `{{DIR|GLOB}}` are words that are found. Before ` | ` stands the input: `unknown`, `text:…` (`\n`
 * is a line's end) or a word that is found.
 *
 * What it does, in order: touches as VERB:PATH (`?` after the verb: possibly; `~`: unless it is a
 * folder; `…` after the path: unknown from there on), runs, doubts by kind, `in=FOLDER`.
 */
import type {
  Argument,
  Input,
  Invocation,
  ProgramUse,
  Run,
} from "../../../src/core/operation/shell/program_use.ts";
import { findProgram } from "../../../src/core/operation/shell/programs/find_program.ts";

export function parseInvocation(line: string): Invocation {
  const [, input, command = ""] = /^(?:(\S+|text:.*?) \| )?(.*)$/.exec(line) ?? [];
  const [name, ...args] = parseWords(command);
  const path = name?.text ?? "";
  return { name: path.slice(path.lastIndexOf("/") + 1), args, input: parseInput(input) };
}

export function parseWords(text: string): readonly Argument[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => parseWord(word));
}

function parseWord(word: string): Argument {
  const [, folder, name] = /^\{\{(.*?)(?:\|(.*))?\}\}$/.exec(word) ?? [];
  if (folder !== undefined) {
    return { text: "", isKnown: false, found: { folder, name: name ?? null } };
  }
  const isTame = word.endsWith("$TAME");
  const at = word.replace(/'[^']*'/g, (quoted) => "x".repeat(quoted.length)).indexOf("$");
  const text = (at === -1 ? word : word.slice(0, at)).replace(/'([^']*)'/g, "$1");
  return { text: text.replaceAll("\\n", "\n"), isKnown: at === -1, ...isTame ? { isTame } : {} };
}

function parseInput(text: string | undefined): Input {
  if (text === undefined) return { kind: "none" };
  if (text.startsWith("text:")) {
    return { kind: "text", text: text.slice(5).replaceAll("\\n", "\n") };
  }
  const { found } = parseWord(text);
  return found === undefined ? { kind: "unknown" } : { kind: "found", found };
}

export function useOf(line: string): ProgramUse | null {
  const invocation = parseInvocation(line);
  return findProgram(invocation.name)?.(invocation) ?? null;
}

export function renderUse(use: ProgramUse | null): string {
  if (use === null) return "nobody";
  const touches = use.touches.map(({ verb, argument, isPossible, unlessFolder }) =>
    `${verb}${isPossible ? "?" : ""}${unlessFolder ? "~" : ""}:${renderWord(argument)}`
  );
  const runs = use.runs.map(renderRun);
  const doubts = use.doubts.map(({ kind }) => kind);
  const folder = use.folder === undefined ? [] : [`in=${renderWord(use.folder)}`];
  return [...touches, ...runs, ...new Set(doubts), ...folder].join(" ");
}

export function renderWord({ text, isKnown, found }: Argument): string {
  if (found !== undefined) {
    return `{{${found.folder}${found.name === null ? "" : `|${found.name}`}}}`;
  }
  const shown = text.replaceAll("\n", "\\n") + (isKnown ? "" : "…");
  return shown.includes(" ") || shown === "" ? `'${shown}'` : shown;
}

function renderRun(run: Run): string {
  if (run.kind === "argv") {
    const words = [...run.assignments ?? [], ...run.argv].map(renderWord).join(" ");
    return `run(${words})${run.folder === undefined ? "" : `@${renderWord(run.folder)}`}`;
  }
  if (run.kind === "shell") {
    return `sh(${[run.text, ...run.parameters ?? []].map(renderWord).join(" ")})`;
  }
  if (run.kind === "code") return `${run.language}(${renderWord(run.text)})`;
  if (run.kind === "script") return `${run.language}<${renderWord(run.file)}>`;
  return `${run.language}<>`;
}

/** Rows `COMMAND => WHAT IT DOES` of a text. */
export function parseRows(text: string): readonly (readonly [string, string])[] {
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const at = line.indexOf(" =>");
    return [line.slice(0, at).trim(), line.slice(at + 3).trim()];
  });
}
