/** Every way to spoil the log, and what is said about it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, type Program, Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const path = ".scalpel/audit.log";

/** An install with six entries: genesis, acceptance and four decisions. */
async function installed(program: Program = compiled): Promise<Project> {
  const project = new Project();
  await project.init(["--guide"], { program });
  const operation = '{"type":"file_write","affected_files":["src/app.ts"]}\n';
  await project.run(["check", "--batch"], { program, stdin: operation.repeat(4) });
  return project;
}

function editLines(project: Project, edit: (lines: string[]) => readonly string[]): void {
  const lines = project.read(path).split("\n").slice(0, -1);
  project.overwrite(path, edit(lines).map((line) => `${line}\n`).join(""));
}

async function verdict(project: Project, program: Program = compiled) {
  const { exit, value } = await project.json(["audit", "verify"], { program });
  return { exit, verdict: value["verdict"], seq: value["seq"] };
}

interface Attack {
  readonly name: string;
  readonly edit: (lines: string[]) => readonly string[];
  readonly wanted: { readonly verdict: string; readonly seq: number };
}

const attacks: readonly Attack[] = [
  {
    name: "A1 AUD-02 an edited entry",
    edit: (lines) => lines.map((line, i) => i === 3 ? line.replace("allow", "aLLow") : line),
    wanted: { verdict: "TAMPERED", seq: 3 },
  },
  {
    name: "A1 AUD-03 a removed entry",
    edit: (lines) => lines.filter((_, i) => i !== 3),
    wanted: { verdict: "TAMPERED", seq: 3 },
  },
  {
    name: "A1 two entries swapped",
    edit: (lines) => [...lines.slice(0, 3), ...lines.slice(3, 5).reverse(), ...lines.slice(5)],
    wanted: { verdict: "TAMPERED", seq: 3 },
  },
  {
    name: "A1 an entry twice",
    edit: (lines) => [...lines.slice(0, 4), ...lines.slice(3)],
    wanted: { verdict: "TAMPERED", seq: 4 },
  },
  {
    name: "SEED-04 a line that is none",
    edit: (lines) => [...lines.slice(0, 3), "{}", ...lines.slice(3)],
    wanted: { verdict: "TAMPERED", seq: 3 },
  },
  {
    name: "A2 SEED-02 a cut tail",
    edit: (lines) => lines.slice(0, 4),
    wanted: { verdict: "ROLLBACK", seq: 4 },
  },
  { name: "an emptied log", edit: () => [], wanted: { verdict: "ROLLBACK", seq: 0 } },
];

