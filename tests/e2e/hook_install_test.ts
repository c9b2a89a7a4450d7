/** Wiring into hosts' settings: what is written, what is not, and what is called proven. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { HostReport } from "../../src/edge/hook/wiring/report_host.ts";
import { hostNames } from "../../src/edge/hook/wiring/hook_line.ts";
import { compiled, type Outcome, Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { denyJson, record, writeFakeHook } from "./fixtures/fake_hook.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

const settings = ".claude/settings.local.json";
const others = `{\r
\t"model": "x",\r
\t"hooks": {\r
\t\t"PreToolUse": [ {"matcher": "Bash", "hooks": [ {"type": "command", "command": "lint"} ]} ]\r
\t},\r
\t"n": 1.0\r
}`;

/** Every file below the project's folders but the log's, with mode and bytes. */
function snapshot(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    const { mode } = Deno.lstatSync(path);
    if (entry.name === ".scalpel" || entry.name === ".local") continue;
    if (entry.isDirectory) Object.assign(found, { [path]: "folder" }, snapshot(path));
    else if (entry.isSymlink) found[path] = `link ${Deno.readLinkSync(path)}`;
    else found[path] = `${((mode ?? 0) & 0o777).toString(8)} ${Deno.readTextFileSync(path)}`;
  }
  return found;
}

async function withFake(body: string, args: readonly string[] = ["--guide"]) {
  const project = new Project();
  await project.init(args);
  const program = writeFakeHook(project, body);
  const hook = (...words: readonly string[]): Promise<Outcome> =>
    project.run(["hook", ...words, ...(words[0] === "uninstall" ? [] : ["--program", program])]);
  return { project, program, hook, [Symbol.dispose]: () => project[Symbol.dispose]() };
}

describe("hook install of this program", () => {
  for (const host of hostNames) {
    for (const init of [["--guide"], []]) {
      it(`${host}: PROTECTED, policy ${init[0] ?? "in observe mode"}`, async () => {
        using project = new Project();
        await project.init(init);
        const policy = project.read(".scalpel/policy.yaml");
        const installed = await project.run(["hook", "install", host, "--yes"]);
        assertEquals([installed.exit, installed.stdout.split(" ")[0]], [0, "PROTECTED"]);
        const { exit, stdout } = await project.run(["hook", "status", host]);
        assertEquals([exit, stdout.split(" ")[0]], [0, "PROTECTED"], stdout);
        assertEquals(stdout.includes("the policy observes"), init.length === 0);
        const entries = await readEntries(project, ["--type", "audit.decision"]);
        assertEquals(entries.length, 2, "one canary each");
        assertEquals(project.read(".scalpel/policy.yaml"), policy);
      });
    }

    it(`${host}: the user's line protects every install it meets`, async () => {
      using project = new Project();
      await project.init();
      const args = ["hook", "install", host, "--scope", "user", "--on-unenrolled", "deny", "--yes"];
      const { exit, stdout } = await project.run(args);
      assertEquals([exit, stdout.split(" ")[0]], [0, "PROTECTED"], stdout);
    });
  }

  it("over a server: PROTECTED while it runs, UNPROVEN but blocked when it is gone", async () => {
    using project = new Project();
    await project.init();
    const server = await startServer(project, compiled);
    try {
      const args = ["hook", "install", "claude-code", "--server", server.url, "--yes"];
      const { exit, stdout } = await project.run(args);
      assertEquals([exit, stdout.split(" ")[0]], [0, "PROTECTED"], stdout);
    } finally {
      await server.stop();
    }
    const { exit, value } = await project.json(["hook", "status", "claude-code"]);
    const [report] = value["hosts"] as readonly HostReport[];
    assertEquals([exit, report?.verdict], [1, "UNPROVEN"]);
    assertEquals(report?.canaries.map(({ denied, seq }) => [denied, seq]), [[true, null]]);
  });

  it("a tampered policy and a damaged log are not called protected by mistake", async () => {
    using project = new Project();
    await project.init();
    await project.run(["hook", "install", "claude-code", "--yes"]);
    project.overwrite(".scalpel/policy.yaml", "version: '1.0'\n");
    const tampered = await project.run(["hook", "status", "claude-code"]);
    assertEquals(tampered.stdout.split(" ")[0], "PROTECTED", "denied and recorded all the same");
    Deno.truncateSync(project.path(".scalpel/audit.log"), 100);
    const damaged = await project.run(["hook", "status", "claude-code"]);
    assertEquals([damaged.exit, damaged.stdout.split(" ")[0]], [1, "UNPROVEN"]);
  });
});

