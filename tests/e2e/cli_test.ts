/** Exit statuses, forms of the answer, and what happens to an answer nobody can read. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { topics } from "../../src/edge/cli/topics.ts";
import { type Outcome, type Program, Project, removeStateOf } from "../support/sealward.ts";
import { harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { inShell } from "./fixtures/in_shell.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const asking = `version: "1.0"
enforcement:
  on_unverified: ask
protected:
  files: ["*.env"]
`;

interface Row {
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdin?: string;
  /** Null where the answer is a decision. */
  readonly code: string | null;
}

const rows: readonly Row[] = [
  { args: ["check", ...harmless], exit: 0, code: null },
  { args: ["check", "--type", "file_write", "--file", ".env"], exit: 2, code: null },
  { args: ["check", "--type", "command", "--command", "$TOOL"], exit: 4, code: null },
  { args: ["check", "-"], stdin: "{", exit: 3, code: "operation_invalid" },
  { args: ["check", "-"], stdin: "", exit: 3, code: "operation_invalid" },
  { args: ["check", "-"], stdin: '{"type":""}', exit: 3, code: "operation_invalid" },
  { args: ["check", "-"], stdin: '{"type":"a","type":"b"}', exit: 3, code: "operation_invalid" },
  { args: ["check", "absent.json"], exit: 3, code: "operation_invalid" },
  { args: ["check", "--type", "file_write"], exit: 3, code: "operation_invalid" },
  { args: ["check", "--tpye", "x"], exit: 64, code: "usage" },
  { args: ["chekc"], exit: 64, code: "usage" },
  { args: ["check", "--metadata", "complexity"], exit: 64, code: "usage" },
  { args: ["check", ...harmless, "--root", "/absent"], exit: 64, code: "usage" },
  { args: ["audit", "query", "--limit", "-1"], exit: 64, code: "usage" },
  { args: ["audit", "query", "--since", "yesterday"], exit: 64, code: "usage" },
  { args: ["audit", "record", "--type", "audit.x", "--severity", "LOW"], exit: 3, code: null },
];

describe("exit status", () => {
  itOnBoth("UX-01 UX-03 every status, with one JSON document that denies", async (program) => {
    using project = new Project();
    const fresh = await project.json(["check", ...harmless], { program });
    assertEquals([fresh.exit, errorCode(fresh.value)], [1, "not_initialized"]);
    project.write(".scalpel/policy.yaml", asking);
    await project.init(["--yes"], { program });
    for (const { args, exit, stdin = "", code } of rows) {
      const outcome = await project.run([...args, "--format", "json"], { program, stdin });
      assertEquals(outcome.exit, exit, args.join(" "));
      assertEquals(outcome.stderr, "", args.join(" "));
      const value = JSON.parse(outcome.stdout);
      assertEquals(value.allowed, exit === 0, args.join(" "));
      if (code !== null) assertEquals(errorCode(value), code, args.join(" "));
    }
    project.overwrite(".scalpel/policy.yaml", asking + "\n");
    assertEquals((await project.json(["check", ...harmless], { program })).exit, 5);
  });

  itOnBoth("UX-02 no arguments, help and unknown words", async (program) => {
    using project = new Project();
    const run = (...args: string[]) => project.run(args, { program });
    const nothing = await run();
    assertEquals([nothing.exit, nothing.stdout], [64, ""]);
    assertMatch(nothing.stderr, /Usage/);
    const help = await run("--help");
    assertEquals([help.exit, help.stderr], [0, ""]);
    assertMatch(help.stdout, /check/);
    assertMatch((await run("chekc")).stderr, /"check"/);
    assertMatch((await run("check", "--tpye", "x")).stderr, /"--type"/);
    const version = await run("--version");
    assertEquals(version, await run("version"));
    assertMatch(version.stdout, /^sealward \d+\.\d+\.\d+/);
  });

  it("BIN-05 runtime flags are our arguments, and unknown", async () => {
    using project = new Project();
    for (const flag of ["--inspect", "--allow-all", "-A", "--v8-flags=--help", "--unstable"]) {
      const { exit, stdout } = await project.run([flag]);
      assertEquals([exit, stdout], [64, ""], flag);
    }
  });
});

