/** The files of a trusted policy: who may write them, which files they are, what a lock holds. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { type Served, startServer } from "./fixtures/start_server.ts";

const path = ".scalpel/policy.yaml";

/** Takes the immutable attribute away, as root could; without it there is nothing to take. */
function loosen(project: Project): void {
  const args = ["-i", "--", project.path(path)];
  try {
    new Deno.Command("chattr", { args, stderr: "null" }).outputSync();
  } catch {
    // Then the file is not immutable either.
  }
}

async function lock(project: Project): Promise<Record<string, unknown>> {
  const { exit, value } = await project.json(["policy", "lock"]);
  assertEquals(exit, 0);
  loosen(project);
  return value;
}

/** Another file of the same bytes takes the policy's place. */
function replaceByEqual(project: Project): void {
  Deno.copyFileSync(project.path(path), project.path(".scalpel/other"));
  Deno.renameSync(project.path(".scalpel/other"), project.path(path));
}

async function typesOf(project: Project): Promise<readonly string[]> {
  const types = (await readEntries(project)).map(({ type }) => type);
  return types.filter((type) => type.startsWith("state."));
}

async function assertTampered(project: Project, server: Served, what: string): Promise<void> {
  const { exit, decision, codes } = await ask(project, harmless);
  assertEquals([exit, decision.allowed, codes], [5, false, ["policy_tampered"]], what);
  const body = { type: "file_write", affected_files: ["a.ts"] };
  const { allowed, violations } = await (await server.fetch("/v1/check", { body })).json();
  assertEquals([allowed, violations[0].code], [false, "policy_tampered"], what);
}

async function assertTrusted(project: Project, server: Served, what: string): Promise<void> {
  assertEquals((await ask(project, harmless)).exit, 0, what);
  const body = { type: "file_write", affected_files: ["a.ts"] };
  const { allowed } = await (await server.fetch("/v1/check", { body })).json();
  assertEquals(allowed, true, what);
}

async function withServer(body: (project: Project, server: Served) => Promise<void>) {
  using project = new Project();
  await project.init();
  const server = await startServer(project, compiled);
  try {
    await body(project, server);
  } finally {
    assertEquals(await server.stop(), 0, server.said());
  }
}

