/**
 * What each host does with each verdict and each failure of the hook: which hole remains, and
 * which wiring closes it. Facts of the hosts as their vendors document them; nothing here is code
 * that decides.
 *
 * @module
 */
import { claudeCodeTruths } from "./truths/claude_code_truths.ts";
import { codexTruths } from "./truths/codex_truths.ts";
import { genericTruths } from "./truths/generic_truths.ts";
import type { Truth } from "./truths/truth.ts";

export interface TruthTable {
  readonly host: string;
  readonly asOf: string;
  readonly rows: readonly Truth[];
}

export const explainedHosts = ["claude-code", "codex", "generic"] as const;
export type ExplainedHost = typeof explainedHosts[number];

export const truthTables: Readonly<Record<ExplainedHost, TruthTable>> = {
  "claude-code": {
    host: "claude-code",
    asOf: "Claude Code's hooks as documented in November 2026",
    rows: claudeCodeTruths,
  },
  "codex": {
    host: "codex",
    asOf: "Codex CLI's hooks as documented in November 2026",
    rows: codexTruths,
  },
  "generic": {
    host: "generic",
    asOf: "any program that starts the line, reads its status and stops on everything but 0",
    rows: genericTruths,
  },
};
