/** Hostile surroundings change nothing: same decisions, nothing loaded, nobody listening. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { knownVariables } from "../../src/compose/environment.ts";
import { compiled, Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { inShell } from "./fixtures/in_shell.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const denied = ["--type", "file_write", "--file", ".env"];

function plantAll(project: Project): void {
  const evil = `Deno.writeTextFileSync("${project.folder}/pwned", "x");\n`;
  const config = { imports: { "node:fs": "./evil.ts" }, tasks: {}, nodeModulesDir: "auto" };
  const files = {
    ".env": "SCALPEL_ROOT=/\nHOME=/nowhere\n",
    "deno.json": JSON.stringify(config),
    "deno.lock": "{}",
    "package.json": '{"type":"module","main":"evil.ts"}',
    ".npmrc": "registry=http://127.0.0.1:1/\n",
    "node_modules/hono/index.js": evil,
    "node_modules/hono/package.json": '{"name":"hono","main":"index.js"}',
    "evil.ts": evil,
    "main.ts": evil,
    "stage/main.js": evil,
  };
  for (const [name, text] of Object.entries(files)) project.write(name, text);
}

describe("hostile surroundings", () => {
  itOnBoth("CFG-04 BIN-16 nothing planted in the folder is loaded", async (program) => {
    using project = new Project();
    plantAll(project);
    await project.init(["--guide"], { program });
    assertEquals((await ask(project, harmless, { program })).exit, 0);
    assertEquals((await ask(project, denied, { program })).exit, 2);
    assertThrows(() => Deno.statSync(`${project.folder}/pwned`), Deno.errors.NotFound);
  });

  it("BIN-16 nothing planted beside the binary is loaded", async () => {
    using project = new Project();
    plantAll(project);
    const beside = project.path("sealward");
    await Deno.copyFile(compiled.command[0] ?? "", beside);
    const program = { name: "moved", command: [beside] };
    await project.init(["--guide"], { program });
    assertEquals((await ask(project, denied, { program })).exit, 2);
    assertThrows(() => Deno.statSync(`${project.folder}/pwned`), Deno.errors.NotFound);
  });

  it("BIN-04 CFG-09 variables do not change a decision", async () => {
    using project = new Project();
    await project.init();
    plantAll(project);
    const hostile: Readonly<Record<string, string>>[] = [
      { DENO_SERVE_ADDRESS: "tcp:0.0.0.0:1", DENO_TRUST_PROXY_HEADERS: "1", DENO_DIR: "/nowhere" },
      { NODE_OPTIONS: "--require ./evil.ts", NODE_PATH: "/nowhere", NODE_EXTRA_CA_CERTS: "/x" },
      { HTTP_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "" },
      { TZ: ":/etc/passwd", LANG: "tr_TR", LC_ALL: "C", TERM: "\u001b[31m", COLUMNS: "-1" },
      {
        DENO_NO_PROMPT: "0",
        DENO_NO_PACKAGE_JSON: "0",
        DENO_AUTH_TOKENS: "a@b",
        RUST_BACKTRACE: "full",
      },
      { SCALPEL_AUDIT_SECRET_FILE: "", SCALPEL_SERVER: "", SCALPEL_ROOT: "" },
      { MALLOC_CHECK_: "3", GLIBC_TUNABLES: "glibc.malloc.check=3", TMPDIR: "/nowhere" },
    ];
    for (const env of hostile) {
      assertEquals((await ask(project, denied, { env })).exit, 2, JSON.stringify(env));
      assertEquals((await ask(project, harmless, { env })).exit, 0, JSON.stringify(env));
    }
    assertThrows(() => Deno.statSync(`${project.folder}/pwned`), Deno.errors.NotFound);
  });

  it("BIN-03 a planted child entry point does not run", async () => {
    using project = new Project();
    await project.init();
    plantAll(project);
    for (const entry of ["evil.ts", `file://${project.path("evil.ts")}`]) {
      const env = { DENO_INTERNAL_CHILD_ENTRYPOINT: entry, NODE_CHANNEL_FD: "3" };
      const program = inShell('exec "$@" 3</dev/null');
      assertEquals((await ask(project, denied, { env, program })).exit, 2);
      assertThrows(() => Deno.statSync(`${project.folder}/pwned`), Deno.errors.NotFound);
    }
  });

  it("CFG-13 the program knows no variable but the documented ones: no switch for tests", () => {
    const stage = new URL("../../dist/stage", import.meta.url);
    const texts = [...Deno.readDirSync(stage)].filter(({ name }) => name.endsWith(".js"))
      .map(({ name }) => Deno.readTextFileSync(`${stage.pathname}/${name}`));
    const named = texts.flatMap((text) =>
      text.match(/\b(?:SCALPEL|SEALWARD)_[A-Z_]*[A-Z]\b/g) ?? []
    );
    assert(named.includes("SCALPEL_ROOT"), "nothing was looked at");
    const known = new Set<string>(knownVariables);
    assertEquals([...new Set(named)].filter((name) => !known.has(name)), []);
  });

  it("doctor names variables that change the runtime", async () => {
    using project = new Project();
    await project.init();
    const { exit, value } = await project.json(["doctor"], { env: { LD_LIBRARY_PATH: "/x" } });
    assertEquals(exit, 0);
    const findings = value["findings"] as readonly Readonly<Record<string, string>>[];
    const [found] = findings.filter(({ subject }) => subject === "environment");
    assertEquals(found?.["level"], "WARN");
  });
});
