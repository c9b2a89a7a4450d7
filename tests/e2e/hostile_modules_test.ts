/**
 * Hostile modules through the whole product, on every road: each is a denial with its code and its
 * entry, nothing is left behind, and what comes after it is answered.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { CheckIsolation } from "../../src/core/check/check_spec.ts";
import { hostileAnswers } from "../support/hostile_answers.ts";
import { type HostileCheck, hostileChecks } from "../support/hostile_checks.ts";
import { hostileCommands } from "../support/hostile_commands.ts";
import { hostileImports } from "../support/hostile_imports.ts";
import { hostileOpa } from "../support/hostile_opa.ts";
import {
  honestFile,
  type HostileProject,
  inRacks,
  listTree,
  writeTo,
} from "../support/hostile_project.ts";
import { type Answered, requireEntry, wantedWord, wordOf } from "../support/judge_hostile.ts";
import { processesIn } from "../support/process_tree.ts";
import { runawayChecks } from "../support/runaway_checks.ts";
import { compiled, type Program, type Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";
import { act } from "./fixtures/hook_host.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";
import { busySecondMs } from "../support/busy_second.ts";

const families: Readonly<Record<string, readonly HostileCheck[]>> = {
  "WASM-02 WASM-06 modules that the gate stops": hostileChecks.filter(({ title }) =>
    title.startsWith("WASM-06") && !runawayChecks.some((other) => other.title === title)
  ),
  "WASM-01 WASM-02 WASM-03 WASM-06 checks that run away": runawayChecks,
  "WASM-03 WASM-10 checks that answer wrong": hostileAnswers,
  "WASM-03 WASM-04 checks that import and export wrong": hostileImports,
  "WASM-01 WASM-02 WASM-04 commands that go wrong": hostileCommands,
  "WASM-01 WASM-02 WASM-03 WASM-04 WASM-10 policies of OPA that are none": hostileOpa,
};

/** Some of every kind, for roads that start a process for each question. */
const some = hostileChecks.filter(({ title, isDeadly }, index) =>
  index % 9 === 0 || isDeadly === true || title.includes("allow") || title.includes("1 GB")
);

/** Every one by every road but the hook and `check --server`: `task test:hostile`. */
const isWhole = Deno.env.get("SEALWARD_ALL_HOSTILE") !== undefined;

/** How a road puts one question. */
type Ask = (file: string) => Promise<Answered>;

/** Asks about every hostile check, about the honest one after each, and looks what is left. */
async function attack(
  { project, placed }: HostileProject,
  isolation: CheckIsolation,
  ask: Ask,
  // One-shots share no process with what came before them.
  asksBetween = true,
): Promise<void> {
  const before = listTree(project.folder);
  const took = async (file: string) => {
    const start = performance.now();
    const word = wordOf(await ask(file));
    return { word, ms: performance.now() - start };
  };
  const first = await took(honestFile);
  assertEquals(first.word, "allow");
  const words: [string, string, string][] = [];
  for (const check of placed) {
    const { word, ms } = await took(check.file);
    assert(ms <= first.ms + busySecondMs, `${check.title}: ${ms} ms, an honest one ${first.ms} ms`);
    words.push([check.title, word, asksBetween ? wordOf(await ask(honestFile)) : "allow"]);
  }
  assertEquals(words, placed.map((check) => [check.title, wantedWord(check), "allow"]));
  assertEquals(listTree(project.folder), before);
  const entries = await readEntries(project, ["--type", "audit.decision"]);
  // The first is the honest one's.
  requireEntries(entries.filter((_, at) => asksBetween ? at % 2 === 1 : at > 0), placed, isolation);
}

function requireEntries(
  entries: readonly Entry[],
  placed: HostileProject["placed"],
  isolation: CheckIsolation,
): void {
  assertEquals(entries.length, placed.length);
  for (const [index, check] of placed.entries()) {
    const entry = entries[index];
    assert(entry !== undefined);
    requireEntry(entry, check, isolation);
  }
}

