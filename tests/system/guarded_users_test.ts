/** A guarded install with two real users: what the agent's uid can reach, and where its words lead. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  agentHome,
  GuardedInstall,
  guardedProgram,
  guardedRoot,
} from "../support/guarded_install.ts";
import { joinResumed } from "../support/disk_trace.ts";

/** A folder the agent may make an install of its own in. */
const own = `${agentHome}/own`;
const check = ["check", "--type", "file_write", "--file", "src/app.ts"];

describe("guarded: the agent's user", () => {
  it("ARCH-01 reads no key, no log, no state and no token but its own", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const state = await install.stateFolder();
    const secret = (await install.must("root", ["find", state])).trim().split("\n");
    assert(secret.length > 10, `${secret.length} places`);
    for (const path of secret) {
      const { exit, stdout } = await install.run("agent", ["cat", path]);
      assertNotEquals(exit, 0, path);
      assertEquals(stdout, "", path);
    }
    const token = (await install.client()).token_file ?? "";
    assertMatch(await install.must("agent", ["cat", token]), /^[0-9a-f]{64}\n$/);
    for (const who of ["stranger", "engine"] as const) {
      assertNotEquals((await install.run(who, ["cat", token])).exit, 0, who);
    }
  });

  it("ARCH-01 changes nothing of policy, keys, log, token, unit, client.json and program", async () => {
    await using install = await GuardedInstall.create();
    const engine = await install.serve();
    const policy = await install.policyFolder();
    const state = await install.stateFolder();
    const before = await install.snapshot();
    const targets = [
      "/etc/sealward",
      "/etc/sealward/client.json",
      policy,
      `${policy}/policy.yaml`,
      state,
      `${state}/keys/audit.key`,
      `${state}/audit.log`,
      "/etc/systemd/system",
      guardedProgram,
    ];
    const attacks = [
      `: >> "$0"`,
      `echo x > "$0/new"`,
      `mv "$0" "$0.x"`,
      `rm -rf "$0"`,
      `chmod 777 "$0"`,
      `chown agent "$0"`,
      `ln "$0" /srv/home/link`,
      `ln -sfn /tmp "$0"`,
      `mkdir "$0/new"`,
      `mount --bind /srv/home "$0"`,
    ];
    for (const target of targets) {
      for (const attack of attacks) {
        const { exit } = await install.run("agent", ["sh", "-c", attack, target]);
        // What it can read it may link elsewhere; the install stays as it was (compared below).
        if (!attack.startsWith("ln ")) assertNotEquals(exit, 0, `${attack} ${target}`);
      }
    }
    assertEquals(await install.snapshot(), before);
    const { exit } = await install.run("agent", ["kill", "-STOP", String(engine.pid)]);
    assertNotEquals(exit, 0, "nor signals the engine");
    const { exit: asked, value } = await install.check();
    assertEquals([asked, value.attestation], [0, "guarded"]);
  });

  it("ARCH-01 can spoil its own token, and only shuts itself out", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const { token_file: token = "" } = await install.client();
    for (const change of [`chmod 644 ${token}`, `chmod 600 ${token} && echo x > ${token}`]) {
      await install.shell("agent", change);
      const { exit, value } = await install.check();
      assertEquals([exit, value.allowed], [1, false], change);
    }
  });

  it("ARCH-02 ARCH-03 serves, opens and accepts nothing in the engine's place", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const before = await install.snapshot();
    for (
      const args of [
        ["serve"],
        ["audit", "verify"],
        ["audit", "tail"],
        ["audit", "rotate"],
        ["audit", "record", "--type", "X"],
        ["verify"],
        ["policy", "accept", "--yes"],
        ["policy", "install", "--yes"],
        ["init"],
        ["init", "--guarded", "--agent", "agent"],
      ]
    ) {
      for (const who of ["agent", "stranger"] as const) {
        const { exit, stderr } = await install.run(who, ["sealward", ...args]);
        assert([1, 64].includes(exit), `${who} ${args.join(" ")}: ${exit} ${stderr}`);
      }
    }
    assertEquals(await install.snapshot(), before);
  });

  it("ARCH-03 root is told whom to be, and leaves nothing that the engine cannot write", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const state = await install.stateFolder();
    for (const args of [["audit", "verify"], ["audit", "rotate"], ["audit", "tail"], ["serve"]]) {
      const { exit, stderr } = await install.run("root", ["sealward", ...args]);
      assertEquals(exit, 1, args.join(" "));
      assertMatch(stderr, /sudo -u sealward sealward/);
    }
    const foreign = await install.must("root", ["find", state, "!", "-user", "sealward"]);
    assertEquals(foreign, "");
    for (const args of [["audit", "verify"], ["audit", "tail"], ["status"], ["doctor"]]) {
      const asEngine = await install.run("engine", ["sealward", ...args, "--root", guardedRoot], {
        cwd: "/",
      });
      assertEquals(asEngine.exit, 0, `${args.join(" ")}: ${asEngine.stderr}${asEngine.stdout}`);
    }
    assertEquals((await install.check()).exit, 0);
  });

  it("ARCH-03 the machine's hooks are root's: doctors read them, and root alone changes them", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const hook = (name: string) => ["sealward", "hook", name, "claude-code", "--scope", "managed"];
    await install.run("root", [...hook("install"), "--root", guardedRoot, "--yes"]);
    const settings = "/etc/claude-code/managed-settings.json";
    const before = await install.read(settings);
    const doctor = ["sealward", "doctor", "--root", guardedRoot];
    const asEngine = await install.run("engine", doctor, { cwd: "/" });
    assertEquals(asEngine.exit, 0, asEngine.stdout);
    assertMatch(asEngine.stdout, /OK +hook claude-code: wired in/);
    const asAgent = await install.run("agent", doctor);
    assertEquals(asAgent.exit, 1);
    assertEquals(asAgent.stdout.match(/^FAIL/gm)?.length, 1, asAgent.stdout);
    assertMatch(asAgent.stdout, /sudo -u sealward sealward/);
    const uninstall = await install.run("agent", [...hook("uninstall"), "--yes"]);
    assertEquals(uninstall.exit, 3);
    assertMatch(uninstall.stderr, /it belongs to user 0/);
    assertEquals(await install.read(settings), before);
  });
});

