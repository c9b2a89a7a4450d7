/** `exec`: nothing starts unless all is well, and what starts is as if it had been started alone. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { ExecRun } from "../support/exec_run.ts";
import { descendantsOf, waitUntilEnded } from "../support/process_tree.ts";
import { type Outcome, type Program, Project, type RunOptions } from "../support/sealward.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

async function ready(): Promise<Project> {
  const project = new Project();
  await project.init();
  return project;
}

/** With what a test does not care about left out. */
function exec(project: Project, args: readonly string[], options: RunOptions = {}) {
  return project.run(["exec", "--same-uid", ...args], options);
}

/** Runs a program that leaves a mark, and holds that it did not. */
async function refused(
  project: Project,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const mark = `${project.folder}/started`;
  const outcome = await project.run(["exec", ...args, "--", "touch", mark], options);
  let isStarted = true;
  try {
    Deno.lstatSync(mark);
  } catch {
    isStarted = false;
  }
  assert(!isStarted, `started: ${outcome.stderr}`);
  return outcome;
}

describe("exec: what starts", () => {
  itOnBoth("passes words, streams and exit status on", async (program: Program) => {
    using project = await ready();
    const script = `read line; printf '%s|' "$line" "$@"; echo aside >&2; exit 7`;
    const args = ["--", "sh", "-c", script, "sh", "-h", "two words", "--", "", "--uid"];
    const { exit, stdout, stderr } = await exec(project, args, { stdin: "typed\n", program });
    assertEquals([exit, stdout], [7, "typed|-h|two words|--||--uid|"]);
    assertStringIncludes(stderr, "aside\n");
    assertStringIncludes(stderr, "engine's user or root: it can read keys");
  });

  it("ends with 128 and the number of the signal that ended the program", async () => {
    using project = await ready();
    for (const [name, status] of [["TERM", 143], ["KILL", 137], ["SEGV", 139]] as const) {
      const { exit } = await exec(project, ["--", "sh", "-c", `ulimit -c 0; kill -${name} $$`]);
      assertEquals(exit, status, name);
    }
  });

  it("passes on a status that means something else to a host's hook", async () => {
    using project = await ready();
    const { exit } = await exec(project, ["--", "sh", "-c", "exit 3", "hook", "claude-code"]);
    assertEquals(exit, 3);
  });

  it("keeps quiet with --quiet, but for what the program says", async () => {
    using project = await ready();
    const { stdout, stderr } = await exec(project, ["--quiet", "--serve", "--", "echo", "x"]);
    assertEquals([stdout, stderr], ["x\n", ""]);
  });

  it("127 for what is not there, 126 for what cannot be run", async () => {
    using project = await ready();
    project.write("bin/plain", "no program");
    project.write("bin/lost", "#!/nowhere/at-all\n");
    Deno.chmodSync(project.path("bin/lost"), 0o755);
    project.write("bin/headless", "echo no first line\n");
    project.write("bin/foreign", "\x7fELF of another machine");
    for (const name of ["headless", "foreign"]) Deno.chmodSync(project.path(`bin/${name}`), 0o755);
    Deno.mkdirSync(project.path("bin/folder"));
    const env = { PATH: `${project.path("bin")}:/usr/bin:/bin` };
    const rows = [
      ["no-such-program", 127, "exec_missing"],
      ["/no/such/program", 127, "exec_missing"],
      [project.path("bin/lost"), 127, "exec_missing"],
      [project.path("bin"), 126, "exec_refused"],
      [project.path("bin/plain"), 126, "exec_refused"],
      [project.path("bin/plain/below"), 126, "exec_refused"],
      [project.path("bin/headless"), 126, "exec_refused"],
      [project.path("bin/foreign"), 126, "exec_refused"],
      ["plain", 126, "exec_refused"],
      ["folder", 126, "exec_refused"],
    ] as const;
    const served = await exec(project, ["--serve", "--", "no-such-program"], { env });
    assertEquals(served.exit, 127, served.stderr);
    for (const [name, status, code] of rows) {
      const { exit, stderr } = await exec(project, ["--", name], { env });
      assertEquals(exit, status, `${name}: ${stderr}`);
      assertStringIncludes(stderr, code);
    }
  });

  it("SEED-01 gives the program no secret, nor where one lies", async () => {
    using project = await ready();
    const secret = encodeHex(crypto.getRandomValues(new Uint8Array(32)));
    const env = {
      SCALPEL_TOTP_SECRET_FILE: `${project.folder}/totp`,
      SCALPEL_TOTP_SECRET: secret,
      CREDENTIALS_DIRECTORY: "/nowhere",
      OTHER: "kept",
    };
    for (const serve of [[], ["--serve"]]) {
      const { exit, stdout, stderr } = await exec(project, [...serve, "--", "env"], { env });
      assertEquals(exit, 0, stderr);
      assert(!`${stdout}${stderr}`.includes(secret));
      assert(!/SECRET|CREDENTIALS/.test(stdout), stdout);
      assertStringIncludes(stdout, "OTHER=kept\n");
    }
  });
});

