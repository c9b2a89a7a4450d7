import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxHookEventBytes } from "../../../src/core/limits.ts";
import type { HookAnswer } from "../../../src/edge/hook/hook_answer.ts";
import { claudeCode } from "../../../src/edge/hook/hosts/claude_code.ts";
import { codex } from "../../../src/edge/hook/hosts/codex.ts";
import { generic } from "../../../src/edge/hook/hosts/generic.ts";
import { type HookCall, type HookRoad, runHook } from "../../../src/edge/hook/run_hook.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

const hosts = [claudeCode, codex, generic];
const event = JSON.stringify({
  hook_event_name: "PreToolUse",
  cwd: "/work",
  tool_name: "Write",
  tool_input: { file_path: "/work/a", content: "" },
});
const never = () => new Promise<never>(() => {});

const road: HookRoad = {
  cwd: "/work",
  readText: () => null,
  judge: (operation) => Promise.resolve([fakeDecision(operation, { decide: () => "allow" })]),
  observe: () => Promise.resolve([]),
  tidy: () => Promise.resolve(),
};

function play(host: typeof codex, change: Partial<HookCall>): Promise<HookAnswer> {
  return runHook({
    host,
    open: () => Promise.resolve(road),
    readInput: () => Promise.resolve(new TextEncoder().encode(event)),
    onUnenrolled: "allow",
    deadlineMs: 5_000,
    ...change,
  });
}

describe("runHook()", () => {
  const broken: readonly (readonly [string, Partial<HookCall>])[] = [
    ["a process that cannot be sealed", {
      open: () => Promise.reject(new EngineError("permissions_unsealed", "still held")),
      readInput: () => Promise.reject(new Error("it was read unsealed")),
    }],
    ["opening that throws at once", {
      open: () => {
        throw new TypeError("x is not a function");
      },
    }],
    ["opening that never ends", { open: never, deadlineMs: 10 }],
    ["input that never ends", { readInput: never, deadlineMs: 10 }],
    ["input that is too much", {
      readInput: (limit) => {
        assertEquals(limit, maxHookEventBytes);
        return Promise.reject(new EngineError("operation_too_large", "too much"));
      },
    }],
    ["input that is not UTF-8", { readInput: () => Promise.resolve(Uint8Array.of(0x7b, 0xff)) }],
    ["a decider that throws no error", {
      open: () => Promise.resolve({ ...road, judge: () => Promise.reject("odd") }),
    }],
    ["a decider that never answers", {
      open: () => Promise.resolve({ ...road, judge: never }),
      deadlineMs: 10,
    }],
    ["a decider that answers with nothing that is a decision", {
      open: () => Promise.resolve({ ...road, judge: () => Promise.resolve([null as never]) }),
    }],
  ];
  for (const [what, change] of broken) {
    for (const host of hosts) {
      it(`ARCH-04 ${host.name} denies on ${what}`, async () => {
        const { exit, stdout, stderr } = await play(host, change);
        assertEquals(exit, 2);
        assert(stderr.trim() !== "");
        if (host === generic) assertEquals(JSON.parse(stdout).allowed, false);
        else assertEquals(stdout, "");
        assert(!stderr.includes("unsealed") || stderr.includes("permissions_unsealed"));
      });
    }
  }

  it("waits for outcomes only of what a host reports on", async () => {
    const asked: unknown[] = [];
    const judge: HookRoad["judge"] = (operation, options) => {
      asked.push(options);
      return road.judge(operation, options);
    };
    const open = () => Promise.resolve({ ...road, judge });
    for (const host of [claudeCode, codex]) {
      for (const name of ["PreToolUse", "PermissionRequest", "BeforeAnything"]) {
        const sent = new TextEncoder().encode(event.replace("PreToolUse", name));
        await play(host, { open, readInput: () => Promise.resolve(sent) });
      }
    }
    const operation = '{"type":"file_write","affected_files":["a"],"correlation_id":"c"}';
    const sent = new TextEncoder().encode(operation);
    await play(generic, { open, readInput: () => Promise.resolve(sent) });
    const reported = [{ expectsOutcome: true }, {}, {}];
    assertEquals(asked, [...reported, ...reported, {}]);
  });

  it("says what could not be recorded in time, and blocks nothing for it", async () => {
    const stop = new TextEncoder().encode('{"hook_event_name":"Stop"}');
    for (const host of [claudeCode, codex]) {
      const { exit, stdout, stderr } = await play(host, {
        open: () => Promise.resolve({ ...road, observe: never }),
        readInput: () => Promise.resolve(stop),
        deadlineMs: 10,
      });
      assertEquals([exit, stderr, Object.keys(JSON.parse(stdout))], [0, "", ["systemMessage"]]);
      assertStringIncludes(stdout, "could not record this");
    }
  });

  it("shows alarms once each, the worst first", async () => {
    const stop = new TextEncoder().encode('{"hook_event_name":"Stop"}');
    const unheard = { kind: "allow_without_outcome", severity: "MEDIUM", message: "lost" } as const;
    const changed = { kind: "protected_file_changed", severity: "CRITICAL" } as const;
    const alarms = [3, 4, 5, 6, 7].map((seq) => ({ ...unheard, seq }));
    const { stdout } = await play(claudeCode, {
      open: () =>
        Promise.resolve({
          ...road,
          observe: () => Promise.resolve([...alarms, { ...changed, message: "gone", seq: 8 }]),
        }),
      readInput: () => Promise.resolve(stop),
    });
    assertEquals(JSON.parse(stdout), {
      systemMessage: "Sealward alarm: gone (CRITICAL, audit #8); " +
        "lost (MEDIUM, audit #3, #4, #5 and 2 more)",
    });
  });

  it("says what was found before what is not known", async () => {
    const judge: HookRoad["judge"] = (operation) => {
      const decision = fakeDecision(operation, { decide: () => "deny" });
      const [found] = decision.violations;
      assert(found !== undefined);
      const unknown = { ...found, policy: "enforcement.on_unverified", message: "Who knows" };
      const violations = [{ ...unknown, code: "operation_unverified" as const }, found];
      return Promise.resolve([{ ...decision, reason: "Who knows (and 1 more)", violations }]);
    };
    const { stdout } = await play(claudeCode, {
      open: () => Promise.resolve({ ...road, judge }),
    });
    const reason = JSON.parse(stdout).hookSpecificOutput.permissionDecisionReason;
    assert(!/Who knows|use a file tool/.test(reason), reason);
    assertStringIncludes(reason, "(and 1 more)");
  });

  it("no name in a denial forges output, and none makes it long", async () => {
    const path = `/work/${"a/".repeat(1_500)}\u202e.env`;
    const judge: HookRoad["judge"] = (operation) => {
      const decision = fakeDecision(operation, { decide: () => "deny" });
      return Promise.resolve([{ ...decision, reason: `Cannot write "${path}\u001b[2J\n"` }]);
    };
    const { exit, stdout } = await play(claudeCode, {
      open: () => Promise.resolve({ ...road, judge }),
    });
    const reason = JSON.parse(stdout).hookSpecificOutput.permissionDecisionReason;
    assertEquals(exit, 0);
    assert(reason.length <= 1_900);
    // deno-lint-ignore no-control-regex -- control characters are what must not be there
    assert(!/[\u0000-\u001f\u202a-\u202e]/.test(reason));
    assertStringIncludes(reason, "audit #17");
  });
});

