/**
 * Plays golden transcripts of hooks (tests/vectors/hook): stdin, what is asked, and the answer.
 */
import type { Decision, Verdict } from "../../src/core/decision/decision.ts";
import { EngineError } from "../../src/core/errors.ts";
import type { JsonObject, Operation } from "../../src/core/operation/operation.ts";
import type { HookAnswer } from "../../src/edge/hook/hook_answer.ts";
import type { HookHost } from "../../src/edge/hook/hook_host.ts";
import { type HookRoad, runHook } from "../../src/edge/hook/run_hook.ts";
import { fakeDecision } from "./fake_engine.ts";

/** What stands behind the hook of one row. */
export interface Scene {
  /** Verdicts of installs, comma-separated, or what happens instead. */
  readonly decision: string;
  readonly files?: Readonly<Record<string, string | undefined>>;
}

export interface Played {
  readonly answer: HookAnswer;
  /** Every operation that was asked about. */
  readonly asked: readonly Operation[];
  /** In order: `sealed`, `read`. */
  readonly steps: readonly string[];
}

const changed = {
  kind: "protected_file_changed",
  severity: "CRITICAL",
  message: "a protected file changed",
  seq: 9,
} as const;

const busy = () =>
  new EngineError("audit_busy", "The log is held by another process", { hint: "try again" });

/** Plays one call of a host. */
export async function playHook(host: HookHost, stdin: string, scene: Scene): Promise<Played> {
  const asked: Operation[] = [];
  const steps: string[] = [];
  const hanging: ReturnType<typeof setTimeout>[] = [];
  const road: HookRoad = {
    cwd: "/work/process",
    tidy: () => Promise.resolve(),
    readText: (path) => scene.files?.[path] ?? null,
    judge: async (operation) => {
      asked.push(operation);
      if (scene.decision === "late") {
        await new Promise<void>((resolve) => hanging.push(setTimeout(resolve, 60_000)));
      }
      return decide(operation, scene.decision);
    },
    observe: () => {
      if (scene.decision === "observer_failure") return Promise.reject(busy());
      return Promise.resolve(scene.decision === "alarm" ? [changed] : []);
    },
  };
  const answer = await runHook({
    host,
    open: () => {
      steps.push("sealed");
      return Promise.resolve(road);
    },
    readInput: () => {
      steps.push("read");
      return Promise.resolve(new TextEncoder().encode(stdin));
    },
    onUnenrolled: scene.decision === "none_denied" ? "deny" : "allow",
    deadlineMs: scene.decision === "late" ? 20 : 5_000,
  });
  for (const timer of hanging) clearTimeout(timer);
  return { answer, asked, steps };
}

function decide(operation: Operation, decision: string): readonly Decision[] {
  if (decision === "failure") throw busy();
  if (decision.startsWith("none")) return [];
  return decision.split(",").map((word) => {
    if (word === "would_deny") {
      return { ...fakeDecision(operation, { decide: () => "allow" }), would_deny: true };
    }
    if (word === "not_allowed") {
      return { ...fakeDecision(operation, { decide: () => "allow" }), allowed: false };
    }
    return fakeDecision(operation, { decide: () => word as Verdict });
  });
}

/** The template with a row's fields; a field that the row sets to null is absent. */
export function eventOf(template: object, event: object): JsonObject {
  const merged: JsonObject = { ...template, ...event };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}