describe("exec: what does not start", () => {
  it("ARCH-01 a program of the engine's own user, unless somebody asks for that", async () => {
    using project = await ready();
    const { exit, stderr } = await refused(project, []);
    assertEquals(exit, 126);
    assertMatch(stderr, /exec_refused.*could read the engine's keys/);
  });

  it("any program where the policy is not the accepted one", async () => {
    using project = await ready();
    project.overwrite(".scalpel/policy.yaml", project.read(".scalpel/policy.yaml") + "# more\n");
    for (const serve of [[], ["--serve"]]) {
      const { exit, stderr } = await refused(project, ["--same-uid", ...serve]);
      assertEquals(exit, 126);
      assertStringIncludes(stderr, "TAMPERED");
    }
  });

  it("any program where the log was changed, with the verdict", async () => {
    using project = await ready();
    await project.run(["check", "--type", "file_write", "--file", "src/a.ts"]);
    const log = project.path(".scalpel/audit.log");
    Deno.writeTextFileSync(log, Deno.readTextFileSync(log).replace("file_write", "file_read_"));
    for (const serve of [[], ["--serve"]]) {
      const { exit, stderr } = await refused(project, ["--same-uid", ...serve]);
      assertEquals(exit, 126, stderr);
      assertMatch(stderr, /TAMPERED/);
    }
  });

  it("any program without an install, or a log that cannot be looked at: 125", async () => {
    using bare = new Project();
    assertEquals((await refused(bare, ["--same-uid"])).exit, 125);
    using project = await ready();
    Deno.removeSync(`${project.stateFolder()}/keys/audit.key`);
    for (const serve of [[], ["--serve"]]) {
      const { exit, stderr } = await refused(project, ["--same-uid", ...serve]);
      assertEquals(exit, 125, stderr);
    }
  });

  it("any program while a descriptor with a secret is open: it would inherit it", async () => {
    using project = await ready();
    const env = { SCALPEL_TOTP_SECRET_FD: "3" };
    const { exit, stderr } = await refused(project, ["--same-uid"], { env });
    assertEquals(exit, 126);
    assertStringIncludes(stderr, "SCALPEL_TOTP_SECRET_FD");
  });

  it("BIN-08 any program where others could have written this one", async () => {
    using project = await ready();
    const folder = `${project.folder}/bin`;
    const copy = `${folder}/sealward`;
    Deno.mkdirSync(folder);
    Deno.copyFileSync(new URL("../../dist/sealward", import.meta.url).pathname, copy);
    const program = { name: "copy", command: [copy] };
    const ways = [[0o755, 0o777, copy], [0o777, 0o755, folder]] as const;
    for (const [folderMode, mode, named] of ways) {
      Deno.chmodSync(folder, folderMode);
      Deno.chmodSync(copy, mode);
      const { exit, stderr } = await refused(project, ["--same-uid"], { program });
      assertEquals(exit, 126);
      assertStringIncludes(stderr, `Cannot trust the program at "${named}"`);
    }
    // Nobody replaces there what is another's.
    Deno.chmodSync(folder, 0o1777);
    const { exit, stdout } = await project.run(["exec", "--same-uid", "--", "echo", "ran"], {
      program,
    });
    assertEquals([exit, stdout], [0, "ran\n"]);
  });

  it("ends with 64 for a line that is not understood", async () => {
    using project = await ready();
    const lines = [["--port", "1"], ["--port", "x", "--serve"], ["--uid", "no such user"]];
    lines.push(["--uid", "1:2:3"], ["--uid", "4294967295"], ["--uid", "-1"], ["--uid", "1:x"]);
    for (const line of lines) {
      assertEquals((await refused(project, ["--same-uid", ...line])).exit, 64, line.join(" "));
    }
    assertEquals((await project.run(["exec", "--same-uid"])).exit, 64);
    assertEquals((await project.run(["exec", "--same-uid", "--", ""])).exit, 64);
    assertEquals((await project.run(["exec", "--same-uid", "touch", "x"])).exit, 64);
  });
});

const listen = `trap 'echo HUP' HUP; trap 'echo INT' INT; trap 'echo QUIT' QUIT
trap 'echo USR1' USR1; trap 'echo USR2' USR2; trap 'echo WINCH' WINCH; trap 'echo TERM; exit 9' TERM
echo ready; while :; do sleep 0.05; done`;

describe("exec: signals", () => {
  itOnBoth("FLT-13 go to the program, each once", async (program) => {
    using project = await ready();
    await using run = new ExecRun(project, ["--same-uid", "--", "sh", "-c", listen], { program });
    await run.until("ready");
    for (const name of ["HUP", "INT", "QUIT", "USR1", "USR2", "WINCH"] as const) {
      run.child.kill(`SIG${name}`);
      await run.until(`${name}\n`);
    }
    run.child.kill("SIGTERM");
    const { exit, stdout } = await run.end();
    assertEquals([exit, stdout], [9, "ready\nHUP\nINT\nQUIT\nUSR1\nUSR2\nWINCH\nTERM\n"]);
  });

  it("FLT-13 that end the start leave nothing started", async () => {
    using project = await ready();
    const mark = `${project.folder}/started`;
    await using run = new ExecRun(project, ["--same-uid", "--serve", "--", "touch", mark]);
    let engine: number | undefined;
    const endMs = performance.now() + 10_000;
    while (engine === undefined && performance.now() < endMs) {
      engine = descendantsOf(run.child.pid)[0];
    }
    assert(engine !== undefined);
    Deno.kill(engine, "SIGSTOP");
    run.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 200));
    Deno.kill(engine, "SIGCONT");
    assertEquals((await run.end()).exit, 143);
    await waitUntilEnded([engine], 10_000);
    assertEquals(
      [...Deno.readDirSync(project.folder)].some(({ name }) => name === "started"),
      false,
    );
  });

  it("a program that ignores them goes on, and its engine with it", async () => {
    using project = await ready();
    const script = `trap '' TERM; echo $$; while :; do sleep 0.05; done`;
    await using run = new ExecRun(project, ["--same-uid", "--serve", "--", "sh", "-c", script]);
    await run.until(/^\d+\n/);
    run.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert(descendantsOf(run.child.pid).length >= 2);
    Deno.kill(Number(run.stdout), "SIGKILL");
    assertEquals((await run.end()).exit, 137);
  });
});

