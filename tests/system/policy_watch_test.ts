/** What the disk can do to the policy's files behind the engine's back: mounts, modes, delays. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ask, harmless } from "../e2e/fixtures/ask.ts";
import { readEntries } from "../e2e/fixtures/read_entries.ts";
import { type Served, startServer } from "../e2e/fixtures/start_server.ts";
import { binaryPath, type Program, Project } from "../support/sealward.ts";

const path = ".scalpel/policy.yaml";

async function run(...command: readonly string[]): Promise<void> {
  const [program = "", ...args] = command;
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  assert(success, `${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** A server, and commands, that share a mount namespace nobody else sees. */
async function inNamespace(
  project: Project,
  body: (server: Served, enter: readonly string[], program: Program) => Promise<void>,
): Promise<void> {
  const apart = ["unshare", "--mount", "--propagation", "private", binaryPath];
  const server = await startServer(project, { name: "apart", command: apart });
  const shared = ["--mount", `--wd=${project.root}`];
  const enter = ["nsenter", "--target", String(server.pid), ...shared];
  try {
    await body(server, enter, { name: "beside", command: [...enter, binaryPath] });
  } finally {
    assertEquals(await server.stop(), 0, server.said());
  }
}

async function verdicts(project: Project, server: Served, program: Program) {
  const { exit, codes } = await ask(project, harmless, { program });
  const body = { type: "file_write", affected_files: ["a.ts"] };
  const { allowed, violations } = await (await server.fetch("/v1/check", { body })).json();
  return [exit, codes[0] ?? null, allowed, violations[0]?.code ?? null];
}

const trusted = [0, null, true, null];
const tampered = [5, "policy_tampered", false, "policy_tampered"];

describe("a policy that something is mounted over", () => {
  it("PATH-18 with other bytes is tampered with, for the next check and the next request", async () => {
    using project = new Project();
    await project.init();
    Deno.writeTextFileSync(project.path("other"), `${project.read(path)}\n`);
    await inNamespace(project, async (server, enter, program) => {
      assertEquals(await verdicts(project, server, program), trusted);
      await run(...enter, "mount", "--bind", project.path("other"), project.path(path));
      assertEquals(await verdicts(project, server, program), tampered);
      await run(...enter, "umount", project.path(path));
      assertEquals(await verdicts(project, server, program), trusted);
    });
  });

  it("PATH-18 with the same bytes is told, and tampered with once it was locked", async () => {
    using project = new Project();
    await project.init();
    Deno.copyFileSync(project.path(path), project.path("other"));
    await inNamespace(project, async (server, enter, program) => {
      assertEquals(await verdicts(project, server, program), trusted);
      await run(...enter, "mount", "--bind", project.path("other"), project.path(path));
      assertEquals(await verdicts(project, server, program), trusted);
      const told = await readEntries(project, ["--type", "state.policy_touched"]);
      assertEquals(told.map(({ details }) => details["what"]), [["identity"]]);
      await run(...enter, "umount", project.path(path));
      assertEquals((await project.run(["policy", "lock"])).exit, 0);
      Deno.chmodSync(project.path("other"), 0o444);
      assertEquals(await verdicts(project, server, program), trusted);
      await run(...enter, "mount", "--bind", project.path("other"), project.path(path));
      assertEquals(await verdicts(project, server, program), tampered);
      await run(...enter, "umount", project.path(path));
      assertEquals(await verdicts(project, server, program), trusted);
    });
  });

  it("PATH-18 denies while another folder is mounted over the policy's own", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path("planted"));
    Deno.writeTextFileSync(project.path("planted/policy.yaml"), 'version: "1.0"\n');
    await inNamespace(project, async (server, enter, program) => {
      await run(...enter, "mount", "--bind", project.path("planted"), project.path(".scalpel"));
      const { exit, value } = await project.json(["check", ...harmless], { program });
      assertEquals([exit === 0, value["allowed"]], [false, false]);
      const body = { type: "file_write", affected_files: ["a.ts"] };
      assertEquals((await (await server.fetch("/v1/check", { body })).json()).allowed, false);
    });
  });
});

