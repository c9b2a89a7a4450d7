/**
 * Checks made to run for ever, to grow, to lie, to reach out or to crash whoever runs them, each with
 * what a decision must make of it: the code of its failure, or null where it comes to nothing and
 * what it answers is honest. The modules that end at the gate are in hostile_modules.ts.
 */
import type { CheckAbi } from "../../src/core/check/check_job.ts";
import type { CheckFailureCode } from "../../src/core/check/check_failure.ts";
import { hostileModules } from "./hostile_modules.ts";
import { hostileAnswers } from "./hostile_answers.ts";
import { hostileCommands } from "./hostile_commands.ts";
import { hostileOpa } from "./hostile_opa.ts";
import { hostileImports } from "./hostile_imports.ts";
import { runawayChecks } from "./runaway_checks.ts";

export interface HostileCheck {
  /** Begins with the case it belongs to. */
  readonly title: string;
  /** Null: it runs and finds nothing. */
  readonly code: CheckFailureCode | null;
  /** Default: native-1. */
  readonly abi?: CheckAbi;
  readonly build: () => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** More keys of its entry in the policy, each line with its indentation. */
  readonly lines?: string;
  /** It gets the worker killed. */
  readonly isDeadly?: true;
}

const gated: readonly HostileCheck[] = hostileModules.map(({ title, code, build }) => ({
  title: `WASM-06 ${title}`,
  code,
  build,
}));

export const hostileChecks: readonly HostileCheck[] = [
  ...gated,
  ...runawayChecks,
  ...hostileAnswers,
  ...hostileImports,
  ...hostileCommands,
  ...hostileOpa,
];
