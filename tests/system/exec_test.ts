/**
 * `exec` as the entrypoint of a container: first process of a new PID namespace, users of its own,
 * a terminal. `unshare` and `setpriv` stand in for a container engine.
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parse } from "@std/yaml";
import { ExecRun } from "../support/exec_run.ts";
import { agentUid, GuardedInstall, guardedRoot } from "../support/guarded_install.ts";
import { descendantsOf, waitUntilGone } from "../support/process_tree.ts";
import { runInPty } from "../support/pty.ts";
import { binaryPath, Project } from "../support/sealward.ts";

/** A uid that no list names. */
const strangerUid = 64_777;
/** What a container engine does to its first process: own PIDs, own /proc. */
const container = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

const isThere = (path: string): boolean => {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
};

/** What the example says: the entrypoint's words, and the service of the agent. */
function readExample() {
  const read = (name: string) =>
    Deno.readTextFileSync(new URL(`../../docs/examples/containers/${name}`, import.meta.url));
  const line = /^ENTRYPOINT (.*)$/m.exec(read("Dockerfile"))?.[1] ?? "";
  const words: readonly string[] = JSON.parse(line);
  const compose = parse(read("compose.yaml")) as Record<string, Record<string, unknown>>;
  const agent = compose["services"]?.["agent"] as Record<string, readonly string[]>;
  assertEquals([agent["init"], agent["read_only"]], [true, true]);
  assert(agent["volumes"]?.includes("policy:/etc/sealward:ro"));
  const { cap_drop = [], cap_add = [], security_opt = [] } = agent;
  return { words, agent: { cap_drop, cap_add, security_opt } };
}

/** An install that uid 64777 can look into. */
async function ready(): Promise<Project> {
  const project = new Project();
  await project.init();
  for (const folder of [project.folder, project.root]) Deno.chmodSync(folder, 0o755);
  return project;
}

/** Where another uid may run it; the checkout may be closed to it. */
function copyProgram(project: Project): string {
  const copy = `${project.folder}/sealward`;
  Deno.copyFileSync(binaryPath, copy);
  Deno.chmodSync(copy, 0o755);
  return copy;
}

function launched(project: Project, script: string, flags: readonly string[] = []) {
  return new ExecRun(project, [...flags, "--uid", String(strangerUid), "--", "sh", "-c", script]);
}