/** Whoever was started in the project's folder is gone, orphan or not. */
async function requireNobody(project: Project): Promise<void> {
  for (let tries = 0; tries < 50 && processesIn(project.root).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(processesIn(project.root), []);
}

async function askOnce(project: Project, file: string): Promise<Answered> {
  const { exit, decision } = await ask(project, writeTo(file));
  assertEquals(exit, decision.allowed ? 0 : 2);
  assertEquals(processesIn(project.root), []);
  return decision;
}

async function throughServer(
  given: HostileProject,
  isolation: CheckIsolation,
  road: "http" | "command" = "http",
): Promise<void> {
  const { project } = given;
  const server = await startServer(project, compiled);
  try {
    await attack(given, isolation, async (file) => {
      if (road === "command") {
        const args = ["--server", server.url, "--type", "file_write", "--file", file];
        const { exit, decision } = await ask(project, args);
        assertEquals(exit, decision.allowed ? 0 : 2);
        return decision;
      }
      const response = await server.fetch("/v1/check", { body: writeTo(file) });
      assertEquals(response.status, 200);
      return await response.json();
    });
    const ready = await server.fetch("/readyz", {});
    assertEquals([ready.status, (await ready.json()).ready ?? true], [200, true]);
  } finally {
    assertEquals(await server.stop(), 0, server.said());
  }
  await requireNobody(project);
}

for (const [name, checks] of Object.entries(families)) {
  describe(name, () => {
    const asked = checks.filter((_, index) => isWhole || index % 6 === 0);
    it(`deny with their codes in a one-shot (${asked.length} of ${checks.length})`, async () => {
      await inRacks(asked, async (given) => {
        await attack(given, "process", (file) => askOnce(given.project, file), false);
      });
    });

    it("deny with their codes through a server, which goes on", async () => {
      await inRacks(checks, (given) => throughServer(given, "process"));
    });

    it("deny with their codes in the engine's own process, which goes on", async () => {
      const mortal = checks.filter(({ isDeadly }, index) =>
        isDeadly !== true && (isWhole || index % 2 === 0)
      );
      await inRacks(mortal, (given) => throughServer(given, "inline"), "    isolation: inline\n");
    });
  });
}

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const library: Program = {
  name: "library",
  command: [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--frozen",
    `--config=${root}/deno.json`,
    ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-run"],
    `${root}/tests/e2e/fixtures/ask_library.ts`,
  ],
};

/** All the answers of one process of the library's user. */
async function askLibrary(project: Project, files: readonly string[]): Promise<Answered[]> {
  // The package cache lies in the caller's home.
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  const store = Deno.env.get("DENO_TLS_CA_STORE") ?? "system,mozilla";
  const stdin = files.map((file) => `${JSON.stringify({ type: "file_write", file })}\n`).join("");
  const env = { DENO_DIR: cache, DENO_TLS_CA_STORE: store };
  const { exit, stdout, stderr } = await project.run([], { program: library, stdin, env });
  assertEquals([exit, stderr], [0, ""]);
  return JSON.parse(stdout);
}

describe("hostile checks on other roads", () => {
  it("WASM-01 WASM-03 WASM-10 deny with their codes in `check --server`", async () => {
    await inRacks(some, (given) => throughServer(given, "process", "command"));
  });

  it("WASM-01 WASM-03 WASM-10 deny with their codes in the library", async () => {
    await inRacks(isWhole ? hostileChecks : some, async (given) => {
      const { project, placed } = given;
      const answers = await askLibrary(project, [
        honestFile,
        ...placed.flatMap(({ file }) => [file, honestFile]),
      ]);
      await attack(given, "process", () => Promise.resolve(answers.shift() as Answered));
      await requireNobody(project);
    });
  });

  it("WASM-01 WASM-03 WASM-10 stop an agent's host by its hook", async () => {
    await inRacks(some, async (given) => {
      const { project, placed } = given;
      for (const check of placed) {
        const path = project.path(check.file);
        const { reaction, stdout } = await act(project, "claude-code", { write: path });
        assertEquals(reaction, check.code === null ? "runs" : "blocked", check.title);
        if (check.code !== null) assert(stdout.includes(`(${check.code})`), stdout);
        await requireNobody(project);
      }
      const path = project.path(honestFile);
      assertEquals((await act(project, "claude-code", { write: path })).reaction, "runs");
      const made = listTree(`${project.root}/src`);
      const honestIds = placed.filter(({ code }) => code === null).map(({ file }) => file);
      assertEquals(made, [honestFile, ...honestIds].map((file) => project.path(file)).sort());
    });
  });
});
