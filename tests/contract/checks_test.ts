/** Checks on the real engine, policy store and log; only the sandbox is a fake. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ReplayResult } from "../../src/core/replay/replay_result.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Engine } from "../../src/pdp.ts";
import {
  checkLines,
  type ChecksProject,
  hashOf,
  inChecksProject,
  policyOf,
} from "../support/checks_project.ts";
import { failing, type FakeModule, fakeSandbox, finding } from "../support/fake_sandbox.ts";

const write = (file = "a.ts", more = {}): object => ({
  type: "file_write",
  affected_files: [file],
  content: "x",
  ...more,
});

/** Looks for `bad` in the content. */
const scan: FakeModule = ({ operation }) =>
  String(operation?.["content"]).includes("bad")
    ? finding({ code: "word", message: "it says bad", path: "a.ts" })
    : finding();

async function replayAll(engine: Engine, runsChecks = false): Promise<readonly ReplayResult[]> {
  const results: ReplayResult[] = [];
  for await (const result of engine.replay({ first: 0, last: 1_000 }, { runsChecks })) {
    results.push(result);
  }
  return results;
}

type Body = (given: ChecksProject & ReturnType<typeof fakeSandbox>) => Promise<void>;

async function inProject(
  modules: Readonly<Record<string, FakeModule>>,
  policy: string,
  body: Body,
): Promise<void> {
  const sandbox = fakeSandbox(modules);
  const names = Object.keys(modules);
  await inChecksProject(
    { policy, names, load: sandbox.load },
    (given) => body({ ...given, ...sandbox }),
  );
}

