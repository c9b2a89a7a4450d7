/**
 * What checks come to for the callers of one commit. Deciding is synchronous and running a check is
 * not: what is missing is noted, run outside of the transaction, and everything is decided again.
 *
 * @module
 */
import { type CheckRun, failedRun, toCheckRun } from "../core/check/check_run.ts";
import { checkMeaning } from "../core/check/check_meaning.ts";
import type { CheckSpec } from "../core/check/check_spec.ts";
import type { RunCheck, RunOfCheck } from "../core/decision/evidence.ts";
import { hexDigest } from "../core/integrity/hex_digest.ts";
import { maxGroupCheckMicros } from "../core/limits.ts";
import type { NowMicros, Sha256 } from "../core/ports.ts";
import type { CheckGround, CheckRunner } from "./check_runner.ts";

/**
 * An answer can change what the next operation would do, whose request is then another one. SECURITY:
 * what still asks something new after so many turns is being changed while it is looked at.
 */
const maxTurns = 12;

/** Thrown inside a transaction, which then writes nothing. */
class ChecksNeeded extends Error {}

interface Pending {
  readonly check: CheckSpec;
  readonly request: Uint8Array;
  readonly ground: CheckGround;
}

export interface GroupCheckParts {
  readonly runner: CheckRunner;
  readonly sha256: Sha256;
  readonly nowMicros: NowMicros;
}

/** One for each commit, whatever else makes it begin again. */
export class GroupChecks {
  readonly #parts: GroupCheckParts;
  readonly #results = new Map<string, RunOfCheck>();
  readonly #pending = new Map<string, Pending>();
  #turns = 0;
  #endMicros: number | null = null;

  constructor(parts: GroupCheckParts) {
    this.#parts = parts;
  }

  /** Runs `act`, and again behind the checks it turns out to need. */
  async withChecks<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#pending.clear();
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof ChecksNeeded)) throw error;
        this.#turns++;
        await this.#runPending();
      }
    }
  }

  /** For one transaction: answers what is known, and notes what is not. */
  at(ground: CheckGround): RunCheck {
    return (check, request) => {
      const hash = hexDigest(request, this.#parts.sha256);
      const key = `${checkMeaning(check)} ${check.isolation} ${hash}`;
      const known = this.#results.get(key);
      if (known !== undefined) return known;
      if (this.#turns >= maxTurns) return notRun(changing, hash);
      this.#pending.set(key, { check, request, ground });
      return notRun(changing, hash);
    };
  }

  /** Before anything is written: throws when an answer is missing. */
  requireAll(): void {
    if (this.#pending.size > 0) throw new ChecksNeeded("checks must be run first");
  }

  async #runPending(): Promise<void> {
    const { runner, nowMicros } = this.#parts;
    this.#endMicros ??= nowMicros() + maxGroupCheckMicros;
    for (const [key, { check, request, ground }] of this.#pending) {
      const hash = key.slice(-64);
      if (nowMicros() > this.#endMicros) {
        this.#results.set(key, notRun(outOfTime, hash));
        continue;
      }
      const outcome = await runner.run(check, request, ground);
      const { wallMicros, isolation } = outcome;
      const facts = { wallMicros: Math.max(0, Math.round(wallMicros)), isolation };
      this.#results.set(key, { run: toCheckRun(outcome), facts, request: hash });
    }
  }
}

const changing = failedRun("sandbox_unavailable", "what it is asked changes while it is asked");
const outOfTime = failedRun("deadline", "the checks before it took all the time there is");

function notRun(run: CheckRun, request: string): RunOfCheck {
  return { run, facts: null, request };
}
