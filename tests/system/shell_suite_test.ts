// deno-lint-ignore-file no-console -- what is stopped without need is worth reading, green or red
/**
 * The shell vectors, played for real: what bash does to the disk is the oracle. First that each
 * command does what its vector says; then what the binary decides about it; then that a host which
 * obeys these decisions has every protected file as it was.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import {
  decideCommands,
  decideVectors,
  installStarter,
  listDecisions,
  type VectorDecision,
} from "../support/shell_decisions.ts";
import { type Ran, ShellSandbox } from "../support/shell_sandbox.ts";
import {
  groupVectors,
  type HarmlessVector,
  type HostileVector,
  loadHarmless,
  loadHostile,
  type ShellVector,
} from "../support/shell_vectors.ts";

const maxStoppedShare = 0.02;
const sandboxesAtOnce = 2;

const hostile = loadHostile();
const proven = hostile.filter(({ unproven }) => unproven === null);
const harmless = loadHarmless();

let built: ShellSandbox | null = null;
globalThis.addEventListener("unload", () => built?.[Symbol.dispose]());

async function freshSandbox(): Promise<ShellSandbox> {
  built ??= await ShellSandbox.build();
  return await built.copy();
}

/** Calls it for each, a few at once: most of a sandbox's time is waiting. */
async function forEach<T>(list: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const rest = [...list].reverse();
  const work = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await body(item);
  };
  await Promise.all(Array.from({ length: sandboxesAtOnce }, work));
}

