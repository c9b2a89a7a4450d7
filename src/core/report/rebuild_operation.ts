/**
 * The operation a decision was about, from its entry. Whether the entry held all of it is no guess:
 * the entry has the operation's digest.
 *
 * @module
 */
import { sha256 } from "../integrity/sha256.ts";
import { unreadableCharacter } from "../operation/fold_for_matching.ts";
import { operationDigest } from "../operation/operation_digest.ts";
import type { JsonObject, Operation } from "../operation/operation.ts";
import type { Entry } from "../audit/entry.ts";
import { type LoggedDecision, readLoggedDecision } from "./logged_decision.ts";

/** What an entry gives back. */
export interface RebuiltOperation {
  readonly decision: LoggedDecision;
  /** Without labels that do not count: session, correlation id, timestamp. */
  readonly operation: Operation;
  /** Null when the digest agrees: nothing is missing. Else one clause for people. */
  readonly missing: string | null;
}

/** Null for an entry that is no decision. */
export function rebuildOperation(entry: Entry): RebuiltOperation | null {
  const decision = readLoggedDecision(entry);
  if (decision === null) return null;
  const { type, files, command, cwd, tool, agent } = decision;
  const operation: Operation = {
    type,
    affectedFiles: files,
    metadata: {},
    timestamp: null,
    content: null,
    diff: null,
    command,
    cwd,
    tool: tool === null ? null : { name: tool, input: {} },
    agent: agent === null ? null : { name: agent, session: null },
    correlationId: null,
  };
  const isWhole = operationDigest(operation, sha256) === entry.details["operation_digest"] &&
    !texts(operation).some((text) => unreadableCharacter.test(text));
  return { decision, operation, missing: isWhole ? null : whatIsMissing(operation, entry.details) };
}

function texts({ type, affectedFiles, command, cwd, tool, agent }: Operation): readonly string[] {
  const one = [type, command, cwd, tool?.name, agent?.name];
  return [...affectedFiles, ...one.filter((text) => typeof text === "string")];
}

function whatIsMissing(operation: Operation, details: JsonObject): string {
  const { operation: logged = null } = details;
  if (typeof logged === "object" && logged !== null && "files_total" in logged) {
    return "it named more files than an entry keeps";
  }
  if (texts(operation).some((text) => text.endsWith("..."))) return "a text of it was cut";
  if (operation.tool !== null) return "the input of a tool never enters the log";
  return "content, diff and metadata never enter the log";
}