describe("guarded: no server, or another one", () => {
  it("ARCH-04 ARCH-09 a killed, stopped or missing server is a denial, never a local answer", async () => {
    await using install = await GuardedInstall.create();
    // Something a local check could decide by, were it ever asked.
    await install.must("agent", ["sealward", "init"], { cwd: own });
    const denied = async (what: string) => {
      const { exit, value } = await install.check();
      assertEquals([exit, value.allowed], [1, false], what);
      assertEquals(value.error.code, "server_unreachable", what);
      const hook = await install.agent(["hook", "claude-code"], { stdin: hookEvent("src/app.ts") });
      assertEquals([hook.exit, isDenial(hook)], [hook.exit, true], `${what}: ${hook.stdout}`);
    };
    await denied("never started");
    const engine = await install.serve();
    assertEquals((await install.check()).exit, 0);
    const hook = await install.agent(["hook", "claude-code"], { stdin: hookEvent("src/app.ts") });
    assertEquals([hook.exit, isDenial(hook)], [0, false], hook.stdout + hook.stderr);
    await engine.end("SIGKILL");
    await denied("killed");
  });

  it("ARCH-06 a forged server on the port is a denial", async () => {
    await using install = await GuardedInstall.create();
    const { port } = await install.portOf();
    const script = `
import http.server, sys
class Forged(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = b'{"schema_version":1,"decision":"allow","allowed":true}'
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST
    def log_message(self, *a): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Forged)
print("ready", flush=True)
server.serve_forever()
`;
    const [program = "", ...args] = install.command("agent", ["python3", "-c", script, port]);
    const forged = new Deno.Command(program, { args, stdout: "piped", clearEnv: true }).spawn();
    try {
      const reader = forged.stdout.getReader();
      assertEquals((await reader.read()).done, false);
      await reader.cancel();
      const { exit, value } = await install.check();
      assertEquals([exit, value.allowed, value.error.code], [1, false, "server_untrusted"]);
      const status = await install.ask(["status"]);
      assertEquals([status.exit, status.value.error.code], [1, "server_untrusted"]);
      const hook = await install.agent(["hook", "claude-code"], { stdin: hookEvent("src/app.ts") });
      assertEquals(isDenial(hook), true, hook.stdout);
    } finally {
      forged.kill("SIGKILL");
      await forged.status;
    }
  });
});

