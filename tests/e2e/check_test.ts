/** One operation, or many, to decisions. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import { Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const write = (...files: string[]) => ({ type: "file_write", affected_files: files });

/** `ROOT` in a file name stands for the project's root. */
interface Row {
  readonly name: string;
  readonly operation: Readonly<Record<string, unknown>>;
  readonly codes: readonly string[];
}

const lines = (count: number) => "x\n".repeat(count);
const branches = "def f(x):\n" + "    if x:\n        x = 1\n".repeat(11);

const rows: readonly Row[] = [
  { name: "a source file", operation: write("src/app.ts"), codes: [] },
  { name: "a protected file", operation: write("a/b/prod.env"), codes: ["path_protected"] },
  { name: "its own policy", operation: write(".scalpel/policy.yaml"), codes: ["path_protected"] },
  {
    name: "FILE-09 a file not there yet",
    operation: write(".scalpel/new"),
    codes: ["path_protected"],
  },
  { name: "other case", operation: write("PROD.ENV"), codes: ["path_protected"] },
  { name: "through ..", operation: write("src/../.env"), codes: ["path_protected"] },
  { name: "absolute", operation: write("ROOT/.env"), codes: ["path_protected"] },
  { name: "out of the root", operation: write("../x"), codes: ["path_outside_root"] },
  { name: "absolute, outside", operation: write("/etc/x"), codes: ["path_outside_root"] },
  { name: "one of many", operation: write("a.ts", "b.ts", ".env"), codes: ["path_protected"] },
  { name: "SEED-10 through a link", operation: write("src/link"), codes: ["path_protected"] },
  {
    name: "through a linked folder",
    operation: write("conf/policy.yaml"),
    codes: ["path_protected"],
  },
  {
    name: "reading what may be read",
    operation: { type: "file_read", affected_files: [".env"] },
    codes: [],
  },
  {
    name: "moving a protected file away",
    operation: { type: "file_rename", affected_files: [".env", "x"] },
    codes: ["operation_protected", "path_protected"],
  },
  {
    name: "deleting above a protected file",
    operation: { type: "file_delete", affected_files: ["deep"] },
    codes: ["operation_protected", "path_protected"],
  },
  {
    name: "a protected operation",
    operation: { type: "file_delete", affected_files: ["src/app.ts"] },
    codes: ["operation_protected"],
  },
  {
    name: "chmod",
    operation: { type: "chmod", affected_files: ["src/app.ts"] },
    codes: ["operation_protected"],
  },
  {
    name: "a command, its effects unknown",
    operation: { type: "command", command: "$TOOL" },
    codes: ["operation_unverified"],
  },
  {
    name: "a type nobody knows",
    operation: { type: "frobnicate", affected_files: ["a.ts"] },
    codes: ["operation_unknown"],
  },
  {
    name: "claimed complexity",
    operation: { ...write("a.ts"), metadata: { complexity: 11 } },
    codes: ["limit_exceeded"],
  },
  {
    name: "complexity within",
    operation: { ...write("a.ts"), metadata: { complexity: 10 } },
    codes: [],
  },
  {
    name: "measured complexity beats a claim",
    operation: { ...write("a.py"), content: branches, metadata: { complexity: 1 } },
    codes: ["limit_exceeded"],
  },
  {
    name: "size of content",
    operation: { ...write("a.txt"), content: "x".repeat(10_001) },
    codes: ["limit_exceeded"],
  },
  { name: "size on disk", operation: write("src/large.txt"), codes: ["limit_exceeded"] },
  {
    name: "changed lines",
    operation: {
      ...write("a.txt"),
      diff: `--- a/a.txt\n+++ b/a.txt\n@@ -0,0 +1,101 @@\n${lines(101).replaceAll("x", "+x")}`,
    },
    codes: ["limit_exceeded"],
  },
];

