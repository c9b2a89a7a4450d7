/**
 * The kept form of a decision's input → what is decided on. The bytes were verified: they stand in
 * the log, or have the hash it names. Shapes are checked all the same, for another version's.
 *
 * @module
 */
import type { DecisionInput, InputListing, InputPath } from "../decision/decision_input.ts";
import { lexicalOf } from "../decision/plan_input.ts";
import { EngineError } from "../errors.ts";
import type { JsonObject, Operation } from "../operation/operation.ts";
import { parseOperation } from "../operation/parse_operation.ts";
import type { FileKind, ResolvedPath } from "../ports.ts";
import { InputMissing } from "./input_missing.ts";

/** The operation: as kept, or as the entry's summary shows all of it. */
export function parseInputOperation(
  input: DecisionInput,
  summary: JsonObject,
): Operation {
  const { operation: kept } = input;
  const content = kept?.["content"];
  // By its hash: what is decided of it stands in `measures`.
  const isElided = typeof content === "object" && content !== null;
  try {
    return parseOperation(
      kept === undefined ? fromSummary(summary) : { ...kept, ...(isElided ? { content: "" } : {}) },
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new InputMissing(`this version cannot read the operation: ${error.message}`);
  }
}

function fromSummary({ type, files, command, cwd, tool }: JsonObject): JsonObject {
  return {
    type: type ?? null,
    affected_files: files ?? [],
    ...(command === undefined ? {} : { command }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(tool === undefined ? {} : { tool: { name: tool } }),
  };
}

/** Answers of the disk by path as written; numbers are the operation's files. */
export function parsePaths(
  noted: DecisionInput["paths"],
  { affectedFiles }: Operation,
  base: string,
): ReadonlyMap<string, ResolvedPath> {
  return new Map((noted ?? []).map(([at, answer]) => {
    const written = typeof at === "number" ? affectedFiles[at] ?? "" : at;
    return [written, parsePath(written, answer, lexicalOf(base, written))];
  }));
}

const kinds: readonly string[] = ["file", "directory", "other", "missing", "unknown"];

function parsePath(written: string, answer: InputPath, usual: string): ResolvedPath {
  const given = typeof answer === "object"
    ? answer
    : typeof answer === "number"
    ? { size: answer }
    : { kind: answer };
  const { kind = "file", size = null, links, lexical = usual, failure = null } = given;
  if (!kinds.includes(kind)) throw new InputMissing(`"${kind}" is no kind of file`);
  return {
    written,
    lexical,
    real: given.real === undefined ? lexical : given.real,
    kind: kind as FileKind,
    sizeBytes: size,
    linkCount: kind === "file" ? links ?? 1 : null,
    identity: null,
    ...(given.mounted === true ? { isMounted: true } : {}),
    failure,
  };
}

/** Absolute paths below a folder. */
export function parseListing(folder: string, listing: InputListing): readonly string[] | null {
  let before: readonly string[] = [];
  return listing?.map((item) => {
    const slash = item.indexOf("/");
    const shared = Number(item.slice(0, slash));
    before = [...before.slice(0, shared), ...item.slice(slash + 1).split("/")];
    return `${folder === "/" ? "" : folder}/${before.join("/")}`;
  }) ?? null;
}