describe("checks", () => {
  it("adds its violations to the decision, with the effect they name and the policy's line", async () => {
    await inProject({ scan }, policyOf(checkLines("words", "scan")), async ({ check, entry }) => {
      assertEquals((await check(write())).decision, "allow");
      const denied = await check(write("a.ts", { content: "so bad" }));
      assertEquals([denied.decision, denied.overridable], ["deny", true]);
      assertEquals(denied.violations, [{
        policy: "checks.words",
        code: "check_violated",
        severity: "HIGH",
        message: 'Check "words" found word: it says bad',
        effect: { verb: "write", resource: "a.ts" },
        source: { file: ".scalpel/policy.yaml", line: 3, column: 5 },
        check: { code: "word" },
      }]);
      const { details } = await entry();
      const [line] = details["checks"] as readonly Record<string, unknown>[];
      assertMatch(String(line?.["input"]), /^[0-9a-f]{64}$/);
      assertEquals({ ...line, input: "" }, {
        id: "words",
        module: hashOf("scan").slice(0, 16),
        input: "",
        status: "ok",
        fuel: 100,
        us: 7,
        isolation: "process",
        violations: 1,
      });
    });
  });

  it("R1 replays without running anything", async () => {
    const lines = checkLines("words", "scan");
    await inProject({ scan }, policyOf(lines), async ({ check, engine, asked }) => {
      await check(write());
      await check(write("a.ts", { content: "bad", metadata: { note: "n" }, agent: { name: "x" } }));
      const before = asked.length;
      assertEquals((await replayAll(engine)).map(({ status }) => status), ["agrees", "agrees"]);
      assertEquals(asked.length, before);
    });
  });

  it("replays with the modules of then: same violations, same fuel, or it says what differs", async () => {
    const names = ["scan", "trap"];
    const lines = checkLines(
      "w",
      "scan",
      "    tests: [{operation: {type: command, command: x}, expect: 0}]\n",
    ) +
      checkLines("t", "trap", "    match: {files: [t.ts]}\n");
    const trap: FakeModule = () => failing("trap");
    const { load } = fakeSandbox({ scan, trap });
    await inChecksProject({ policy: policyOf(lines), names, load }, async (given) => {
      const { check, engine, project, open, accept } = given;
      await check(write("a.ts", { metadata: { any: [1] }, timestamp: "2026-11-22T18:00:00Z" }));
      await check(write("a.ts", { content: "bad", agent: { name: "n", session: "s" } }));
      await check(write("t.ts"));
      await check({ type: "command", command: "rm x" });
      await accept('version: "1.0"\n');
      for (const name of names) project.write(`.scalpel/checks/${name}.wasm`, "gone");
      const statuses = (results: readonly ReplayResult[]) => results.map(({ status }) => status);
      assertEquals(statuses(await replayAll(engine, true)), Array(4).fill("agrees"));
      const other: FakeModule = (request) => ({ ...scan(request), fuel: 101 });
      const changed = await replayAll(await open(fakeSandbox({ scan: other, trap }).load), true);
      assertEquals(statuses(changed), Array(4).fill("disagrees"));
      assertEquals(changed[0]?.differences, [
        { field: "checks.w.fuel", recorded: 100, replayed: 101 },
      ]);
      const silent = await replayAll(await open(() => Promise.reject(new Error("no"))), true);
      assertEquals(silent.map(({ code }) => code), Array(4).fill("check_not_run"));
    });
  });

  it("says so where a secret was covered in what a check was asked", async () => {
    const secret = ["ghp", "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"].join("_");
    await inProject({ scan }, policyOf(checkLines("w", "scan")), async ({ check, engine }) => {
      await check(write("a.ts", { content: `x = "${secret}"` }));
      assertEquals((await replayAll(engine)).map(({ status }) => status), ["agrees"]);
      assertEquals((await replayAll(engine, true)).map(({ code }) => code), ["not_replayable"]);
    });
  });

  it("asks with the operation, its effects, the settings, and no label of one asking", async () => {
    const lines = checkLines("words", "scan", "    settings: {max: 3, list: [b, a]}\n");
    await inProject({ scan }, policyOf(lines), async ({ check, asked }) => {
      const labels = {
        timestamp: "2026-11-22T18:00:00Z",
        correlation_id: "c",
        agent: { name: "n", session: "s" },
        metadata: { any: 1 },
      };
      await check(write("a.ts", labels));
      assertEquals(asked.map(({ request }) => request.kind), ["settings", "operation"]);
      assertEquals(asked[1]?.request, {
        v: 1,
        kind: "operation",
        operation: {
          type: "file_write",
          affected_files: ["a.ts"],
          content: "x",
          metadata: { any: 1 },
          agent: { name: "n" },
          effects: [{ verb: "write", resource: "a.ts", kind: "path" }],
        },
        settings: { max: 3, list: ["b", "a"] },
        policy: { id: "checks.words", version: "1.0" },
        now: "2026-11-22T18:00:00Z",
      });
    });
  });

  it("runs what matches, and nothing for the rest", async () => {
    const only = checkLines("words", "scan", '    match: {files: ["src/"], verbs: [write]}\n');
    await inProject({ scan }, policyOf(only), async ({ check, asked, entry }) => {
      assertEquals((await check(write("a.ts", { content: "bad" }))).decision, "allow");
      assertEquals([asked.length, (await entry()).details["checks"]], [0, undefined]);
      assertEquals((await check(write("src/a.ts", { content: "bad" }))).decision, "deny");
      assertEquals(asked.length, 1);
    });
  });

  it("WASM-11 every failure is a CRITICAL denial that no person lifts, with its code", async () => {
    const people = "overrides: {approvers: [{name: ada}]}\n";
    const modules = { trap: () => failing("trap", "unreachable\u001b[2J") };
    const policy = policyOf(checkLines("t", "trap"), people);
    await inProject(modules, policy, async ({ check, entry, engine }) => {
      const denied = await check(write());
      assertEquals(
        [denied.decision, denied.severity, denied.overridable, denied.override],
        ["deny", "CRITICAL", false, undefined],
      );
      const [found] = denied.violations;
      assertEquals([found?.code, found?.check?.code], ["check_failed", "trap"]);
      assert(!found?.message.includes("\u001b"), "an escape sequence of a module is shown");
      const { details } = await entry();
      assertEquals((details["checks"] as readonly { code: string }[])[0]?.code, "trap");
      assertEquals((await replayAll(engine)).map(({ status }) => status), ["agrees"]);
    });
  });

  it("a violation may be approved, and the approval is of what was found", async () => {
    const people = "overrides: {approvers: [{name: ada}]}\n";
    await inProject({ scan }, policyOf(checkLines("w", "scan"), people), async ({ check }) => {
      const denied = await check(write("a.ts", { content: "bad" }));
      assertEquals([denied.overridable, denied.override?.status], [true, "offered"]);
    });
  });

  it("effect ask asks, and a failure denies all the same", async () => {
    const modules = { scan, trap: () => failing("trap") };
    const ask = "    effect: ask\n    severity: LOW\n";
    await inProject(modules, policyOf(checkLines("w", "scan", ask)), async ({ check, accept }) => {
      const asked = await check(write("a.ts", { content: "bad" }));
      assertEquals([asked.decision, asked.severity], ["ask", "LOW"]);
      await accept(policyOf(checkLines("t", "trap", ask)));
      assertEquals((await check(write())).decision, "deny");
    });
  });

  it("observes like everything else", async () => {
    const observe = "enforcement: {mode: observe}\n";
    const lines = checkLines("w", "scan") + checkLines("t", "trap");
    const modules = { scan, trap: () => failing("trap") };
    await inProject(modules, policyOf(lines, observe), async ({ check }) => {
      const { decision, would_deny, violations } = await check(write("a.ts", { content: "bad" }));
      assertEquals([decision, would_deny, violations.length], ["allow", true, 2]);
    });
  });

  it("WASM-08 a module that is not the pinned one is not run", async () => {
    const wrong = checkLines("w", "scan").replace(hashOf("scan"), hashOf("other"));
    await inProject({ scan }, policyOf(wrong), async ({ check, asked }) => {
      const { violations } = await check(write());
      assertEquals([violations[0]?.check?.code, asked.length], ["hash_mismatch", 0]);
    });
    const gone = checkLines("w", "gone");
    await inProject({ scan }, policyOf(gone), async ({ check, asked }) => {
      assertEquals([(await check(write())).violations[0]?.check?.code, asked.length], [
        "hash_mismatch",
        0,
      ]);
    });
  });

  it("WASM-08 a module that is replaced behind the acceptance is tampering", async () => {
    const lines = checkLines("w", "scan");
    await inProject({ scan }, policyOf(lines), async ({ check, asked, project }) => {
      project.write(".scalpel/checks/scan.wasm", "allow");
      const { violations, overridable } = await check(write());
      assertEquals([violations[0]?.code, overridable], ["policy_tampered", false]);
      assertEquals(asked.length, 0);
    });
  });

  it("its own tests come first, once, and one that fails denies", async () => {
    const test = (expect: string) =>
      "    tests:\n      - operation: {type: file_write, affected_files: [a.ts], content: bad}\n" +
      `        expect: ${expect}\n`;
    const good = policyOf(checkLines("w", "scan", test("[word]")));
    await inProject({ scan }, good, async ({ check, asked, accept }) => {
      await check(write());
      await check(write("b.ts"));
      assertEquals(asked.length, 3);
      for (const expect of ["[]", "[other]", "2", "[word, word]"]) {
        await accept(policyOf(checkLines("w", "scan", test(expect))));
        const before = asked.length;
        for (const _ of [1, 2]) {
          const { violations } = await check(write());
          assertEquals(violations[0]?.check?.code, "self_test_failed", expect);
        }
        assertEquals(asked.length, before + 1, "the operation was asked all the same");
      }
    });
  });

  it("refuses settings that the module refuses", async () => {
    const modules = {
      picky: ({ kind }: { kind: string }) =>
        kind === "settings" ? finding({ code: "max", message: "unknown" }) : finding(),
    };
    const lines = checkLines("w", "picky", "    settings: {max: 1}\n");
    await inProject(modules, policyOf(lines), async ({ check }) => {
      assertEquals((await check(write())).violations[0]?.check?.code, "settings_refused");
    });
  });

  it("a sandbox that dies is asked again the next time", async () => {
    let deaths = 1;
    const modules = { frail: () => deaths-- > 0 ? failing("sandbox_crash") : finding() };
    await inProject(modules, policyOf(checkLines("w", "frail")), async ({ check, engine }) => {
      assertEquals((await check(write())).violations[0]?.check?.code, "sandbox_crash");
      assertEquals((await check(write())).decision, "allow");
      assertEquals((await replayAll(engine)).map(({ status }) => status), ["agrees", "agrees"]);
    });
  });

  it("a sandbox that cannot be loaded denies", async () => {
    const policy = policyOf(checkLines("w", "scan"));
    const load = () => Promise.reject(new Error("no room\nfor it"));
    await inChecksProject({ policy, names: ["scan"], load }, async ({ check }) => {
      const { violations } = await check(write());
      assertEquals(violations[0]?.check?.code, "sandbox_unavailable");
      assert(!violations[0]?.message.includes("\n"));
    });
  });

  it("one request is run once for a batch that repeats it", async () => {
    const lines = checkLines("w", "scan");
    await inProject({ scan }, policyOf(lines), async ({ engine, asked }) => {
      const operations = [write(), write(), write("b.ts")].map(parseOperation);
      const decisions = await engine.check(operations, "uid:1");
      assertEquals(decisions.map(({ decision }) => decision), ["allow", "allow", "allow"]);
      assertEquals(asked.length, 2);
    });
  });

  it("what changes with every look is not decided on: sandbox_unavailable", async () => {
    let turn = 0;
    const sandbox = fakeSandbox({ scan }, () => project?.write("run.sh", `rm x${turn++}\n`));
    let project: ChecksProject["project"] | null = null;
    const policy = policyOf(checkLines("w", "scan"), "commands: {opaque: allow}\n");
    const given = { policy, names: ["scan"], load: sandbox.load, files: { "run.sh": "rm x\n" } };
    await inChecksProject(given, async (opened) => {
      project = opened.project;
      const { violations, decision } = await opened.check({
        type: "command",
        command: "sh run.sh",
      });
      assertEquals(decision, "deny");
      assert(violations.some(({ check }) => check?.code === "sandbox_unavailable"), String(turn));
      assert(turn < 20, String(turn));
    });
  });

  it("WASM-09 ten thousand violations are bad output, a hundred are told, with all policies", async () => {
    const many = (count: number) => () =>
      finding(...Array.from({ length: count }, (_, i) => ({ code: `c${i}`, message: "m" })));
    const modules = { flood: many(10_000), full: many(100) };
    const lines = checkLines("a", "flood") + checkLines("b", "full");
    await inProject(modules, policyOf(lines), async ({ check, engine }) => {
      const { violations, violated_policies } = await check(write());
      assertEquals(violations[0]?.check?.code, "bad_output");
      assertEquals([violations.length, violated_policies], [100, ["checks.a", "checks.b"]]);
      assertEquals((await replayAll(engine)).map(({ status }) => status), ["agrees"]);
    });
  });

  it("S1 what a module quotes of a secret is covered in the log", async () => {
    const secret = ["ghp", "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"].join("_");
    const modules = {
      echo: ({ operation }: { operation: object | null }) =>
        finding({ message: `found ${JSON.stringify(operation)}` }),
    };
    const policy = policyOf(checkLines("w", "echo"));
    await inProject(modules, policy, async ({ check, project, entry }) => {
      await check(write("a.ts", { content: `token = "${secret}"` }));
      const digest = String((await entry()).details["input"]).slice(7);
      const texts = [project.read(".scalpel/audit.log")];
      const read = (folder: string) => {
        for (const { name, isDirectory } of Deno.readDirSync(project.path(folder))) {
          if (isDirectory) read(`${folder}/${name}`);
          else texts.push(project.read(`${folder}/${name}`));
        }
      };
      read(".scalpel/audit.log.d");
      assert(texts.some((text) => hashOf(text) === digest), "the input is not kept");
      for (const text of texts) assert(!text.includes(secret), "the secret is in the log");
    });
  });

  it("explains what it found, and asks nobody for the library's one question", async () => {
    await inProject({ scan }, policyOf(checkLines("w", "scan")), async ({ engine, asked }) => {
      const operation = parseOperation(write("a.ts", { content: "bad" }));
      const { explanation } = await engine.explain(operation, "uid:1");
      assertEquals(explanation.findings.map(({ policy }) => policy), ["checks.w"]);
      const before = asked.length;
      const [one] = await engine.check([operation], "uid:1", { scope: "protected_files" });
      assertEquals([one?.decision, asked.length], ["allow", before]);
    });
  });
});