describe("policy lock on a file system that ignores modes", () => {
  it("FILE-01 says loudly that it holds nothing, and records nothing", async () => {
    using project = new Project();
    await project.init();
    Deno.chmodSync(project.path(path), 0o666);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    // As on exFAT or NTFS: changing the mode succeeds and changes nothing, and there are no flags.
    const modes = "chmod,fchmod,fchmodat";
    const injected = ["-e", `inject=${modes}:retval=0`, "-e", "inject=ioctl:error=ENOTTY"];
    const strace = ["strace", "-f", "-qq", "-o", `${project.folder}/trace`];
    const traced = [...strace, "-P", project.path(path), "-e", `trace=${modes},ioctl`, ...injected];
    const program = { name: "without modes", command: [...traced, binaryPath] };
    const { exit, stdout, stderr } = await project.run(["policy", "lock"], { program });
    assertEquals(exit, 1, stdout);
    assertStringIncludes(stdout, "NOT LOCKED");
    assertStringIncludes(stderr, "ignores modes");
    assertStringIncludes(Deno.readTextFileSync(`${project.folder}/trace`), "INJECTED");
    const types = (await readEntries(project)).map(({ type }) => type);
    assertEquals(types.includes("state.policy_locked"), false);
    // It was open to everybody when it was accepted: nothing else can be had there.
    assertEquals((await ask(project, harmless)).exit, 0);
    Deno.writeTextFileSync(project.path(path), `${project.read(path)}\n`);
    assertEquals((await ask(project, harmless)).exit, 5);
  });
});

describe("what is mounted below the root", () => {
  const listing = 'rules:\n  - id: volume\n    match: {files: ["src/vol"]}\n    effect: warn\n';

  it("PATH-43 is outside of the root, until a rule lists it", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path("src/vol"));
    Deno.mkdirSync(project.path("src/same"));
    await run("mount", "-t", "tmpfs", "none", project.path("src/vol"));
    try {
      Deno.writeTextFileSync(project.path("src/vol/there.ts"), "");
      for (const file of ["src/vol/there.ts", "src/vol/new/a.ts", "src/vol"]) {
        const { codes } = await ask(project, ["--type", "file_write", "--file", file]);
        assertEquals(codes, ["path_outside_root"], file);
        assertEquals((await ask(project, ["--type", "file_read", "--file", file])).exit, 0, file);
      }
      const beside = await ask(project, ["--type", "file_write", "--file", "src/same/a.ts"]);
      assertEquals(beside.exit, 0);
      project.overwrite(path, `${project.read(path)}${listing}`);
      assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
      const listed = await ask(project, ["--type", "file_write", "--file", "src/vol/there.ts"]);
      assertEquals(listed.exit, 0);
      assertEquals((await project.run(["replay", "--all"])).exit, 0);
    } finally {
      await run("umount", project.path("src/vol"));
    }
  });
});

describe("a policy that is swapped while it is read", () => {
  // One before the file is opened, one between opening and reading.
  for (const call of ["openat", "read"]) {
    it(`RACE-01 decides by one whole version (swapped before ${call})`, async () => {
      using project = new Project();
      await project.init();
      const before = project.read(path);
      const after = before.replace('    - "*.env"\n', "");
      assert(after !== before);
      Deno.writeTextFileSync(project.path(".scalpel/next"), after);
      const delay = ["-e", `inject=${call}:delay_enter=1500000:when=1`];
      const strace = ["strace", "-f", "-qq", "-o", `${project.folder}/trace`];
      const traced = [...strace, "-P", project.path(path), "-e", `trace=${call}`, ...delay];
      const program = { name: "delayed", command: [...traced, binaryPath] };
      const asked = ask(project, ["--type", "file_write", "--file", ".env"], { program });
      await new Promise((resolve) => setTimeout(resolve, 900));
      Deno.renameSync(project.path(".scalpel/next"), project.path(path));
      const { exit, codes } = await asked;
      const isWhole = (exit === 2 && codes[0] === "path_protected") ||
        (exit === 5 && codes[0] === "policy_tampered");
      assert(isWhole, `exit ${exit}, ${codes.join()}`);
      assertEquals((await ask(project, harmless)).exit, 5);
      assertStringIncludes(Deno.readTextFileSync(`${project.folder}/trace`), "policy.yaml");
    });
  }
});
