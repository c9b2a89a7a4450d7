/**
 * The truth table of a host, from what is its own.
 *
 * @module
 */
import type { HostFacts } from "./host_facts.ts";
import type { Truth } from "./truth.ts";

/** Rows in the order of the other tables: verdicts, failures, gaps. */
export function hostTruths(facts: HostFacts): readonly Truth[] {
  return [...verdicts(facts), ...failures(facts), ...gaps(facts), ...facts.own];
}

function verdicts({ allow, ask, deny }: HostFacts): readonly Truth[] {
  return [
    {
      kind: "verdict",
      situation: "allow (no opinion)",
      ...allow,
      outcome: "host",
      hole: "what the policy allows and the user's rules allow runs unasked",
      closes: "a stricter policy",
    },
    { kind: "verdict", situation: "ask", ...ask },
    { kind: "verdict", situation: "deny", ...deny, outcome: "blocked", hole: null, closes: null },
    {
      kind: "verdict",
      situation: "would deny (policy in observe mode)",
      prints: `${allow.prints}; the log says would_deny`,
      host: "as for allow",
      outcome: "host",
      hole: "only Sealward's own files are guarded",
      closes: "enforcement.mode: enforce, then sealward policy accept",
    },
    {
      kind: "verdict",
      situation: "a place that no install guards",
      prints: `${allow.prints}; with --on-unenrolled deny: a denial`,
      host: "as for allow, or does not run the tool",
      outcome: "host",
      hole: "everything outside the projects that were set up",
      closes: "install with --on-unenrolled deny",
    },
  ];
}

const closed = { outcome: "blocked", hole: null, closes: null } as const;

function failures(facts: HostFacts): readonly Truth[] {
  return [...ends(facts), ...refusals(facts)];
}

/** Of the hook's process. */
function ends({ blocks, otherwise, failure, late, unread }: HostFacts): readonly Truth[] {
  const guarded = "the shell's guard turns it into exit 2 with a reason";
  const row = { kind: "failure", ...closed } as const;
  return [
    {
      ...row,
      situation: "hook program missing (127)",
      prints: guarded,
      host: `${blocks}; without the guard: ${otherwise}`,
      hole: "none, unless /bin/sh itself cannot be started",
    },
    {
      ...row,
      situation: "hook crashes or is killed (101, 137)",
      prints: guarded,
      host: blocks,
      hole: `if the shell is killed too: ${otherwise}`,
      closes: "another user for the engine: the agent cannot kill what is not its own",
    },
    {
      ...row,
      situation: "our own deadline is hit (5 s)",
      prints: `${failure}, well before the host's timeout`,
      host: blocks,
    },
    {
      ...row,
      situation: "host's timeout is hit (frozen process, stopped machine)",
      prints: "nothing",
      host: late,
      outcome: "runs",
      hole: "whoever can stop the hook for 30 s gets one tool call through",
      closes: "another user for the engine: the agent cannot stop what is not its own",
    },
    {
      ...row,
      situation: "our standard output is closed",
      prints: "exit 2 when we notice",
      ...unread,
    },
  ];
}

/** What stands against deciding. */
function refusals({ blocks, deny, failure, unrecorded }: HostFacts): readonly Truth[] {
  const blocked = (situation: string, prints = failure, host = blocks): Truth => {
    return { kind: "failure", situation, prints, host, ...closed };
  };
  return [
    blocked("bad JSON on standard input", "exit 2 with a reason"),
    blocked("server gone, late, or its signature wrong", `${failure}; never a fall back to allow`),
    blocked("policy tampered with, or not accepted", deny.prints, deny.host),
    blocked("log cannot be written"),
    blocked(
      "a project's line that was committed, on another machine",
      "the shell's guard: exit 2 with a reason, its paths are not there",
    ),
    {
      kind: "failure",
      situation: "what came of a tool cannot be recorded",
      prints: unrecorded,
      host: "goes on",
      outcome: "runs",
      hole: "the tool ran by then; its outcome is missing from the log",
      closes: "sealward audit verify, and a log that can be written",
    },
  ];
}

function gaps({ off, mcpName }: HostFacts): readonly Truth[] {
  return [
    {
      kind: "gap",
      situation: off.situation,
      prints: "nothing: not started",
      host: "runs without hooks",
      outcome: "unseen",
      hole: "a settings file edited by anything that does not ask us first",
      closes: off.closes,
    },
    {
      kind: "gap",
      situation: "MCP tools",
      prints: `a verdict on tool name and input, under ${mcpName}`,
      host: "obeys it like any other",
      outcome: "obeyed",
      hole: "what the server does beyond its input is not seen; nor is who else calls it",
      closes: "rules that name the tools; deny as the default",
    },
    {
      kind: "gap",
      situation: "a script written, then run",
      prints: "a verdict on the write, and one on the command",
      host: "obeys both",
      outcome: "obeyed",
      hole: "a hook sees requests, not system calls: what a program does inside is not seen",
      closes: "commands.opaque: deny; users, mounts and a sandbox beside it",
    },
  ];
}
