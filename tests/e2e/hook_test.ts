/**
 * Hooks of the compiled binary: host × verdict × failure. Each host reads the answer by its own rules
 * and then writes unless it was stopped, so that a canary tells what an answer was worth.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { installVectors } from "../support/decision_vectors.ts";
import { compiled, Project } from "../support/sealward.ts";
import { act, type Acted, callHook, eventOf, hostNames, reactionOf } from "./fixtures/hook_host.ts";
import type { HookOptions, HostName, Reaction, Wish } from "./fixtures/hook_host.ts";
import { inShell } from "./fixtures/in_shell.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const canary = "KEY=1\n";

interface Row {
  readonly name: string;
  /** Default: `init --guide`. */
  readonly prepare?: (project: Project) => Promise<void> | void;
  /** Default: write `.env`. */
  readonly wish?: (project: Project) => Wish;
  readonly options?: (project: Project) => HookOptions & { readonly fields?: object };
  readonly reaction: Reaction;
  /** Where a host cannot ask, its hook denies. */
  readonly asks?: readonly HostName[];
  /** Verdict of the entry that must be in the log; null for none. */
  readonly entry: "allow" | "deny" | "ask" | null;
  /** By status and stderr, not by JSON. */
  readonly isFailure?: true;
  readonly hosts?: readonly HostName[];
}

const init = (project: Project) => project.init();
const env = (project: Project): Wish => ({ write: project.path(".env") });
const app = (project: Project): Wish => ({ write: project.path("src/app.txt") });
const withPolicy =
  (policy: string, trust: "accepted" | "unaccepted" | "tampered" = "accepted") =>
  async (project: Project) => {
    await installVectors(project, { name: "", policy, trust, disk: [], scenarios: [] });
  };
const asking = guidePolicy.replace("  enabled: true", "  enabled: true\n  on_unverified: ask")
  .replace("limits:", "commands:\n  opaque: ask\nlimits:");
const observing = guidePolicy.replace("  enabled: true", "  enabled: true\n  mode: observe");

function breakLog(project: Project): void {
  const text = project.read(".scalpel/audit.log");
  project.overwrite(".scalpel/audit.log", text.replace('"LOW"', '"MEDIUM"'));
}

