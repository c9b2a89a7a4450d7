/**
 * What a code means, offline. Loads every text: callers import this file with `await import()`.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { type ErrorCode, errorTable } from "../../core/errors.ts";
import { lintCodes } from "../../core/policy/lint/weakness.ts";
import type { CodeText } from "./code_text.ts";
import { errorTexts } from "./error_texts.ts";
import { lintTexts } from "./lint_texts.ts";
import { logVerdictTexts } from "./log_verdict_texts.ts";
import { overrideEventTexts } from "./override_event_texts.ts";
import { replayTexts } from "./replay_texts.ts";
import { violationTexts } from "./violation_texts.ts";

/** One meaning of a code; some are a failure of a command and a reason in a decision. */
export interface ExplainedCode extends CodeText {
  readonly code: string;
  readonly kind: "error" | "violation" | "lint" | "log_verdict" | "replay" | "event";
  /** Where it stands and what it does, e.g. `exit 3, HTTP 503`. */
  readonly note: string;
}

const families: readonly (readonly [ExplainedCode["kind"], Readonly<Record<string, CodeText>>])[] =
  [
    ["error", errorTexts],
    ["violation", violationTexts],
    ["lint", lintTexts],
    ["log_verdict", logVerdictTexts],
    ["replay", replayTexts],
    ["event", overrideEventTexts],
  ];

/** Every code there is a text for, each once. */
export function explainedCodes(): readonly string[] {
  return [...new Set(families.flatMap(([, texts]) => Object.keys(texts)))];
}

/** Case, and `-` for `_`, aside. */
export function explainCode(wanted: string): readonly ExplainedCode[] {
  const key = fold(wanted);
  return families.flatMap(([kind, texts]) =>
    Object.entries(texts)
      .filter(([code]) => fold(code) === key)
      .map(([code, { means, why, fix }]) => ({
        code,
        kind,
        note: noteOf(kind, code),
        means,
        why,
        fix,
      }))
  );
}

/** For a code nobody knows. */
export function closestCode(wanted: string): string {
  return closestString(wanted.slice(0, 64).toLowerCase(), explainedCodes());
}

function fold(code: string): string {
  return code.toLowerCase().replaceAll("-", "_");
}

function noteOf(kind: ExplainedCode["kind"], code: string): string {
  switch (kind) {
    case "error": {
      const { exit, http } = errorTable[code as ErrorCode];
      return `a failure: exit status ${exit}, HTTP status ${http}`;
    }
    case "violation":
      return "a reason in a decision: codes of its violations, and of its entry in the log";
    case "lint":
      return `a ${lintCodes[code as keyof typeof lintCodes]} of \`sealward policy lint\``;
    case "log_verdict":
      return "a verdict of `sealward verify` and `sealward audit verify`";
    case "event":
      return "an event type in the log, written by the engine alone: `sealward audit query --type`";
    case "replay":
      return "why `sealward replay` cannot make or judge a decision again";
  }
}