function furnish(project: Project): void {
  project.write(".env", "SECRET=1\n");
  project.write("deep/er/prod.env", "SECRET=2\n");
  project.write("src/large.txt", "x".repeat(10_001));
  Deno.symlinkSync("../.env", project.path("src/link"));
  Deno.symlinkSync(".scalpel", project.path("conf"));
}

function placed(operation: Row["operation"], root: string): Row["operation"] {
  return JSON.parse(JSON.stringify(operation).replaceAll("ROOT", root));
}

describe("check", () => {
  itOnBoth("decides each row, records it, and touches nothing", async (program) => {
    using project = new Project();
    furnish(project);
    await project.init();
    const policy = project.read(".scalpel/policy.yaml");
    const operations = rows.map(({ operation }) => placed(operation, project.root));
    const { exit, stdout } = await project.run(["check", "--batch"], {
      program,
      stdin: operations.map((operation) => JSON.stringify(operation)).join("\n"),
    });
    assertEquals(exit, 2);
    const decisions: Decision[] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const found = decisions.map(({ decision, violations }, index) => {
      const codes = [...new Set(violations.map(({ code }) => code))].sort();
      return `${rows[index]?.name}: ${decision} ${codes.join()}`;
    });
    const wanted = rows.map(({ name, codes }) =>
      `${name}: ${codes.length === 0 ? "allow" : "deny"} ${codes.join()}`
    );
    assertEquals(found, wanted);
    const entries = await readEntries(project, ["--type", "audit.decision"], { program });
    assertEquals(
      decisions.map(({ audit }) => [audit.seq, audit.mac]),
      entries.map(({ seq, mac }) => [seq, mac]),
    );
    assertEquals(project.read(".env"), "SECRET=1\n");
    assertEquals(project.read("deep/er/prod.env"), "SECRET=2\n");
    assertEquals(project.read(".scalpel/policy.yaml"), policy);
  });

  itOnBoth("takes flags, a file and stdin for the same operation", async (program) => {
    using project = new Project();
    await project.init();
    const operation = { ...write("src/app.ts"), metadata: { complexity: 11, note: "x" } };
    project.write("operation.json", JSON.stringify(operation));
    const flags = [...harmless, "--metadata", "complexity=11", "--metadata", "note=x"];
    const answers = [
      await ask(project, flags, { program }),
      await ask(project, ["operation.json"], { program }),
      await ask(project, operation, { program }),
    ];
    for (const { exit, codes, decision } of answers) {
      assertEquals([exit, codes], [2, ["limit_exceeded"]]);
      assertEquals(decision.operation_digest, answers[0]?.decision.operation_digest);
    }
    const both = await project.json(["check", ...harmless, "operation.json"], { program });
    assertEquals([both.exit, errorCode(both.value)], [64, "usage"]);
  });

  it("finds the root from a folder below, and by --root and SCALPEL_ROOT", async () => {
    using project = new Project();
    await project.init();
    const denied = ["--type", "file_write", "--file", `${project.root}/.env`];
    const below = await ask(project, denied, { cwd: project.path("src") });
    assertEquals([below.exit, below.codes], [2, ["path_protected"]]);
    const named = await ask(project, [...denied, "--root", project.root], { cwd: "/" });
    assertEquals([named.exit, named.codes], [2, ["path_protected"]]);
    const env = { SCALPEL_ROOT: project.root };
    assertEquals((await ask(project, denied, { cwd: "/", env })).codes, ["path_protected"]);
  });

  it("for people names the policy line", async () => {
    using project = new Project();
    await project.init();
    const { exit, stdout } = await project.run(["check", "--type", "file_write", "--file", ".env"]);
    assertEquals(exit, 2);
    assertMatch(stdout, /DENY/);
    assertMatch(stdout, /\.scalpel\/policy\.yaml:19/);
  });

  it("correlation id comes back and is no part of the digest", async () => {
    using project = new Project();
    await project.init();
    const plain = await ask(project, harmless);
    const labelled = await ask(project, [...harmless, "--correlation-id", "c-1"]);
    assertEquals(labelled.decision.correlation_id, "c-1");
    assertEquals(labelled.decision.operation_digest, plain.decision.operation_digest);
  });
});

