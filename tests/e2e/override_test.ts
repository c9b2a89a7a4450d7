/** What the `override` commands refuse before anybody is asked: on the binary, without a terminal. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const id = "0123456789abcdef0123456789abcdef";
const why = ["--justification", "agreed in review"];

/** Everything below the project and its state, as it is; not what Deno keeps for itself. */
function snapshot(folder: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (name === ".cache") continue;
    if (isDirectory) Object.assign(files, snapshot(path));
    else if (isFile) files[path] = Deno.readTextFileSync(path);
  }
  return files;
}

describe("override without a terminal", () => {
  itOnBoth("TOTP-15 takes no code from a pipe, a flag or a variable", async (program) => {
    using project = new Project();
    await project.init(["--guide"], { program });
    const before = snapshot(project.folder);
    const rows = [
      ["approve", id],
      ["approve", id, ...why],
      ["approve", id, "--recovery", "--as", "ann"],
      ["approve", id, "--code", "908172"],
      ["approve", id, "--quiet", ...why],
    ];
    for (const args of rows) {
      const options = {
        program,
        stdin: "agreed in review\n0A1B2-C3D4E\n908172\n",
        env: { SCALPEL_TOTP_CODE: "908172", SCALPEL_OVERRIDE_CODE: "908172" },
      };
      const { exit, value } = await project.json(["override", ...args], options);
      assertEquals([exit, errorCode(value)], [64, "usage"], args.join(" "));
    }
    const { stderr } = await project.run(["override", "approve", id], { program });
    assertStringIncludes(stderr, "run this at a terminal, or approve with --signature");
    assertEquals(snapshot(project.folder), before);
  });

  itOnBoth("refuses a wrong command line, and writes nothing", async (program) => {
    using project = new Project();
    await project.init(["--guide"], { program });
    project.write("a.sig", "not one");
    const before = snapshot(project.folder);
    const rows = [
      ["override", 64],
      ["override approve", 64],
      [`override approve ${id} --signature a.sig`, 64],
      [`override approve ${id} --signature absent --phrase p --justification why`, 64],
      [`override approve ${id} --phrase 0A1B2-C3D4E`, 64],
      [`override approve ${id} --kind pattern`, 64],
      [`override approve ../x --signature a.sig --phrase p --justification why`, 3],
      [`override show ${id} --to-sign f`, 64],
      [`override show ${id} --to-sign .scalpel/policy.yaml --justification why`, 64],
      [`override deny ${id}`, 64],
      [`override deny ${id} --justification no`, 64],
      [`override revoke ${id}`, 64],
      [`override wait ${id} --timeout x`, 64],
      [`override wait ${id} --keep`, 64],
      ["override wait ../../x", 3],
      ["override list extra", 64],
    ] as const;
    for (const [line, exit] of rows) {
      assertEquals((await project.run(line.split(" "), { program })).exit, exit, line);
    }
    assertEquals(snapshot(project.folder), before);
  });

  itOnBoth("says what is missing where nothing is installed", async (program) => {
    using project = new Project();
    for (const args of [["list"], ["show", id], ["wait", id], ["deny", id, ...why]]) {
      const { exit, value } = await project.json(["override", ...args], { program });
      assertEquals([exit, errorCode(value)], [1, "not_initialized"], args.join(" "));
    }
  });
});

describe("an agent that would answer for a person", () => {
  itOnBoth("BIND-14 is denied by its hook, and may wait", async (program) => {
    using project = new Project();
    await project.init(["--guide"], { program });
    const ask = (command: string) =>
      project.run(["hook", "claude-code", "--root", project.root], {
        program,
        stdin: JSON.stringify({
          session_id: "s1",
          cwd: project.root,
          hook_event_name: "PreToolUse",
          tool_name: "Bash",
          tool_use_id: "u1",
          tool_input: { command },
        }),
      });
    const denied = [
      `sealward override approve ${id}`,
      `echo 908172 | sealward override approve ${id} --as ann`,
      `script -qc 'sealward override approve ${id}' /dev/null`,
      `sealward override deny ${id} --justification no`,
      `sealward override revoke ${id} --justification no`,
      "sealward override enroll eve",
    ];
    for (const command of denied) {
      const { stdout, stderr } = await ask(command);
      assertStringIncludes(`${stdout}${stderr}`, '"deny"', command);
    }
    for (const act of ["list", `show ${id}`, `wait ${id} --timeout 60`]) {
      const { exit, stdout, stderr } = await ask(`sealward override ${act}`);
      assertEquals([exit, `${stdout}${stderr}`.includes('"deny"')], [0, false], act);
    }
  });
});
