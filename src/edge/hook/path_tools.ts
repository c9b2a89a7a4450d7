/**
 * Rules of tools that hosts give other names of the same fields: a path, what to write, what to
 * replace. A tool that names no path at all stays unknown.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";
import { keptShellKey } from "../../core/operation/plan_effects.ts";
import { draftCommand, draftEdit, draftRead, globFolder } from "./file_drafts.ts";
import { isAmbiguousPath } from "./is_ambiguous_path.ts";
import { type Draft, type FieldKind, joinTo, textOf, type ToolRule } from "./tool_table.ts";

type Fields = Readonly<Record<string, FieldKind>>;

const strings = (keys: readonly string[]): Fields =>
  Object.fromEntries(keys.map((key) => [key, "string"] as const));

/** Every name of the field that is given: all of them count. Null where one is no path. */
function pathsOf(input: JsonObject, keys: readonly string[]): readonly string[] | null {
  const paths = valuesOf(input, keys);
  return paths.some(isAmbiguousPath) ? null : paths;
}

function valuesOf(input: JsonObject, keys: readonly string[]): readonly string[] {
  return keys.map((key) => textOf(input, key)).filter((value) => value !== "");
}

function pathTool(
  keys: readonly string[],
  optional: Fields,
  plan: (paths: readonly string[], input: JsonObject) => Draft | null,
): ToolRule {
  return {
    required: {},
    optional: { ...strings(keys), ...optional },
    plan: (input) => {
      const paths = pathsOf(input, keys) ?? [];
      return paths.length === 0 ? null : plan(paths, input);
    },
  };
}

export function readTool(keys: readonly string[], optional: Fields = {}): ToolRule {
  return pathTool(keys, optional, (paths) => draftRead(...paths));
}

/** Of an operation that takes files and nothing else. */
export function filesTool(type: string, keys: readonly string[], optional: Fields = {}): ToolRule {
  return pathTool(keys, optional, (paths) => ({ type, affected_files: paths }));
}

/** Without its text a write is not measured, and limits then call it unverified. */
export function writeTool(
  keys: readonly string[],
  contentKeys: readonly string[],
  optional: Fields = {},
): ToolRule {
  return pathTool(keys, { ...strings(contentKeys), ...optional }, (paths, input) => {
    const given = contentKeys.filter((key) => typeof input[key] === "string");
    if (given.length > 1) return null;
    const [key] = given;
    const draft = { type: "file_write", affected_files: paths };
    return key === undefined ? draft : { ...draft, content: textOf(input, key) };
  });
}

export interface EditNames {
  readonly paths: readonly string[];
  readonly oldText: string;
  readonly newText: string;
  readonly optional?: Fields;
  /** Whether every occurrence is replaced; only the first by default. */
  readonly isAll?: (input: JsonObject) => boolean;
}

export function editTool(names: EditNames): ToolRule {
  const { paths, oldText, newText, optional = {}, isAll = () => false } = names;
  return {
    required: { [oldText]: "string", [newText]: "string" },
    optional: { ...strings(paths), ...optional },
    plan: (input, context) => {
      const [path, other] = pathsOf(input, paths) ?? [];
      if (path === undefined || other !== undefined) return null;
      const edit = {
        oldText: textOf(input, oldText),
        newText: textOf(input, newText),
        all: isAll(input),
      };
      return draftEdit(path, [edit], context);
    },
  };
}

/** One shell for all commands: what a command leaves behind, the next one finds. */
export function keptShellTool(folderKeys: readonly string[], optional: Fields): ToolRule {
  const rule = commandTool(folderKeys, optional);
  const metadata = { [keptShellKey]: true };
  return {
    ...rule,
    plan: (input, context) => {
      const draft = rule.plan(input, context);
      return draft === null ? null : { ...draft, metadata };
    },
  };
}

/** A command, and the folder it runs in; a blank one is no command. */
export function commandTool(folderKeys: readonly string[], optional: Fields): ToolRule {
  return {
    required: { command: "string" },
    optional: { ...strings(folderKeys), ...optional },
    plan: (input, { cwd }) => {
      const command = textOf(input, "command");
      const folders = pathsOf(input, folderKeys);
      if (command.trim() === "" || folders === null || folders.length > 1) return null;
      const [folder] = folders;
      const draft = draftCommand(command);
      return folder === undefined ? draft : { ...draft, cwd: joinTo(cwd, folder) };
    },
  };
}

/** A search below a folder, and wherever an absolute or climbing pattern leads. */
export function searchTool(
  folderKeys: readonly string[],
  patternKeys: readonly string[],
  optional: Fields = {},
): ToolRule {
  return {
    required: {},
    optional: { ...strings([...folderKeys, ...patternKeys]), ...optional },
    plan: (input, { cwd }) => {
      const folders = pathsOf(input, folderKeys);
      const patterns = pathsOf(input, patternKeys);
      if (folders === null || patterns === null) return null;
      const starts = folders.length === 0 ? [cwd] : folders.map((folder) => joinTo(cwd, folder));
      const below = patterns.map(globFolder).filter((name) => name !== "");
      const ends = starts.flatMap((start) => below.map((name) => joinTo(start, name)));
      return draftRead(...starts, ...ends);
    },
  };
}

/** One address, or none to name. */
export function networkTool(urlKey: string | null, optional: Fields = {}): ToolRule {
  if (urlKey === null) return { required: {}, optional, plan: () => ({ type: "network" }) };
  return {
    required: { [urlKey]: "string" },
    optional,
    plan: (input) => ({ type: "network", metadata: { url: textOf(input, urlKey) } }),
  };
}
