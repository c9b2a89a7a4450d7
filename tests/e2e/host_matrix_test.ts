/**
 * Six hosts, one engine: the same wishes, told in each host's own words to the compiled binary, must
 * come to the same verdict, and whatever is wrong with the telling must not let them pass. Each host
 * reads the answer by its own rules and then does what was wished unless it was stopped.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { installVectors } from "../support/decision_vectors.ts";
import {
  type Fields,
  type HostWorld,
  hostWorlds,
  type Reaction,
  type Wish,
  worldEvent,
  type WorldName,
  worldNames,
} from "../support/host_worlds.ts";
import { Project } from "../support/sealward.ts";
import { callHook } from "./fixtures/hook_host.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const policy = `version: "1.0"
enforcement: {enabled: true, fail_closed: true}
limits: {max_file_size: 10000, max_changes_per_operation: 100}
protected:
  files: ["*.env", "keys/"]
  secret_files: ["id_rsa"]
`;
const denying = `${policy}rules:
  - id: nothing
    match: {verbs: [read, write, create, delete, link, execute, chmod, chown, connect, call]}
    effect: deny
`;
const asking = `${policy}rules:
  - id: ask-first
    match: {files: ["src/"], verbs: [write]}
    effect: ask
`;

const secret = "KEY=1\n";

async function projectWith(text: string): Promise<Project> {
  const project = new Project();
  const vectors = { name: "", policy: text, trust: "accepted", disk: [], scenarios: [] } as const;
  await installVectors(project, vectors);
  layOut(project);
  return project;
}

/** What the tool would do on the disk. */
async function carryOut(project: Project, wish: Wish): Promise<void> {
  if ("write" in wish) Deno.writeTextFileSync(wish.write, wish.content ?? "pwned");
  else if ("remove" in wish) Deno.removeSync(wish.remove);
  else if ("edit" in wish) {
    const text = Deno.readTextFileSync(wish.edit);
    Deno.writeTextFileSync(wish.edit, text.replace(wish.from, () => wish.to));
  } else if ("command" in wish) {
    const args = ["-c", wish.command];
    await new Deno.Command("/bin/sh", { args, cwd: project.root }).output();
  }
}

const json = (event: Fields) => JSON.stringify(event);

interface Told {
  readonly reaction: Reaction;
  readonly said: string;
}

async function tell(project: Project, name: WorldName, stdin: string | Uint8Array<ArrayBuffer>) {
  const ended = await callHook(project, name, null, { stdin });
  assert(ended.exit === 0 || ended.exit === 2, `exit ${ended.exit}`);
  assert(ended.exit === 0 || ended.stderr.trim() !== "", "a status of 2 without a reason");
  return { reaction: hostWorlds[name].react(ended), said: `${ended.stdout}${ended.stderr}` };
}

async function act(project: Project, name: WorldName, wish: Wish, more: Fields = {}) {
  const event = { ...worldEvent(name, wish, project.root), ...more };
  const told: Told = await tell(project, name, JSON.stringify(event));
  if (told.reaction === "runs") await carryOut(project, wish);
  return told;
}

interface Row {
  readonly name: string;
  readonly wish: (project: Project) => Wish;
  readonly verdict: "allow" | "deny" | "ask";
  /** What must be on the disk afterwards: path and text, null for none. */
  readonly leaves: readonly [string, string | null];
  readonly policy?: string;
}

