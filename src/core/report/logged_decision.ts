/**
 * A decision as its entry tells it. Entries are verified, so that their shape is this program's own,
 * though maybe an older or newer one's; the texts in them are the agent's.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import type { Verdict } from "../decision/decision.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { planEffects } from "../operation/plan_effects.ts";
import { programNames } from "./program_names.ts";

export interface LoggedEffect {
  readonly verb: string;
  readonly resource: string;
  readonly kind: "path" | "tool" | "host";
  /** It may or may not happen. */
  readonly isPossible: boolean;
}

export interface LoggedDecision {
  readonly seq: number;
  readonly at: string;
  readonly verdict: Verdict;
  /** Allowed only because the policy observed. */
  readonly wouldDeny: boolean;
  readonly codes: readonly string[];
  /** Dotted ids of the policies that were violated. */
  readonly policies: readonly string[];
  /** The worst finding's message, cut; null without one and in entries of earlier versions. */
  readonly reason: string | null;
  readonly warned: readonly string[];
  readonly unmeasured: readonly string[];
  readonly principal: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly type: string;
  readonly files: readonly string[];
  readonly command: string | null;
  /** Programs the command names (see programNames); empty without one. */
  readonly programs: readonly string[];
  readonly cwd: string | null;
  readonly tool: string | null;
  readonly effects: readonly LoggedEffect[];
  /** The entry had no room for every effect or file. */
  readonly isCut: boolean;
}

/** Reads one entry; null when it is no decision. Total: what is missing is empty or null. */
export function readLoggedDecision(entry: Entry): LoggedDecision | null {
  if (entry.type !== "audit.decision") return null;
  const { details } = entry;
  const operation = objectIn(details, "operation");
  const known = {
    type: textIn(operation, "type") ?? "unknown",
    files: textsIn(operation, "files"),
    command: textIn(operation, "command"),
    cwd: textIn(operation, "cwd"),
    tool: textIn(operation, "tool"),
  };
  const written = textsIn(details, "effects");
  return {
    ...known,
    programs: known.command === null ? [] : programNames(known.command),
    seq: entry.seq,
    at: entry.at,
    verdict: verdictOf(details["decision"]),
    wouldDeny: details["would_deny"] === true,
    codes: textsIn(details, "codes"),
    policies: textsIn(details, "violated"),
    reason: textIn(details, "reason"),
    warned: textsIn(details, "warned"),
    unmeasured: textsIn(details, "unmeasured"),
    principal: textIn(details, "principal"),
    agent: textIn(operation, "agent"),
    session: textIn(operation, "session"),
    effects: written.length > 0 ? written.map(parseEffect) : deriveEffects(known),
    isCut: "effects_total" in details || (written.length === 0 && "files_total" in operation),
  };
}

/** Whether it was, or in a stricter mode would have been, anything but allowed. */
export function isStopped({ verdict, wouldDeny }: LoggedDecision): boolean {
  return verdict !== "allow" || wouldDeny;
}

/** What a limit's finding measured; null where the entry is about more than that one limit. */
export function exceededValue({ policies, reason }: LoggedDecision): number | null {
  if (policies.length !== 1 || policies[0]?.startsWith("limits.") !== true) return null;
  const value = Number(/ is (\d+): wanted at most \d+$/.exec(reason ?? "")?.[1] ?? NaN);
  return Number.isSafeInteger(value) ? value : null;
}

/** One line for people: what was asked. */
export function describeOperation({ type, files, command, tool }: LoggedDecision): string {
  if (command !== null) return command;
  const file = files[0] === undefined ? "" : ` ${files[0]}`;
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : "";
  return `${tool ?? type}${file}${more}`;
}

// An unreadable verdict was no permission.
function verdictOf(value: Json | undefined): Verdict {
  return value === "allow" || value === "ask" ? value : "deny";
}

const kinds: ReadonlyMap<string, LoggedEffect["kind"]> = new Map([
  ["execute", "tool"],
  ["call", "tool"],
  ["connect", "host"],
]);

/** `write src/a.ts`, with a leading `?` where it may not happen. */
function parseEffect(text: string): LoggedEffect {
  const isPossible = text.startsWith("?");
  const [verb = "", ...rest] = text.slice(isPossible ? 1 : 0).split(" ");
  return { verb, resource: rest.join(" "), kind: kinds.get(verb) ?? "path", isPossible };
}

/** Entries of earlier versions name no effects: the type has some whatever the details are. */
function deriveEffects(
  { type, files, command, cwd, tool }: Pick<
    LoggedDecision,
    "type" | "files" | "command" | "cwd" | "tool"
  >,
): readonly LoggedEffect[] {
  const plan = planEffects({
    type,
    affectedFiles: files,
    command,
    cwd,
    tool: tool === null ? null : { name: tool, input: {} },
    metadata: {},
    timestamp: null,
    content: null,
    diff: null,
    agent: null,
    correlationId: null,
  }, new Map());
  return plan.effects.map(({ verb, resource, kind }) => {
    return { verb, resource, kind, isPossible: false };
  });
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as JsonObject : {};
}

function textIn(object: JsonObject, key: string): string | null {
  const value = object[key];
  return typeof value === "string" ? value : null;
}

function textsIn(object: JsonObject, key: string): readonly string[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
