/**
 * Any other caller: what it must do with verdicts and failures, and what nobody sees.
 *
 * @module
 */
import type { Truth } from "./truth.ts";

const caller = "must stop on everything but 0; nothing makes it";

export const genericTruths: readonly Truth[] = [
  {
    kind: "verdict",
    situation: "allow (no opinion)",
    prints: "exit 0",
    host: "may go on",
    outcome: "host",
    hole: null,
    closes: null,
  },
  {
    kind: "verdict",
    situation: "ask",
    prints: "exit 2 with a reason on standard error",
    host: "must stop and bring the reason to a human",
    outcome: "blocked",
    hole: "a caller that does not look at the status",
    closes: "let the caller's tool run only after it",
  },
  {
    kind: "verdict",
    situation: "deny",
    prints: "exit 2 with a reason on standard error",
    host: "must stop",
    outcome: "blocked",
    hole: "a caller that does not look at the status",
    closes: "let the caller's tool run only after it",
  },
  {
    kind: "verdict",
    situation: "would deny (policy in observe mode)",
    prints: "exit 0; the log says would_deny",
    host: "may go on",
    outcome: "host",
    hole: "only Sealward's own files are guarded",
    closes: "enforcement.mode: enforce, then sealward policy accept",
  },
  {
    kind: "failure",
    situation: "hook program missing (127), crash or kill (101, 137)",
    prints: "no verdict",
    host: caller,
    outcome: "runs",
    hole: "a caller that stops on 2 alone",
    closes: "append || exit 2 to the line, or treat every status but 0 as a denial",
  },
  {
    kind: "failure",
    situation: "our own deadline is hit",
    prints: "exit 2 with a reason",
    host: "must stop",
    outcome: "blocked",
    hole: null,
    closes: null,
  },
  {
    kind: "failure",
    situation: "caller's timeout is hit",
    prints: "nothing",
    host: "must take no answer as a denial; nothing makes it",
    outcome: "runs",
    hole: "a caller that goes on",
    closes: "a timeout of its own that ends in a denial",
  },
  {
    kind: "failure",
    situation: "bad JSON on standard input",
    prints: "exit 2 with a reason",
    host: "must stop",
    outcome: "blocked",
    hole: null,
    closes: null,
  },
  {
    kind: "failure",
    situation: "server gone, late, or its signature wrong",
    prints: "exit 2 with a reason; never a fall back to allow",
    host: "must stop",
    outcome: "blocked",
    hole: null,
    closes: null,
  },
  {
    kind: "failure",
    situation: "policy tampered with, or not accepted; log cannot be written",
    prints: "exit 2 with a reason",
    host: "must stop",
    outcome: "blocked",
    hole: null,
    closes: null,
  },
  {
    kind: "gap",
    situation: "a tool call the caller does not ask about",
    prints: "nothing: not started",
    host: "runs it",
    outcome: "unseen",
    hole: "everything that is not asked about",
    closes: "one place in the caller that every tool goes through",
  },
  {
    kind: "gap",
    situation: "a script written, then run",
    prints: "a verdict on each, if each is asked about",
    host: "as above",
    outcome: "obeyed",
    hole: "a hook sees requests, not system calls: what a program does inside is not seen",
    closes: "commands.opaque: deny; users, mounts and a sandbox beside it",
  },
];