const rows: readonly Row[] = [
  {
    name: "a write that is allowed",
    wish: (project) => ({ write: project.path("src/new.txt"), content: "hi\n" }),
    verdict: "allow",
    leaves: ["src/new.txt", "hi\n"],
  },
  {
    name: "a write to a protected file",
    wish: (project) => ({ write: project.path(".env") }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a write to the policy",
    wish: (project) => ({ write: project.path(".scalpel/policy.yaml") }),
    verdict: "deny",
    leaves: [".scalpel/policy.yaml", policy],
  },
  ...[
    ".claude/settings.local.json",
    ".codex/hooks.json",
    ".gemini/settings.json",
    ".cursor/hooks.json",
    ".github/hooks/sealward-copilot.json",
    ".github/hooks/sealward-vscode.json",
  ].map((path): Row => ({
    name: `a write to ${path}`,
    wish: (project) => ({ write: project.path(path), content: "{}" }),
    verdict: "deny",
    leaves: [path, null],
  })),
  {
    name: "a write outside the project",
    wish: (project) => ({ write: `${project.folder}/outside.txt` }),
    verdict: "deny",
    leaves: ["../outside.txt", null],
  },
  {
    name: "a write that is larger than the limit",
    wish: (project) => ({ write: project.path("src/big.txt"), content: "x".repeat(10_001) }),
    verdict: "deny",
    leaves: ["src/big.txt", null],
  },
  {
    name: "an edit that is allowed",
    wish: (project) => ({ edit: project.path("src/app.txt"), from: "two", to: "three" }),
    verdict: "allow",
    leaves: ["src/app.txt", "one\nthree\n"],
  },
  {
    name: "an edit of a protected file",
    wish: (project) => ({ edit: project.path(".env"), from: "KEY=1", to: "KEY=2" }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a read that is allowed",
    wish: (project) => ({ read: project.path("src/app.txt") }),
    verdict: "allow",
    leaves: ["src/app.txt", "one\ntwo\n"],
  },
  {
    name: "a read of a secret file",
    wish: (project) => ({ read: project.path("keys/id_rsa") }),
    verdict: "deny",
    leaves: ["keys/id_rsa", secret],
  },
  {
    name: "a removal that is allowed",
    wish: (project) => ({ remove: project.path("src/old.txt") }),
    verdict: "allow",
    leaves: ["src/old.txt", null],
  },
  {
    name: "a removal of a protected file",
    wish: (project) => ({ remove: project.path(".env") }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a command whose effects are allowed",
    wish: () => ({ command: "echo hi >src/made.txt" }),
    verdict: "allow",
    leaves: ["src/made.txt", "hi\n"],
  },
  {
    name: "a command that writes a protected file at its end",
    wish: () => ({ command: "ls src; cd src && echo KEY=2 >../.env" }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a command nobody can read",
    wish: () => ({ command: "touch ran; ./build" }),
    verdict: "deny",
    leaves: ["ran", null],
  },
  {
    name: "a tool nobody knows",
    wish: () => ({ tool: "Teleport", input: { to: "moon" } }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a server's tool that names a protected file",
    wish: (project) => ({ tool: "mcp__files__put", input: { path: project.path(".env") } }),
    verdict: "deny",
    leaves: [".env", secret],
  },
  {
    name: "a write that a person is to be asked about",
    wish: (project) => ({ write: project.path("src/app.txt") }),
    verdict: "ask",
    leaves: ["src/app.txt", "one\ntwo\n"],
    policy: asking,
  },
];

/** Hosts that have a way to ask from a hook; everywhere else an ask is a denial. */
const askers: readonly WorldName[] = ["claude-code", "copilot", "vscode"];

function textAt(project: Project, path: string): string | null {
  try {
    return Deno.readTextFileSync(project.path(path));
  } catch {
    return null;
  }
}

function layOut(project: Project): void {
  project.write(".env", secret);
  project.write("keys/id_rsa", secret);
  project.write("src/app.txt", "one\ntwo\n");
  project.write("src/old.txt", "old\n");
}

/** Plays rows one after the other; answers with the verdicts that are in the log by then. */
async function play(name: WorldName, played: readonly Row[], text: string): Promise<unknown[]> {
  using project = await projectWith(text);
  for (const { name: what, wish, verdict, leaves: [path, left] } of played) {
    layOut(project);
    const { reaction, said } = await act(project, name, wish(project));
    const stopped = verdict === "ask" && askers.includes(name) ? "asks" : "blocked";
    assertEquals(reaction, verdict === "allow" ? "runs" : stopped, `${what}: ${said}`);
    assertEquals(textAt(project, path), left, what);
  }
  const entries = await readEntries(project, ["--type", "audit.decision"]);
  return entries.map(({ details: { decision, operation } }) => {
    assertEquals((operation as Fields)["agent"], name);
    return decision;
  });
}

/**
 * The first test of a kind plays for every host, several at a time; each then has its own result.
 * A process of its own for each call is what takes the time, and most machines have two cores.
 */
function forEveryHost(play: (name: WorldName) => Promise<void>) {
  let started: Promise<ReadonlyMap<WorldName, unknown>> | null = null;
  return async (name: WorldName): Promise<void> => {
    started ??= playInLanes(play);
    const failure = (await started).get(name);
    if (failure !== undefined) throw failure;
  };
}

const lanes = 3;

/** What each of them failed by. */
async function playInLanes(play: (name: WorldName) => Promise<void>) {
  const waiting = [...worldNames];
  const failures = new Map<WorldName, unknown>();
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const own = name;
      await play(own).catch((failure) => failures.set(own, failure ?? new Error("it failed")));
    }
  }));
  return failures;
}

describe("host matrix", () => {
  const playAll = forEveryHost(async (name) => {
    for (const text of new Set(rows.map((row) => row.policy ?? policy))) {
      const played = rows.filter((row) => (row.policy ?? policy) === text);
      assertEquals(await play(name, played, text), played.map(({ verdict }) => verdict));
    }
  });
  for (const name of worldNames) {
    it(
      `ARCH-04 FILE-10 PATH-45 CMD-01 ${name}: ${rows.length} wishes, each with its entry`,
      () => playAll(name),
    );
  }
});

describe("host matrix: after the fact", () => {
  const endAll = forEveryHost(async (name) => {
    using project = await projectWith(policy);
    const { names, after, end }: HostWorld = hostWorlds[name];
    const wish = { write: project.path("src/made.txt"), content: "x" };
    const say = (event: string) => {
      const told = { ...worldEvent(name, wish, project.root), [names.event]: event };
      return callHook(project, name, told);
    };
    assertEquals((await act(project, name, wish)).reaction, "runs");
    for (const event of [after, end]) {
      const { exit, stdout, stderr } = await say(event);
      assertEquals([exit, stdout.replace(/^\{\}\n$/, ""), stderr], [0, "", ""], event);
    }
    project.write(".env", "KEY=2, behind the engine's back\n");
    const { exit, stdout, stderr } = await say(end);
    assertEquals(exit, 0, "nothing is held up after the fact");
    assertMatch(`${stdout}${stderr}`, /Sealward alarm: Protected file \W*\.env/);
    assertEquals((await readEntries(project, ["--type", "audit.alarm"])).length, 1);
  });
  for (const name of worldNames) {
    it(
      `${name}: an end that was decided is quiet, a change that was not is an alarm`,
      () => endAll(name),
    );
  }

  it("gemini: a secret that its redaction took away is a denial, not a log of its own", async () => {
    using project = new Project();
    const given = encodeHex(crypto.getRandomValues(new Uint8Array(32)));
    await project.init(["--guide"], { env: { SCALPEL_AUDIT_SECRET: `hex:${given}` } });
    const before = project.read(".scalpel/audit.log");
    const event = worldEvent("gemini", { write: project.path("src/a.txt") }, project.root);
    const { reaction } = await tell(project, "gemini", json(event));
    assertEquals(reaction, "blocked");
    assertEquals(project.read(".scalpel/audit.log"), before);
  });
});

type Bend = (event: Fields, world: HostWorld) => string | Uint8Array<ArrayBuffer>;

const without = (field: keyof HostWorld["names"]): Bend => (event, { names }) => {
  return json({ ...event, [names[field]]: undefined });
};
const having = (field: keyof HostWorld["names"], value: unknown): Bend => (event, { names }) => {
  return json({ ...event, [names[field]]: value });
};
const inInput = (more: Fields): Bend => (event, { names }) => {
  return json({ ...event, [names.input]: { ...event[names.input] as Fields, ...more } });
};

/** Whatever is wrong with it, the write to .env that it tells of must not happen. */
const bends: readonly (readonly [string, Bend])[] = [
  ["nothing", () => ""],
  ["blanks", () => " \n"],
  ["no JSON", () => "allow"],
  ["JSON that is no object", () => "[]"],
  ["an end too early", (event) => json(event).slice(0, -7)],
  ["something after it", (event) => `${json(event)} {}`],
  ["ARCH-05 an answer after it", (event) => `${json(event)}{"permission":"allow"}`],
  ["a key twice", (event, { names }) => json(event).replace("{", `{"${names.tool}":"Read",`)],
  ["no UTF-8", () => Uint8Array.of(0x7b, 0xff, 0x7d)],
  ["a NUL behind it", (event) => `${json(event)}\0`],
  ["a lone surrogate", inInput({ x: "\udc00" })],
  ["more than a hook takes", inInput({ x: "x".repeat(4_200_000) })],
  ["more than an operation takes", inInput({ x: "x".repeat(1_100_000) })],
  ["depth", inInput({ x: JSON.parse("[".repeat(99) + "]".repeat(99)) })],
  ["no event", without("event")],
  ["an event nobody knows", having("event", "BeforeAnything")],
  [
    "another host's event",
    (event, { names, gate }) =>
      json({ ...event, [names.event]: gate === "BeforeTool" ? "PreToolUse" : "BeforeTool" }),
  ],
  ["an event of a number", having("event", 7)],
  ["an event of a list", having("event", ["PreToolUse"])],
  ["no tool", without("tool")],
  ["a tool nobody knows", having("tool", "Teleport")],
  [
    "a tool in other letters",
    (event, { names }) => json({ ...event, [names.tool]: String(event[names.tool]).toUpperCase() }),
  ],
  ["a tool of null", having("tool", null)],
  ["a tool of a number", having("tool", 7)],
  ["a tool without a name", having("tool", "")],
  ["a tool with a hidden character", having("tool", "Wri\u200bte")],
  ["no input", without("input")],
  ["an input of text", having("input", "x")],
  ["an input of a list", having("input", ["x"])],
  ["an empty input", having("input", {})],
  ["a field of the tool nobody knows", inInput({ as_root: true })],
  ["the fields of a wrong type", (event, { names }) =>
    json({
      ...event,
      [names.input]: Object.fromEntries(
        Object.keys(event[names.input] as Fields).map((key) => [key, 7]),
      ),
    })],
  ["a session of a number", having("session", 7)],
  ["a session without end", having("session", "s".repeat(5_000))],
  ["a folder of a number", (event) => json({ ...event, cwd: 7 })],
  ["a folder that is not absolute", (event) => json({ ...event, cwd: "src" })],
  ["a call of an object", (event) => json({ ...event, tool_use_id: {} })],
];

describe("host matrix: bad input", () => {
  const bendAll = forEveryHost(async (name) => {
    using project = await projectWith(policy);
    const event = worldEvent(name, { write: project.path(".env") }, project.root);
    for (const [what, bend] of bends) {
      const { reaction, said } = await tell(project, name, bend(event, hostWorlds[name]));
      assertEquals(reaction, "blocked", `${what}: ${said}`);
    }
    assertEquals(project.read(".env"), secret);
  });
  const addAll = forEveryHost(async (name) => {
    using project = await projectWith(policy);
    const newer = { newer: { than: "this" } };
    const wish = { write: project.path("src/newer.txt"), content: "x" };
    assertEquals((await act(project, name, wish, newer)).reaction, "runs");
    const denied = await act(project, name, { write: project.path(".env") }, newer);
    assertEquals(denied.reaction, "blocked");
  });
  for (const name of worldNames) {
    it(`ARCH-04 ${name}: ${bends.length} ways to tell it wrong, none passes`, () => bendAll(name));
    it(`ARCH-04 ${name}: fields of the event nobody knows change nothing`, () => addAll(name));
  }

  it("ARCH-09 input that never ends: denied in time by every host", async () => {
    using project = await projectWith(policy);
    const startMs = performance.now();
    await Promise.all(worldNames.map(async (name) => {
      const ended = await callHook(project, name, { a: 1 }, { staysOpen: true });
      assertEquals(hostWorlds[name].react(ended), "blocked");
    }));
    assert(performance.now() - startMs < 12_000);
  });
});

/** Small and seeded: the same numbers each run, so that a failure can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const seed = 20_261_123;
const mutants = 14;

describe(`host matrix: mutants (seed ${seed})`, () => {
  const mutateAll = forEveryHost(async (name) => {
    using project = await projectWith(denying);
    const next = random(seed + name.length);
    const { names }: HostWorld = hostWorlds[name];
    for (let count = 0; count < mutants; count++) {
      const wish = count % 2 === 0
        ? { write: project.path("src/m.txt") }
        : { command: "echo x >src/m.txt" };
      const event = JSON.stringify(worldEvent(name, wish, project.root));
      // The event's name stays: what is over already is asked of nobody.
      const from = event.indexOf(`"${names.event}"`);
      const to = event.indexOf(",", from);
      const at = Math.floor(next() * event.length);
      if (at >= from && at <= to) continue;
      const cut = Math.floor(next() * 4);
      const put = ["", "x", '"', "{}", "null", "\\", ",", "7"][Math.floor(next() * 8)] ?? "";
      const mutant = event.slice(0, at) + put + event.slice(at + cut);
      if (mutant.slice(from, to + 1) !== event.slice(from, to + 1) && at < to) continue;
      const { reaction, said } = await tell(project, name, mutant);
      assertEquals(reaction, "blocked", `${mutant}: ${said}`);
    }
    assertEquals(textAt(project, "src/m.txt"), null);
  });
  for (const name of worldNames) {
    it(
      `ARCH-04 ${name}: ${mutants} mutants, where the engine denies everything`,
      () => mutateAll(name),
    );
  }
});
