/** Real modules under the real engine, policy store and log: each failure is a coded denial. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { LoadSandbox } from "../../src/core/check/check_sandbox.ts";
import { hexDigest } from "../../src/core/integrity/hex_digest.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { maxDetailsBytes } from "../../src/core/limits.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { createInlineSandbox } from "../../src/sandbox/inline_sandbox.ts";
import { answeringWat, nativeWat, watBytes } from "../support/check_jobs.ts";
import { checkLines, inChecksProject, policyOf } from "../support/checks_project.ts";
import { failing, fakeSandbox, finding } from "../support/fake_sandbox.ts";
import { assembleWat } from "../support/wat.ts";
import { busySecondMs } from "../support/busy_second.ts";

const inline: LoadSandbox = () => Promise.resolve(createInlineSandbox(() => performance.now()));
const write = (file: string) => ({ type: "file_write", affected_files: [file], content: "x" });

/** An answer too large for one page. */
function answeringAtLength(text: string): string {
  return answeringWat(text)
    .replace(`(memory (export "memory") 1)`, `(memory (export "memory") 16)`)
    .replaceAll("(i32.const 32768)", "(i32.const 983040)");
}

/** Answers with these very bytes. */
function answeringBytes(bytes: Uint8Array): string {
  return answeringWat("x".repeat(bytes.length))
    .replace(
      /\(data \(i32\.const 1024\) "[^"]*"\)/,
      `(data (i32.const 1024) "${watBytes(bytes)}")`,
    );
}

const one = JSON.stringify({ code: "c", message: "m" });
const flood = `{"violations":[${Array.from({ length: 10_000 }, () => one).join(",")}]}`;
const invalid = new Uint8Array([...new TextEncoder().encode('{"violations":[]}'), 0xff]);
const quiet = answeringWat('{"violations":[]}');
const loud = answeringWat(`{"violations":[${one}]}`);
const test = "    tests:\n      - operation: {type: file_write, affected_files: [a], content: x}\n";

interface Row {
  readonly name: string;
  readonly wat: string;
  readonly code: string;
  readonly lines?: string;
  readonly pin?: string;
}

const rows: readonly Row[] = [
  { name: "10,000 violations", wat: answeringAtLength(flood), code: "limit_exceeded" },
  {
    name: "10,000 violations in an answer that has room",
    wat: answeringAtLength(flood),
    code: "bad_output",
    lines: "    limits: {output_bytes: 1048576}\n",
  },
  { name: 'WASM-10 {"allow":true}', wat: answeringWat('{"allow":true}'), code: "bad_output" },
  {
    name: "WASM-10 allow beside no violations",
    wat: answeringWat('{"allow":true,"violations":[]}'),
    code: "bad_output",
  },
  { name: "WASM-10 true", wat: answeringWat("true"), code: "bad_output" },
  {
    name: "duplicate keys",
    wat: answeringWat(`{"violations":[${one}],"violations":[]}`),
    code: "bad_output",
  },
  { name: "invalid UTF-8", wat: answeringBytes(invalid), code: "bad_output" },
  {
    name: "settings refused",
    wat: loud,
    code: "settings_refused",
    lines: "    settings: {a: 1}\n",
  },
  { name: "WASM-08 wrong hash", wat: quiet, code: "hash_mismatch", pin: "ab".repeat(32) },
  {
    name: "self-test failed",
    wat: quiet,
    code: "self_test_failed",
    lines: `${test}        expect: [c]\n`,
  },
  { name: "WASM-03 unreachable", wat: nativeWat("unreachable"), code: "trap" },
  {
    name: "WASM-03 an answer out of memory",
    wat: nativeWat("(i64.const -1)"),
    code: "limit_exceeded",
  },
  {
    name: "WASM-01 an endless loop",
    wat: nativeWat("(loop $l (br $l)) (i64.const 0)"),
    code: "fuel_exhausted",
  },
  {
    name: "WASM-01 recursion without end",
    wat: nativeWat("(call $f) (i64.const 0)", "(func $f (call $f))"),
    code: "stack_exhausted",
  },
  {
    name: "WASM-02 a memory of 4 GiB",
    wat: quiet.replace(`(memory (export "memory") 1)`, `(memory (export "memory") 65536)`),
    code: "limit_exceeded",
  },
  {
    name: "WASM-03 no such export",
    wat: quiet.replace("check_eval", "check_evil"),
    code: "invalid_module",
  },
  {
    name: "WASM-04 an import",
    wat: quiet.replace("(module", `(module (import "env" "open" (func))`),
    code: "import_refused",
  },
  {
    name: "WASM-06 a start function with a loop",
    wat: quiet.replace("(memory", "(func $s (loop $l (br $l))) (start $s) (memory"),
    code: "fuel_exhausted",
  },
];