describe("exec --uid", () => {
  it("ARCH-01 BIN-13 the program has that user, its group, no other group and no capability", async () => {
    using project = await ready();
    const script = `id -u; id -g; id -G; echo "$HOME"
      grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status; touch /etc/x 2>/dev/null || echo no`;
    const groups = ["setpriv", "--groups=4,27"];
    for (const [given, gid] of [["", strangerUid], [":1234", 1234]] as const) {
      const args = ["--uid", `${strangerUid}${given}`, "--", "sh", "-c", script];
      await using run = new ExecRun(project, args, { through: groups });
      const { exit, stdout, stderr } = await run.end();
      assertEquals(exit, 0, stderr);
      const [uid, first, all, home, ...rest] = stdout.trim().split("\n");
      assertEquals([uid, first, all, home], [`${strangerUid}`, `${gid}`, `${gid}`, "/"]);
      const capabilities = ["Inh", "Prm", "Eff", "Amb"].map((name) =>
        `Cap${name}:\t${"0".repeat(16)}`
      );
      assertEquals(rest, [...capabilities, "no"]);
    }
  });

  it("SEED-01 what is open beside the three is said: the program gets it", async () => {
    using project = await ready();
    const args = ["--uid", String(strangerUid), "--", "true"];
    const named = async (redirection: string) => {
      const through = ["bash", "-c", `exec 7>&- 8>&-; exec "$@" ${redirection}`, "open"];
      await using run = new ExecRun(project, args, { through });
      const { exit, stderr } = await run.end();
      assertEquals(exit, 0, stderr);
      const said = /inherits what is open here: descriptor ([0-9, ]+)/.exec(stderr)?.[1] ?? "";
      return said.split(", ").filter((each) => each === "7" || each === "8").toSorted();
    };
    assertEquals([await named(""), await named("7</dev/null 8</dev/null")], [[], ["7", "8"]]);
  });

  it("the Python client asks by the files that were handed over, and by no other", async () => {
    using project = await ready();
    const client = new URL("../../src/client/python/sealward.py", import.meta.url);
    project.write("sealward.py", Deno.readTextFileSync(client));
    project.write(
      "ask.py",
      `import os, sealward
def ask(name):
    try:
        guard = sealward.TamperResistance()
        return guard.check(sealward.Operation(type="file_write", affected_files=[name])).decision
    except sealward.SealwardError as error:
        return error.code
print(ask("src/a.ts"), ask(".env"))
os.environ["SCALPEL_SERVER_KEY_FILE"] = "sealward.py"
print(ask("src/a.ts"))
`,
    );
    await using run = launched(project, "python3 -B ask.py", ["--serve"]);
    const { exit, stdout, stderr } = await run.end();
    assertEquals([exit, stdout], [0, "allow deny\nusage\n"], stderr);
  });

  it("ARCH-01 the program reads no key, no token but its own, no environment and no memory", async () => {
    using project = await ready();
    const state = project.stateFolder();
    const script = `echo ready; for path in '${state}' '${state}/keys/audit.key' \\
        '${state}/tokens/agent' '${state}/tokens/operator' "/proc/$PPID/environ" "/proc/$PPID/mem" \\
        /proc/[0-9]*/environ; do
        case $path in /proc/$$/*|/proc/self/*) continue;; esac
        owner=$(stat -c %u "\${path%/environ}" 2>/dev/null)
        [ "$owner" = ${strangerUid} ] && continue
        head -c 1 "$path" >/dev/null 2>&1 && echo "READ $path"; done
      cat "$SCALPEL_TOKEN_FILE"; kill -9 $PPID 2>/dev/null && echo KILLED; exit 0`;
    await using run = launched(project, script, ["--serve"]);
    const { exit, stdout, stderr } = await run.end();
    assertEquals(exit, 0, stderr);
    const token = Deno.readTextFileSync(`${state}/tokens/agent`);
    assertEquals(stdout, `ready\n${token}`);
  });

  it("the program asks as another user, by files that nobody else reads and that end with it", async () => {
    using project = await ready();
    const sealward = copyProgram(project);
    const script = `stat -c '%u %a' "$SCALPEL_TOKEN_FILE"; echo "$SCALPEL_TOKEN_FILE"
      ${sealward} check --type file_write --file src/a.ts --quiet; echo allow $?
      ${sealward} check --type file_write --file .env --quiet; echo deny $?
      mv "$SCALPEL_TOKEN_FILE" /tmp/mine 2>/dev/null && echo MOVED; exit 0`;
    await using run = launched(project, script, ["--serve"]);
    const { stdout, stderr } = await run.end();
    const [owned, token = "", ...answers] = stdout.trim().split("\n");
    assertEquals([owned, answers], [`${strangerUid} 400`, ["allow 0", "deny 2"]], stderr);
    assert(!isThere(token.slice(0, token.lastIndexOf("/"))), `${token} stays`);
  });

  it("a working folder the program may not enter starts nothing, and says so", async () => {
    using project = await ready();
    Deno.chmodSync(project.root, 0o700);
    await using run = launched(project, "true");
    const { exit, stderr } = await run.end();
    assertEquals(exit, 126);
    assertMatch(stderr, /enter the working folder/);
  });

  it("SEED-01 a secret that the program could read starts nothing", async () => {
    using project = await ready();
    const file = `${project.folder}/secret`;
    Deno.copyFileSync(`${project.stateFolder()}/keys/audit.key`, file);
    const mark = `${project.folder}/started`;
    for (const [uid, mode] of [[strangerUid, 0o600], [0, 0o644], [0, 0o640]] as const) {
      Deno.chmodSync(file, mode);
      Deno.chownSync(file, uid, null);
      const args = ["--uid", String(strangerUid), "--", "touch", mark];
      const env = { SCALPEL_AUDIT_SECRET_FILE: file };
      await using run = new ExecRun(project, args, { env });
      const { exit, stderr } = await run.end();
      assertEquals(exit, 126, `${uid} ${mode}: ${stderr}`);
      assertMatch(stderr, /Cannot hide/);
    }
    assertEquals(
      [...Deno.readDirSync(project.folder)].some(({ name }) => name === "started"),
      false,
    );
  });

  it("BIN-13 only root becomes somebody else, and root's own uid needs --same-uid", async () => {
    using project = await ready();
    const mark = `${project.folder}/started`;
    const asOther = ["setpriv", "--reuid=64778", "--regid=64778", "--clear-groups"];
    const program = ["--", "touch", mark];
    await using other = new ExecRun(project, ["--uid", "64777", ...program], {
      through: asOther,
      program: { name: "copy", command: [copyProgram(project)] },
    });
    const { exit, stderr } = await other.end();
    assertEquals(exit, 126);
    assertMatch(stderr, /only root can/);
    await using root = new ExecRun(project, ["--uid", "0", ...program]);
    assertEquals((await root.end()).exit, 126);
    assertEquals(
      [...Deno.readDirSync(project.folder)].some(({ name }) => name === "started"),
      false,
    );
  });

  it("BIN-13 a container without the powers for it starts nothing, and says which", async () => {
    using project = await ready();
    const mark = `${project.folder}/started`;
    const args = ["--uid", String(strangerUid), "--", "touch", mark];
    for (const power of ["setuid", "setgid"]) {
      const through = ["setpriv", `--bounding-set=-${power}`, "--inh-caps=-all"];
      await using run = new ExecRun(project, args, { through });
      const { exit, stderr } = await run.end();
      assertEquals(exit, 126, power);
      assertMatch(stderr, /CAP_SETUID and CAP_SETGID/);
      assert(!isThere(mark));
    }
    const through = [...container, "setpriv", "--bounding-set=-kill", "--inh-caps=-all"];
    const late = ["--uid", String(strangerUid), "--", "sh", "-c", `sleep 1; touch ${mark}`];
    Deno.chmodSync(project.folder, 0o777);
    await using run = new ExecRun(project, late, { through });
    const { exit, stderr } = await run.end();
    assertEquals(exit, 125, stderr);
    assertMatch(stderr, /CAP_KILL/);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert(!isThere(mark));
  });

  it("a program that ignores the end of its engine is killed", async () => {
    using project = await ready();
    const script = `trap '' TERM HUP INT; echo ready; while :; do sleep 0.1; done`;
    await using run = launched(project, script, ["--serve"]);
    await run.until("ready");
    const [engine = 0, program = 0] = descendantsOf(run.child.pid);
    Deno.kill(engine, "SIGKILL");
    assertEquals((await run.end()).exit, 125);
    await waitUntilGone([program], 1_000);
  });
});

