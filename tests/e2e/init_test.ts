/** From nothing to a working install, and every reason to refuse. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const enforcing = 'version: "1.0"\nprotected:\n  files: ["*.lock"]\n';

function names(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

describe("init", () => {
  itOnBoth("makes an install whose starter policy observes", async (program) => {
    using project = new Project();
    const { exit, stdout } = await project.run(["init"], { program });
    assertEquals(exit, 0);
    assertMatch(stdout, /Next:/);
    const observed = await ask(project, ["--type", "file_write", "--file", "a/prod.env"], {
      program,
    });
    assertEquals(
      [observed.exit, observed.decision.would_deny, observed.decision.mode, observed.codes],
      [0, true, "observe", ["path_protected"]],
    );
    const own = await ask(project, ["--type", "file_write", "--file", ".scalpel/policy.yaml"], {
      program,
    });
    assertEquals([own.exit, own.decision.allowed], [2, false]);
  });

  it("--guide writes the guide's policy byte by byte, accepted and enforced", async () => {
    using project = new Project();
    await project.init();
    assertEquals(project.read(".scalpel/policy.yaml"), guidePolicy);
    const { value } = await project.json(["status"]);
    assertEquals([value["policy"], value["mode"]], ["trusted", "enforce"]);
    const entries = await readEntries(project);
    assertEquals(
      entries.map(({ type, severity }) => [type, severity]),
      [["audit.genesis", "LOW"], ["state.policy_accepted", "CRITICAL"]],
    );
  });

  it("keeps keys, tokens and state to this user", async () => {
    using project = new Project();
    await project.init();
    const state = project.stateFolder();
    for (const folder of ["", "/keys", "/tokens", "/log"]) {
      assertEquals(modeOf(state + folder), 0o700, folder);
    }
    const roles = ["agent", "operator", "approver"].map((role) => `/tokens/${role}`);
    for (const file of ["/install.json", "/keys/audit.key", ...roles]) {
      assertEquals(modeOf(state + file), 0o600, file);
    }
    assertEquals(modeOf(project.path(".scalpel/audit.log")), 0o600);
    const tokens = roles.map((file) => Deno.readTextFileSync(state + file));
    assertEquals(new Set(tokens).size, tokens.length);
  });

  itOnBoth("keeps a policy that is there, and asks", async (program) => {
    using project = new Project();
    project.write(".scalpel/policy.yaml", enforcing);
    const refused = await project.run(["init"], { program });
    assertEquals(refused.exit, 2);
    assertMatch(refused.stderr, /\+ .*\*\.lock/);
    assertEquals(names(project.path(".scalpel")), ["policy.yaml"]);
    assertThrows(() => project.stateFolder());
    await project.init(["--yes"], { program });
    assertEquals(project.read(".scalpel/policy.yaml"), enforcing);
    const denied = await ask(project, ["--type", "file_write", "--file", "deno.lock"], { program });
    assertEquals([denied.exit, denied.codes], [2, ["path_protected"]]);
  });

  it("a second time changes nothing", async () => {
    using project = new Project();
    await project.init();
    const state = project.stateFolder();
    const before = Deno.readTextFileSync(`${state}/install.json`) +
      project.read(".scalpel/audit.log");
    for (const args of [["init"], ["init", "--guide"], ["init", "--yes"]]) {
      const { exit, value } = await project.json(args);
      assertEquals([exit, errorCode(value)], [1, "already_initialized"]);
    }
    const after = Deno.readTextFileSync(`${state}/install.json`) +
      project.read(".scalpel/audit.log");
    assertEquals(after, before);
  });

  it("MAN-04 refuses a log whose keys are gone, and a state whose workspace is gone", async () => {
    using project = new Project();
    await project.init();
    const state = project.stateFolder();
    Deno.renameSync(state, `${state}.away`);
    try {
      const leftover = await project.json(["init", "--yes"]);
      assertEquals([leftover.exit, errorCode(leftover.value)], [1, "already_initialized"]);
    } finally {
      Deno.renameSync(`${state}.away`, state);
    }
    Deno.removeSync(project.path(".scalpel"), { recursive: true });
    const emptied = await project.json(["init"]);
    assertEquals([emptied.exit, errorCode(emptied.value)], [1, "already_initialized"]);
  });

  it("leaves nothing behind when something stands against it", async () => {
    const faults = [
      {
        file: "policy.yaml",
        text: "version: 1\n",
        args: ["init", "--yes"],
        code: "policy_invalid",
      },
      { file: "policy.yaml", text: "version: [", args: ["init", "--yes"], code: "policy_syntax" },
      { file: "budget.yaml", text: "budgets:\n", args: ["init"], code: "policy_invalid" },
      { file: "overrides.yaml", text: "a: 1\n", args: ["init"], code: "policy_invalid" },
      {
        file: "policy.yaml",
        text: `${enforcing}checks: [{id: a}]\n`,
        args: ["init", "--yes"],
        code: "policy_invalid",
      },
    ];
    for (const { file, text, args, code } of faults) {
      using project = new Project();
      project.write(`.scalpel/${file}`, text);
      const { exit, value } = await project.json(args);
      assertEquals([exit, errorCode(value)], [3, code]);
      assertThrows(() => project.stateFolder());
      assert(!names(project.path(".scalpel")).includes("audit.log"), code);
    }
  });

  it("asks about a budget.yaml that somebody else wrote, beside a policy of its own", async () => {
    using project = new Project();
    project.write(".scalpel/budget.yaml", "budgets: []\n");
    const { exit, value } = await project.json(["init"]);
    assertEquals([exit, errorCode(value)], [2, "policy_unaccepted"]);
    assertThrows(() => project.stateFolder());
    assertEquals((await project.json(["init", "--yes"])).exit, 0);
  });

  const isRoot = Deno.uid() === 0;
  const homeless = [{ HOME: "" }, { HOME: "relative" }, { HOME: "", XDG_STATE_HOME: "state" }];
  it(`CFG-08 ${isRoot ? "root's state does not follow HOME" : "state needs a home"}`, async () => {
    for (const env of homeless) {
      using project = new Project();
      const { exit, value } = await project.json(["init"], { env });
      if (!isRoot) assertEquals([exit, errorCode(value)], [1, "not_initialized"]);
      else assert(project.stateFolder().startsWith("/var/lib/sealward/"));
    }
  });

  it("CFG-08 a relative XDG_STATE_HOME is ignored", async () => {
    using project = new Project();
    await project.init(["--guide"], { env: { XDG_STATE_HOME: "planted" } });
    assertEquals(names(project.root), [".scalpel", "src"]);
    assertEquals((await ask(project, harmless)).exit, 0);
  });

  it("SEED-13 policy lock sets 0444 and says what it is worth", async () => {
    using project = new Project();
    await project.init();
    const { exit, value } = await project.json(["policy", "lock"]);
    assertEquals([exit, value["is_locked"], value["mode"]], [0, true, "444"]);
    assertEquals(modeOf(project.path(".scalpel/policy.yaml")), 0o444);
    assertEquals((await ask(project, harmless)).exit, 0);
  });
});
