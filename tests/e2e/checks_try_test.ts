/** `checks inspect|run|bench|new`: modules that nobody has pinned, good and hostile. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { answeringWat, nativeWat } from "../support/check_jobs.ts";
import { hostileModules } from "../support/hostile_modules.ts";
import { opaWat } from "../support/opa_wat.ts";
import { descendantsOf } from "../support/process_tree.ts";
import { Project } from "../support/sealward.ts";
import { assembleWat } from "../support/wat.ts";
import { fixtureModules, openChecksGround, writeModule } from "./fixtures/checks_ground.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { busySecondMs } from "../support/busy_second.ts";

// deno-lint-ignore no-control-regex -- what must not reach a terminal
const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

describe("checks inspect and run", () => {
  for (const [name, abi] of fixtureModules) {
    it(`know ${name}, in a process and inline, for the same fuel`, async () => {
      using project = await openChecksGround();
      const file = `.scalpel/checks/${name}.wasm`;
      const inspected = await project.json(["checks", "inspect", file]);
      assertEquals([inspected.exit, inspected.value["abi"]], [0, abi]);
      assertMatch(String(inspected.value["sha256"]), /^[0-9a-f]{64}$/);
      const found: unknown[] = [];
      for (const more of [[], ["--abi", abi, "--isolation", "inline"]]) {
        const bad = ["checks", "run", file, "--operation", "bad.json", ...more];
        const { exit, value } = await project.json(bad);
        assertEquals(exit, 2, JSON.stringify(value));
        found.push([value["violations"], value["fuel"], value["log"]]);
        assertEquals(value["isolation"], more.length === 0 ? "process" : "inline");
        const good = ["checks", "run", file, "--operation", "-", ...more];
        const clean = await project.run(good, { stdin: project.read("good.json") });
        assertEquals(clean.exit, 0, clean.stderr);
      }
      assertEquals(found[0], found[1]);
    });
  }

  it("know opa-1: entrypoint, result, data, and a built-in that is not there", async () => {
    using project = await openChecksGround();
    project.write("data.json", "{}");
    const file = writeModule(
      project,
      "opa",
      await assembleWat(opaWat({ result: '[{"result":["no"]}]' })),
    );
    const run = ["checks", "run", file, "--operation", "bad.json", "--data", "data.json"];
    const found = await project.json([...run, "--entrypoint", "policy/deny"]);
    assertEquals([found.exit, found.value["abi"]], [2, "opa-1"]);
    const pinned = await project.run(["checks", "pin", file, "--entrypoint", "policy/deny"]);
    assertStringIncludes(pinned.stdout, "abi: opa-1\n    entrypoint: policy/deny\n");
    const refused = await project.run([...run, "--entrypoint", "policy/nobody"]);
    assertEquals(
      [refused.exit, refused.stderr.includes("policy/nobody")],
      [3, true],
      refused.stderr,
    );
    const wat = opaWat({ builtins: '{"http.send":1}' });
    const wild = writeModule(project, "wild", await assembleWat(wat));
    const { exit, stderr } = await project.run(["checks", "pin", wild]);
    assertEquals([exit, stderr.includes("builtin_refused")], [3, true], stderr);
  });

  it("WASM-01 WASM-03 end a hostile run in time, with its code", async () => {
    using project = await openChecksGround();
    const loop = "(loop $on (br $on)) (i64.const 0)";
    const rows = [
      [nativeWat(loop), "fuel_exhausted", []],
      [nativeWat(loop), "deadline", ["fuel=2000000000", "deadline_ms=50"]],
      [nativeWat("(unreachable)"), "trap", []],
      [nativeWat("(i64.const -1)"), "limit_exceeded", []],
      [answeringWat('{"allow":true}'), "bad_output", []],
      [answeringWat('{"violations":[]} x'), "bad_output", []],
    ] as const;
    for (const [wat, code, limits] of rows) {
      const file = writeModule(project, "hostile", await assembleWat(wat));
      const given = limits.flatMap((limit) => ["--limit", limit]);
      const start = performance.now();
      const { exit, value } = await project.json(
        ["checks", "run", file, "--operation", "bad.json", "--abi", "native-1", ...given],
      );
      assert(performance.now() - start < 3_000, code);
      assertEquals([exit, value["code"]], [1, code]);
    }
    assertEquals(descendantsOf(Deno.pid), []);
  });

  it("WASM-09 show nothing of a module as it is", async () => {
    using project = await openChecksGround();
    const answer = JSON.stringify({
      violations: [{ code: "x", message: "\x1b[2J\u202eA\u0085", path: "a\x1b]0;t\x07" }],
    });
    const file = writeModule(project, "loud", await assembleWat(answeringWat(answer)));
    for (const format of ["table", "json"]) {
      const args = ["checks", "run", file, "--operation", "bad.json", "--format", format];
      const { stdout, stderr, exit } = await project.run(args);
      assertEquals([exit, unsafe.test(stdout + stderr)], [2, false], stdout);
    }
    const wat = '(module (memory (export "memory") 1) (func (export "\\1b[2J\\e2\\80\\ae")))';
    const named = writeModule(project, "named", await assembleWat(wat));
    for (const format of ["table", "json"]) {
      const { stdout, exit } = await project.run(["checks", "inspect", named, "--format", format]);
      assertEquals([exit, unsafe.test(stdout), stdout.includes("\u202e")], [3, false, false]);
    }
  });

  it("WASM-06 name rule and byte of what is refused, within a second", async () => {
    using project = await openChecksGround();
    for (const { title, code, build } of hostileModules) {
      const file = writeModule(project, "bomb", build());
      const start = performance.now();
      const { exit, value } = await project.json(["checks", "inspect", file]);
      assert(performance.now() - start < busySecondMs, title);
      const error = value["error"] as { readonly code: string } | undefined;
      const refusals = value["refusals"] as readonly { readonly code: string }[] | undefined;
      const got = error?.code === "check_refused" ? "limit_exceeded" : refusals?.[0]?.code;
      assertEquals([exit, got], [3, code], title);
    }
  });
});

describe("files that are no modules", () => {
  it("WASM-06 are coded errors, at once", async () => {
    using project = await openChecksGround();
    new Deno.Command("mkfifo", { args: [project.path("fifo.wasm")] }).outputSync();
    Deno.mkdirSync(project.path("folder.wasm"));
    Deno.symlinkSync("nowhere", project.path("link.wasm"));
    project.write("large.wasm", "");
    Deno.truncateSync(project.path("large.wasm"), 100_000_000);
    project.write("text.wasm", "no module");
    const rows = [
      ["fifo.wasm", 1, "check_unreadable"],
      ["folder.wasm", 1, "check_unreadable"],
      ["link.wasm", 1, "check_unreadable"],
      ["missing.wasm", 1, "check_unreadable"],
      ["large.wasm", 3, "check_refused"],
    ] as const;
    for (const verb of ["inspect", "run", "bench", "pin"]) {
      const asks = verb === "run" || verb === "bench" ? ["--operation", "bad.json"] : [];
      for (const [file, exit, code] of rows) {
        const start = performance.now();
        const got = await project.json(["checks", verb, file, ...asks]);
        assertEquals([got.exit, errorCode(got.value)], [exit, code], `${verb} ${file}`);
        assert(performance.now() - start < busySecondMs, `${verb} ${file}`);
      }
      const { exit, stdout } = await project.run(
        ["checks", verb, "text.wasm", ...asks, "--format", "json"],
      );
      assertEquals([exit, stdout.includes("invalid_module")], [3, true], verb);
    }
    const fifo = await project.json(
      ["checks", "run", ".scalpel/checks/c_wasi.wasm", "--operation", "fifo.wasm"],
    );
    assertEquals(errorCode(fifo.value), "operation_invalid");
  });

  it("and flags that fit nothing are usage", async () => {
    using project = await openChecksGround();
    const file = ".scalpel/checks/c_native.wasm";
    for (
      const more of [
        [],
        ["--operation", "bad.json", "--limit", "fuel=0"],
        ["--operation", "bad.json", "--entrypoint", "a/b"],
        ["--operation", "bad.json", "--abi", "native-2"],
        ["--operation", "bad.json", "--settings", "list.json"],
      ]
    ) {
      project.write("list.json", "[]");
      const { exit } = await project.run(["checks", "run", file, ...more], { stdin: "" });
      assertEquals(exit, 64, more.join(" "));
    }
  });
});

describe("checks bench", () => {
  it("measures within its time, and the fuel of every run is one", async () => {
    using project = await openChecksGround();
    const args = ["checks", "bench", ".scalpel/checks/c_native.wasm", "--operation", "bad.json"];
    const start = performance.now();
    const { exit, value } = await project.json(args);
    assert(performance.now() - start < 10_000);
    const { fuel, run_us: run } = value as Record<string, Record<string, number>>;
    assertEquals([exit, fuel?.["least"]], [0, fuel?.["most"]]);
    assert((run?.["median"] ?? 0) > 0);
    const trap = writeModule(project, "trap", await assembleWat(nativeWat("(unreachable)")));
    const failed = await project.json(["checks", "bench", trap, "--operation", "bad.json"]);
    assertEquals([failed.exit, errorCode(failed.value)], [1, "check_unanswered"]);
    const none = await project.json(["checks", "bench", "nobody", "--operation", "bad.json"]);
    assertEquals([none.exit, errorCode(none.value)], [3, "check_unknown"]);
  });
});

describe("checks new", () => {
  for (const language of ["rust", "c", "assemblyscript", "rego"]) {
    it(`makes a folder for ${language}, and overwrites nothing`, async () => {
      using project = new Project();
      const args = ["checks", "new", "no-word", "--lang", language];
      const { exit, value } = await project.json(args);
      assertEquals(exit, 0);
      const files = value["files"] as readonly string[];
      assert(files.includes("README.md") && files.includes("operation.json"));
      const before = files.map((file) => project.read(`no-word/${file}`));
      assertStringIncludes(before.join(), "forbidden_word");
      const again = await project.json(args);
      assertEquals([again.exit, errorCode(again.value)], [1, "output_unwritable"]);
      assertEquals(files.map((file) => project.read(`no-word/${file}`)), before);
    });
  }

  it("takes no other name and no other language, and follows no link", async () => {
    using project = new Project();
    for (const name of ["../a", "A", "a b", "1", ""]) {
      assertEquals((await project.run(["checks", "new", name, "--lang", "c"])).exit, 64, name);
    }
    assertEquals((await project.run(["checks", "new", "a", "--lang", "go"])).exit, 64);
    assertEquals((await project.run(["checks", "new", "a"])).exit, 64);
    Deno.symlinkSync("elsewhere", project.path("link"));
    assertEquals((await project.run(["checks", "new", "link", "--lang", "c"])).exit, 1);
    assertEquals([...Deno.readDirSync(project.root)].map(({ name }) => name).sort(), [
      "link",
      "src",
    ]);
  });
});
