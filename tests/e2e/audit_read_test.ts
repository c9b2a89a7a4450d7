/** Reading the log on the program as it is shipped: query, tail, stats, export. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { exportedLines, rebuiltLog } from "../support/exported_lines.ts";
import { verifyIndependently } from "../support/independent_verifier.ts";
import { readCsv } from "../support/read_csv.ts";
import { binaryPath, compiled, type Program, Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const path = ".scalpel/audit.log";
const hostile = "=cmd|'/c calc'!A1";
const operations = [
  { type: "file_write", affected_files: ["src/app.ts"], agent: { name: "one", session: "s-1" } },
  { type: "file_write", affected_files: [".env"], agent: { name: "one", session: "s-1" } },
  { type: "file_write", affected_files: ["deep/prod.env"], content: "x", agent: { name: "two" } },
  { type: "file_read", affected_files: ["README.md"], agent: { name: hostile } },
];
const asLines = operations.map((operation) => `${JSON.stringify(operation)}\n`).join("");

/** Genesis, acceptance (#1) and four decisions (#2 to #5). */
async function worked(program: Program = compiled): Promise<Project> {
  const project = new Project();
  await project.init(["--guide"], { program });
  await project.run(["check", "--batch"], { program, stdin: asLines });
  return project;
}

/** The secret `init` made, and the log's id. */
function keysOf(project: Project) {
  const secret = Deno.readTextFileSync(`${project.stateFolder()}/keys/audit.key`).trim();
  const rootSecret = Uint8Array.from(decodeHex(secret.replace(/^hex:/, "")));
  const record = JSON.parse(Deno.readTextFileSync(`${project.stateFolder()}/install.json`));
  return { rootSecret, logId: String(record.log_id) };
}

const seqsOf = async (project: Project, ...filters: readonly string[]) =>
  (await readEntries(project, filters)).map(({ seq }) => seq);

function edit(project: Project, from: string, to: string): void {
  const text = project.read(path);
  assert(text.includes(from));
  project.overwrite(path, text.replace(from, to));
}