/** Settings of each host as its pages show them, with a hook of somebody else. */
const settingsOf: readonly (readonly [string, string, string])[] = [
  [
    "gemini",
    ".gemini/settings.json",
    '{"ui": {"theme": "x"},\n "hooks": {"BeforeTool": [{"matcher": "write_file", ' +
    '"hooks": [{"type": "command", "command": "lint"}]}]}}',
  ],
  [
    "cursor",
    ".cursor/hooks.json",
    '{\n\t"version": 1,\n\t"hooks": {"preToolUse": [{"command": "./lint.sh", "matcher": "Write"}]}\n}\n',
  ],
  ["cursor", ".cursor/hooks.json", '{"hooks": {"stop": [{"command": "say done"}]}}'],
  ["copilot", ".github/hooks/sealward-copilot.json", '{"version":1,"hooks":{}}'],
  [
    "vscode",
    ".github/hooks/sealward-vscode.json",
    '{"hooks": {"PreToolUse": [{"type": "command", "command": "lint", "timeout": 5}]}}\n',
  ],
];

describe("hook install into settings of other hosts", () => {
  for (const [host, path, before] of settingsOf) {
    it(`${host}: keeps ${before.length} bytes of ${path}, and gives them back`, async () => {
      using project = new Project();
      await project.init();
      project.write(path, before);
      const wired = await project.run(["hook", "install", host, "--yes"]);
      assertEquals([wired.exit, wired.stdout.split(" ")[0]], [0, "PROTECTED"], wired.stdout);
      for (const word of before.match(/\w+/g) ?? []) assert(project.read(path).includes(word));
      const { exit } = await project.run(["hook", "uninstall", host, "--yes"]);
      assertEquals([exit, project.read(path)], [0, before]);
    });
  }

  it("says when another host is wired that reads the same file", async () => {
    using project = new Project();
    await project.init();
    const first = await project.run(["hook", "install", "copilot", "--yes"]);
    assert(!first.stderr.includes("judged and counted twice"), first.stderr);
    const second = await project.run(["hook", "install", "vscode", "--yes"]);
    assertMatch(second.stderr, /sealward-copilot\.json is read by .* judged and counted twice/);
  });

  it("what switches a host's hooks off is DRIFT", async () => {
    using project = new Project();
    await project.init();
    const off = [
      ["vscode", ".vscode/settings.json", '{ // mine\n"chat.useHooks": false}'],
      ["copilot", ".github/copilot/settings.local.json", '{"disableAllHooks": true}'],
    ] as const;
    for (const [host, path, text] of off) {
      await project.run(["hook", "install", host, "--yes"]);
      project.write(path, text);
      const { exit, stdout } = await project.run(["hook", "status", host]);
      assertEquals([exit, stdout.split(" ")[0]], [2, "DRIFT"], stdout);
      assert(stdout.includes(path), stdout);
    }
  });

  it("a Cursor gate that does not fail closed any more is DRIFT", async () => {
    using project = new Project();
    await project.init();
    await project.run(["hook", "install", "cursor", "--yes"]);
    const path = ".cursor/hooks.json";
    project.write(path, project.read(path).replace('"failClosed": true', '"failClosed": false'));
    const { exit, stdout } = await project.run(["hook", "status", "cursor"]);
    assertEquals([exit, stdout.split(" ")[0]], [2, "DRIFT"], stdout);
  });
});

