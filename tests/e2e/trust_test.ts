/** Which policy counts: the accepted one, byte by byte, or none. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createInstall } from "../../src/compose/create_install.ts";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const path = ".scalpel/policy.yaml";

async function transitions(project: Project): Promise<readonly string[]> {
  const entries = await readEntries(project);
  return entries.map(({ type }) => type).filter((type) => /^state\.policy_/.test(type));
}

async function makeFifo(file: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [file] }).output();
}

interface Attack {
  readonly name: string;
  /** The policy file has just been moved away to policy.away. */
  readonly plant: (project: Project, text: string) => void | Promise<void>;
}

const attacks: readonly Attack[] = [
  { name: "MAN-01 edited", plant: (project, text) => project.write(path, `${text}\n`) },
  { name: "MAN-04 deleted", plant: () => {} },
  { name: "emptied", plant: (project) => project.write(path, "") },
  {
    name: "over the size limit",
    plant: (project, text) => project.write(path, text + "#".repeat(3e5)),
  },
  { name: "with NUL bytes", plant: (project, text) => project.write(path, `${text}\0`) },
  {
    name: "FILE-06 symbolic link to the same bytes",
    plant: (project) => Deno.symlinkSync("policy.away", project.path(path)),
  },
  {
    name: "FILE-06 hard link to the same bytes",
    plant: (project) => Deno.linkSync(project.path(".scalpel/policy.away"), project.path(path)),
  },
  { name: "FILE-06 folder", plant: (project) => Deno.mkdirSync(project.path(path)) },
  { name: "FILE-06 FIFO", plant: (project) => makeFifo(project.path(path)) },
  {
    name: "FILE-06 device",
    plant: (project) => Deno.symlinkSync("/dev/zero", project.path(path)),
  },
];

describe("a policy that is not the accepted one", () => {
  itOnBoth("denies everything, once told, counted, until restored", async (program) => {
    using project = new Project();
    await project.init();
    const before = project.read(path);
    project.overwrite(path, before.replace('    - "*.env"\n', ""));
    const questions = [
      harmless,
      ["--type", "file_read", "--file", "src/app.ts"],
      ["--type", "frobnicate"],
      { type: "command", command: "true" },
    ];
    for (const question of questions) {
      const { exit, decision, codes } = await ask(project, question, { program });
      assertEquals([exit, decision.allowed, decision.overridable], [5, false, false]);
      assertEquals([codes, decision.severity], [["policy_tampered"], "CRITICAL"]);
    }
    for (const command of [["verify"], ["status"]]) {
      assertEquals((await project.run(command, { program })).exit, 5, command[0]);
    }
    const told = await readEntries(project, ["--type", "state.policy_tampered"], { program });
    assertEquals(told.map(({ severity }) => severity), ["CRITICAL"]);
    project.overwrite(path, before);
    assertEquals((await ask(project, harmless, { program })).exit, 0);
    const [restored] = await readEntries(project, ["--type", "state.policy_restored"], { program });
    assertEquals(restored?.details["denied"], questions.length);
  });

  for (const { name, plant } of attacks) {
    it(`${name}: tampered, and trusted again when put back`, async () => {
      using project = new Project();
      await project.init();
      const text = project.read(path);
      const away = project.path(".scalpel/policy.away");
      Deno.renameSync(project.path(path), away);
      await plant(project, text);
      const { exit, codes } = await ask(project, harmless);
      assertEquals([exit, codes], [5, ["policy_tampered"]]);
      await Deno.remove(project.path(path), { recursive: true }).catch(() => {});
      Deno.renameSync(away, project.path(path));
      assertEquals((await ask(project, harmless)).exit, 0);
      assertEquals(await transitions(project), [
        "state.policy_accepted",
        "state.policy_tampered",
        "state.policy_restored",
      ]);
    });
  }

  it("each new state of it is told once", async () => {
    using project = new Project();
    await project.init();
    const text = project.read(path);
    for (const bytes of [`${text}# 1\n`, `${text}# 2\n`, `${text}# 1\n`]) {
      project.overwrite(path, bytes);
      await ask(project, harmless);
      await ask(project, harmless);
    }
    const told = await readEntries(project, ["--type", "state.policy_tampered"]);
    assertEquals(told.length, 3);
  });

  it("FILE-09 inputs planted beside it count as changes", async () => {
    for (const name of ["budget.yaml", "overrides.yaml", "checks/evil.wasm"]) {
      using project = new Project();
      await project.init();
      project.write(`.scalpel/${name}`, "{}");
      const { exit, codes } = await ask(project, harmless);
      assertEquals([exit, codes], [5, ["policy_tampered"]], name);
      const accepted = await project.json(["policy", "accept", "--yes"]);
      // A module that no check names does nothing, and is told as new where it is accepted.
      if (name.endsWith(".wasm")) assertEquals(accepted.exit, 0);
      else assertEquals([accepted.exit, errorCode(accepted.value)], [3, "policy_syntax"], name);
    }
  });

  it("SEED-12 a change made while nothing runs is no new truth", async () => {
    using project = new Project();
    await project.init();
    project.overwrite(path, 'version: "1.0"\n');
    assertEquals((await ask(project, ["--type", "file_write", "--file", ".env"])).exit, 5);
    assertEquals((await ask(project, ["--type", "file_write", "--file", ".env"])).exit, 5);
  });
});