describe("audit verify", () => {
  for (const { name, edit, wanted } of attacks) {
    it(`${name} is found at its place`, async () => {
      using project = await installed();
      editLines(project, edit);
      assertEquals(await verdict(project), { exit: 5, ...wanted });
      const query = await project.run(["audit", "query"]);
      assertEquals([query.exit, query.stdout], [5, ""]);
    });
  }

  itOnBoth("says the sequence number to people", async (program) => {
    using project = await installed(program);
    assertEquals(await verdict(project, program), { exit: 0, verdict: "OK-UNANCHORED", seq: null });
    editLines(project, (lines) => lines.map((line, i) => i === 2 ? `${line} ` : line));
    const { exit, stdout } = await project.run(["audit", "verify"], { program });
    assertEquals(exit, 5);
    assertMatch(stdout, /TAMPERED[^]*entry #2/);
    assertEquals((await project.run(["verify"], { program })).exit, 5);
  });

  itOnBoth("A2 a cut tail and a lost log stop every decision", async (program) => {
    using project = await installed(program);
    const text = project.read(path);
    editLines(project, (lines) => lines.slice(0, -1));
    const cut = await project.json(["check", ...harmless], { program });
    assertEquals([cut.exit, errorCode(cut.value)], [5, "audit_rollback"]);
    Deno.removeSync(project.path(path));
    const gone = await project.json(["check", ...harmless], { program });
    assertEquals([gone.exit, errorCode(gone.value)], [5, "audit_missing"]);
    assertEquals((await verdict(project, program)).verdict, "MISSING");
    Deno.writeTextFileSync(project.path(path), text, { mode: 0o600 });
    assertEquals((await ask(project, harmless, { program })).exit, 0);
  });

  it("SEED-03 a workspace whose .scalpel is gone does not verify", async () => {
    using project = await installed();
    Deno.removeSync(project.path(".scalpel"), { recursive: true });
    assertEquals((await verdict(project)).verdict, "MISSING");
    const { exit, value } = await project.json(["check", ...harmless]);
    assertEquals([exit, value["allowed"]], [5, false]);
  });

  it("A2 an older copy of all of .scalpel is found by the mark", async () => {
    using project = await installed();
    const copy = `${project.folder}/copy`;
    const folder = project.path(".scalpel");
    await new Deno.Command("cp", { args: ["-a", folder, copy] }).output();
    await ask(project, harmless);
    Deno.removeSync(folder, { recursive: true });
    Deno.renameSync(copy, folder);
    assertEquals((await verdict(project)).verdict, "ROLLBACK");
    assertEquals((await project.run(["check", ...harmless])).exit, 5);
  });

  it("MAN-14 another install's log is foreign", async () => {
    using project = await installed();
    using other = await installed();
    project.overwrite(path, other.read(path));
    const { exit, verdict: found } = await verdict(project);
    assertEquals([exit, found], [5, "FOREIGN-LOG"]);
    const { value } = await project.json(["check", ...harmless]);
    assertEquals(errorCode(value), "audit_foreign");
  });

  itOnBoth("A4 a torn end is kept aside, told, and no tampering", async (program) => {
    using project = await installed(program);
    const torn = project.read(path).split("\n").at(-2)?.slice(0, 90) ?? "";
    Deno.writeTextFileSync(project.path(path), torn, { append: true });
    const found = await verdict(project, program);
    assertEquals([found.exit, found.verdict], [0, "UNCLEAN-END"]);
    assertEquals((await ask(project, harmless, { program })).exit, 0);
    assertEquals((await verdict(project, program)).verdict, "OK-UNANCHORED");
    assertEquals((await readEntries(project, ["--type", "audit.recovery"], { program })).length, 1);
    const kept = [...Deno.readDirSync(project.path(`${path}.d/quarantine`))].map(({ name }) =>
      project.read(`${path}.d/quarantine/${name}`)
    );
    assert(kept.some((text) => text.includes(torn)));
  });

  it("SEED-14 another secret can say nothing", async () => {
    using project = await installed();
    const secret = `${project.folder}/secret`;
    Deno.writeTextFileSync(secret, "another secret, at least 32 bytes long", { mode: 0o600 });
    const env = { SCALPEL_AUDIT_SECRET_FILE: secret };
    const report = await project.json(["audit", "verify"], { env });
    assertEquals([report.exit, report.value["verdict"]], [1, "UNVERIFIABLE"]);
    const check = await project.json(["check", ...harmless], { env });
    assertEquals([check.exit, errorCode(check.value)], [1, "audit_unverifiable"]);
    assertEquals((await verdict(project)).exit, 0);
  });
});

describe("something else in the log's place", () => {
  const plants: readonly (readonly [string, (target: string, kept: string) => Promise<void>])[] = [
    ["FIFO", async (target) => void await new Deno.Command("mkfifo", { args: [target] }).output()],
    ["symbolic link", (target, kept) => Deno.symlink(kept, target)],
    ["hard link", (target, kept) => Deno.link(kept, target)],
    ["folder", (target) => Deno.mkdir(target)],
  ];
  for (const [name, plant] of plants) {
    it(`BIN-07 ${name}: refused at once, and never followed`, async () => {
      using project = await installed();
      const kept = `${project.folder}/kept`;
      Deno.renameSync(project.path(path), kept);
      const before = Deno.readTextFileSync(kept);
      await plant(project.path(path), kept);
      const started = performance.now();
      for (const command of [["check", ...harmless], ["audit", "verify"], ["audit", "query"]]) {
        const { exit, stdout, stderr } = await project.run(command);
        assert(exit === 1 || exit === 5, `${command[0]}: exit ${exit}`);
        assertEquals(/^\s+at /m.test(stdout + stderr), false, "stack trace");
        if (command[0] === "check") assertMatch(stderr, /^sealward: error\[audit_[a-z]+\]: /);
      }
      assert(performance.now() - started < 10_000);
      assertEquals(Deno.readTextFileSync(kept), before);
    });
  }
});

describe("audit record and query", () => {
  itOnBoth("a caller's event comes back, reserved types do not go in", async (program) => {
    using project = await installed(program);
    const record = (type: string, details: string) =>
      project.json([
        "audit",
        "record",
        "--type",
        type,
        "--severity",
        "MEDIUM",
        "--details",
        details,
      ], {
        program,
      });
    assertEquals((await record("TASK_EXECUTION", '{"task":"build"}')).exit, 0);
    for (const type of ["audit.genesis", "state.policy_accepted", "a b", "x".repeat(65)]) {
      const { exit, value } = await record(type, "{}");
      assertEquals([exit, errorCode(value)], [3, "event_invalid"], type);
    }
    const large = await record("LARGE", JSON.stringify({ text: "x".repeat(9_000) }));
    assertEquals([large.exit, errorCode(large.value)], [3, "event_invalid"]);
    const [entry, ...more] = await readEntries(project, ["--type", "TASK_EXECUTION"], { program });
    assertEquals([entry?.severity, entry?.details["task"], more], ["MEDIUM", "build", []]);
  });

  it("filters by type, severity, time, place and count", async () => {
    using project = await installed();
    const seqs = async (...filters: string[]) =>
      (await readEntries(project, filters)).map(({ seq }) => seq);
    assertEquals(await seqs(), [0, 1, 2, 3, 4, 5]);
    assertEquals(await seqs("--type", "audit.decision", "--limit", "2"), [4, 5]);
    assertEquals(await seqs("--severity", "CRITICAL"), [1]);
    assertEquals(await seqs("--after", "3"), [4, 5]);
    assertEquals((await project.run(["audit", "query", "--limit", "0"])).exit, 64);
    assertEquals(await seqs("--until", "2000-01-01T00:00:00Z"), []);
    assertEquals(await seqs("--since", "2000-01-01T00:00:00Z"), [0, 1, 2, 3, 4, 5]);
    const tail = await project.run(["audit", "tail", "--limit", "1", "--format", "jsonl"]);
    assertEquals(JSON.parse(tail.stdout).seq, 5);
  });

  it("CFG-09 time is UTC whatever zone and language are set", async () => {
    using project = await installed();
    const env = { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
    const { decision } = await ask(project, ["--type", "file_write", "--file", "A.CONFIG"], {
      env,
    });
    assertEquals(decision.allowed, false);
    const entry = (await readEntries(project, ["--limit", "1"], { env }))[0];
    assertMatch(entry?.at ?? "", /Z$/);
    assert(Math.abs(Date.parse(entry?.at ?? "") - Date.now()) < 60_000);
  });
});

describe("head and mark", () => {
  it("AUD-06 A2 the older of each pair cannot stand in for the newer", async () => {
    using project = new Project();
    await project.init();
    for (let i = 0; i < 3; i++) await project.run(["check", ...harmless]);
    const state = project.stateFolder();
    const side = project.path(".scalpel/audit.log.d");
    const log = project.read(".scalpel/audit.log").trimEnd().split("\n");
    project.overwrite(".scalpel/audit.log", `${log.slice(0, -1).join("\n")}\n`);
    for (const pair of [`${side}/head`, `${state}/log/mark`]) {
      const turnOf = (slot: number) =>
        Number(/"turn":(\d+)/.exec(Deno.readTextFileSync(`${pair}.${slot}`))?.[1]);
      const older = turnOf(0) < turnOf(1) ? 0 : 1;
      Deno.copyFileSync(`${pair}.${older}`, `${pair}.${1 - older}`);
    }
    assertEquals((await project.run(["verify"])).exit, 5);
    assertEquals((await project.run(["check", ...harmless])).exit, 5);
  });
});

describe("check in a folder below the root", () => {
  it("PATH-05 reads names as any command there would", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path("a/b"), { recursive: true });
    const ask = async (file: string) =>
      (await project.run(["check", "--type", "file_write", "--file", file], {
        cwd: project.path("a/b"),
      })).exit;
    assertEquals([await ask("x.ts"), await ask("../../y.ts"), await ask("../../../y.ts")], [
      0,
      0,
      2,
    ]);
    assertEquals(await ask("../../.scalpel/policy.yaml"), 2);
  });
});
