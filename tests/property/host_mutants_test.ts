/**
 * Golden transcripts, bent: where a decider denies everything, no host may ever let a tool run,
 * whatever was done to what it told its hook.
 */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import type { HookHost } from "../../src/edge/hook/hook_host.ts";
import { claudeCode } from "../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../src/edge/hook/hosts/codex.ts";
import { copilot } from "../../src/edge/hook/hosts/copilot.ts";
import { cursor } from "../../src/edge/hook/hosts/cursor.ts";
import { gemini } from "../../src/edge/hook/hosts/gemini.ts";
import { vscode } from "../../src/edge/hook/hosts/vscode.ts";
import { eventOf, playHook } from "../support/hook_vectors.ts";
import { type HostWorld, hostWorlds, type WorldName } from "../support/host_worlds.ts";
import claudeVectors from "../vectors/hook/claude_code.json" with { type: "json" };
import codexVectors from "../vectors/hook/codex.json" with { type: "json" };
import copilotVectors from "../vectors/hook/copilot.json" with { type: "json" };
import cursorVectors from "../vectors/hook/cursor.json" with { type: "json" };
import geminiVectors from "../vectors/hook/gemini.json" with { type: "json" };
import vscodeVectors from "../vectors/hook/vscode.json" with { type: "json" };

interface Vectors {
  readonly template: object;
  readonly tools: readonly { readonly event: object }[];
}

const all: Readonly<Record<WorldName, readonly [HookHost, Vectors]>> = {
  "claude-code": [claudeCode, claudeVectors],
  codex: [codex, codexVectors],
  gemini: [gemini, geminiVectors],
  cursor: [cursor, cursorVectors],
  copilot: [copilot, copilotVectors],
  vscode: [vscode, vscodeVectors],
};

/** Names of events stay: what is over already is asked of nobody, and says so by its name. */
const eventNames = new Set(["hook_event_name", "hookEventName"]);
/** Members by which an event in camelCase says that it is over. */
const endings = new Set(["toolResult", "tool_result", "error"]);

const key = fc.oneof(
  fc.constantFrom("tool_name", "toolName", "tool_input", "cwd", "session_id", "command", "path"),
  fc.string({ maxLength: 8 }),
).filter((name) => !eventNames.has(name) && !endings.has(name) && name !== "__proto__");
const value = fc.oneof(
  fc.constantFrom<unknown>(null, "", 0, true, [], {}, "Read", "ls", "/work/app/a.ts"),
  fc.jsonValue(),
);

const bend = fc.oneof(
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("put" as const), at: fc.nat(), value }),
  fc.record({ kind: fc.constant("rename" as const), at: fc.nat(), key }),
  fc.record({ kind: fc.constant("add" as const), at: fc.nat(), key, value }),
  fc.record({ kind: fc.constant("wrap" as const), at: fc.nat() }),
);
type Bend = typeof bend extends fc.Arbitrary<infer Value> ? Value : never;

type Node = Record<string, unknown>;

/** Every member of every object, as its object and key. */
function membersOf(node: unknown): (readonly [Node, string])[] {
  if (typeof node !== "object" || node === null) return [];
  const own = Array.isArray(node) ? [] : Object.keys(node).filter((name) => !eventNames.has(name))
    .map((name) => [node as Node, name] as const);
  return [...own, ...Object.values(node).flatMap(membersOf)];
}

function apply(event: Node, change: Bend): void {
  const members = membersOf(event);
  const [node, name] = members[change.at % Math.max(1, members.length)] ?? [event, "x"];
  if (change.kind === "put") node[name] = change.value;
  else if (change.kind === "wrap") node[name] = [node[name]];
  else if (change.kind === "add") node[change.key] = change.value;
  else {
    if (change.kind === "rename") node[change.key] = node[name];
    delete node[name];
  }
}

describe("mutants of golden transcripts", () => {
  for (const [name, [host, { template, tools }]] of Object.entries(all)) {
    const { react }: HostWorld = hostWorlds[name as WorldName];
    const transcript = fc.constantFrom(...tools.map(({ event }) => eventOf(template, event)));

    it(`ARCH-04 ${name}: none lets a tool run where everything is denied`, async () => {
      let asked = 0;
      await fc.assert(
        fc.asyncProperty(
          transcript,
          fc.array(bend, { minLength: 1, maxLength: 3 }),
          async (event, bends) => {
            const mutant: Node = structuredClone({ ...event });
            for (const each of bends) apply(mutant, each);
            const stdin = JSON.stringify(mutant);
            const played = await playHook(host, stdin, { decision: "deny" });
            asked += played.asked.length;
            // An event of a host that names none may have lost what said that it is about a tool.
            if (isNameless(mutant) && !isAboutTool(mutant)) return;
            assert(
              react(played.answer) === "blocked",
              `${stdin}: ${JSON.stringify(played.answer)}`,
            );
          },
        ),
        { numRuns: 600 },
      );
      assert(asked > 100, `${asked} asked`);
    });

    it(`ARCH-04 ${name}: nor does a text that was cut, torn or mended`, async () => {
      const texts = transcript.map((event) => JSON.stringify(event));
      const cut = fc.record({ at: fc.nat(), length: fc.nat(5), put: fc.string({ maxLength: 3 }) });
      await fc.assert(
        fc.asyncProperty(texts, cut, async (text, { at, length, put }) => {
          const start = at % text.length;
          const mutant = text.slice(0, start) + put + text.slice(start + length);
          if (namesOf(mutant) !== namesOf(text)) return;
          const { answer } = await playHook(host, mutant, { decision: "deny" });
          assert(react(answer) === "blocked", `${mutant}: ${JSON.stringify(answer)}`);
        }),
        { numRuns: 600 },
      );
    });
  }
});

function isNameless(event: Node): boolean {
  return [...eventNames].every((name) => event[name] === undefined);
}

function isAboutTool(event: Node): boolean {
  return event["tool_name"] !== undefined || event["toolName"] !== undefined;
}

/** What says which event it is, as written. */
function namesOf(text: string): string {
  return [...text.matchAll(/"(?:hook_event_name|hookEventName|toolName|tool_name)":\s*"?[^",]*/g)]
    .map(([found]) => found).join();
}