describe("check --batch", () => {
  itOnBoth("answers line by line; the worst status wins", async (program) => {
    using project = new Project();
    await project.init();
    const input = [
      JSON.stringify(write("a.ts")),
      "{ not json",
      JSON.stringify(write(".env")),
      JSON.stringify({ type: "file_write" }),
      "",
      JSON.stringify(write("b.ts")),
    ].join("\n");
    const { exit, stdout } = await project.run(["check", "--batch"], { program, stdin: input });
    const answers = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(exit, 3);
    assertEquals(answers.map(({ allowed }) => allowed), [true, false, false, false, true]);
    assertEquals(
      answers.map(({ error }) => error?.code ?? null),
      [null, "operation_invalid", null, "operation_invalid", null],
    );
    assertEquals(answers[4].violations, []);
  });

  it("statuses: all allowed 0, one denied 2, nothing asked 3", async () => {
    using project = new Project();
    await project.init();
    const run = async (stdin: string | Uint8Array<ArrayBuffer>) =>
      (await project.run(["check", "--batch", "--quiet"], { stdin })).exit;
    const allowed = JSON.stringify(write("a.ts"));
    assertEquals(await run(`${allowed}\n${allowed}\n`), 0);
    assertEquals(await run(`${allowed}\n${JSON.stringify(write(".env"))}\n`), 2);
    assertEquals(await run(""), 3);
    assertEquals(await run("\n \n"), 3);
    assertEquals(await run(new Uint8Array([0xff, 0xfe])), 3);
  });

  it("keeps order and one chain over many groups", async () => {
    using project = new Project();
    await project.init();
    const files = Array.from({ length: 300 }, (_, i) => i % 7 === 0 ? `f${i}.env` : `f${i}.ts`);
    const stdin = files.map((file) => JSON.stringify(write(file))).join("\n");
    const { stdout } = await project.run(["check", "--batch"], { stdin });
    const answers: Decision[] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(answers.map(({ allowed }) => allowed), files.map((file) => file.endsWith(".ts")));
    assert(
      answers.every(({ audit }, i) => i === 0 || audit.seq > (answers[i - 1]?.audit.seq ?? 0)),
    );
    assertEquals((await project.json(["verify"])).exit, 0);
  });
});

describe("check by other policies", () => {
  const policies = [
    {
      name: "default deny",
      policy: 'version: "1.0"\nenforcement:\n  default: deny\n',
      operation: write("src/app.ts"),
      wanted: [2, ["default_deny"]],
    },
    {
      name: "a custom operation has the verbs it was given",
      policy: 'version: "1.0"\noperations:\n  custom:\n    deploy: [write]\n' +
        'protected:\n  files: ["*.env"]\n',
      operation: { type: "deploy", affected_files: ["prod.env"] },
      wanted: [2, ["path_protected"]],
    },
    {
      name: "a custom operation is known",
      policy: 'version: "1.0"\noperations:\n  custom:\n    deploy: [write]\n',
      operation: { type: "deploy", affected_files: ["a.ts"] },
      wanted: [0, []],
    },
    {
      name: "CFG-12 a limit of 0 allows none",
      policy: 'version: "1.0"\nlimits:\n  max_complexity: 0\n',
      operation: { ...write("a.ts"), metadata: { complexity: 1 } },
      wanted: [2, ["limit_exceeded"]],
    },
    {
      name: "switched off is loud, and its own files stay closed",
      policy: 'version: "1.0"\nenforcement:\n  enabled: false\n',
      operation: write(".scalpel/policy.yaml"),
      wanted: [2, ["path_protected"]],
    },
  ];
  for (const { name, policy, operation, wanted } of policies) {
    it(name, async () => {
      using project = new Project();
      project.write(".scalpel/policy.yaml", policy);
      await project.init(["--yes"]);
      const { exit, codes } = await ask(project, operation);
      assertEquals([exit, codes], wanted);
    });
  }
});
