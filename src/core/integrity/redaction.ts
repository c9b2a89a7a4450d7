/**
 * The one place where secrets are taken out of what the engine keeps: the log and what lies beside
 * it. decision/SPEC.md, section 9.
 *
 * @module
 */
import type { Json, JsonObject, Operation } from "../operation/operation.ts";
import { findSecrets, isSecretName, type Span, type TextKind } from "./find_secrets.ts";

/** Shorter ones are covered where they stand and not looked for elsewhere: they are words too. */
const minLearned = 6;
/** Values looked for elsewhere; more are covered where they stand. */
const maxLearned = 200;
/** Characters of a secret's beginning that count as the secret, where a text was cut. */
const minBeginning = 6;
/** A text longer than this is read once. */
const minRemembered = 1_024;

/**
 * Covers secrets with as many `x`, so that lengths, lines and words stay. A value found once is
 * covered wherever it stands again: a reason quotes a word without the name before it.
 */
export class Redaction {
  readonly #learned = new Set<string>();
  #known: RegExp | null = null;
  /** Of long texts, which are learned first and covered later. */
  readonly #found = new Map<string, readonly Span[]>();
  /** Whether anything was covered so far. */
  hasCovered = false;

  /** Runs `act` and says whether anything was covered meanwhile. */
  watch<T>(act: () => T): { readonly made: T; readonly hasCovered: boolean } {
    const before = this.hasCovered;
    this.hasCovered = false;
    const made = act();
    const { hasCovered } = this;
    this.hasCovered = before || hasCovered;
    return { made, hasCovered };
  }

  /** Looks for secrets that other texts may repeat; call it on all before any is covered. */
  learn(text: string, kind: TextKind): void {
    for (const { start, end } of this.#find(text, kind)) this.#add(text.slice(start, end));
  }

  #find(text: string, kind: TextKind): readonly Span[] {
    const known = this.#found.get(text);
    if (known !== undefined) return known;
    const spans = findSecrets(text, kind);
    if (kind === "words" && text.length > minRemembered) this.#found.set(text, spans);
    return spans;
  }

  /** As learn, for every string in a value; what has a secret's name is one. */
  learnJson(value: Json, isSecret = false): void {
    if (typeof value === "string") {
      if (isSecret) this.#add(value);
      else this.learn(value, "words");
    } else if (Array.isArray(value)) value.forEach((each) => this.learnJson(each, isSecret));
    else if (typeof value === "object" && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        this.learnJson(member, isSecret || isSecretName(key));
      }
    }
  }

  /** The text without its secrets. */
  cover(text: string, kind: TextKind): string {
    return this.#coverLearned(this.#coverSpans(text, this.#find(text, kind)));
  }

  /** A text that may end in the middle of a secret. */
  coverCut(text: string, kind: TextKind): string {
    let covered = this.cover(text, kind);
    for (const secret of this.#learned) {
      const beginning = secret.slice(0, minBeginning);
      for (let at = covered.indexOf(beginning); at !== -1; at = covered.indexOf(beginning, at)) {
        let end = at + minBeginning;
        while (end - at < secret.length && covered[end] === secret[end - at]) end++;
        const next = this.#coverSpans(covered, [{ start: at, end }]);
        if (next === covered) break;
        covered = next;
      }
    }
    return covered;
  }

  coverJson(value: Json, isSecret = false): Json {
    if (typeof value === "string") {
      return isSecret
        ? this.#coverSpans(value, [{ start: 0, end: value.length }])
        : this.cover(value, "words");
    }
    if (Array.isArray(value)) return value.map((each) => this.coverJson(each, isSecret));
    if (typeof value !== "object" || value === null) return value;
    return this.coverObject(value as JsonObject, isSecret);
  }

  coverObject(object: JsonObject, isSecret = false): JsonObject {
    return Object.fromEntries(
      Object.entries(object).map((
        [key, member],
      ) => [this.cover(key, "names"), this.coverJson(member, isSecret || isSecretName(key))]),
    );
  }

  #add(secret: string): void {
    // A word of a sentence or of a program would cover half of every other text.
    const isTelling = secret.length >= 8 || /\d/.test(secret);
    if (secret.length < minLearned || !isTelling || this.#learned.size >= maxLearned) return;
    this.#known = null;
    this.#learned.add(secret);
    // What a shell makes of it: a reason quotes words without their quotes.
    const plain = secret.replace(/["'\\]/g, "");
    if (plain.length >= minLearned) this.#learned.add(plain);
  }

  #coverLearned(text: string): string {
    if (this.#learned.size === 0) return text;
    this.#known ??= new RegExp(
      [...this.#learned].sort((a, b) => b.length - a.length).map(escapeRegExp).join("|"),
      "g",
    );
    const covered = text.replace(this.#known, coverText);
    if (covered !== text) this.hasCovered = true;
    return covered;
  }

  #coverSpans(text: string, spans: readonly Span[]): string {
    if (spans.length === 0) return text;
    let covered = "";
    let done = 0;
    for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
      if (end <= done) continue;
      const from = Math.max(start, done);
      covered += text.slice(done, from) + coverText(text.slice(from, end));
      done = end;
    }
    covered += text.slice(done);
    if (covered !== text) this.hasCovered = true;
    return covered;
  }
}

/** Everything but blanks and what a shell or JSON would read as its own. */
function coverText(text: string): string {
  return text.replace(
    /[^\s"'`\\$;&|<>(){}[\]*?!#~]/gu,
    (character) => "x".repeat(character.length),
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Knows the secrets of one operation. */
export function redactionOf(operation: Operation): Redaction {
  const { command, content, diff, tool, metadata, affectedFiles, cwd } = operation;
  const redaction = new Redaction();
  for (const file of affectedFiles) redaction.learn(file, "names");
  if (cwd !== null) redaction.learn(cwd, "names");
  for (const text of [command, content, diff]) if (text !== null) redaction.learn(text, "words");
  if (tool !== null) redaction.learnJson(tool.input);
  redaction.learnJson(metadata);
  return redaction;
}

/** The operation without its secrets; labels are covered too, though they are no place for any. */
export function redactOperation(operation: Operation, redaction: Redaction): Operation {
  const { agent, tool, command, content, diff, cwd, correlationId } = operation;
  const words = (text: string | null) => text === null ? null : redaction.cover(text, "words");
  const names = (text: string | null) => text === null ? null : redaction.cover(text, "names");
  return {
    ...operation,
    affectedFiles: operation.affectedFiles.map((file) => redaction.cover(file, "names")),
    metadata: redaction.coverObject(operation.metadata),
    content: words(content),
    diff: words(diff),
    command: words(command),
    cwd: names(cwd),
    tool: tool === null
      ? null
      : { name: redaction.cover(tool.name, "names"), input: redaction.coverObject(tool.input) },
    agent: agent === null ? null : { name: names(agent.name), session: names(agent.session) },
    correlationId: names(correlationId),
  };
}