describe("policy accept", () => {
  itOnBoth("UX-06 shows the difference, needs --yes, then counts", async (program) => {
    using project = new Project();
    await project.init(["--guide"], { program });
    const text = project.read(path);
    project.overwrite(path, text.replace('"*.env"', '"*.lock"'));
    const refused = await project.run(["policy", "accept"], { program, stdin: "y\n" });
    assertEquals([refused.exit, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /^sealward: +- .*\*\.env/m);
    assertMatch(refused.stderr, /^sealward: +\+ .*\*\.lock/m);
    assertEquals((await ask(project, harmless, { program })).exit, 5);
    assertEquals((await project.run(["policy", "accept", "--yes"], { program })).exit, 0);
    const denied = await ask(project, ["--type", "file_write", "--file", "a.lock"], { program });
    assertEquals([denied.exit, denied.codes], [2, ["path_protected"]]);
    const accepted = await readEntries(project, ["--type", "state.policy_accepted"], { program });
    assertEquals(accepted.map(({ severity }) => severity), ["CRITICAL", "CRITICAL"]);
    assertEquals(accepted[1]?.details["previous_digest"], accepted[0]?.details["policy_digest"]);
  });

  it("UX-06 shows who may approve, line by line, before it counts", async () => {
    using project = new Project();
    await project.init();
    const section = (name: string) => `overrides:\n  approvers:\n    - name: ${name}\n`;
    project.write(".scalpel/overrides.yaml", section("maria"));
    const planted = await project.run(["policy", "accept"]);
    assertEquals(planted.exit, 2);
    assertMatch(planted.stderr, /new: \.scalpel\/overrides\.yaml/);
    assertMatch(planted.stderr, /^sealward: +\+ .*name: maria/m);
    assertEquals((await ask(project, harmless)).exit, 5);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    assertEquals((await ask(project, harmless)).exit, 0);
    project.overwrite(".scalpel/overrides.yaml", section("mallory"));
    assertEquals((await ask(project, harmless)).exit, 5);
    const shown = await project.run(["policy", "accept"]);
    assertMatch(shown.stderr, /^sealward: +- .*name: maria/m);
    assertMatch(shown.stderr, /^sealward: +\+ .*name: mallory/m);
  });

  it("refuses a faulty policy with its place, and nothing changes", async () => {
    using project = new Project();
    await project.init();
    project.overwrite(path, 'version: "1.0"\nlimits:\n  max_size: 1\n');
    const { exit, stderr } = await project.run(["policy", "accept", "--yes"]);
    assertEquals(exit, 3);
    assertStringIncludes(stderr, ".scalpel/policy.yaml:3:3");
    assertMatch(stderr, /\^/);
    assertEquals((await ask(project, harmless)).exit, 5);
    assertEquals((await project.run(["policy", "lint"])).exit, 3);
  });

  it("shows what the policy says, with nothing a terminal obeys", async () => {
    using project = new Project();
    await project.init();
    project.overwrite(path, 'version: "1.0" # \u202egnp.exe\n');
    const { stderr } = await project.run(["policy", "accept"]);
    assertEquals(stderr.includes("\u202e"), false);
    assertStringIncludes(stderr, "gnp.exe");
  });
});

describe("a policy nobody accepted", () => {
  itOnBoth("denies until a human accepts it", async (program) => {
    using project = new Project();
    // What an init leaves that was killed before its last step.
    project.write(path, guidePolicy);
    const variable = (name: string) => name === "HOME" ? project.home : undefined;
    const readTrustedKeys = () => Promise.resolve([]);
    const surroundings = {
      variable,
      uid: Deno.uid(),
      cwd: project.root,
      readTrustedKeys,
      guards: null,
    };
    await createInstall(surroundings, project.root);
    const { exit, codes, decision } = await ask(project, harmless, { program });
    assertEquals([exit, codes, decision.policy_trust], [2, ["policy_unaccepted"], "none"]);
    for (const command of [["verify"], ["status"]]) {
      assertEquals((await project.run(command, { program })).exit, 2, command[0]);
    }
    assertEquals((await project.run(["policy", "accept"], { program })).exit, 2);
    assertEquals((await project.run(["policy", "accept", "--yes"], { program })).exit, 0);
    assertEquals((await ask(project, harmless, { program })).exit, 0);
  });
});