function hookEvent(file: string): string {
  return JSON.stringify({
    session_id: "s",
    transcript_path: "/srv/home/t.jsonl",
    cwd: guardedRoot,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_use_id: `t-${crypto.randomUUID()}`,
    tool_name: "Write",
    tool_input: { file_path: `${guardedRoot}/${file}`, content: "x\n" },
  });
}

function isDenial({ exit, stdout }: { readonly exit: number; readonly stdout: string }): boolean {
  return exit === 2 || /"permissionDecision":\s*"deny"/.test(stdout);
}

describe("guarded: flags, variables and folders", () => {
  it("CFG-01 the agent's flags and variables exit 64, and the hook denies", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    await install.must("agent", ["sealward", "init"], { cwd: own });
    const moved = { exit: 64, allowed: false };
    const flags: readonly string[][] = [
      ["--root", own],
      ["--root", "/"],
      ["--root", `${guardedRoot}/src`],
      ["--server", "http://127.0.0.1:9999"],
      ["--server", "http://127.0.0.1:8787"],
      ["--token-file", `${agentHome}/token`],
      ["--server-key", `${agentHome}/key`],
    ];
    for (const flag of flags) {
      const { exit, value } = await install.ask([...check, ...flag]);
      assertEquals({ exit, allowed: value.allowed }, moved, flag.join(" "));
      const line = ["hook", "claude-code", ...flag];
      const hook = await install.agent(line, { stdin: hookEvent(".env") });
      assertEquals(isDenial(hook), true, `hook ${flag.join(" ")}: ${hook.stdout}${hook.stderr}`);
    }
    const variables: Record<string, string>[] = [
      { SCALPEL_ROOT: own },
      { SCALPEL_SERVER: "http://127.0.0.1:9999" },
      { SCALPEL_TOKEN_FILE: `${agentHome}/token` },
      { SCALPEL_AUDIT_SECRET: "0123456789abcdef0123456789abcdef" },
      { SCALPEL_AUDIT_SECRET_FILE: `${agentHome}/secret` },
      { SCALPEL_AUDIT_SECRET_FD: "0" },
    ];
    for (const env of variables) {
      const { exit, value } = await install.ask(check, { env });
      assertEquals({ exit, allowed: value.allowed }, moved, JSON.stringify(env));
      const hook = await install.agent(["hook", "claude-code"], { env, stdin: hookEvent(".env") });
      assertEquals(isDenial(hook), true, `hook ${JSON.stringify(env)}`);
    }
    for (const same of [["--root", guardedRoot], ["--root", "."]]) {
      assertEquals((await install.ask([...check, ...same])).exit, 0, same.join(" "));
    }
    const named = await install.ask([...check, "--root", guardedRoot], { cwd: agentHome });
    assertEquals([named.exit, named.value.attestation], [0, "guarded"]);
  });

  it("CFG-08 HOME, XDG and proxies change neither road nor answer", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const rows: Record<string, string>[] = [
      {},
      { HOME: "/nonexistent" },
      { HOME: guardedRoot },
      { XDG_STATE_HOME: "relative" },
      { XDG_STATE_HOME: agentHome, XDG_CONFIG_HOME: agentHome },
      { HTTP_PROXY: "http://127.0.0.1:9", http_proxy: "http://127.0.0.1:9" },
      { LD_LIBRARY_PATH: agentHome, LANG: "tr_TR.UTF-8", TZ: ":/etc/passwd" },
    ];
    for (const env of rows) {
      for (const clearEnv of [false, true]) {
        const { exit, value } = await install.check("src/app.ts", { env, clearEnv });
        assertEquals([exit, value.attestation], [0, "guarded"], JSON.stringify(env));
        assertEquals((await install.check(".env", { env, clearEnv })).exit, 2);
      }
    }
  });

  it("CFG-04 a planted folder and its files are not even opened", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const planted = ["deno.json", "package.json", ".npmrc", ".env", "node_modules/x/index.js"];
    for (const name of [...planted, ".scalpel/policy.yaml", "src/.scalpel/policy.yaml"]) {
      const text = name.endsWith("json") ? `{"imports":{},"nodeModulesDir":"auto"}` : "version: x";
      const script = `mkdir -p "$(dirname "$0")" && cat > "$0"`;
      await install.must("agent", ["sh", "-c", script, name], { stdin: text });
    }
    const trace = `${agentHome}/trace`;
    const strace = ["strace", "-f", "-e", "trace=%file", "-o", trace, guardedProgram, ...check];
    for (const cwd of [guardedRoot, `${guardedRoot}/src`]) {
      // There src/app.ts is another file; that it is decided at the server is what counts.
      const { exit, stdout, stderr } = await install.run("agent", strace, { cwd });
      assertEquals(exit, 0, stdout + stderr);
      const calls = (await install.read(trace)).split("\n");
      const touched = calls.filter((line) =>
        line.includes(`"${guardedRoot}/`) || /\((?:AT_FDCWD, )?"(?!\/)[^"]+"/.test(line)
      ).filter((line) => !/execve|readlink|getcwd/.test(line));
      assertEquals(touched, [], "of the workspace nothing is looked at by the client");
      assert(calls.some((line) => line.includes("/etc/sealward/client.json")));
    }
  });

  it("CFG-04 an install of the agent's own over the guarded root judges nothing", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.shell(
      "agent",
      `sealward init >/dev/null && rm -rf ${guardedRoot}/.scalpel/audit*`,
    );
    await install.shell("agent", `rm -rf ${guardedRoot}/.scalpel`);
    await install.init();
    const { exit, value } = await install.check();
    assertEquals([exit, value.error.code], [1, "server_unreachable"]);
    const hook = await install.agent(["hook", "claude-code"], { stdin: hookEvent("src/app.ts") });
    assertEquals(isDenial(hook), true);
    await install.serve();
    const { value: decided } = await install.check();
    assertEquals(decided.attestation, "guarded");
    const seen = await install.agent(["hook", "claude-code"], { stdin: hookEvent(".env") });
    assertEquals(isDenial(seen), true);
  });

  it("CFG-04 outside every guarded root a check looks once for client.json, and decides itself", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.shell("agent", `sealward init --guide >/dev/null`);
    const trace = `${agentHome}/trace`;
    const strace = ["strace", "-f", "-e", "trace=%file", "-o", trace, guardedProgram, ...check];
    await install.must("agent", strace);
    const calls = [...joinResumed(await install.read(trace))];
    const looks = calls.filter((call) => call.includes("client.json"));
    assertEquals(looks.length, 1, looks.join("\n"));
    assertMatch(looks[0] ?? "", /ENOENT/);
  });
});