describe("exec: as process 1 of a PID namespace", () => {
  const inContainer = (project: Project, script: string, flags: readonly string[] = []) =>
    new ExecRun(
      project,
      [...flags, "--uid", String(strangerUid), "--", "sh", "-c", script],
      { through: container },
    );

  it("FLT-13 passes signals to the program and its status out", async () => {
    using project = await ready();
    const script = `trap 'echo USR1' USR1; trap 'echo TERM; exit 9' TERM; echo $PPID
      while :; do sleep 0.05; done`;
    await using run = inContainer(project, script, ["--serve"]);
    await run.until("1\n");
    const [first = 0] = descendantsOf(run.child.pid);
    Deno.kill(first, "SIGUSR1");
    await run.until("USR1");
    Deno.kill(first, "SIGTERM");
    const { exit, stdout } = await run.end();
    assertEquals([exit, stdout], [9, "1\nUSR1\nTERM\n"]);
  });

  it("says that orphans stay as zombies, and they do", async () => {
    using project = await ready();
    // The inner shell ends at once: its child has nobody left.
    const script = `(sh -c 'sleep 0.2' &); sleep 1
      cat /proc/[0-9]*/stat | grep -c ' Z 1 '`;
    await using run = inContainer(project, script);
    const { exit, stdout, stderr } = await run.end();
    assertEquals([exit, stdout], [0, "1\n"], stderr);
    assertMatch(stderr, /process 1 .* --init/);
  });

  it("says nothing of it below an init that collects them, and none stays", async () => {
    using project = await ready();
    const script = `(sh -c 'sleep 0.2' &); sleep 1
      cat /proc/[0-9]*/stat | grep -c ' Z '`;
    const args = ["--uid", String(strangerUid), "--", "sh", "-c", script];
    // Any shell that waits is an init; tini and `docker run --init` are.
    const init = [...container, "bash", "-c", '"$@"; exit $?', "init"];
    await using run = new ExecRun(project, args, { through: init });
    const { stdout, stderr } = await run.end();
    assertEquals(stdout, "0\n", stderr);
    assert(!stderr.includes("process 1"), stderr);
  });

  it("what the program left in the background ends with the container", async () => {
    using project = await ready();
    const mark = `/tmp/${crypto.randomUUID()}`;
    await using run = inContainer(project, `(sleep 1; touch ${mark}) >/dev/null 2>&1 & exit 4`);
    assertEquals((await run.end()).exit, 4);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert(!isThere(mark), "it went on");
  });

  it("a signal before anything was started ends the start", async () => {
    using project = await ready();
    const mark = `${project.folder}/started`;
    const args = ["--uid", String(strangerUid), "--serve", "--", "touch", mark];
    await using run = new ExecRun(project, args, { through: container });
    let pids: readonly number[] = [];
    while (pids.length < 2) pids = descendantsOf(run.child.pid);
    const [first = 0, engine = 0] = pids;
    Deno.kill(engine, "SIGSTOP");
    Deno.kill(first, "SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 200));
    Deno.kill(engine, "SIGCONT");
    assertEquals((await run.end()).exit, 143);
    assertEquals(
      [...Deno.readDirSync(project.folder)].some(({ name }) => name === "started"),
      false,
    );
  });
});

describe("exec: at a terminal", () => {
  it("^C reaches the program once, and not the engine", async () => {
    using project = await ready();
    const script = `trap 'echo interrupted' INT; echo re''ady
      for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done
      ${binaryPath} check --type file_write --file src/a.ts --quiet; echo allow $?; exit 5`;
    const command = [binaryPath, "exec", "--same-uid", "--serve", "--", "sh", "-c", script];
    const { exit, screen } = await runInPty(command, {
      cwd: project.root,
      env: { HOME: project.home },
      answers: [{ after: "ready", type: "\x03" }],
    });
    assertEquals(exit, 5, screen);
    assertEquals(screen.split("interrupted").length - 1, 1, screen);
    assert(screen.includes("allow 0"), screen);
  });

  it("^Z stops it for the shell above, and fg goes on", async () => {
    using project = await ready();
    const inner = `${binaryPath} exec --same-uid --quiet -- sh -c 'echo re""ady; sleep 1; exit 6'`;
    const { exit, screen } = await runInPty([
      "bash",
      "--norc",
      "--noprofile",
      "-m",
      "-c",
      `
      ${inner}; echo st""opped $?; fg >/dev/null; echo en""ded $?; exit 0`,
    ], {
      cwd: project.root,
      env: { HOME: project.home },
      answers: [{ after: "ready", type: "\x1a" }],
    });
    assertEquals(exit, 0, screen);
    // 128 and SIGTSTP.
    assertMatch(screen, /stopped 148/);
    assertMatch(screen, /ended 6/);
  });
});

describe("exec in a guarded install", () => {
  const exec = ["sealward", "exec", "--serve", "--uid", "agent"];

  it("ARCH-01 three users: root starts, the engine decides, the agent asks by client.json", async () => {
    await using install = await GuardedInstall.create();
    const script =
      `id -u; ps --ppid $PPID -o user:20=,args= | grep '[s]erve --beside' | cut -d' ' -f1
      sealward check --type file_write --file src/app.ts --format json`;
    const out = await install.must("root", [...exec, "--", "sh", "-c", script]);
    const [uid, engine, ...json] = out.split("\n");
    assertEquals([uid, engine], [String(agentUid), "sealward"]);
    const decision = JSON.parse(json.join("\n"));
    assertEquals([decision.allowed, decision.attestation], [true, "guarded"]);
    const log = await install.must("engine", [
      "sealward",
      "audit",
      "verify",
      "--root",
      guardedRoot,
    ]);
    assertMatch(log, /^OK/);
  });

  it("without --serve it only looks, as the engine's user, whoever of the two starts it", async () => {
    await using install = await GuardedInstall.create();
    const words = (user: readonly string[]) => ["sealward", "exec", ...user, "--", "id", "-un"];
    assertEquals(await install.must("root", words(["--uid", "agent"])), "agent\n");
    assertEquals(await install.must("engine", words(["--same-uid"])), "sealward\n");
    const state = await install.stateFolder();
    const owners = await install.must("root", ["find", state, "-not", "-user", "sealward"]);
    assertEquals(owners, "");
    const policy = `${await install.policyFolder()}/policy.yaml`;
    await install.shell("root", `echo '# more' >> ${policy}`);
    const { exit, stderr } = await install.run("root", words(["--uid", "agent"]));
    assertEquals(exit, 126, stderr);
  });

  it("ARCH-01 the agent reads neither state nor the engine's process", async () => {
    await using install = await GuardedInstall.create();
    const state = await install.stateFolder();
    const script = `for path in ${state}/keys/audit.key ${state}/audit.log /proc/$PPID/environ \\
      /proc/$(pgrep -P $PPID -f 'serve --besid[e]')/environ; do
      head -c 1 "$path" >/dev/null 2>&1 && echo "READ $path"; done; exit 0`;
    assertEquals(await install.must("root", [...exec, "--", "sh", "-c", script]), "");
  });

  it("BIN-13 the example's entrypoint runs as its compose file has it", async () => {
    await using install = await GuardedInstall.create();
    const { words, agent } = readExample();
    assertEquals(agent.cap_drop, ["ALL"]);
    assertEquals(agent.security_opt, ["no-new-privileges:true"]);
    const powers = agent.cap_add.map((name) => `+${name.toLowerCase()}`).join();
    const drop = ["setpriv", "--no-new-privs", "--inh-caps=-all", `--bounding-set=-all,${powers}`];
    // Stands in for the init of a container engine.
    const init = [...container, "bash", "-c", '"$@"; exit $?', "init"];
    const script =
      `id -un; [ "$(id -G)" = "$(id -g agent)" ] && echo alone; grep NoNewPrivs /proc/self/status; touch /etc/sealward/x 2>/dev/null
      sealward check --type file_write --file src/app.ts --quiet; echo allow $?
      sealward check --type file_write --file .env --quiet; echo deny $?; kill -TERM $$`;
    const command = [...init, ...drop, ...words, "sh", "-c", script];
    const { exit, stdout, stderr } = await install.run("root", command);
    const said = ["agent", "alone", "NoNewPrivs:\t1", "allow 0", "deny 2"];
    assertEquals([stdout.trim().split("\n"), exit], [said, 143], stderr);
    assert(!stderr.includes("process 1"), stderr);
  });

  it("ARCH-04 without the engine every question is denied, and the program ended", async () => {
    await using install = await GuardedInstall.create();
    const mark = "/srv/home/own/asked";
    const script = `trap 'sealward check --type file_write --file src/app.ts --quiet
      echo $? >${mark}; exit 0' TERM
      echo ready >${mark}; while :; do sleep 0.1; done`;
    const killer = `${exec.map((word) => `'${word}'`).join(" ")} -- sh -c "$0" &
      while [ ! -s ${mark} ]; do sleep 0.1; done
      engine=$(pgrep -P $! -f 'serve --besid[e]'); kill -9 "$engine"; wait $!; echo ended $?`;
    const out = await install.must("root", ["sh", "-c", killer, script]);
    assertMatch(out, /ended 125/);
    assertEquals(await install.read(mark), "1\n");
  });

  it("CFG-07 a policy that others can write starts nothing", async () => {
    await using install = await GuardedInstall.create();
    await install.shell("root", `chmod 777 "${await install.policyFolder()}"`);
    const mark = "/srv/home/own/started";
    for (const words of [exec, exec.filter((word) => word !== "--serve")]) {
      const { exit } = await install.run("root", [...words, "--", "touch", mark]);
      assertNotEquals(exit, 0);
      assert([125, 126].includes(exit), String(exit));
    }
    assert(!await install.exists(mark));
  });

  it("ARCH-01 neither the engine's user nor root are the program's without --same-uid", async () => {
    await using install = await GuardedInstall.create();
    const mark = "/srv/home/own/started";
    for (const who of [["--uid", "sealward"], ["--uid", "0"], []]) {
      const words = ["sealward", "exec", ...who, "--", "touch", mark];
      assertEquals((await install.run("root", words)).exit, 126, who.join(" "));
    }
    assertEquals((await install.agent(["exec", "--", "touch", mark])).exit, 126);
    assert(!await install.exists(mark));
  });
});