describe("hook install", () => {
  for (const init of [["--guide"], []]) {
    it(`is PROTECTED at once, policy ${init[0] ?? "in observe mode"}`, async () => {
      for (const host of ["claude-code", "codex"]) {
        using fake = await withFake(`${record}\n${denyJson}`, init);
        const { exit, stdout } = await fake.hook("install", host, "--yes");
        assertEquals([exit, stdout.split(" ")[0]], [0, "PROTECTED"], stdout);
        const entries = await readEntries(fake.project, ["--type", "audit.decision"]);
        assertEquals(entries.length, 1);
        assertMatch(JSON.stringify(entries[0]), /"correlation_id":"sealward-canary-[0-9a-f]{32}"/);
      }
    });
  }

  it("keeps what is there to the byte, its mode, and a copy; uninstall restores both", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    const { project } = fake;
    project.write(settings, others);
    Deno.chmodSync(project.path(settings), 0o640);
    const before = snapshot(project.root);
    const { exit, stderr } = await fake.hook("install", "claude-code", "--yes");
    assertEquals([exit, /always protected/.test(stderr)], [0, false]);
    const wired = project.read(settings);
    for (const part of [others.slice(0, 20), '"n": 1.0\r\n}', "lint"]) assert(wired.includes(part));
    assertEquals((Deno.statSync(project.path(settings)).mode ?? 0) & 0o777, 0o640);
    assertEquals(project.read(`${settings}.sealward-backup-1`), others);
    const removed = await fake.hook("uninstall", "claude-code", "--yes");
    assertEquals(removed.exit, 0);
    assertEquals(snapshot(project.root), before);
  });

  it("a second time changes nothing; a new flag replaces the old line", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    const { project } = fake;
    await fake.hook("install", "claude-code", "--yes");
    const first = snapshot(project.root);
    const second = await fake.hook("install", "claude-code", "--yes");
    assertEquals([second.exit, snapshot(project.root)], [0, first]);
    assertMatch(second.stderr, /nothing to change/);
    const third = await fake.hook("install", "claude-code", "--yes", "--on-unenrolled", "deny");
    assertEquals(third.exit, 0, third.stdout);
    const text = project.read(settings);
    assertEquals(text.match(/PreToolUse/g)?.length, 1);
    assertEquals(text.match(/--on-unenrolled 'deny'/g)?.length, 5);
    assertEquals((await fake.hook("uninstall", "claude-code", "--yes")).exit, 0);
    assert(!snapshot(project.root)[project.path(settings)], "a file that install made is gone");
  });

  it("Claude Code's line is kept out of the file that teams commit, unless that is asked for", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    const local = await fake.hook("install", "claude-code", "--yes");
    assertEquals([local.exit, /everybody's/.test(local.stderr)], [0, false]);
    assertEquals([...Deno.readDirSync(fake.project.path(".claude"))].map(({ name }) => name), [
      "settings.local.json",
    ]);
    const args = ["claude-code", "--scope", "project", "--yes"];
    const shared = await fake.hook("install", ...args);
    assertMatch(shared.stderr, /everybody's in the checkout/);
    assert(fake.project.read(".claude/settings.json").includes(fake.program));
    assertEquals((await fake.hook("uninstall", ...args)).exit, 0);
    assert(fake.project.read(settings).includes(fake.program), "the other scope's stays");
  });

  it("refuses a scope that a host does not have", async () => {
    using fake = await withFake(record);
    for (const verb of ["install", "uninstall"]) {
      const { exit, stderr } = await fake.hook(verb, "codex", "--scope", "local", "--yes");
      assertEquals(exit, 64);
      assertMatch(stderr, /no such settings.*project, user, managed/s);
    }
  });

  for (const host of ["claude-code", "codex"]) {
    it(`${host}: leaves an entry, and no alarm for what it wrote itself`, async () => {
      using fake = await withFake(`${record}\n${denyJson}`);
      const { project } = fake;
      const file = host === "codex" ? ".codex/hooks.json" : settings;
      project.write(".env", "a");
      project.write(file, "{}");
      const look = { hook_event_name: "SessionStart", cwd: project.root, session_id: "s" };
      const start = () => project.run(["hook", "claude-code"], { stdin: JSON.stringify(look) });
      await start();
      await fake.hook("install", host, "--dry-run");
      await fake.hook("install", host, "--yes");
      await fake.hook("install", host, "--yes");
      assertEquals((await start()).stdout, "");
      await fake.hook("uninstall", host, "--yes");
      assertEquals((await start()).stdout, "");
      const own = (await readEntries(project)).filter(({ type }) => type.startsWith("HOOK_"));
      const scope = host === "codex" ? "project" : "local";
      const said = own.map((
        { type, severity, details: d },
      ) => [type, severity, d["host"], d["scope"], d["file"]]);
      const place = [host, scope, project.path(file)];
      assertEquals(said, [
        ["HOOK_INSTALLED", "MEDIUM", ...place],
        ["HOOK_UNINSTALLED", "MEDIUM", ...place],
      ]);
      project.write(".env", "b, by nobody");
      project.write(file, '{"disableAllHooks": true}');
      const found = await fake.hook("install", host, "--yes");
      assertMatch(found.stderr, /alarm: Protected file "\.env" was changed .*\(CRITICAL\)/);
      assertEquals(found.stderr.match(/alarm/g)?.length, 1);
    });
  }

  it("takes the wiring out although the log takes no entry, and says so", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    await fake.hook("install", "claude-code", "--yes");
    Deno.truncateSync(fake.project.path(".scalpel/audit.log"), 100);
    const { exit, stderr } = await fake.hook("uninstall", "claude-code", "--yes");
    assertEquals(exit, 1);
    assertMatch(stderr, /it was not recorded: /);
    assertEquals([...Deno.readDirSync(fake.project.path(".claude"))], []);
  });

  it("a backup that is there is never overwritten", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    fake.project.write(settings, "{}");
    fake.project.write(`${settings}.sealward-backup-1`, "mine");
    await fake.hook("install", "claude-code", "--yes");
    assertEquals(fake.project.read(`${settings}.sealward-backup-1`), "mine");
    assertEquals(fake.project.read(`${settings}.sealward-backup-2`), "{}");
  });

  it("--dry-run writes nothing and prints what patch takes", async () => {
    using fake = await withFake(`touch "$4/ran"; ${record}`);
    const { project } = fake;
    project.write(settings, others);
    const before = snapshot(project.folder);
    const entries = await readEntries(project);
    const shown = await fake.hook("install", "claude-code", "--dry-run");
    assertEquals(shown.exit, 0);
    assertEquals(snapshot(project.folder), before);
    assertEquals((await readEntries(project)).length, entries.length);
    assertMatch(shown.stdout, /^--- \/.*settings\.local\.json\n\+\+\+ .*\n@@ -/);
    await fake.hook("install", "claude-code", "--yes");
    const wired = project.read(settings);
    const added = shown.stdout.split("\n").filter((line) => /^\+(?!\+\+ )/.test(line));
    for (const line of added) assert(wired.includes(`${line.slice(1)}\n`), line);
  });

  it("asks, and writes nothing when nobody can be asked", async () => {
    using fake = await withFake(record);
    const before = snapshot(fake.project.folder);
    for (const verb of ["install"]) {
      const { exit, stderr } = await fake.hook(verb, "claude-code");
      assertEquals(exit, 64);
      assertMatch(stderr, /--yes/);
    }
    assertEquals(snapshot(fake.project.folder), before);
  });

  const refusals: readonly (readonly [string, (project: Project) => void])[] = [
    ["no JSON", (project) => project.write(settings, "model: x\n")],
    ["comments", (project) => project.write(settings, "{\n  // mine\n}\n")],
    ["a key twice", (project) => project.write(settings, '{"hooks": {}, "hooks": {}}')],
    ["hooks of another form", (project) => project.write(settings, '{"hooks": "none"}')],
    ["no UTF-8", (project) => {
      project.write(settings, "");
      Deno.writeFileSync(project.path(settings), new Uint8Array([0x7b, 0xff, 0x7d]));
    }],
    ["a link", (project) => {
      project.write("elsewhere.json", "{}");
      Deno.mkdirSync(project.path(".claude"));
      Deno.symlinkSync("../elsewhere.json", project.path(settings));
    }],
    ["a linked folder", (project) => {
      Deno.mkdirSync(project.path("elsewhere"));
      Deno.symlinkSync("elsewhere", project.path(".claude"));
    }],
    ["a second name", (project) => {
      project.write(settings, "{}");
      Deno.linkSync(project.path(settings), project.path("second.json"));
    }],
    ...(Deno.uid() === 0
      ? [
        ["another user's file", (project: Project) => {
          project.write(settings, "{}");
          Deno.chownSync(project.path(settings), 12_345, 12_345);
        }] as const,
      ]
      : []),
    ["a folder", (project) => Deno.mkdirSync(project.path(settings), { recursive: true })],
  ];
  for (const [name, prepare] of refusals) {
    it(`refuses ${name} and leaves it as it is`, async () => {
      using fake = await withFake(record);
      prepare(fake.project);
      const before = snapshot(fake.project.folder);
      for (const verb of ["install", "uninstall"] as const) {
        const { exit, value } = await fake.project.json(["hook", verb, "claude-code", "--yes"]);
        assertEquals([exit, errorCode(value)], [3, "settings_invalid"], verb);
      }
      assertEquals(snapshot(fake.project.folder), before);
    });
  }

  it("refuses a project that nobody set up", async () => {
    using project = new Project();
    const { exit, value } = await project.json(["hook", "install", "claude-code", "--yes"]);
    assertEquals([exit, errorCode(value)], [1, "not_initialized"]);
    assertEquals([...Deno.readDirSync(project.root)].map(({ name }) => name), ["src"]);
  });

  it("prints a line for hosts it cannot wire, and the text of what it does not edit", async () => {
    using fake = await withFake(record);
    const generic = await fake.hook("install", "generic");
    assertEquals(
      [generic.exit, generic.stdout],
      [0, `'${fake.program}' hook generic '--root' '${fake.project.root}'\n`],
    );
    const managed = await fake.hook("install", "codex", "--scope", "managed", "--yes");
    assertEquals(managed.exit, 1);
    assertMatch(managed.stdout, /^allow_managed_hooks_only = true\n\n\[\[hooks\.PreToolUse\]\]/);
    assertMatch(managed.stderr, /nothing was written/);
  });

  it("wires the user's settings below HOME", async () => {
    using fake = await withFake(`exit 2`);
    await fake.hook("install", "codex", "--scope", "user", "--yes");
    const text = Deno.readTextFileSync(`${fake.project.home}/.codex/hooks.json`);
    assert(!text.includes("--root"), text);
    assertEquals(Object.keys(JSON.parse(text)), ["hooks"]);
  });

  it("follows the host to where a variable has moved the user's settings", async () => {
    using fake = await withFake(`exit 2`);
    const { project, program } = fake;
    const env = { CLAUDE_CONFIG_DIR: `${project.folder}/moved` };
    const args = ["hook", "install", "claude-code", "--scope", "user", "--yes"];
    const { stderr } = await project.run([...args, "--program", program], { env });
    assertMatch(stderr, /not among the files that are always protected/);
    assert(Deno.readTextFileSync(`${project.folder}/moved/settings.json`).includes(program));
    assertEquals([...Deno.readDirSync(project.home)].filter((e) => e.name === ".claude"), []);
  });
});