describe("audit query", () => {
  it("chooses decisions by what they say", async () => {
    using project = await worked();
    const rows: readonly (readonly [readonly string[], readonly number[]])[] = [
      [["--decision", "deny"], [3, 4]],
      [["--policy", "protected.files"], [3, 4]],
      [["--agent", "one"], [2, 3]],
      [["--session", "s-1", "--decision", "allow"], [2]],
      [["--file", "*.env"], [3, 4]],
      [["--file", "src/"], [2]],
      [["--file", `${project.root}/deep/**`], [4]],
      [["--min-severity", "CRITICAL"], [1]],
      [["--severity", "CRITICAL", "--severity", "HIGH"], [1, 3, 4]],
      [["--type", "audit.genesis", "--type", "state.policy_accepted"], [0, 1]],
      [["--since", "1h", "--decision", "allow"], [2, 5]],
      [["--until", "1h"], []],
      [["--principal", "nobody"], []],
    ];
    for (const [filters, wanted] of rows) {
      assertEquals(await seqsOf(project, ...filters), wanted, filters.join(" "));
    }
    for (const wrong of [["--file", "a{b}"], ["--since", "2"], ["--decision", "maybe"]]) {
      assertEquals((await project.run(["audit", "query", ...wrong])).exit, 64, wrong.join(" "));
    }
  });

  itOnBoth("--as-test writes cases, and says what it cannot rebuild", async (program) => {
    using project = await worked(program);
    const args = ["audit", "query", "--decision", "deny", "--as-test"];
    const { exit, stdout } = await project.run(args, { program });
    assertEquals(exit, 0);
    assertStringIncludes(stdout, "# 1 case, 1 left out as a comment");
    assertMatch(stdout, /^schema_version: 1\ncases:\n {2}- name: "#3 file_write \.env"$/m);
    assertMatch(stdout, /^ {2}# - name: "#4 file_write deep\/prod\.env"$/m);
    const both = await project.run([...args, "--json"], { program });
    assertEquals(both.exit, 64);
  });

  it("A1 shows nothing of a log that does not verify", async () => {
    using project = await worked();
    edit(project, '"decision":"allow"', '"decision":"aLLow"');
    for (const args of [["query"], ["query", "--as-test"], ["stats"], ["tail"]]) {
      const { exit, stdout } = await project.run(["audit", ...args]);
      assertEquals([exit, stdout], [5, ""], args.join(" "));
    }
  });
});

describe("audit stats", () => {
  itOnBoth("counts, in words and for programs", async (program) => {
    using project = await worked(program);
    const { exit, stdout } = await project.run(["audit", "stats"], { program });
    assertEquals(exit, 0);
    assertMatch(stdout, /^6 entries, [\d.]+ kB\n#0 .* to #5 .*\ndecisions: 2 allowed, 0 asked, 2 /);
    assertMatch(stdout, /^\d\d-\d\d \d\dh {2}[!#+-]+ \d+$/m);
    assertMatch(stdout, /^[\n -~]*$/);
    const { value } = await project.json(["audit", "stats", "--decision", "deny"], { program });
    assertEquals([value["schema_version"], value["entries"]], [1, 2]);
    assertEquals(value["filter"], { decision: "deny" });
    const size = new TextEncoder().encode(project.read(path)).length;
    assertEquals((await project.json(["audit", "stats"], { program })).value["bytes"], size);
    const painted = await project.run(["audit", "stats", "--color", "always"], { program });
    assertStringIncludes(painted.stdout, "\x1b[");
  });
});

describe("audit export", () => {
  for (const form of ["jsonl", "csv", "ocsf"]) {
    itOnBoth(`AUD-32 ${form} is the log, byte for byte, and verifies`, async (program) => {
      using project = await worked(program);
      const before = Deno.readFileSync(project.path(path));
      const { exit, stdout, stderr } = await project.run(["audit", "export", "--as", form], {
        program,
      });
      assertEquals([exit, stderr], [0, "sealward: exported 6 entries, recorded as #6\n"]);
      const rebuilt = rebuiltLog(exportedLines(form, stdout));
      assertEquals(encodeHex(rebuilt), encodeHex(before));
      const report = await verifyIndependently(rebuilt, keysOf(project));
      assertEquals(report, { isIntact: true, entries: 6, restBytes: 0 });
      const [entry] = await readEntries(project, ["--type", "audit.export"], { program });
      const { principal, ...details } = entry?.details ?? {};
      assertMatch(String(principal), /^uid:\d+$|^user$/);
      assertEquals([entry?.severity, details], [
        "MEDIUM",
        { as: form, to: "stdout", rows: 6, through_seq: 5, filter: {} },
      ]);
    });
  }

  it("AUD-32 a label is no formula, no escape sequence and no line of its own", async () => {
    using project = await worked();
    const sly = JSON.stringify({ type: "\u001b[2J\r\n=1" });
    const record = ["audit", "record", "--type", "NOTE", "--severity", "LOW", "--details", sly];
    assertEquals((await project.run(record)).exit, 0);
    const { stdout } = await project.run(["audit", "export", "--as", "csv"]);
    const [header = [], ...records] = readCsv(stdout);
    assertEquals(records.length, 7);
    assertEquals(records[5]?.[header.indexOf("agent")], `'${hostile}`);
    // deno-lint-ignore no-control-regex -- control characters are what is searched
    assertEquals(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(stdout), false);
  });

  it("goes to a new file of 0600 with the rows that were asked for, and to no other", async () => {
    using project = await worked();
    const out = `${project.folder}/out.jsonl`;
    const args = ["audit", "export", "--as", "jsonl", "--decision", "deny", "--since", "1h"];
    const { exit, stdout } = await project.run([...args, "--out", out]);
    assertEquals([exit, stdout], [0, ""]);
    assertEquals((Deno.statSync(out).mode ?? 0) & 0o777, 0o600);
    const rows = Deno.readTextFileSync(out).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ row, rows, seq }) => [row, rows, seq]), [[1, 2, 3], [2, 2, 4]]);
    const text = Deno.readTextFileSync(out);
    const again = await project.run([...args, "--out", out]);
    assertEquals(again.exit, 1);
    assertStringIncludes(again.stderr, "error[output_unwritable]");
    assertEquals(Deno.readTextFileSync(out), text);
    Deno.symlinkSync(`${project.folder}/elsewhere`, `${project.folder}/link`);
    assertEquals((await project.run([...args, "--out", `${project.folder}/link`])).exit, 64);
    assertEquals((await project.run([...args, "--out", project.path(".scalpel/x")])).exit, 64);
    assertEquals((await project.run(["audit", "export"])).exit, 64);
    assertEquals((await readEntries(project, ["--type", "audit.export"])).length, 1);
  });

  it("A1 a spoilt log gives no row, no file and no entry", async () => {
    using project = await worked();
    edit(project, '"decision":"deny"', '"decision":"dEny"');
    const out = `${project.folder}/out.csv`;
    for (const args of [[], ["--out", out]]) {
      const { exit, stdout } = await project.run(["audit", "export", "--as", "csv", ...args]);
      assertEquals([exit, stdout], [5, ""]);
    }
    assertEquals(
      [...Deno.readDirSync(project.folder)].some(({ name }) => name === "out.csv"),
      false,
    );
    assertEquals(project.read(path).includes("audit.export"), false);
  });

  it("FLT-13 a reader that goes away is no success", async () => {
    using project = await worked();
    await grow(project, 2_000);
    const status = `${project.folder}/status`;
    await runLine(
      project,
      `{ ${binaryPath} audit export --as ocsf; echo $? > ${status}; } | head -c 100`,
    );
    assertEquals(Deno.readTextFileSync(status), "1\n");
    const full = `${binaryPath} audit export --as jsonl > /dev/full; echo $?`;
    assertMatch(await runLine(project, full), /^1\n$/);
  });

  it("A1 says how many rows had left when the log is spoilt meanwhile", async () => {
    using project = await worked();
    // More than is verified at a time: what was read before is given out as it was.
    await grow(project, 9_000);
    const child = spawn(project, ["audit", "export", "--as", "jsonl"]);
    const reader = child.stdout.getReader();
    // The first bytes: the log was verified and the entry written. The pipe then holds the rest up.
    let { value } = await reader.read();
    const lines = project.read(path).trimEnd().split("\n");
    const last = lines.length - 2;
    lines[last] = (lines[last] ?? "").replace('"type":"audit', '"type":"audiT');
    project.overwrite(path, `${lines.join("\n")}\n`);
    let text = "";
    const decoder = new TextDecoder();
    for (; value !== undefined; { value } = await reader.read()) {
      text += decoder.decode(value, { stream: true });
    }
    const { code } = await child.status;
    const stderr = await new Response(child.stderr).text();
    assertEquals(code, 5, stderr);
    const rows = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    const end = rows.at(-1);
    assert(end.row < end.rows, "half an export says so");
    assertStringIncludes(stderr, `(${end.row} of ${end.rows} rows had been written)`);
    assertStringIncludes(stderr, "error[audit_tampered]");
  });

  it("a slow reader does not make memory grow", async () => {
    using project = await worked();
    await grow(project, 6_000);
    const child = spawn(project, ["audit", "export", "--as", "ocsf"]);
    const reader = child.stdout.getReader();
    await reader.read();
    const residentKb = async () =>
      Number(/VmRSS:\s+(\d+)/.exec(await runLine(project, `cat /proc/${child.pid}/status`))?.[1]);
    await pause(300);
    const before = await residentKb();
    assert(before > 10_000);
    await pause(1_500);
    const after = await residentKb();
    assert(after - before < 8_192, `${before} then ${after} kB`);
    let bytes = 0;
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      bytes += step.value.length;
    }
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
    assert(bytes > 10_000_000);
  });
});