describe("the generic host", () => {
  const text = (value: unknown) => ({
    readInput: () => Promise.resolve(new TextEncoder().encode(JSON.stringify(value))),
  });

  it("answers an allowed operation with its decision and 0", async () => {
    const answer = await play(generic, text({ type: "file_write", affected_files: ["a"] }));
    const { decision, allowed, audit } = JSON.parse(answer.stdout);
    assertEquals([answer.exit, answer.stderr], [0, ""]);
    assertEquals([decision, allowed, audit.seq], ["allow", true, 17]);
  });

  it("takes a tool call and joins its folder", async () => {
    const asked: unknown[] = [];
    const judge: HookRoad["judge"] = (operation) => {
      asked.push([operation.type, operation.tool, operation.cwd]);
      return road.judge(operation, {});
    };
    const open = () => Promise.resolve({ ...road, judge });
    await play(generic, { open, ...text({ tool: "t", input: { a: 1 }, cwd: "src" }) });
    await play(generic, { open, ...text({ tool: "t" }) });
    assertEquals(asked, [
      ["tool_call", { name: "t", input: { a: 1 } }, "/work/src"],
      ["tool_call", { name: "t", input: {} }, "/work"],
    ]);
  });

  it("denies, asks and has no opinion", async () => {
    const says = (decision: "ask" | "deny") => ({
      open: () =>
        Promise.resolve<HookRoad>({
          ...road,
          judge: (operation) =>
            Promise.resolve([fakeDecision(operation, { decide: () => decision })]),
        }),
    });
    const operation = text({ type: "file_write", affected_files: ["a"] });
    const silent = { open: () => Promise.resolve({ ...road, judge: () => Promise.resolve([]) }) };
    const rows: readonly (readonly [Partial<HookCall>, number, string])[] = [
      [says("deny"), 2, "deny"],
      [says("ask"), 2, "ask"],
      [silent, 0, "none"],
      [{ ...silent, onUnenrolled: "deny" }, 2, "deny"],
    ];
    for (const [change, exit, decision] of rows) {
      const answer = await play(generic, { ...operation, ...change });
      assertEquals([answer.exit, JSON.parse(answer.stdout).decision], [exit, decision]);
      assertEquals(answer.stderr === "", exit === 0);
    }
  });

  for (
    const input of [{ tool: "t", input: [] }, { tool: "t", allowed: true }, { tool: "" }, [], {
      type: "file_write",
    }]
  ) {
    it(`refuses ${JSON.stringify(input)}`, async () => {
      const answer = await play(generic, text(input));
      assertEquals([answer.exit, JSON.parse(answer.stdout).error.code], [2, "operation_invalid"]);
    });
  }
});