describe("policy lock", () => {
  it("FILE-01 reads back what it set, and records it", async () => {
    using project = new Project();
    await project.init();
    const value = await lock(project);
    const holds = Deno.uid() === 0 ? ["immutable", "read_only"] : ["read_only"];
    assert(holds.includes(String(value["holds"])), String(value["holds"]));
    assertEquals((Deno.statSync(project.path(path)).mode ?? 0) & 0o777, 0o444);
    const status = await project.json(["verify"]);
    assertEquals(status.exit, 0);
    assertEquals((await ask(project, harmless)).exit, 0);
    const unlocked = await project.json(["policy", "unlock"]);
    assertEquals([unlocked.exit, unlocked.value["mode"]], [0, "644"]);
    const expected = ["state.policy_accepted", "state.policy_locked", "state.policy_unlocked"];
    // Taking the attribute away touched the file, perhaps within the same second.
    const types = (await typesOf(project)).filter((type) => type !== "state.policy_touched");
    assertEquals(types, expected);
    assertEquals((await project.run(["replay", "--all"])).exit, 0);
  });

  it("FILE-06 FILE-12 the next check and the next request find a locked file in another state", async () => {
    await withServer(async (project, server) => {
      await lock(project);
      await assertTrusted(project, server, "as it was locked");
      const status = await (await server.fetch("/v1/verify")).json();
      assertEquals([status.status, status.is_locked], ["trusted", true]);
      Deno.chmodSync(project.path(path), 0o644);
      await assertTampered(project, server, "chmod");
      assertStringIncludes((await ask(project, harmless)).decision.reason, "may be written again");
      await lock(project);
      await assertTrusted(project, server, "locked again");
      replaceByEqual(project);
      Deno.chmodSync(project.path(path), 0o444);
      await assertTampered(project, server, "PATH-18 another file of the same bytes");
      assertEquals((await project.run(["policy", "unlock"])).exit, 0);
      await assertTrusted(project, server, "unlocked");
      assertEquals((await project.run(["replay", "--all"])).exit, 0);
    });
  });

  it("PATH-15 gives no mode to another file that was linked into the folder", async () => {
    using project = new Project();
    await project.init();
    const foreign = project.path("foreign");
    const planted = project.path(".scalpel/policy.manifest.json");
    Deno.writeTextFileSync(foreign, "for root only", { mode: 0o600 });
    for (const plant of [Deno.linkSync, Deno.symlinkSync]) {
      plant(foreign, planted);
      for (const word of ["lock", "unlock"]) {
        const refused = await project.json(["policy", word]);
        assertEquals([refused.exit, errorCode(refused.value)], [1, "policy_unreadable"], word);
        assertEquals((Deno.statSync(foreign).mode ?? 0) & 0o777, 0o600, word);
      }
      Deno.removeSync(planted);
    }
    assertEquals(await typesOf(project), ["state.policy_accepted"], "nothing was recorded");
  });

  it("holds for one policy, and locks in nothing that is not in force", async () => {
    using project = new Project();
    await project.init();
    await lock(project);
    const text = project.read(path);
    project.overwrite(path, text.replace("*.env", "*.lock"));
    const refused = await project.json(["policy", "lock"]);
    assertEquals([refused.exit, errorCode(refused.value)], [5, "policy_tampered"]);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    assertEquals((await ask(project, harmless)).exit, 0, "the lock was the other policy's");
  });

  it("FILE-12 a touched file of the same bytes is allowed, and told", async () => {
    using project = new Project();
    await project.init();
    const at = new Date(Date.now() - 60_000);
    await Deno.utime(project.path(path), at, at);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertEquals((await ask(project, harmless)).exit, 0);
    replaceByEqual(project);
    assertEquals((await ask(project, harmless)).exit, 0);
    Deno.chmodSync(project.path(path), 0o600);
    assertEquals((await ask(project, harmless)).exit, 0);
    const told = await readEntries(project, ["--type", "state.policy_touched"]);
    assertEquals(told.map(({ severity, details }) => [severity, details["what"]]), [
      ["MEDIUM", ["times"]],
      ["HIGH", ["identity"]],
      ["HIGH", ["mode"]],
    ]);
    assertEquals((await project.run(["replay", "--all"])).exit, 0);
  });

  it("RACE-03 a policy swapped and put back between two checks leaves an entry", async () => {
    using project = new Project();
    await project.init();
    const text = project.read(path);
    project.write(path, text.replace("*.env", "*.xyz"));
    project.write(path, text);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertEquals(await typesOf(project), ["state.policy_accepted", "state.policy_touched"]);
  });

  it("RACE-04 other bytes of the same size under the same times are found", async () => {
    await withServer(async (project, server) => {
      const text = project.read(path);
      const { atime, mtime } = Deno.statSync(project.path(path));
      // Past the time in which a stamp is not believed.
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      await assertTrusted(project, server, "before");
      project.write(path, text.replace("*.env", "*.xyz"));
      Deno.utimeSync(project.path(path), atime ?? 0, mtime ?? 0);
      await assertTampered(project, server, "touch -r");
    });
  });

  it("a policy that others may write is tampered with, unless it was so when it was trusted", async () => {
    await withServer(async (project, server) => {
      for (const mode of [0o664, 0o646, 0o666]) {
        Deno.chmodSync(project.path(path), mode);
        await assertTampered(project, server, mode.toString(8));
        Deno.chmodSync(project.path(path), 0o644);
        await assertTrusted(project, server, "closed again");
      }
      Deno.chmodSync(project.path(path), 0o664);
      assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
      await assertTrusted(project, server, "accepted as it is");
    });
  });
});

describe("a policy that enforces less", () => {
  const observing = 'version: "1.0"\nenforcement:\n  mode: observe\n';
  const weak = 'version: "1.0"\nenforcement:\n  enabled: false\n  fail_closed: false\n';
  const strict = 'version: "1.0"\n';

  async function accept(project: Project, text: string): Promise<void> {
    project.overwrite(path, text);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
  }

  it("YAML-25 has an entry of its own when it comes into force, and when it ends", async () => {
    using project = new Project();
    await project.init();
    for (const text of [observing, weak, weak, strict, strict]) {
      await accept(project, text);
      await ask(project, harmless);
    }
    const told = (await readEntries(project)).filter(({ type }) =>
      /_weakened|t_restored/.test(type)
    );
    assertEquals(told.map(({ type, severity, details }) => [type, severity, details["settings"]]), [
      ["state.enforcement_weakened", "CRITICAL", ["enforcement.mode: observe"]],
      ["state.enforcement_weakened", "CRITICAL", [
        "enforcement.enabled: false",
        "enforcement.fail_closed: false",
      ]],
      ["state.enforcement_restored", "HIGH", [
        "enforcement.enabled: false",
        "enforcement.fail_closed: false",
      ]],
    ]);
    assertEquals((await project.run(["replay", "--all"])).exit, 0);
  });

  it("YAML-25 is loud in every decision, and weakens neither tampering nor a lost log", async () => {
    using project = new Project();
    await project.init();
    await accept(project, weak);
    const { decision, exit } = await ask(project, ["--type", "file_write", "--file", ".env"]);
    assertEquals([exit, decision.allowed, decision.notices?.length], [0, true, 2]);
    project.overwrite(path, `${weak}# \n`);
    const tampered = await ask(project, harmless);
    assertEquals([tampered.exit, tampered.decision.allowed], [5, false]);
    project.overwrite(path, weak);
    Deno.removeSync(project.path(".scalpel/audit.log"));
    const lost = await project.json(["check", ...harmless]);
    assertEquals([lost.exit, lost.value["allowed"]], [5, false]);
  });
});