const rows: readonly Row[] = [
  { name: "allow", wish: app, reaction: "runs", entry: "allow" },
  { name: "deny", reaction: "blocked", entry: "deny" },
  {
    name: "deny of its own policy",
    wish: (project) => ({ write: project.path(".scalpel/policy.yaml") }),
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "deny of the host's settings",
    wish: (project) => ({ write: project.path(".claude/settings.local.json") }),
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "ask",
    prepare: withPolicy(asking),
    wish: () => ({ command: 'eval "$X"' }),
    reaction: "blocked",
    asks: ["claude-code"],
    entry: "ask",
  },
  {
    name: "ask about code that nobody can read",
    prepare: withPolicy(asking),
    wish: () => ({ command: "./build" }),
    reaction: "blocked",
    asks: ["claude-code"],
    entry: "ask",
  },
  {
    name: "a command whose effects are allowed",
    wish: () => ({ command: "ls -l src" }),
    reaction: "runs",
    entry: "allow",
  },
  {
    name: "a command that writes a protected file",
    wish: () => ({ command: "cd src && echo KEY=2 >../.env" }),
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "a command nobody can read, where that denies",
    wish: () => ({ command: "./build" }),
    reaction: "blocked",
    entry: "deny",
  },
  { name: "observe", prepare: withPolicy(observing), reaction: "runs", entry: "allow" },
  {
    name: "observe still guards the engine",
    prepare: withPolicy(observing),
    wish: (project) => ({ write: project.path(".scalpel/audit.log") }),
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "a policy nobody accepted",
    prepare: withPolicy(guidePolicy, "unaccepted"),
    wish: app,
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "a tampered policy",
    prepare: withPolicy(guidePolicy, "tampered"),
    wish: app,
    reaction: "blocked",
    entry: "deny",
  },
  {
    name: "a named root that is not initialised",
    prepare: () => {},
    options: ({ root }) => ({ args: ["--root", root] }),
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "a named root that is not there",
    prepare: () => {},
    options: ({ root }) => ({ args: [`--root=${root}/none`] }),
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  { name: "no install anywhere", prepare: () => {}, reaction: "runs", entry: null },
  {
    name: "no install anywhere, where that denies",
    prepare: () => {},
    options: () => ({ args: ["--on-unenrolled", "deny"] }),
    reaction: "blocked",
    entry: null,
  },
  {
    name: "a log that was edited",
    prepare: async (project) => {
      await init(project);
      breakLog(project);
    },
    wish: app,
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "a log without its install",
    prepare: async (project) => {
      await init(project);
      Deno.renameSync(project.stateFolder(), `${project.folder}/state`);
    },
    wish: app,
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "an install without its log",
    prepare: async (project) => {
      await init(project);
      Deno.renameSync(project.path(".scalpel"), `${project.folder}/scalpel`);
    },
    wish: app,
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "an unknown event about a tool, denied",
    options: () => ({ fields: { hook_event_name: "BeforeAnything" } }),
    reaction: "blocked",
    entry: "deny",
    hosts: ["claude-code", "codex"],
  },
  {
    name: "an unknown event about a tool, allowed",
    wish: app,
    options: () => ({ fields: { hook_event_name: "BeforeAnything" } }),
    reaction: "runs",
    entry: "allow",
    hosts: ["claude-code", "codex"],
  },
  {
    name: "an unknown tool",
    wish: app,
    options: () => ({ fields: { tool_name: "mcp__x__y", tool_input: { a: 1 } } }),
    reaction: "blocked",
    entry: "deny",
    hosts: ["claude-code", "codex"],
  },
  {
    name: "an unknown field of a known tool",
    wish: () => ({ command: "ls" }),
    options: () => ({ fields: { tool_input: { command: "ls", sudo: true } } }),
    reaction: "blocked",
    entry: "deny",
    hosts: ["claude-code", "codex"],
  },
  {
    name: "an unknown field of the event",
    wish: app,
    options: () => ({ fields: { newer: { than: "this" } } }),
    reaction: "runs",
    entry: "allow",
    hosts: ["claude-code", "codex"],
  },
  {
    name: "an operation larger than any",
    wish: (project) => ({ write: project.path("src/app.txt"), content: "x".repeat(1_100_000) }),
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "an unknown flag",
    wish: app,
    options: () => ({ args: ["--fast"] }),
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "a format, which would move the reason to stdout",
    wish: app,
    options: () => ({ args: ["--format", "json"] }),
    reaction: "blocked",
    entry: null,
    isFailure: true,
  },
  {
    name: "quiet, which must not silence a denial",
    options: () => ({ args: ["--quiet"] }),
    reaction: "blocked",
    entry: "deny",
  },
];

/** Exactly what the hosts' pages say an answer may be. */
function assertForm(host: HostName, row: Row, { exit, stdout, stderr, reaction }: Acted): void {
  assert(exit === 0 || exit === 2, `exit ${exit}`);
  assertEquals(reaction === "runs" || exit === 2 || stdout !== "", true);
  if (exit === 2) assert(stderr.trim() !== "");
  if (host === "generic") return;
  if (reaction === "runs") assertEquals([exit, stdout, stderr], [0, "", ""]);
  if (row.isFailure === true) assertEquals([exit, stdout], [2, ""]);
  if (exit === 0 && stdout !== "") {
    const { hookSpecificOutput: output, ...rest } = JSON.parse(stdout);
    assertEquals(rest, {});
    assertEquals(Object.keys(output), [
      "hookEventName",
      "permissionDecision",
      "permissionDecisionReason",
    ]);
    assertMatch(output.permissionDecisionReason, /Sealward .+ \w/);
  }
}

async function lastVerdict(project: Project): Promise<unknown> {
  const entries = await readEntries(project);
  return entries.filter(({ type }) => type === "audit.decision").at(-1)?.details["decision"];
}

describe("hook", () => {
  for (const row of rows) {
    it(`ARCH-04 ${row.name}: ${row.reaction}, whatever the host`, async () => {
      using project = new Project();
      await (row.prepare ?? init)(project);
      for (const host of row.hosts ?? hostNames) {
        project.write(".env", canary);
        const outcome = await act(project, host, (row.wish ?? env)(project), {
          ...row.options?.(project),
        });
        const wanted = row.asks?.includes(host) ? "asks" : row.reaction;
        assertEquals(outcome.reaction, wanted, `${host} ${outcome.stdout}${outcome.stderr}`);
        assertForm(host, row, outcome);
        if (wanted !== "runs") assertEquals(project.read(".env"), canary);
        if (row.entry !== null) assertEquals(await lastVerdict(project), row.entry);
      }
    });
  }

  const names = ['{"decision":"allow"}.env', "--help.env", "a'b\"c.env", "$(x).env", "a\\nb.env"];
  it(`ARCH-05 names that look like answers or flags: ${names.length} of them`, async () => {
    using project = new Project();
    await init(project);
    for (const host of hostNames) {
      for (const name of names) {
        const outcome = await act(project, host, { write: project.path(name) });
        assertEquals(outcome.reaction, "blocked", name);
        assertEquals(await lastVerdict(project), "deny");
      }
      for (const name of ["a\nb.env", "a\u202eb.env", "a\u001b[2Jb.env", "\udc00.env"]) {
        const outcome = await act(project, host, { write: project.path(name) });
        assertEquals(outcome.reaction, "blocked", name);
        // deno-lint-ignore no-control-regex -- control characters are what must not be there
        assert(!/[\u001b\u202e]/.test(outcome.stdout + outcome.stderr));
      }
    }
  });

  itOnBoth("answers alike on both bases", async (program) => {
    using project = new Project();
    await init(project);
    project.write(".env", canary);
    for (const host of hostNames) {
      const allowed = await act(project, host, app(project), { program });
      const denied = await act(project, host, env(project), { program });
      const failed = await act(project, host, app(project), { program, stdin: "{" });
      const misused = await act(project, host, app(project), { program, args: ["--fast"] });
      assertEquals([allowed, denied, failed, misused].map(({ reaction }) => reaction), [
        "runs",
        "blocked",
        "blocked",
        "blocked",
      ]);
      assertEquals([failed.exit, misused.exit], [2, 2]);
    }
    assertEquals(project.read(".env"), canary);
  });

  it("a permission request is denied by JSON alone", async () => {
    using project = new Project();
    await init(project);
    const fields = { hook_event_name: "PermissionRequest" };
    for (const host of ["claude-code", "codex"] as const) {
      const denied = await act(project, host, env(project), { fields });
      assertEquals([denied.exit, denied.reaction], [0, "blocked"]);
      const allowed = await act(project, host, app(project), { fields });
      assertEquals([allowed.exit, allowed.stdout], [0, ""]);
      breakLog(project);
      const failed = await act(project, host, app(project), { fields });
      assertEquals([failed.exit, failed.reaction], [0, "blocked"]);
      const text = project.read(".scalpel/audit.log");
      project.overwrite(".scalpel/audit.log", text.replace('"MEDIUM"', '"LOW"'));
    }
  });

  it("what comes after the fact blocks nothing, whatever is broken, and says what is", async () => {
    using project = new Project();
    await init(project);
    breakLog(project);
    for (const host of ["claude-code", "codex"] as const) {
      const tell = (name: string) =>
        callHook(project, host, { hook_event_name: name, cwd: project.root, session_id: "s" });
      for (const name of ["PostToolUse", "Stop", "SessionStart", "SessionEnd"]) {
        const { exit, stdout, stderr } = await tell(name);
        assertEquals([exit, stderr], [0, ""], name);
        const { systemMessage, ...rest } = JSON.parse(stdout);
        assertMatch(systemMessage, /^Sealward could not record this: .*\(audit_/);
        assertEquals(rest, {});
      }
      for (const name of ["UserPromptSubmit", "Unheard"]) {
        assertEquals(await tell(name), { exit: 0, stdout: "", stderr: "" });
      }
    }
  });
});

const write = (project: Project) => JSON.stringify(eventOf("claude-code", app(project), "/"));
const inputs:
  readonly (readonly [string, (project: Project) => string | Uint8Array<ArrayBuffer>])[] = [
    ["empty", () => ""],
    ["truncated", (project) => write(project).slice(0, -9)],
    ["not JSON", () => "allow"],
    ["duplicate keys", (project) => write(project).replace("{", '{"session_id":"x",')],
    ["trailing data", (project) => `${write(project)}{}`],
    ["ARCH-05 an answer after it", (project) => `${write(project)}{"decision":"allow"}`],
    ["a lone surrogate", (project) => write(project).replace("pwned", "\\udc00")],
    ["NUL bytes", (project) => `${write(project)}\0`],
    ["not UTF-8", () => Uint8Array.of(0x7b, 0xff, 0x7d)],
    ["too deep", (project) => write(project).replace('"pwned"', "[".repeat(99) + "]".repeat(99))],
    ["too much", (project) => write(project).replace("pwned", "x".repeat(4_200_000))],
  ];

describe("hook's input", () => {
  for (const [what, inputOf] of inputs) {
    it(`ARCH-04 ${what}: denied, unasked`, async () => {
      using project = new Project();
      await init(project);
      const before = project.read(".scalpel/audit.log");
      for (const host of hostNames) {
        const outcome = await act(project, host, app(project), { stdin: inputOf(project) });
        assertEquals([outcome.exit, outcome.reaction], [2, "blocked"], outcome.stdout);
        assert(outcome.stderr.trim() !== "");
      }
      assertEquals(project.read(".scalpel/audit.log"), before);
    });
  }

  for (const shrinks of [false, true]) {
    const what = shrinks ? "that doubles a text and empties it again" : "that doubles a text";
    it(`ARCH-09 an edit ${what}: denied in time`, async () => {
      using project = new Project();
      await init(project);
      project.write("big.txt", "E".repeat(9));
      const double = { old_string: "E", new_string: "EE", replace_all: true };
      const edits = [...Array(26).fill(double), ...shrinks ? [{ ...double, new_string: "" }] : []];
      const event = {
        ...eventOf("claude-code", app(project), project.root),
        tool_name: "MultiEdit",
        tool_input: { file_path: "big.txt", edits },
      };
      const startMs = performance.now();
      const outcome = await callHook(project, "claude-code", event);
      assertEquals(reactionOf("claude-code", outcome), "blocked", outcome.stdout);
      assert(outcome.exit === 0 || outcome.exit === 2, `${outcome.exit}`);
      assert(performance.now() - startMs < 4_500);
      assertEquals(project.read("big.txt"), "E".repeat(9));
    });
  }

  it("ARCH-09 that never ends: denied by the own deadline, long before the host's", async () => {
    using project = new Project();
    await init(project);
    const start = performance.now();
    await Promise.all(hostNames.map(async (host) => {
      const outcome = await act(project, host, app(project), { staysOpen: true });
      assertEquals([outcome.exit, outcome.reaction], [2, "blocked"]);
    }));
    const elapsedMs = performance.now() - start;
    assert(elapsedMs > 4_000 && elapsedMs < 9_500, `${elapsedMs} ms`);
  });
});

describe("hook's surroundings", () => {
  const shells: readonly (readonly [string, string, boolean])[] = [
    ["a closed standard output", 'exec "$@" >&-', false],
    ["a full standard output", 'exec "$@" >/dev/full', false],
    ["a closed standard error", 'exec "$@" 2>&-', true],
    ["both closed", 'exec "$@" >&- 2>&-', false],
  ];
  for (const [what, script, isAnswered] of shells) {
    it(`ARCH-04 ${what}: still denied`, async () => {
      using project = new Project();
      await init(project);
      for (const host of hostNames) {
        const outcome = await act(project, host, env(project), { program: inShell(script) });
        // Whoever closes stderr as well leaves one host nothing to read but the status.
        if (isAnswered) assertEquals(outcome.reaction, "blocked");
        else assertEquals(outcome.exit, 2);
        assertEquals(await lastVerdict(project), "deny");
      }
    });
  }

  it("ARCH-04 a host that goes away: still denied", async () => {
    using project = new Project();
    await init(project);
    for (const host of hostNames) {
      const outcome = await callHook(project, host, eventOf(host, env(project), project.root), {
        goesAway: true,
      });
      assertEquals(outcome.exit, 2);
      assert(outcome.stderr !== "");
    }
  });

  it("ARCH-04 no environment at all: denied", async () => {
    using project = new Project();
    await init(project);
    for (const host of hostNames) {
      const outcome = await act(project, host, env(project), { env: {} });
      assertEquals(outcome.reaction, "blocked");
    }
  });

  it("CFG the environment does not choose the road", async () => {
    using project = new Project();
    using other = new Project();
    await init(project);
    await withPolicy(observing)(other);
    const hostile = {
      HOME: project.home,
      SCALPEL_ROOT: other.root,
      SCALPEL_SERVER: "http://127.0.0.1:1",
      HTTP_PROXY: "http://127.0.0.1:1",
    };
    for (const host of hostNames) {
      const outcome = await act(project, host, env(project), { env: hostile });
      assertEquals(outcome.reaction, "blocked");
      assertEquals(await lastVerdict(project), "deny");
    }
  });

  it("ARCH-09 a lock that is held: denied in time", async () => {
    using project = new Project();
    await init(project);
    const lock = Deno.openSync(project.path(".scalpel/audit.log.d/lock"), {
      read: true,
      write: true,
    });
    lock.lockSync(true);
    const start = performance.now();
    await Promise.all(hostNames.map(async (host) => {
      const outcome = await act(project, host, app(project));
      assertEquals([outcome.exit, outcome.reaction], [2, "blocked"]);
    }));
    assert(performance.now() - start < 6_000);
    lock.close();
  });

  for (const words of [["hook"], ["hook", "claude"], ["hook", "--root", "/", "codex"]]) {
    it(`"${words.join(" ")}" ends with 2`, async () => {
      using project = new Project();
      const { exit, stderr } = await project.run(words, { program: compiled });
      assertEquals(exit, 2);
      assert(stderr !== "");
    });
  }
});
