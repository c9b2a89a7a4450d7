/**
 * A denial → what a person would be asked. SPEC.md, "The request".
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import type { Judgement } from "../decision/decision.ts";
import type { Redacted } from "../decision/redacted.ts";
import type { Facts } from "../decision/facts.ts";
import {
  maxGrantFindings,
  maxJustificationCharacters,
  maxRequestBytes,
  maxRequestCommandCharacters,
  maxRequestContentCharacters,
  maxRequestEffects,
} from "../limits.ts";
import { Redaction } from "../integrity/redaction.ts";
import type { Effect } from "../operation/effect.ts";
import type { Json, JsonObject, Operation } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import { findingKeys, findingKinds, type Found } from "./effects_digest.ts";
import type { RequestDocument, RequestEffect } from "./request_document.ts";

/** What is denied, and what is known of it. */
export interface Refused {
  readonly judgement: Judgement;
  readonly effects: readonly Effect[];
  readonly facts: Facts;
  readonly operation: Operation;
  readonly redacted: Redacted;
  readonly deniedKeys: readonly string[];
}

/** What the engine says of the request itself. */
export type RequestFacts = Pick<
  RequestDocument,
  | "request"
  | "install"
  | "opened_at"
  | "expires_at"
  | "operation_digest"
  | "policy_digest"
  | "effects_digest"
  | "principal"
  | "requests_in_hour"
>;

/** The document's bytes (RFC 8785); null for what is too much for a person to read. */
export function openRequest(
  refused: Refused,
  facts: RequestFacts,
  sha256: Sha256,
): Uint8Array | null {
  const { judgement: { findings, verdict }, effects, operation, redacted } = refused;
  if (effects.length > maxRequestEffects || findings.length > maxRequestEffects) return null;
  if ((operation.command?.length ?? 0) > maxRequestCommandCharacters) return null;
  const { redaction } = redacted;
  if (isHidden(refused)) return null;
  const { made, hasCovered } = redaction.watch(() => ({
    operation: describeOperation(redacted),
    agent_says: saidBy(redacted.operation)?.text.slice(0, maxJustificationCharacters) ?? null,
    effects: effects.map((effect) => describeEffect(effect, refused)),
    violations: findings.map(({ policy, code, severity, message }) => ({
      policy,
      code,
      severity,
      message: redaction.cover(message, "names"),
    })),
  }));
  const { agent } = redacted.operation;
  const isFew = findings.length <= maxGrantFindings;
  const document: RequestDocument = {
    version: 1,
    ...facts,
    ...made,
    decision: verdict === "ask" ? "ask" : "deny",
    agent: agent?.name ?? null,
    session: agent?.session ?? null,
    is_covered: hasCovered || redaction.hasCovered,
    denied_keys: refused.deniedKeys,
    finding_keys: isFew ? findingKeys(foundIn(refused, facts), sha256) : [],
    finding_kinds: isFew ? findingKinds(findings, sha256) : [],
  };
  const bytes = new TextEncoder().encode(canonicalize(document));
  return bytes.length > maxRequestBytes ? null : bytes;
}

/**
 * SECURITY: the asker chooses what looks like a secret. A path that is covered, or a text that is
 * because the same words stand as a password elsewhere, is nothing that anybody could approve.
 */
function isHidden(
  { effects, facts, operation, redacted: { redaction, operation: shown } }: Refused,
): boolean {
  const isNameHidden = (name: string | null | undefined) =>
    typeof name === "string" && redaction.cover(name, "names") !== name;
  const isResourceHidden = ({ kind, resource }: Effect) =>
    isNameHidden(resource) ||
    (kind === "path" && isNameHidden(facts.paths.get(resource)?.view.real));
  const { tool, cwd } = operation;
  if (isNameHidden(cwd) || isNameHidden(tool?.name) || effects.some(isResourceHidden)) return true;
  const given = [[tool?.input, shown.tool?.input], [operation.metadata, shown.metadata]] as const;
  const isCoveredElsewhere = given.some(([own, covered]) =>
    JSON.stringify(new Redaction().coverObject(own ?? {})) !== JSON.stringify(covered ?? {})
  );
  if (isCoveredElsewhere) return true;
  const { command } = operation;
  if (command !== null && new Redaction().cover(command, "words") !== shown.command) return true;
  return isContentHidden(operation, shown);
}

/** A file may well repeat its own secrets: they are covered by what it and its diff say themselves. */
function isContentHidden({ content, diff }: Operation, shown: Operation): boolean {
  const own = new Redaction();
  const texts = [[content, shown.content], [diff, shown.diff]] as const;
  for (const [text] of texts) if (text !== null) own.learn(text, "words");
  return texts.some(([text, covered]) =>
    text !== null && covered !== text && own.cover(text, "words") !== covered
  );
}

function foundIn({ judgement: { findings }, facts }: Refused, told: RequestFacts): Found {
  const { operation_digest: operationDigest, effects_digest: digest } = told;
  return { findings, facts, operationDigest, effectsDigest: () => digest };
}

function describeEffect(
  { verb, resource, kind, isPossible }: Effect,
  { facts, redacted: { redaction } }: Refused,
): RequestEffect {
  const view = kind === "path" ? facts.paths.get(resource)?.view : undefined;
  const real = view === undefined || view.real === view.lexical ? null : view.real;
  return {
    verb,
    resource: redaction.cover(resource, "names"),
    ...(real === null ? {} : { real: redaction.cover(real, "names") }),
    ...(isPossible === true ? { is_possible: true } : {}),
  };
}

/** Of what was redacted already. */
function describeOperation({ operation, redaction }: Redacted): JsonObject {
  const { type, command, cwd, tool, content, diff } = operation;
  const said = saidBy(operation)?.name;
  const more = Object.entries(operation.metadata).filter(([name]) => name !== said);
  return {
    type,
    ...(command === null ? {} : { command }),
    ...(cwd === null ? {} : { folder: cwd }),
    ...(tool === null ? {} : { tool: tool.name }),
    ...(tool === null || Object.keys(tool.input).length === 0
      ? {}
      : { input: cut(JSON.stringify(redaction.coverObject(tool.input))) }),
    ...(content === null ? {} : { content: cut(content) }),
    ...(diff === null ? {} : { diff: cut(diff) }),
    ...(more.length === 0 ? {} : { metadata: cut(JSON.stringify(Object.fromEntries(more))) }),
  };
}

function cut(text: string): Json {
  const isCut = text.length > maxRequestContentCharacters;
  const shown = isCut ? text.slice(0, maxRequestContentCharacters) : text;
  return { characters: text.length, ...(isCut ? { shown: shown.length } : {}), text: shown };
}

/** Where agents say what an operation is for; the first of them is shown as such. */
const sayingNames = ["justification", "description", "reason"];

function saidBy({ metadata }: Operation): { readonly name: string; readonly text: string } | null {
  for (const name of sayingNames) {
    const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    if (typeof text === "string" && text !== "") return { name, text };
  }
  return null;
}
