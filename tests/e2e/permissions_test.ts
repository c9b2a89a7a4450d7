/** What the process gives up before it reads an operation. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { evaluationBase, officialBase } from "../../scripts/runtime_base.ts";
import { compiled, Project } from "../support/sealward.ts";
import { harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

interface Row {
  readonly permission: string;
  readonly before: string;
  readonly after: string;
}

describe("BIN-06 sealing", () => {
  itOnBoth("doctor --permissions shows what is held before and after", async (program) => {
    using project = new Project();
    await project.init();
    const { exit, value } = await project.json(["doctor", "--permissions"], { program });
    assertEquals(exit, 0);
    const rows = value["permissions"] as readonly Row[];
    const held = (when: "before" | "after") =>
      rows.filter((row) => row[when] === "granted").map(({ permission }) => permission);
    const places = [
      project.path(".scalpel/audit.log"),
      project.path(".scalpel/audit.log.d"),
      `${project.stateFolder()}/log`,
    ].map((path) => `write ${path}`);
    assertEquals(held("before").slice(0, 4), [
      "read /",
      "write /",
      "write /tmp",
      "run any program",
    ]);
    assertEquals(held("after"), ["read /", ...places]);
  });

  it("a program with the product's base and flags can do nothing else afterwards", async () => {
    using project = new Project();
    const probe = await compileProbe(project.folder);
    const log = `${project.folder}/log`;
    const forbidden = `${project.folder}/forbidden`;
    Deno.writeTextFileSync(log, "");
    const { stdout, stderr, exit } = await project.run([log, forbidden], {
      program: { name: "probe", command: [probe] },
      env: { SCALPEL_ROOT: "/", SEALWARD_UNNAMED: "x" },
    });
    assertEquals([exit, stderr], [0, ""]);
    const { before, after } = JSON.parse(stdout);
    assertEquals(before, [
      "write the log",
      "write elsewhere",
      "run a program",
      "read a named variable",
      "ask for the user",
      "listen",
      "read",
      "take it back",
    ]);
    assertEquals(after, ["write the log", "read"]);
    assertThrows(() => Deno.statSync(forbidden), Deno.errors.NotFound);
  });

  it("with -A, which cannot be narrowed, nothing is decided", async () => {
    using project = new Project();
    await project.init();
    const command = [Deno.execPath(), "run", "--quiet", "--no-config", "-A"];
    const program = { name: "-A", command: [...command, `${root}/dist/stage/main.js`] };
    const { exit, value } = await project.json(["check", ...harmless], { program });
    assertEquals([exit, errorCode(value)], [1, "permissions_unsealed"]);
  });
});

/** Compiles the probe as scripts/build.ts compiles the product. */
async function compileProbe(folder: string): Promise<string> {
  const { stdout } = await new Deno.Command(compiled.command[0] ?? "", {
    args: ["version", "--json"],
  }).output();
  const info = JSON.parse(new TextDecoder().decode(stdout));
  const base = info.evaluation ? await evaluationBase(`${root}/.toolchain`) : officialBase();
  const output = `${folder}/probe`;
  const script = `${root}/tests/e2e/fixtures/sealed_probe.ts`;
  const args = [
    "compile",
    "--quiet",
    "--no-config",
    "--no-check",
    "--no-code-cache",
    ...info.flags,
  ];
  const compile = new Deno.Command(base.deno, {
    args: [...args, "--output", output, script],
    env: base.env,
    stderr: "piped",
  });
  const { success, stderr } = await compile.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}
