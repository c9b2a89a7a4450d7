/** Segments, anchors and proofs, as people and hosts meet them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fillLog } from "../support/fill_log.ts";
import { compiled, programs, Project } from "../support/sealward.ts";
import { callHook } from "./fixtures/hook_host.ts";
import { startServer } from "./fixtures/start_server.ts";

const firstSegment = ".scalpel/audit.log.d/seg-00000000.jsonl";
/** A little more than a segment may have. */
const fullSegment = [8_400, 8_000] as const;

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isTrue(); i++) await new Promise((done) => setTimeout(done, 50));
  assert(isTrue());
}

async function verdict(project: Project, args: readonly string[] = []) {
  const { exit, value } = await project.json(["audit", "verify", ...args]);
  return [exit, value["verdict"]];
}

describe("a segment that has come to its size", () => {
  it("is closed by the next check, after its answer", async () => {
    using project = new Project();
    await project.init();
    await fillLog(project, ...fullSegment);
    const { exit, value } = await project.json(["check", "--type", "file_write", "--file", "a.ts"]);
    assertEquals([exit, value["decision"]], [0, "allow"]);
    assert(exists(project.path(firstSegment)));
    const { value: report } = await project.json(["audit", "verify", "--threads", "2"]);
    assertEquals([report["verdict"], report["segments"]], ["OK-UNANCHORED", 2]);
    assertEquals(await verdict(project, ["--threads", "1"]), [0, "OK-UNANCHORED"]);
    assertEquals(await verdict(project, ["--seals"]), [0, "OK-UNANCHORED"]);
    // Many threads find what one finds.
    Deno.chmodSync(project.path(firstSegment), 0o600);
    const log = Deno.readFileSync(project.path(firstSegment));
    log[40_000_000] = (log[40_000_000] ?? 0) ^ 1;
    Deno.writeFileSync(project.path(firstSegment), log);
    const one = await project.json(["audit", "verify", "--threads", "1"]);
    const two = await project.json(["audit", "verify", "--threads", "2"]);
    assertEquals([one.exit, one.value["verdict"], one.value["segment"]], [5, "TAMPERED", 0]);
    assertEquals(two.value, one.value);
  });
  it("is closed by a hook once its host has the answer", async () => {
    using project = new Project();
    await project.init([]);
    await fillLog(project, ...fullSegment);
    const event = {
      session_id: "s",
      cwd: project.root,
      hook_event_name: "PreToolUse",
      tool_name: "Read",
      tool_input: { file_path: project.path("a.ts") },
      tool_use_id: "t1",
    };
    const { exit } = await callHook(project, "claude-code", event);
    assertEquals(exit, 0);
    assert(exists(project.path(firstSegment)));
    assertEquals(await verdict(project), [0, "OK-UNANCHORED"]);
  });
  it("is closed by a server, which says its head code", async () => {
    using project = new Project();
    await project.init();
    const server = await startServer(project, compiled);
    await waitFor(() => /head \d+:[0-9a-f]{20}/.test(server.said()));
    await fillLog(project, ...fullSegment);
    const response = await server.fetch("/v1/check", {
      body: { type: "file_write", affected_files: ["a.ts"] },
    });
    assertEquals(response.status, 200);
    await response.body?.cancel();
    await waitFor(() => exists(project.path(firstSegment)));
    await waitFor(() => (server.said().match(/head \d+:/g) ?? []).length === 2);
    assertEquals(await server.stop(), 0);
    const anchor = [...server.said().matchAll(/head (\d+:[0-9a-f]{20})/g)].at(-1)?.[1] ?? "";
    assertEquals(await verdict(project, ["--anchor", anchor]), [0, "OK"]);
  });
});

