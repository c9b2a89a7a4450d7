/**
 * `sealward replay` on the compiled binary. Law R1: any audited decision can be replayed to the same
 * verdict; S1: no secret stands in the log or beside it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { decideVectors, installStarter } from "../support/shell_decisions.ts";
import { plantShellProject } from "../support/shell_project.ts";
import { loadHarmless, loadHostile } from "../support/shell_vectors.ts";

interface Replayed {
  readonly agrees: number;
  readonly disagrees: number;
  readonly cannot: number;
  readonly results: readonly {
    readonly seq: number;
    readonly status: string;
    readonly code?: string;
    readonly differences?: readonly { readonly field: string }[];
  }[];
}

async function replay(project: Project, ...args: readonly string[]) {
  const { exit, value } = await project.json(["replay", ...args]);
  return { exit, value: value as unknown as Replayed };
}

/** Entries of the log as they stand in it. */
function linesOf(project: Project): readonly string[] {
  return project.read(".scalpel/audit.log").split("\n").filter((line) => line !== "");
}

// deno-lint-ignore no-explicit-any -- a line of a log under test
function lastDecision(project: Project): any {
  return JSON.parse(linesOf(project).findLast((line) => line.includes('"audit.decision"')) ?? "");
}

const inputFolder = ".scalpel/audit.log.d/input";

/** Every byte the engine wrote: the log and all that lies beside it, and the state folder. */
function everythingWritten(project: Project): string {
  const texts = [project.read(".scalpel/audit.log")];
  const folders = [project.path(".scalpel/audit.log.d"), `${project.stateFolder()}/log`];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) folders.push(`${folder}/${name}`);
      else texts.push(Deno.readTextFileSync(`${folder}/${name}`));
    }
  }
  return texts.join("\n");
}

function removeFiles(project: Project): void {
  for (const { name } of Deno.readDirSync(project.root)) {
    if (name !== ".scalpel") Deno.removeSync(project.path(name), { recursive: true });
  }
  Deno.removeSync(project.path(".scalpel/policy.yaml"));
}

async function check(project: Project, operation: Record<string, unknown>): Promise<void> {
  const { stdout } = await project.run(["check", "--batch"], {
    stdin: `${JSON.stringify(operation)}\n`,
  });
  assertMatch(stdout, /"decision":/);
}