describe("audit tail --follow", () => {
  const attacks: readonly (readonly [string, string, (project: Project) => void])[] = [
    ["a forged entry behind the end", "audit_tampered", (project) => {
      const lines = project.read(path).trimEnd().split("\n");
      const forged = (lines.at(-1) ?? "").replace(/"seq":\d+/, `"seq":${lines.length}`);
      Deno.writeTextFileSync(project.path(path), `${forged}\n`, { append: true });
    }],
    ["a cut end", "audit_rollback", (project) => {
      const lines = project.read(path).trimEnd().split("\n");
      project.overwrite(path, `${lines.slice(0, -1).join("\n")}\n`);
    }],
    ["an edited last entry", "audit_tampered", (project) => {
      const text = project.read(path);
      project.overwrite(
        path,
        text.replace(
          /"mac":"(.)([0-9a-f]{63})"\}\n$/,
          (_, first, rest) => `"mac":"${first === "0" ? "1" : "0"}${rest}"}\n`,
        ),
      );
    }],
  ];
  for (const [name, wanted, spoil] of attacks) {
    it(`A1 A2 shows what is appended, and ends with 5 at ${name}`, async () => {
      using project = await worked();
      const child = spawn(project, ["audit", "tail", "-f", "--limit", "1", "--format", "jsonl"]);
      const { read, readDocument } = readLines(child.stdout);
      assertEquals(JSON.parse(await read()).seq, 5);
      await project.run(["check", "--type", "file_write", "--file", "new.ts"]);
      assertEquals(JSON.parse(await read()).seq, 6);
      await spoil(project);
      const { code } = await waitAtMost(child, 10_000);
      assertEquals(code, 5);
      const envelope = JSON.parse(await readDocument());
      assertEquals(errorCode(envelope), wanted);
      await child.stderr.cancel();
    });
  }
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Appends that many decisions. */
async function grow(project: Project, count: number): Promise<void> {
  const stdin = `${JSON.stringify(operations[0])}\n`.repeat(1_000);
  for (let left = count; left > 0; left -= 1_000) {
    await project.run(["check", "--batch", "--quiet"], { stdin });
  }
}

const environmentOf = (project: Project) => ({ HOME: project.home, PATH: "/usr/bin:/bin" });

function spawn(project: Project, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(binaryPath, {
    args: [...args],
    cwd: project.root,
    clearEnv: true,
    env: environmentOf(project),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function runLine(project: Project, line: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd: project.root,
    clearEnv: true,
    env: environmentOf(project),
  }).output();
  return new TextDecoder().decode(stdout);
}

function readLines(stream: ReadableStream<Uint8Array>) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  const read = async () => {
    while (!held.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`no more lines: ${held}`);
      held += value;
    }
    const [line = "", ...rest] = held.split("\n");
    held = rest.join("\n");
    return line;
  };
  /** All that is left. */
  const readDocument = async () => {
    for (let step = await reader.read(); !step.done; step = await reader.read()) held += step.value;
    return held;
  };
  return { read, readDocument };
}

/** Ends a child that does not end by itself, so that a test never hangs. */
async function waitAtMost(child: Deno.ChildProcess, ms: number): Promise<Deno.CommandStatus> {
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  try {
    return await child.status;
  } finally {
    clearTimeout(timer);
  }
}
