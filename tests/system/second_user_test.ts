/** Two users on one machine: what the agent's uid gets of an install that another uid made. */
import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, type Program, Project } from "../support/sealward.ts";

// Nobody's: setpriv needs no entry in passwd.
const engineUid = 64_101;
const agentUid = 64_102;

function asUser(uid: number, ...command: readonly string[]): Program {
  const drop = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--bounding-set=-all"];
  return { name: `uid ${uid}`, command: ["setpriv", ...drop, ...command] };
}

/** The program where both may start it: the checkout may lie where they cannot go. */
function binaryOf(project: Project): string {
  return `${project.folder}/sealward`;
}

/** A project whose folders the engine's uid owns, as anybody may look at them. */
async function installAsEngine(): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  Deno.chmodSync(project.folder, 0o755);
  Deno.copyFileSync(binaryPath, binaryOf(project));
  Deno.chmodSync(binaryOf(project), 0o755);
  for (const path of [project.root, project.path("src"), project.home]) {
    Deno.chownSync(path, engineUid, engineUid);
    Deno.chmodSync(path, 0o755);
  }
  await project.init(["--guide"], { program: asUser(engineUid, binaryOf(project)) });
  opened.move();
  return project;
}

function listAll(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? [path, ...listAll(path)] : [path];
  }).sort();
}

/** Returns when the process has changed to the user and become another program. */
async function untilUser(pid: number, uid: number): Promise<void> {
  const script = `until grep -q "^Uid:.${uid}" /proc/$0/status &&
    grep -q "^Name:.sealward" /proc/$0/status; do sleep 0.02; done`;
  const child = new Deno.Command("timeout", { args: ["5", "sh", "-c", script, String(pid)] });
  assertEquals((await child.output()).code, 0, "the engine runs");
}

const check = ["check", "--type", "file_write", "--file", "src/app.ts"];

describe("second user", () => {
  it("ARCH-01 cannot read keys, tokens, state and log of the engine's user", async () => {
    using project = await installAsEngine();
    const state = project.stateFolder();
    const secret = [
      ...listAll(state),
      project.path(".scalpel/audit.log"),
      ...listAll(project.path(".scalpel/audit.log.d")),
    ];
    for (const path of [...secret, state]) {
      const command = Deno.statSync(path).isDirectory ? "ls" : "cat";
      const owner = await project.run([path], { program: asUser(engineUid, command) });
      assertEquals(owner.exit, 0, path);
      const agent = await project.run([path], { program: asUser(agentUid, command) });
      assertNotEquals(agent.exit, 0, path);
      assertEquals(agent.stdout, "", path);
    }
  });

  it("ARCH-01 cannot look into the engine's process", async () => {
    using project = await installAsEngine();
    const [program = "", ...args] = asUser(engineUid, binaryOf(project), "check", "-").command;
    const env = { HOME: project.home };
    const options = { args, env, cwd: project.root, stdout: "null", stderr: "null" } as const;
    const engine = new Deno.Command(program, { ...options, clearEnv: true, stdin: "piped" })
      .spawn();
    try {
      await untilUser(engine.pid, engineUid);
      for (const name of ["environ", "mem", "maps", "fd"]) {
        const path = `/proc/${engine.pid}/${name}`;
        const open = ["sh", "-c", `ls "$0/" || head -c 1 "$0"`];
        const outcome = await project.run([path], { program: asUser(agentUid, ...open) });
        assertNotEquals(outcome.exit, 0, path);
        assertEquals(outcome.stdout, "", path);
      }
    } finally {
      await engine.stdin.close();
      await engine.status;
    }
  });

  it("ARCH-01 cannot change policy, log or state of the engine's user", async () => {
    using project = await installAsEngine();
    const places = [".scalpel/policy.yaml", ".scalpel/audit.log"].map((name) => project.path(name));
    for (const path of [...places, `${project.stateFolder()}/keys/audit.key`]) {
      const script = `: >> "$0" || mv "$0" "$0.x" || rm -f "$0"`;
      const { exit } = await project.run([path], {
        program: asUser(agentUid, "sh", "-c", script),
      });
      assertNotEquals(exit, 0, path);
    }
    const after = await project.run(check, { program: asUser(engineUid, binaryOf(project)) });
    assertEquals(after.exit, 0);
  });

  it("ARCH-03 checking in that workspace decides nothing and writes nothing", async () => {
    using project = await installAsEngine();
    const home = `${project.folder}/agent`;
    Deno.mkdirSync(home);
    Deno.chownSync(home, agentUid, agentUid);
    const before = listAll(project.folder);
    const bytes = project.read(".scalpel/audit.log");
    const options = { program: asUser(agentUid, binaryOf(project)), env: { HOME: home } };
    const { exit, value } = await project.json(check, options);
    assertEquals(exit, 1);
    assertEquals(value["allowed"], false);
    assertStringIncludes(JSON.stringify(value), '"not_initialized"');
    assertEquals(listAll(project.folder), before);
    assertEquals(project.read(".scalpel/audit.log"), bytes);
  });

  it("ARCH-03 pointing at the engine's state folder decides nothing", async () => {
    using project = await installAsEngine();
    const options = { program: asUser(agentUid, binaryOf(project)) };
    const { exit, value } = await project.json(check, options);
    assertEquals(exit, 1);
    assertEquals(value["allowed"], false);
  });
});