describe("exec --serve", () => {
  itOnBoth("the program asks the engine beside it, which ends with it", async (program) => {
    using project = await ready();
    const [name = "", ...words] = program.command;
    const own = [name, ...words].map((word) => `'${word}'`).join(" ");
    const script = `echo "$SCALPEL_SERVER"; cd /; env | grep -c TOKEN=
      ${own} check --type file_write --file '${project.path("src/a.ts")}' --quiet; echo allow $?
      ${own} check --type file_write --file '${project.path(".env")}' --quiet; echo deny $?`;
    const args = ["--serve", "--", "sh", "-c", script];
    const { exit, stdout, stderr } = await exec(project, args, { program });
    assertEquals(exit, 0, stderr);
    const [address = "", ...answers] = stdout.trim().split("\n");
    assertEquals(answers, ["0", "allow 0", "deny 2"], stderr);
    assertMatch(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assertEquals(await fetch(`${address}/healthz`).then(() => "up", () => "down"), "down");
    const types = (await readEntries(project)).map(({ type }) => type);
    assertEquals(types.filter((type) => type === "audit.decision").length, 2, types.join());
  });

  it("HTTP-20 a port that is taken starts nothing", async () => {
    using project = await ready();
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const args = ["--same-uid", "--serve", "--port", String(taken.addr.port)];
    const { exit, stderr } = await refused(project, args);
    assertEquals(exit, 125, stderr);
  });

  it("ARCH-04 an engine that ends takes the program with it: 125", async () => {
    using project = await ready();
    const script = `echo $PPID; trap 'echo TERM; exit 0' TERM; while :; do sleep 0.05; done`;
    await using run = new ExecRun(project, ["--same-uid", "--serve", "--", "sh", "-c", script]);
    await run.until(/^\d+\n/);
    const [engine = 0] = descendantsOf(run.child.pid);
    Deno.kill(engine, "SIGKILL");
    const { exit, stdout, stderr } = await run.end();
    assertEquals(exit, 125);
    assertMatch(stdout, /TERM/);
    assertMatch(stderr, /the engine ended with 137/);
  });

  it("ARCH-04 the engine ends when who started it is killed", async () => {
    using project = await ready();
    const script = `echo ready; exec sleep 60`;
    await using run = new ExecRun(project, ["--same-uid", "--serve", "--", "sh", "-c", script]);
    await run.until("ready");
    const [engine = 0, program = 0] = descendantsOf(run.child.pid);
    run.child.kill("SIGKILL");
    await waitUntilEnded([engine], 10_000);
    Deno.kill(program, "SIGKILL");
  });

  it("a program that goes on in the background has ended: so has the engine", async () => {
    using project = await ready();
    const script = `setsid sleep 30 >/dev/null 2>&1 & echo $!; exit 4`;
    await using run = new ExecRun(project, ["--same-uid", "--serve", "--", "sh", "-c", script]);
    const { exit, stdout, stderr } = await run.end();
    assertEquals(exit, 4);
    const port = /listening on (http:\S+)/.exec(stderr)?.[1];
    assertEquals(await fetch(`${port}/healthz`).then(() => "up", () => "down"), "down");
    Deno.kill(Number(stdout), "SIGKILL");
  });
});
