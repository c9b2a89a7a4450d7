/**
 * Where `check` gets its operations: flags, one JSON document, or JSON lines.
 *
 * @module
 */
import { EngineError, toEngineError } from "../../../core/errors.ts";
import { maxBatchInputBytes, maxOperationBytes } from "../../../core/limits.ts";
import type { Json, Operation } from "../../../core/operation/operation.ts";
import { parseOperation, parseOperationText } from "../../../core/operation/parse_operation.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import type { ParsedArguments } from "../command.ts";
import type { Host } from "../host.ts";
import { usageError } from "../usage_error.ts";

/** Flags that describe one operation; with any of them nothing else is read. */
const textFlags = [
  ["type", "type"],
  ["cwd", "cwd"],
  ["command", "command"],
  ["timestamp", "timestamp"],
  ["correlation-id", "correlation_id"],
] as const;

/** One operation from flags, or from a file or standard input. */
export async function readOperation(host: Host, parsed: ParsedArguments): Promise<Operation> {
  const source = readSource(host, parsed);
  if (source === "flags") {
    const { root } = host.paths(parsed.flags.text("root"));
    return parseOperation({ ...workingFolder(host.cwd, root), ...operationOfFlags(parsed) });
  }
  return parseOperationText(decodeUtf8(await host.readInput(source.path, maxOperationBytes)));
}

/** A name typed below the root means what it means there, as for any command. */
function workingFolder(cwd: string, root: string): { readonly cwd?: string } {
  return cwd.startsWith(`${root}/`) ? { cwd: cwd.slice(root.length + 1) } : {};
}

/** Every line of a batch: an operation, or why it is none. */
export async function readBatch(
  host: Host,
  parsed: ParsedArguments,
): Promise<readonly (Operation | EngineError)[]> {
  const source = readSource(host, parsed);
  if (source === "flags") {
    throw usageError("Cannot combine --batch with flags of one operation", "give JSON lines");
  }
  const text = decodeUtf8(await host.readInput(source.path, maxBatchInputBytes));
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  // An empty batch allows nothing: it must not end with the status of one that does.
  if (lines.length === 0) throw new EngineError("operation_invalid", "Batch holds no operation");
  return lines.map(parseLine);
}

function parseLine(line: string): Operation | EngineError {
  try {
    return parseOperationText(line);
  } catch (error) {
    return toEngineError(error);
  }
}

function readSource(
  host: Host,
  parsed: ParsedArguments,
): "flags" | { readonly path: string | null } {
  const { flags } = parsed;
  const path = parsed.positionals[0] ?? null;
  const hasFlags = textFlags.some(([flag]) => flags.text(flag) !== null) ||
    ["file", "metadata"].some((flag) => flags.texts(flag).length > 0);
  if (hasFlags && path !== null) {
    throw usageError("Cannot read an operation from flags and a file", "give one of them");
  }
  if (hasFlags) return "flags";
  if (path === null && host.isInteractive) {
    throw usageError("No operation given", "give --type and --file, a JSON file, or - for stdin");
  }
  return { path: path === "-" ? null : path };
}

function operationOfFlags({ flags }: ParsedArguments): Record<string, unknown> {
  const operation: Record<string, unknown> = {};
  for (const [flag, field] of textFlags) {
    const value = flags.text(flag);
    if (value !== null) operation[field] = value;
  }
  const files = flags.texts("file");
  if (files.length > 0) operation["affected_files"] = [...files];
  const metadata = flags.texts("metadata");
  if (metadata.length > 0) operation["metadata"] = Object.fromEntries(parsePairs(metadata));
  return operation;
}

function parsePairs(given: readonly string[]): readonly (readonly [string, Json])[] {
  const pairs = given.map(parsePair);
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return pairs;
  throw usageError(`Metadata "${twice}" is given twice`, "give each key once");
}

function parsePair(pair: string): readonly [string, Json] {
  const at = pair.indexOf("=");
  if (at < 1) throw usageError(`Cannot read --metadata "${pair}"`, "give it as key=value");
  const value = pair.slice(at + 1);
  // Numbers and truth values are what limits and rules compare; all else is text.
  const isJson = /^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false)$/.test(value);
  return [pair.slice(0, at), isJson ? JSON.parse(value) : value];
}