describe("guarded: places that are no longer their owner's", () => {
  it("FILE-04 CFG-07 a place that others can write stops clients and server", async () => {
    await using install = await GuardedInstall.create();
    const policy = await install.policyFolder();
    const state = await install.stateFolder();
    const client = "/etc/sealward/client.json";
    const rows: readonly [what: string, undo: string, who: readonly ("agent" | "engine")[]][] = [
      [`chmod o+w ${client}`, `chmod o-w ${client}`, ["agent", "engine"]],
      [`chmod g+w ${client}`, `chmod g-w ${client}`, ["agent", "engine"]],
      [`chown agent ${client}`, `chown root ${client}`, ["agent", "engine"]],
      [`chmod o+w /etc/sealward`, `chmod o-w /etc/sealward`, ["agent", "engine"]],
      [`chmod 1777 /etc/sealward`, `chmod 755 /etc/sealward`, ["agent", "engine"]],
      [`chown agent /etc/sealward`, `chown root /etc/sealward`, ["agent", "engine"]],
      [`chmod o+w /etc`, `chmod o-w /etc`, ["agent", "engine"]],
      [`mv ${client} ${client}.x; ln -s client.json.x ${client}`, `mv -f ${client}.x ${client}`, [
        "agent",
        "engine",
      ]],
      [`ln ${client} /etc/sealward/other`, `rm /etc/sealward/other`, ["agent", "engine"]],
      [
        `echo '{}' > /tmp/$$; cp -p ${client} ${client}.x; cat /tmp/$$ > ${client}; rm /tmp/$$`,
        `cat ${client}.x > ${client}; rm ${client}.x`,
        ["agent", "engine"],
      ],
      [`chmod o+w ${policy}`, `chmod o-w ${policy}`, ["engine"]],
      [`chown agent ${policy}`, `chown root ${policy}`, ["engine"]],
      [`chmod g+w ${state}`, `chmod g-w ${state}`, ["engine"]],
      [`chmod o+rx ${state}`, `chmod o-rx ${state}`, ["engine"]],
      [`chown agent ${state}`, `chown sealward ${state}`, ["engine"]],
      [`chmod g+r ${state}/keys`, `chmod g-r ${state}/keys`, ["engine"]],
      [`chmod o+w /var/lib/sealward`, `chmod o-w /var/lib/sealward`, ["engine"]],
    ];
    for (const [what, undo, whose] of rows) {
      await install.shell("root", what);
      for (const who of whose) {
        const args = who === "agent" ? check : ["status"];
        const { exit, value } = await install.ask(args, { who });
        assertEquals([exit, value.error?.code], [1, "guard_unsafe"], `${who} after ${what}`);
      }
      await install.shell("root", undo);
    }
    await install.serve();
    assertEquals((await install.check()).exit, 0, "as before once all is undone");
  });

  it("FILE-04 FILE-06 FILE-07 a running server denies by the very next answer", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    const file = `${await install.policyFolder()}/policy.yaml`;
    const rows: readonly [string, string][] = [
      [`chmod o+w ${file}`, `chmod o-w ${file}`],
      [`chmod g+w ${file}`, `chmod g-w ${file}`],
      [`chown agent ${file}`, `chown root ${file}`],
      [`ln ${file} /etc/sealward/second`, `rm /etc/sealward/second`],
      [`mv ${file} ${file}.x; ln -s policy.yaml.x ${file}`, `mv -f ${file}.x ${file}`],
      [`mv ${file} ${file}.x; mkfifo ${file}`, `mv -f ${file}.x ${file}`],
      [`mv ${file} ${file}.x`, `mv ${file}.x ${file}`],
      [`cp -p ${file} ${file}.x; echo '# more' >> ${file}`, `mv ${file}.x ${file}`],
      [`mount --bind /etc/passwd ${file}`, `umount ${file}`],
    ];
    assertEquals((await install.check()).exit, 0);
    for (const [what, undo] of rows) {
      await install.shell("root", what);
      const { exit, value } = await install.check();
      assertEquals([exit, value.allowed], [5, false], `${what}: ${JSON.stringify(value)}`);
      await install.shell("root", undo);
      assertEquals((await install.check()).exit, 0, `after ${undo}`);
    }
  });

  it("FILE-05 an access control list that lets the agent in shows in the mode, and stops it", async () => {
    await using install = await GuardedInstall.create();
    const state = await install.stateFolder();
    const policy = await install.policyFolder();
    // acl(5) as Linux stores it: version 2, then tag, permissions and id of each entry.
    const script = `
import os, struct, sys
path, uid, perm = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
mode = os.stat(path).st_mode
none = 0xffffffff
entries = [(1, mode >> 6 & 7, none), (2, perm, uid), (4, mode >> 3 & 7, none), (16, perm, none), (32, mode & 7, none)]
os.setxattr(path, "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))
`;
    const grant = (path: string, perm: number) =>
      install.run("root", ["python3", "-c", script, path, "64102", String(perm)]);
    const first = await grant(`${state}/keys`, 5);
    assertEquals(first.exit, 0, first.stderr);
    assertEquals(
      (await install.ask(["status"], { who: "engine" })).value.error.code,
      "guard_unsafe",
    );
    await install.shell("root", `setfattr -x x / 2>/dev/null; chmod 700 ${state}/keys`);
    await install.serve();
    assertEquals((await install.check()).exit, 0);
    assertEquals((await grant(`${policy}/policy.yaml`, 6)).exit, 0);
    await install.shell("agent", `echo '# mine' >> ${policy}/policy.yaml`);
    assertEquals((await install.check()).exit, 5);
  });

  it("FILE-16 a server that was killed is noticed at the next start, an end is an entry", async () => {
    await using install = await GuardedInstall.create();
    const types = async () => {
      const query = ["audit", "query"];
      const { value } = await install.ask(query, { who: "engine" });
      const entries: readonly { readonly type: string }[] = value.entries;
      return entries.map(({ type }) => type).filter((type) => type.startsWith("SERVER_"));
    };
    const first = await install.serve();
    assertEquals((await install.check()).exit, 0);
    assertEquals(await first.end(), 0);
    assertEquals(await types(), ["SERVER_STARTED", "SERVER_STOPPED"]);
    const second = await install.serve();
    assertEquals((await install.check()).exit, 0);
    await second.end("SIGKILL");
    const third = await install.serve();
    assertEquals((await install.check()).exit, 0);
    await third.end();
    assertEquals((await types()).slice(2), [
      "SERVER_STARTED",
      "SERVER_KILLED",
      "SERVER_STARTED",
      "SERVER_STOPPED",
    ]);
    assertMatch(third.said(), /killed/);
  });
});
