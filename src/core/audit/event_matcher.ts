/**
 * Whether a verified entry fits a filter. What the head of a line decides is asked first: entries
 * whose details are read on demand are then never parsed for nothing.
 *
 * @module
 */
import { cutText } from "../decision/cut_text.ts";
import { EngineError, oneLine } from "../errors.ts";
import { parseGlob, PatternError } from "../operation/glob.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { compilePatternSet, type PatternSet } from "../operation/pattern_set.ts";
import { severities, type Severity } from "../policy/policy.ts";
import type { Entry } from "./entry.ts";
import type { EventFilter } from "./event_filter.ts";
import { encodeInstant } from "./instant.ts";
import { recordedPathForms } from "./recorded_paths.ts";
import { parseTimeBound, timeBoundHint } from "./time_bound.ts";

/** What a filter's words are relative to. */
export interface FilterContext {
  /** Project root, absolute, without trailing slash. */
  readonly root: string;
  readonly nowMicros: number;
}

/** A filter, read once and tried on every entry. */
export class EventMatcher {
  readonly #filter: EventFilter;
  readonly #root: string;
  readonly #types: ReadonlySet<string> | null;
  readonly #severities: ReadonlySet<Severity>;
  /** In the log's own spelling: 27 characters that sort as time does. */
  readonly #since: string | null;
  readonly #until: string | null;
  readonly #files: PatternSet | null;
  readonly #labels: { readonly agent: string | null; readonly session: string | null };

  /**
   * @throws {EngineError} `usage` when an end of time cannot be read or the pattern is none of the
   *   dialect.
   */
  constructor(filter: EventFilter, context: FilterContext) {
    const { type, agent, session } = filter;
    this.#filter = filter;
    this.#root = context.root;
    this.#types = type === undefined ? null : new Set(listOf(type));
    this.#severities = severitiesOf(filter);
    this.#since = readBound("since", filter.since, context.nowMicros);
    this.#until = readBound("until", filter.until, context.nowMicros);
    this.#files = filter.file === undefined ? null : compileFiles(filter.file);
    // Entries hold labels cut to a length: the wanted one is cut the same way.
    this.#labels = { agent: cutOrNull(agent), session: cutOrNull(session) };
  }

  /** True when every option given fits. */
  matches(entry: Entry): boolean {
    if (entry.seq <= (this.#filter.afterSeq ?? -1)) return false;
    if (this.#types !== null && !this.#types.has(entry.type)) return false;
    if (!this.#severities.has(entry.severity)) return false;
    if (this.#since !== null && entry.at < this.#since) return false;
    if (this.#until !== null && entry.at > this.#until) return false;
    return this.#matchesPrincipal(entry) && this.#matchesSession(entry) &&
      this.#matchesDecision(entry);
  }

  // From here on `details` is looked at, and may be parsed by that: only where it was asked for.

  /** SECURITY: what a caller recorded may name any principal; only `recorded_by` is the engine's. */
  #matchesPrincipal(entry: Entry): boolean {
    const { principal } = this.#filter;
    if (principal === undefined) return true;
    const isOwn = /^(?:audit|state)\./.test(entry.type);
    return entry.details[isOwn ? "principal" : "recorded_by"] === principal;
  }

  #matchesSession(entry: Entry): boolean {
    const wanted = this.#labels.session;
    if (wanted === null) return true;
    if (entry.type === "audit.decision") return operationOf(entry)["session"] === wanted;
    if (!entry.type.startsWith("audit.")) return false;
    // Outcomes and alarms cut labels earlier than decisions do (outcome.ts).
    return entry.details["session"] === oneLine(this.#filter.session ?? "", 128);
  }

  #matchesDecision(entry: Entry): boolean {
    const { decision, policy } = this.#filter;
    const { agent } = this.#labels;
    const isAsked = decision !== undefined || policy !== undefined || agent !== null ||
      this.#files !== null;
    if (!isAsked) return true;
    if (entry.type !== "audit.decision") return false;
    const { details } = entry;
    if (decision !== undefined && details["decision"] !== decision) return false;
    if (policy !== undefined && !listIn(details, "violated").includes(policy)) return false;
    if (agent !== null && operationOf(entry)["agent"] !== agent) return false;
    return this.#files === null ||
      this.#files.match(recordedPathForms(details, this.#root)).length > 0;
  }
}

function severitiesOf({ severity, minSeverity }: EventFilter): ReadonlySet<Severity> {
  const from = minSeverity === undefined ? 0 : severities.indexOf(minSeverity);
  const high = severities.slice(from);
  if (severity === undefined) return new Set(high);
  return new Set(listOf(severity).filter((one) => high.includes(one)));
}

function readBound(name: string, text: string | undefined, nowMicros: number): string | null {
  if (text === undefined) return null;
  const micros = parseTimeBound(text, nowMicros);
  if (micros === null) {
    throw new EngineError("usage", `Cannot use "${name}": it is no instant`, {
      hint: timeBoundHint,
    });
  }
  return encodeInstant(Math.min(Math.max(micros, 0), Number.MAX_SAFE_INTEGER));
}

function compileFiles(pattern: string): PatternSet {
  try {
    return compilePatternSet([parseGlob(pattern)]);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new EngineError("usage", `Cannot use "file": ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === "string" ? [value] : value;
}

function cutOrNull(label: string | undefined): string | null {
  return label === undefined ? null : cutText(label);
}

function operationOf({ details }: Entry): JsonObject {
  const operation = details["operation"];
  const isObject = typeof operation === "object" && operation !== null && !Array.isArray(operation);
  return isObject ? operation as JsonObject : {};
}

function listIn(details: JsonObject, key: string): readonly Json[] {
  const value = details[key];
  return Array.isArray(value) ? value : [];
}