for (const program of programs) {
  describe(`anchors, ${program.name}`, () => {
    it("AUD-06 tell a rollback of everything from a log nobody vouches for", async () => {
      using project = new Project();
      await project.init();
      const run = (...args: string[]) => project.run(args, { program });
      const copy = `${project.folder}/copy`;
      const state = project.stateFolder();
      const save = (from: string, to: string) =>
        assert(new Deno.Command("cp", { args: ["-a", from, to] }).outputSync().success);
      Deno.mkdirSync(copy);
      save(project.path(".scalpel"), `${copy}/scalpel`);
      save(state, `${copy}/state`);
      await run("audit", "record", "--type", "NOTE", "--severity", "LOW");
      const { stdout: note } = await run("audit", "checkpoint");
      const notePath = `${project.folder}/note`;
      Deno.writeTextFileSync(notePath, note);
      const intact = await run("audit", "verify", "--checkpoint", notePath);
      assertEquals([intact.exit, intact.stdout.slice(0, 3)], [0, "OK "]);
      for (const [from, to] of [["scalpel", project.path(".scalpel")], ["state", state]]) {
        Deno.removeSync(to ?? "", { recursive: true });
        save(`${copy}/${from}`, to ?? "");
      }
      const blind = await run("audit", "verify");
      assertEquals([blind.exit, blind.stdout.slice(0, 13)], [0, "OK-UNANCHORED"]);
      const seen = await run("audit", "verify", "--checkpoint", notePath);
      assertEquals([seen.exit, seen.stdout.slice(0, 8)], [5, "ROLLBACK"]);
    });
    it("AUD-06 tell another history, another log and another's signature", async () => {
      using project = new Project();
      using other = new Project();
      await project.init();
      await other.init();
      const run = (...args: string[]) => project.run(args, { program });
      const fork = await run("audit", "verify", "--anchor", `1:${"ab".repeat(10)}`);
      assertEquals([fork.exit, fork.stdout.slice(0, 4)], [5, "FORK"]);
      const { stdout: note } = await other.run(["audit", "checkpoint"], { program });
      const path = `${project.folder}/note`;
      Deno.writeTextFileSync(path, note);
      const unsigned = await run("audit", "verify", "--checkpoint", path);
      assertEquals(unsigned.exit, 3);
      assertMatch(unsigned.stderr, /proof_invalid/);
      const key = Deno.readTextFileSync(`${other.stateFolder()}/keys/server.pub`).trim();
      const foreign = await run("audit", "verify", "--checkpoint", path, "--key", key);
      assertEquals([foreign.exit, foreign.stdout.slice(0, 11)], [5, "FOREIGN-LOG"]);
      for (const bad of ["x", "1:ab", "-1:abababababababababab", `1:${"AB".repeat(10)}`]) {
        assertEquals((await run("audit", "verify", `--anchor=${bad}`)).exit, 64, bad);
      }
    });
    it("prove an entry to somebody with only the public key", async () => {
      using project = new Project();
      await project.init();
      const run = (...args: string[]) => project.run(args, { program });
      await run("audit", "record", "--type", "NOTE", "--severity", "LOW");
      const { exit, stdout } = await run("audit", "prove", "2");
      assertEquals(exit, 0);
      const path = `${project.folder}/proof`;
      Deno.writeTextFileSync(path, stdout);
      const key = Deno.readTextFileSync(`${project.stateFolder()}/keys/server.pub`).trim();
      const proven = await run("audit", "verify-proof", path, "--key", key);
      assertEquals([proven.exit, proven.stdout.slice(0, 6)], [0, "PROVEN"]);
      assertEquals((await run("audit", "prove", "99")).exit, 64);
      const log = project.read(".scalpel/audit.log");
      Deno.writeTextFileSync(project.path(".scalpel/audit.log"), log.replace("NOTE", "NOTA"));
      const refused = await run("audit", "prove", "1");
      assertEquals([refused.exit, refused.stdout], [5, ""]);
    });
  });
}

describe("audit verify and the install record", () => {
  const changes: readonly [string, string, string][] = [
    ["fingerprint", "FOREIGN-LOG", "fingerprint"],
    ["public_key", "TAMPERED", "record"],
  ];
  for (const [field, found, kind] of changes) {
    it(`AUD-08 finds a changed ${field}`, async () => {
      using project = new Project();
      using other = new Project();
      await project.init();
      await other.init();
      const path = `${project.stateFolder()}/install.json`;
      const record = JSON.parse(Deno.readTextFileSync(path));
      const others = JSON.parse(Deno.readTextFileSync(`${other.stateFolder()}/install.json`));
      Deno.writeTextFileSync(path, JSON.stringify({ ...record, [field]: others[field] }));
      const { exit, value } = await project.json(["audit", "verify"]);
      assertEquals([exit, value["verdict"], value["kind"]], [5, found, kind]);
    });
  }
});

describe("replay of a log whose front was pruned", () => {
  it("R1 begins with the state that the oldest segment names", async () => {
    using project = new Project();
    await project.init();
    const check = () => project.run(["check", "--type", "file_write", "--file", "a.ts"]);
    for (let i = 0; i < 3; i++) {
      await check();
      assertEquals((await project.run(["audit", "rotate"])).exit, 0);
    }
    await check();
    const prune = ["audit", "prune", "--keep", "1", "--reason", "old", "--yes"];
    assertEquals((await project.run(prune)).exit, 0);
    assertEquals(await verdict(project), [0, "FRONT-PRUNED"]);
    const { exit, stdout, stderr } = await project.run(["replay", "--all"]);
    assertEquals(exit, 0, stdout + stderr);
    assertMatch(stdout, /agree/);
  });
});

describe("files that are not where they belong", () => {
  it("AUD-24 denies when the newest segment was moved among the closed ones", async () => {
    using project = new Project();
    await project.init();
    assertEquals((await project.run(["audit", "rotate"])).exit, 0);
    const log = project.path(".scalpel/audit.log");
    Deno.renameSync(log, project.path(".scalpel/audit.log.d/seg-00000001.jsonl"));
    const { exit, value } = await project.json(["check", "--type", "file_read", "--file", "a"]);
    assertEquals([exit, value["allowed"]], [5, false]);
    assertEquals(exists(log), false);
  });
  it("AUD-06 denies when a segment that was closed is open again", async () => {
    using project = new Project();
    await project.init();
    const state = `${project.stateFolder()}/log`;
    const names = [
      ...["", ".d/head.0", ".d/head.1"].map((name) => project.path(`.scalpel/audit.log${name}`)),
      ...["mark.0", "mark.1"].map((name) => `${state}/${name}`),
    ];
    const before = names.map((path) => Deno.readFileSync(path));
    assertEquals((await project.run(["audit", "rotate"])).exit, 0);
    names.forEach((path, i) => Deno.writeFileSync(path, before[i] ?? new Uint8Array()));
    const { exit, value } = await project.json(["check", "--type", "file_read", "--file", "a"]);
    assertEquals([exit, value["allowed"]], [5, false]);
    assertEquals((await verdict(project))[0], 5);
  });
});