describe("a module that gives no answer", () => {
  for (const { name, wat, code, lines = "", pin } of rows) {
    it(`${name} is ${code}, in the answer and in the log, and the engine goes on`, async () => {
      const module = await assembleWat(wat);
      const hash = hexDigest(module, sha256);
      const policy = policyOf(
        checkLines("w", "m", `    isolation: inline\n    match: {files: [a.ts]}\n${lines}`)
          .replace(/sha256: "\w+"/, `sha256: "${pin ?? hash}"`),
      );
      const given = { policy, names: [], load: inline, modules: { m: module } };
      await inChecksProject(given, async ({ check, entry }) => {
        const startMs = performance.now();
        const { decision, overridable, severity, violations } = await check(write("a.ts"));
        const took = performance.now() - startMs;
        assertEquals([decision, overridable, severity], ["deny", false, "CRITICAL"]);
        assertEquals(violations.map((each) => [each.code, each.check?.code]), [
          ["check_failed", code],
        ]);
        assert(took < busySecondMs, `${took} ms`);
        const [line] = (await entry()).details["checks"] as readonly JsonObject[];
        assertEquals([line?.["id"], line?.["code"], line?.["isolation"]], ["w", code, "inline"]);
        assertEquals(line?.["module"], (pin ?? hash).slice(0, 16));
        assertEquals(String(line?.["input"]).length, 64);
        assertEquals((await check(write("b.ts"))).decision, "allow");
      });
    });
  }

  it("what it quotes reaches the answer and the log in one line each", async () => {
    const message = "first\nsecond\u001b[2J\u202e end";
    const module = await assembleWat(
      answeringWat(JSON.stringify({ violations: [{ code: "c", message }] })),
    );
    const policy = policyOf(
      checkLines("w", "m", "    isolation: inline\n")
        .replace(/sha256: "\w+"/, `sha256: "${hexDigest(module, sha256)}"`),
    );
    const given = { policy, names: [], load: inline, modules: { m: module } };
    await inChecksProject(given, async ({ check, project }) => {
      const { violations, overridable } = await check(write("a.ts"));
      assertEquals([violations.length, overridable], [1, true]);
      // deno-lint-ignore no-control-regex -- control characters are what must not be there
      const hidden = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;
      assert(!hidden.test(violations[0]?.message ?? "\n"), violations[0]?.message);
      const log = project.read(".scalpel/audit.log");
      assert(log.split("\n").every((line) => !hidden.test(line)));
    });
  });
});

describe("the entry of a decision with checks", () => {
  const id = (index: number) => `${"c".repeat(61)}-${String(index).padStart(2, "0")}`;
  const all = Array.from({ length: 16 }, (_, index) => index);
  const policy = policyOf(all.map((index) => checkLines(id(index), "full")).join(""));

  for (
    const [name, module] of [
      [
        "100 violations each",
        () =>
          finding(...Array.from({ length: 100 }, (_, index) => ({
            code: `c${index}`.padEnd(64, "x"),
            message: "m".repeat(1_000),
            path: "a.ts",
            details: { text: "d".repeat(1_000) },
          }))),
      ],
      ["a failure each", () => failing("deadline", "m".repeat(4_000))],
    ] as const
  ) {
    it(`16 checks with ${name} fit, cut the same each time, and it says how many`, async () => {
      const { load } = fakeSandbox({ full: module });
      await inChecksProject({ policy, names: ["full"], load }, async ({ check, entry, engine }) => {
        const kept: string[] = [];
        for (const _ of [1, 2]) {
          const { violated_policies } = await check(write("a.ts"));
          assertEquals(violated_policies?.length, 16);
          const { details } = await entry();
          const length = new TextEncoder().encode(JSON.stringify(details)).length;
          assert(length <= maxDetailsBytes, String(length));
          const checks = details["checks"] as readonly JsonObject[];
          assert(checks.length > 0);
          assertEquals(details["checks_total"], checks.length < 16 ? 16 : undefined);
          kept.push(JSON.stringify(checks));
        }
        assertEquals(kept[0], kept[1]);
        for await (const { status } of engine.replay({ first: 0, last: 99 })) {
          assertEquals(status, "agrees");
        }
      });
    });
  }
});