describe("hook status", () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ["a denial by status", `${record}\necho no >&2; exit 2`, "PROTECTED", /entry #/],
    ["a denial in JSON", `${record}\n${denyJson}`, "PROTECTED", /entry #/],
    ["no opinion", `${record}\nexit 0`, "UNPROVEN", /exit 0 without a denial/],
    ["an allow", `${record}\n${denyJson.replace('"deny"', '"allow"')}`, "UNPROVEN", /no denial/],
    ["a denial that left no entry", denyJson, "UNPROVEN", /no denial in the log/],
    ["a crash", "kill -9 $$", "UNPROVEN", /no denial in the log; .*(blocked|Killed)/],
    ["a failure", "exit 1", "UNPROVEN", /no denial in the log; sealward: the hook failed/],
  ];
  for (const [name, body, verdict, seen] of cases) {
    it(`${name} is ${verdict}`, async () => {
      using fake = await withFake(body);
      const { exit, stdout } = await fake.hook("install", "claude-code", "--yes");
      assertEquals(
        [exit, stdout.split(" ")[0]],
        [verdict === "PROTECTED" ? 0 : 1, verdict],
        stdout,
      );
      assertMatch(stdout.replace(/\s+/g, " "), seen);
    });
  }

  it("an old entry proves nothing, nor does another's", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    await fake.hook("install", "claude-code", "--yes");
    writeFakeHook(fake.project, denyJson);
    const { exit, stdout } = await fake.hook("status", "claude-code");
    assertEquals([exit, stdout.split(" ")[0]], [1, "UNPROVEN"]);
  });

  it("a program that is gone blocks the tool, and another in its place is DRIFT", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    await fake.hook("install", "claude-code", "--yes");
    const { hooks } = JSON.parse(fake.project.read(settings));
    const line: string = hooks.PreToolUse[0].hooks[0].command;
    Deno.renameSync(fake.program, `${fake.program}.away`);
    const blocked = await new Deno.Command("/bin/sh", { args: ["-c", line] }).output();
    assertEquals(blocked.code, 2);
    assert(new TextDecoder().decode(blocked.stderr).trim() !== "");
    assertEquals((await fake.project.run(["hook", "status"])).exit, 2);
  });

  const drifts: readonly (readonly [string, (project: Project) => void])[] = [
    ["an event that was removed", (project) => {
      const value = JSON.parse(project.read(settings));
      delete value.hooks.PreToolUse;
      project.write(settings, JSON.stringify(value));
    }],
    ["another program", (project) => {
      const planted = `'${project.folder}/planted'`;
      project.write(
        settings,
        project.read(settings).replaceAll(/'[^']*\/bin\/sealward'/g, planted),
      );
    }],
    ["hooks switched off", (project) => {
      project.write(settings, project.read(settings).replace("{", '{"disableAllHooks": true,'));
    }],
    ["hooks switched off beside it", (project) => {
      project.write(".claude/settings.json", '{"disableAllHooks": true}');
    }],
    ["a changed second hook", (project) => {
      project.write(settings, project.read(settings).replace("exit 1", "exit 0"));
    }],
  ];
  for (const [name, change] of drifts) {
    it(`${name} is DRIFT, and no planted line is run`, async () => {
      using fake = await withFake(`${record}\n${denyJson}`);
      await fake.hook("install", "claude-code", "--yes");
      const planted = `${fake.project.folder}/planted`;
      Deno.writeTextFileSync(planted, `#!/bin/sh\ntouch ${fake.project.folder}/ran\n`);
      Deno.chmodSync(planted, 0o755);
      change(fake.project);
      const { exit, stdout } = await fake.hook("status", "claude-code");
      assertEquals([exit, stdout.split(" ")[0]], [2, "DRIFT"], stdout);
      assertEquals([...Deno.readDirSync(fake.project.folder)].some((e) => e.name === "ran"), false);
    });
  }

  it("speaks of every host, and as JSON", async () => {
    using fake = await withFake(`${record}\n${denyJson}`);
    assertEquals((await fake.hook("status")).exit, 1);
    await fake.hook("install", "codex", "--yes");
    const { exit, value } = await fake.project.json([
      "hook",
      "status",
      "--program",
      fake.program,
    ]);
    const hosts = value["hosts"] as readonly { host: string; verdict: string }[];
    assertEquals(exit, 0);
    assertEquals(hosts.map(({ host, verdict }) => [host, verdict]), [
      ["claude-code", "NOT INSTALLED"],
      ["codex", "PROTECTED"],
      ["gemini", "NOT INSTALLED"],
      ["cursor", "NOT INSTALLED"],
      ["copilot", "NOT INSTALLED"],
      ["vscode", "NOT INSTALLED"],
    ]);
  });
});

describe("explain", () => {
  it("prints a host's truth table, or all its rows as JSON", async () => {
    using project = new Project();
    const table = await project.run(["explain", "--host", "codex"]);
    assertEquals(table.exit, 0);
    assertMatch(table.stdout, /^codex: .*November 2026\n/);
    const { exit, value } = await project.json(["explain", "--host", "claude-code"]);
    assertEquals([exit, value["host"]], [0, "claude-code"]);
    assertEquals((await project.run(["explain"])).exit, 64);
  });
});