describe("answer", () => {
  it("--quiet says it by the status alone", async () => {
    using project = new Project();
    await project.init();
    const quiet = (...args: string[]) => project.run(["check", ...args, "--quiet"]);
    const denied = ["--type", "file_write", "--file", ".env"];
    assertEquals(await quiet(...harmless), { exit: 0, stdout: "", stderr: "" });
    assertEquals(await quiet(...denied), { exit: 2, stdout: "", stderr: "" });
    assertEquals((await quiet(...denied, "--json")).stdout, "");
    assertNotEquals((await quiet("--tpye", "x")).stderr, "");
  });

  it("no output is coloured or drawn without a terminal", async () => {
    using project = new Project();
    await project.init();
    const { stdout } = await project.run(["check", ...harmless]);
    assertEquals(stdout.includes("\u001b"), false);
    const forced = await project.run(["check", ...harmless, "--color", "always", "--json"]);
    assertEquals(forced.stdout.includes("\u001b"), false);
  });

  it("help explains every topic", async () => {
    using project = new Project();
    for (const { name } of topics) {
      const { exit, stdout } = await project.run(["help", name]);
      assertEquals(exit, 0, name);
      assert(stdout.length > 200, name);
    }
    assertEquals((await project.run(["help", "no-such-topic"])).exit, 64);
  });

  it("completion prints a script for each shell", async () => {
    using project = new Project();
    for (const shell of ["bash", "zsh", "fish"]) {
      const { exit, stdout } = await project.run(["completion", shell]);
      assertEquals(exit, 0, shell);
      assertMatch(stdout, /sealward/);
      assertMatch(stdout, /policy/);
    }
    assertEquals((await project.run(["completion", "tcsh"])).exit, 64);
  });

  itOnBoth("--output writes the same bytes, over an older answer", async (program) => {
    using project = new Project();
    await project.init();
    const path = `${project.folder}/answer.json`;
    Deno.writeTextFileSync(path, "x".repeat(10_000));
    const { stdout, exit } = await project.run(["check", ...harmless, "--json", "--output", path], {
      program,
    });
    assertEquals([exit, Deno.readTextFileSync(path)], [0, stdout]);
  });

  it("--output is no way to write policy, log, keys, or through a link", async () => {
    using project = new Project();
    await project.init();
    const policy = project.read(".scalpel/policy.yaml");
    Deno.symlinkSync(".scalpel/policy.yaml", project.path("link"));
    Deno.symlinkSync(".scalpel", project.path("folder"));
    const paths = [
      ".scalpel/policy.yaml",
      ".scalpel/audit.log",
      "folder/new",
      "src/../.scalpel/new",
      `${project.stateFolder()}/keys/audit.key`,
      "link",
      "src",
      "src/",
      "no/such/folder/answer",
    ];
    for (const path of paths) {
      const { exit, value } = await project.json(["check", ...harmless, "--output", path]);
      assertEquals([exit, errorCode(value)], [64, "usage"], path);
    }
    assertEquals(project.read(".scalpel/policy.yaml"), policy);
    assertEquals((await project.run(["verify"])).exit, 0);
  });
});

/** Runs `check` in a shell that does `script` to it; how many decisions the log gained. */
async function deliver(
  project: Project,
  program: Program,
): Promise<Outcome & { readonly recorded: number }> {
  const decisions = async () => (await readEntries(project, ["--type", "audit.decision"])).length;
  const before = await decisions();
  const outcome = await project.run(["check", ...harmless], { program });
  return { ...outcome, recorded: await decisions() - before };
}

describe("FLT-13 an answer that cannot be read", () => {
  itOnBoth("is never an allow, and is recorded", async (program) => {
    using project = new Project();
    await project.init();
    const full = await deliver(project, inShell('exec "$@" >/dev/full', program));
    assertEquals([full.exit, full.recorded], [1, 1]);
    assertMatch(full.stderr, /hint: /);
    const thrownAway = await deliver(project, inShell('exec "$@" >/dev/null', program));
    assertEquals([thrownAway.exit, thrownAway.recorded], [0, 1]);
  });

  // Deno 2.9 hides its own descriptors from `deno run`; the product is the binary.
  it("because standard output is closed is no allow, and is recorded", async () => {
    using project = new Project();
    await project.init();
    for (const script of ['exec "$@" >&-', 'exec "$@" >&- 2>&-', 'exec "$@" <&- >&- 2>&-']) {
      const { exit, recorded } = await deliver(project, inShell(script));
      assertEquals([exit, recorded], [1, 1], script);
    }
  });

  itOnBoth("whose reader has gone is no allow either", async (program) => {
    using project = new Project();
    await project.init();
    const script = '{ sleep 0.2; "$@"; echo $? >../status; } | true; exit 7';
    const { recorded } = await deliver(project, inShell(script, program));
    // The pipe's left side may end after the shell has.
    const status = Deno.readTextFileSync(`${project.folder}/status`).trim();
    assertEquals([status, recorded], ["1", 1]);
  });
});

describe("the name of a folder", () => {
  it("JSON-15 forges no line and no colour of any answer", async () => {
    using project = new Project();
    const root = project.path("p\x1b[31m\n::error::forged\u202e");
    Deno.mkdirSync(root);
    try {
      for (const args of ["init --guide", "status", "policy lock", "policy unlock", "verify"]) {
        const { exit, stdout, stderr } = await project.run(args.split(" "), { cwd: root });
        const said = stdout + stderr;
        assertEquals(exit, 0, said);
        // deno-lint-ignore no-control-regex -- control characters are what is searched
        assertEquals(/[\x00-\x09\x0b-\x1f\x7f\u202e]|^::/m.exec(said), null, args);
      }
    } finally {
      removeStateOf(root);
    }
  });
});