/** Runs the steps one after the other, as if nobody had asked. */
async function play({ steps, cwd }: ShellVector): Promise<Ran> {
  using sandbox = await freshSandbox();
  let ran: Ran = { exit: 0, output: "", changed: [] };
  for (const step of steps) {
    assertEquals(ran.changed, [], "the first steps do no harm");
    ran = await sandbox.run(step, cwd ?? ".");
  }
  return ran;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What is wrong with a hostile vector; null when it changes what it says, and no more. */
function faultOf({ changes, since }: HostileVector, { changed }: Ran, bash: string): string | null {
  if (since !== null && bash.localeCompare(since, undefined, { numeric: true }) < 0) {
    return changed.length === 0 ? null : `changes ${changed} though bash is ${bash}`;
  }
  const untouched = changes.filter((path) => !changed.some((each) => isBelow(each, path)));
  const unnamed = changed.filter((path) => !changes.some((each) => isBelow(path, each)));
  if (untouched.length > 0) return `does not change ${untouched}`;
  return unnamed.length > 0 ? `changes ${unnamed} as well` : null;
}

async function bashVersion(): Promise<string> {
  using sandbox = await freshSandbox();
  const { output } = await sandbox.run('echo "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"');
  return output.trim();
}

function describeFault(vector: ShellVector, fault: string, { exit, output }: Ran): string {
  const command = (vector.steps.at(-1) ?? "").slice(-200);
  return `${vector.name}: ${fault}\n    ${command}\n    exit ${exit}: ${output.slice(-300)}`;
}

describe("shell/vectors", () => {
  it("every program they need is there", async () => {
    const needed = [...new Set([...hostile, ...harmless].flatMap(({ needs }) => needs))].sort();
    using sandbox = await freshSandbox();
    const missing: string[] = [];
    for (const program of needed) {
      const { exit } = await sandbox.run(`command -v ${program}`);
      if (exit !== 0) missing.push(program);
    }
    assertEquals(missing, []);
  });

  it("what is not run here has a reason, and is little", () => {
    const unproven = hostile.filter((vector) => vector.unproven !== null);
    const list = unproven.map((vector) => `\n  ${vector.name}: ${vector.unproven}`).join("");
    console.log(`${unproven.length} of ${hostile.length} are decided, not run:${list}`);
    assert(unproven.length < 0.05 * hostile.length);
  });

  it("the oracle sees every kind of change, and none where there is none", async () => {
    const changes: Readonly<Record<string, readonly string[]>> = {
      "cat .env > /dev/null; touch .env; ls .scalpel": [],
      "printf x >> .env": [".env"],
      "chmod 644 .env": [".env"],
      "cp .env x && rm .env && cp -p x .env": [".env"],
      "rm .env && mkdir .env": [".env"],
      "rm .env && ln -s notes.txt .env": [".env"],
      "mkdir -p src/x.key && touch src/x.key/y": ["src/x.key", "src/x.key/y"],
      "touch ../home/ID_RSA": ["~/ID_RSA"],
    };
    for (const [command, changed] of Object.entries(changes)) {
      using sandbox = await freshSandbox();
      assertEquals((await sandbox.run(command)).changed, changed, command);
    }
  });

  it("the sandbox lets nothing out", async () => {
    using sandbox = await freshSandbox();
    const outside = `${sandbox.folder}.outside`;
    const own = [outside, "/dev/shm/shell-suite", "/var/tmp/shell-suite"];
    for (const path of own) assertEquals((await sandbox.run(`echo x > ${path}`)).exit, 0, path);
    const refused = ["/usr/bin/shell-suite", "/etc/shell-suite", "/root/shell-suite"];
    for (const path of refused) {
      assert((await sandbox.run(`echo x > ${path}`)).exit !== 0, path);
      assert((await sandbox.run(`mount -o remount,rw /; echo x > ${path}`)).exit !== 0, path);
    }
    for (const path of [...own, ...refused]) {
      assertEquals(await Deno.lstat(path).catch(() => null), null, path);
    }
    assert((await sandbox.run("kill -0 2; exec 3<>/dev/tcp/127.0.0.1/22")).exit !== 0);
  });

  it("a command that does not end is ended, with all it started", async () => {
    using sandbox = await freshSandbox();
    const { exit, changed } = await sandbox.run("(sleep 12; rm .env) & sleep 60");
    assertEquals([exit, changed], [137, []]);
  });
});

describe("shell/hostile", () => {
  for (const { title, vectors } of groupVectors(proven)) {
    it(`${title}: ${vectors.length} commands change what they say`, async () => {
      const bash = await bashVersion();
      const faults: string[] = [];
      await forEach(vectors, async (vector) => {
        const ran = await play(vector);
        const fault = faultOf(vector, ran, bash);
        if (fault !== null) faults.push(describeFault(vector, fault, ran));
      });
      assertEquals(faults.length, 0, faults.join("\n"));
    });
  }
});

describe("shell/harmless", () => {
  for (const { title, vectors } of groupVectors(harmless)) {
    it(`${title}: ${vectors.length} commands work and change nothing protected`, async () => {
      const faults: string[] = [];
      await forEach(vectors, async (vector) => {
        const ran = await play(vector);
        const fault = ran.changed.length > 0 ? `changes ${ran.changed}` : "another exit status";
        const isFine = ran.changed.length === 0 && ran.exit === vector.exit;
        if (!isFine) faults.push(describeFault(vector, fault, ran));
      });
      assertEquals(faults.length, 0, faults.join("\n"));
    });
  }
});

/** Gives a project the planted files with their history, and an install that enforces. */
async function installCopy(project: Project): Promise<void> {
  using sandbox = await freshSandbox();
  await copyPlanted(sandbox.root, project.root);
  await copyPlanted(sandbox.home, project.home);
  await installStarter(project);
}

/** Everything but `.scalpel/`, which belongs to the install; owned by whoever runs the tests. */
async function copyPlanted(from: string, to: string): Promise<void> {
  const entries = [...Deno.readDirSync(from)].map(({ name }) => name);
  const paths = entries.filter((name) => name !== ".scalpel").map((name) => `${from}/${name}`);
  const args = ["-a", "--no-preserve=ownership", "-t", to, "--", ...paths];
  const { success, stderr } = await new Deno.Command("cp", { args }).output();
  assert(success, new TextDecoder().decode(stderr));
}

interface Judged<V extends ShellVector> {
  readonly decisions: readonly VectorDecision<V>[];
  /** Decisions without an entry of the same id in the log that verifies. */
  readonly unlogged: readonly string[];
}

/** One project for each list: what one writes must not taint what the other runs. */
async function judge<V extends ShellVector>(vectors: readonly V[]): Promise<Judged<V>> {
  using project = new Project();
  await installCopy(project);
  const decisions = await decideVectors(project, vectors);
  const logged = await loggedIds(project);
  const steps = decisions.flatMap((each) => each.steps);
  const unlogged = steps.filter(({ decisionId }) => decisionId === null || !logged.has(decisionId));
  return { decisions, unlogged: unlogged.map(({ reason }) => reason) };
}

async function loggedIds(project: Project): Promise<ReadonlySet<unknown>> {
  const { exit, value } = await project.json(["audit", "query", "--limit", "2000"]);
  assertEquals(exit, 0);
  const entries = value["entries"] as readonly { readonly details: { readonly id?: unknown } }[];
  return new Set(entries.map(({ details }) => details.id));
}

let hostileJudged: Promise<Judged<HostileVector>> | null = null;
let harmlessJudged: Promise<Judged<HarmlessVector>> | null = null;
const judgeHostile = () => hostileJudged ??= judge(hostile);
const judgeHarmless = () => harmlessJudged ??= judge(harmless);

describe("shell/decisions", () => {
  it("no hostile command is allowed", async () => {
    const { decisions } = await judgeHostile();
    const allowed = decisions.filter(({ vector, last }) => {
      // Steps that need the disk of the step before are played below, one by one.
      return last.decision === "allow" && vector.steps.length === 1;
    });
    assertEquals(allowed.length, 0, `allowed:${listDecisions(allowed)}`);
  });

  it(`at most ${100 * maxStoppedShare} % of the harmless commands are stopped`, async () => {
    const { decisions } = await judgeHarmless();
    const denied = decisions.filter(({ last }) => last.decision === "deny");
    const asked = decisions.filter(({ last }) => last.decision === "ask");
    const counts = `${denied.length} denied, ${asked.length} asked, of ${decisions.length}`;
    const report = `${counts}${listDecisions([...denied, ...asked])}`;
    if (denied.length + asked.length > 0) console.log(report);
    assert(denied.length + asked.length <= maxStoppedShare * decisions.length, report);
  });

  it("each decision has its entry in the log", async () => {
    assertEquals((await judgeHostile()).unlogged, []);
    assertEquals((await judgeHarmless()).unlogged, []);
  });
});

/** Runs it if that is allowed, as a host that obeys; returns the protected paths that changed. */
async function obey({ vector, last }: VectorDecision<ShellVector>): Promise<readonly string[]> {
  if (last.decision !== "allow") return [];
  return (await play(vector)).changed;
}

/** Asks and runs step by step on one disk, as a host does; returns what changed. */
async function obeyStepwise({ steps, cwd }: ShellVector): Promise<readonly string[]> {
  using project = new Project();
  await installCopy(project);
  using sandbox = await freshSandbox();
  let changed: readonly string[] = [];
  for (const command of steps) {
    const [answer] = await decideCommands(project, [{ command, cwd }]);
    if (answer?.decision !== "allow") break;
    ({ changed } = await sandbox.run(command, cwd ?? "."));
    await copyPlanted(sandbox.root, project.root);
  }
  return changed;
}

/** Several steps are played one by one instead; what cannot be proved cannot be played. */
function isPlayable({ vector }: VectorDecision<HostileVector | HarmlessVector>): boolean {
  return vector.steps.length === 1 && !("unproven" in vector && vector.unproven !== null);
}

describe("shell/enforcement", () => {
  it("a host that obeys has every protected file as it was, whatever was asked", async () => {
    const { decisions } = await judgeHostile();
    const all = [...decisions, ...(await judgeHarmless()).decisions];
    const changes: string[] = [];
    await forEach(all.filter(isPlayable), async (decision) => {
      const changed = await obey(decision);
      if (changed.length > 0) changes.push(`${decision.vector.name}: ${changed}`);
    });
    assertEquals(changes, []);
  });

  const stepwise = hostile.filter(({ steps }) => steps.length > 1);
  it(`CMD-15 ${stepwise.length} attacks in several steps are stopped at one of them`, async () => {
    assert(stepwise.length > 0);
    const changes: string[] = [];
    await forEach(stepwise, async (vector) => {
      const changed = await obeyStepwise(vector);
      if (changed.length > 0) changes.push(`${vector.name}: ${changed}`);
    });
    assertEquals(changes, []);
  });
});