describe("sealward replay", () => {
  it("R1 replays every decision about the shell vectors, the project being gone", async () => {
    using project = new Project();
    plantShellProject(project.root, project.home);
    await installStarter(project);
    const hostile = await decideVectors(project, loadHostile());
    const harmless = await decideVectors(project, loadHarmless());
    removeFiles(project);
    const { exit, value } = await replay(project, "--all");
    assertEquals(value.results, []);
    assertEquals([exit, value.disagrees, value.cannot], [0, 0, 0]);
    assert(value.agrees >= hostile.length + harmless.length, `${value.agrees}`);
  });

  it("replays one entry, a range, and says what is no decision", async () => {
    using project = new Project();
    await project.init();
    for (const file of ["a.ts", "prod.env"]) {
      await project.run(["check", "--type", "file_write", "--file", file]);
    }
    const { seq } = lastDecision(project);
    const one = await replay(project, `${seq}`);
    assertEquals([one.exit, one.value.results.map(({ status }) => status)], [0, ["agrees"]]);
    const range = await replay(project, `0..${seq}`);
    assertEquals([range.exit, range.value.agrees, range.value.results], [0, 2, []]);
    for (const text of ["0", "999", "900..999"]) {
      const { exit, stdout } = await project.run(["replay", text, "--json"]);
      assertEquals([exit, JSON.parse(stdout).error.code], [3, "decision_missing"]);
    }
    for (const args of [[], ["x"], ["-1"], ["1..x"], ["1", "--all"]]) {
      assertEquals((await project.run(["replay", ...args])).exit, 64, args.join(" "));
    }
  });

  it("changes nothing", async () => {
    using project = new Project();
    await project.init();
    await check(project, { type: "file_write", affected_files: ["a.ts"], content: "a\n" });
    const before = everythingWritten(project);
    assertEquals((await replay(project, "--all")).exit, 0);
    assertEquals(everythingWritten(project), before);
  });

  it("keeps a short operation in its entry and makes no file for it", async () => {
    using project = new Project();
    await project.init();
    const count = () => [...Deno.readDirSync(project.path(inputFolder))].length;
    const before = count();
    await check(project, { type: "file_write", affected_files: ["src/app.ts", "src/b.ts"] });
    await check(project, { type: "command", command: "ls -l src" });
    assertEquals(count(), before);
    assertEquals(typeof lastDecision(project).d.input, "object");
  });

  it("AUD-21 keeps content beside the log, never in it, and reports it missing or changed", async () => {
    using project = new Project();
    await project.init();
    const content = `export const answer = ${crypto.getRandomValues(new Uint32Array(1))[0]};\n`;
    await check(project, { type: "file_write", affected_files: ["a.ts"], content });
    assert(!project.read(".scalpel/audit.log").includes("export const answer"));
    const { seq, d } = lastDecision(project);
    const path = `${inputFolder}/${d.input.slice("sha256:".length)}`;
    assert(project.read(path).includes("export const answer"));
    assertEquals((await replay(project, `${seq}`)).exit, 0);
    const kept = project.read(path);
    project.overwrite(path, kept.replace("answer", "ANSWER"));
    const changed = await replay(project, `${seq}`);
    assertEquals([changed.exit, changed.value.results[0]?.code], [1, "input_changed"]);
    const doctor = await project.json(["doctor"]);
    assertMatch(JSON.stringify(doctor.value), /kept inputs.*1 changed/);
    Deno.removeSync(project.path(path));
    const missing = await replay(project, `${seq}`);
    assertEquals([missing.exit, missing.value.results[0]?.code], [1, "input_missing"]);
    // The log itself is what it was.
    assertEquals((await project.run(["audit", "verify"])).exit, 0);
  });

  it("S1 AUD-21 no secret of an operation is written anywhere, and the decision is replayed", async () => {
    using project = new Project();
    await project.init();
    const random = (count: number) =>
      btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(count))))
        .replace(/[^A-Za-z0-9]/g, "7");
    const secrets: string[] = [];
    const secret = (text: string) => {
      secrets.push(text);
      return text;
    };
    const operations = [
      {
        type: "command",
        command: `curl -H "Authorization: Bearer ${secret(random(18))}" https://h`,
      },
      { type: "command", command: `GITHUB_TOKEN=${secret(`ghp_${random(27)}`)} npm test` },
      {
        type: "command",
        command: `./run --password '${secret(random(9))}' && rm -rf ${random(3)}`,
      },
      { type: "command", command: `git clone https://bot:${secret(random(15))}@h.example/r.git` },
      { type: "command", command: `cat <<EOF > out.txt\napi_key: ${secret(random(12))}\nEOF` },
      {
        type: "file_write",
        affected_files: ["a.ts"],
        content: `const password = "${secret(random(12))}";\n// ${
          secret(`AKIA${"ABCDEFGH"}${random(12).toUpperCase().slice(0, 8)}`)
        }\n`,
      },
      {
        type: "tool_call",
        tool: { name: "login", input: { user: "u", password: secret(random(12)), path: "src/x" } },
      },
      {
        type: "code_modification",
        affected_files: ["a.ts"],
        diff: `--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+const token = "${secret(random(21))}";\n`,
      },
      { type: "file_read", affected_files: [`keys/${secret(`glpat-${random(15)}`)}.txt`] },
      { type: "network", metadata: { url: `https://u:${secret(random(12))}@h.example/` } },
    ];
    project.write("go.sh", `#!/bin/sh\nexport API_TOKEN=${secret(random(18))}\nrm -rf build\n`);
    for (const operation of [...operations, { type: "command", command: "sh go.sh" }]) {
      await check(project, operation);
    }
    const written = everythingWritten(project);
    for (const each of secrets) assert(!written.includes(each), `${each} was written`);
    const { exit, value } = await replay(project, "--all");
    const lines = linesOf(project);
    const failed = value.results.map(({ seq }) => lines[seq]);
    assertEquals([exit, value.agrees, failed], [0, operations.length + 1, []]);
  });

  it("says so at once when an operation without its secrets is another one", async () => {
    using project = new Project();
    await project.init();
    // The secret is the name of a protected file.
    await check(project, { type: "command", command: "TOKEN=prod1.env; rm prod1.env" });
    const { seq, d } = lastDecision(project);
    assertEquals(d.replayable, "redacted");
    const { exit, value } = await replay(project, `${seq}`);
    assertEquals([exit, value.results[0]?.code], [1, "not_replayable"]);
  });

  it("decides nothing when what it is made of cannot be kept", async () => {
    using project = new Project();
    await project.init();
    Deno.removeSync(project.path(inputFolder), { recursive: true });
    project.write(inputFolder, "no folder");
    const before = linesOf(project).length;
    const { exit, stdout, stderr } = await project.run(["check", "--batch"], {
      stdin: `${JSON.stringify({ type: "file_write", affected_files: ["a"], content: "x" })}\n`,
    });
    assertEquals([exit, stdout], [1, ""]);
    assertMatch(stderr, /audit_unwritable/);
    assertEquals(linesOf(project).length, before);
  });

  it("R1 replays what touches the engine's own places by other names", async () => {
    using project = new Project();
    await project.init();
    const [own] = [...Deno.readDirSync(project.path(inputFolder))];
    Deno.linkSync(project.path(`${inputFolder}/${own?.name}`), project.path("notes.txt"));
    Deno.symlinkSync(project.stateFolder(), project.path("state"));
    const files = ["notes.txt", "state/keys/audit.key", `${project.stateFolder()}/log`, "state"];
    for (const file of files) {
      await check(project, { type: "file_delete", affected_files: [file] });
      assertEquals(lastDecision(project).d.decision, "deny", file);
    }
    for (const name of ["notes.txt", "state"]) Deno.removeSync(project.path(name));
    const { exit, value } = await replay(project, "--all");
    assertEquals([exit, value.agrees, value.results], [0, files.length, []]);
  });

  it("R1 replays what a host's hook asked", async () => {
    using project = new Project();
    await project.init();
    project.write("src/app.ts", "export const x = 1;\n");
    const tools = [
      { tool_name: "Read", tool_input: { file_path: "src/app.ts" } },
      { tool_name: "Write", tool_input: { file_path: "src/app.ts", content: "a\n" } },
      {
        tool_name: "Edit",
        tool_input: { file_path: "src/app.ts", old_string: "x = 1", new_string: "x = 2" },
      },
      { tool_name: "Bash", tool_input: { command: "rm -rf src && cp a prod.env" } },
      { tool_name: "mcp__x__run", tool_input: { path: "src", token: "abcd1234efgh" } },
    ];
    for (const [index, tool] of tools.entries()) {
      const event = {
        session_id: "s",
        cwd: project.root,
        hook_event_name: "PreToolUse",
        tool_use_id: `t${index}`,
        ...tool,
      };
      await project.run(["hook", "claude-code"], { stdin: JSON.stringify(event) });
    }
    removeFiles(project);
    const { exit, value } = await replay(project, "--all");
    assertEquals([exit, value.agrees, value.results], [0, tools.length, []]);
    assert(!everythingWritten(project).includes("abcd1234efgh"));
  });

  it("replays decisions of a time when another policy was accepted", async () => {
    using project = new Project();
    await project.init();
    await check(project, { type: "file_write", affected_files: ["notes.txt"] });
    const before = lastDecision(project).seq;
    project.overwrite(
      ".scalpel/policy.yaml",
      'version: "1.0"\nprotected:\n  files: ["notes.txt"]\n',
    );
    await check(project, { type: "file_write", affected_files: ["notes.txt"] });
    assertEquals(lastDecision(project).d.codes, ["policy_tampered"]);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    await check(project, { type: "file_write", affected_files: ["notes.txt"] });
    assertEquals(lastDecision(project).d.decision, "deny");
    const { exit, value } = await replay(project, `${before}..${lastDecision(project).seq}`);
    assertEquals([exit, value.agrees], [0, 3]);
  });
});
