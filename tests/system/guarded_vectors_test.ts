/**
 * One more road for the decision vectors: the agent's own `check --batch` in a guarded install, where
 * another user decides by root's policy.
 */
import { encodeBase64 } from "@std/encoding/base64";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { errorTable, parseErrorCode } from "../../src/core/errors.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import {
  type Answer,
  answerOf,
  type DecisionVectors,
  type DiskEntry,
  earlierAt,
  loadDecisionVectors,
  operationAt,
} from "../support/decision_vectors.ts";
import { GuardedInstall, guardedRoot } from "../support/guarded_install.ts";

/** A script of sh that lays out a disk below the working folder. */
function layOutScript(disk: readonly DiskEntry[]): string {
  return disk.map((entry) => {
    const path = quote(entry.path);
    const made = `mkdir -p "$(dirname ${path})"`;
    if ("folder" in entry) return `mkdir -p ${path}`;
    if ("bytes" in entry) return `${made}; head -c ${entry.bytes} /dev/zero | tr '\\0' x > ${path}`;
    if ("link" in entry) {
      return `${made}; ln -s ${quote(entry.link.replaceAll("{root}", guardedRoot))} ${path}`;
    }
    return `${made}; ln ${quote(entry.hard_link)} ${path}`;
  }).join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function ask(install: GuardedInstall, operations: readonly JsonObject[]) {
  const stdin = operations.map((operation) => `${JSON.stringify(operation)}\n`).join("");
  const { stdout, stderr } = await install.agent(["check", "--batch"], { stdin });
  const lines = stdout.split("\n").filter((line) => line !== "");
  assertEquals(lines.length, operations.length, stderr);
  return lines.map((line) => JSON.parse(line));
}

// deno-lint-ignore no-explicit-any -- a line of output, which answerOf reads as a decision
function answerIn(line: any, earlier: readonly string[]): Answer {
  if (line.error === undefined) {
    assertEquals([line.policy_trust, line.attestation], ["signed", "guarded"]);
    return answerOf(line, earlier);
  }
  assertEquals(line.allowed, false);
  const code = parseErrorCode(line.error.code);
  return { refused: line.error.code, exit: code === null ? -1 : errorTable[code].exit };
}

/** Bytes pass a terminal's road as base64. */
async function proposeModule(install: GuardedInstall, name: string, module: string): Promise<void> {
  const bytes = Deno.readFileSync(new URL(`../vectors/wasm/${module}`, import.meta.url));
  const path = `${guardedRoot}/.scalpel/checks/${name}`;
  const script = `mkdir -p "$(dirname "$0")" && base64 -d > "$0"`;
  await install.must("agent", ["sh", "-c", script, path], { stdin: encodeBase64(bytes) });
}

async function play(install: GuardedInstall, vectors: DecisionVectors, version: number) {
  const { policy, modules = {}, disk, scenarios } = vectors;
  await install.must("root", ["sh", "-c", "rm -rf ./* ./.[!.]*; mkdir src; chown agent: src"]);
  await install.propose(policy);
  for (const [name, module] of Object.entries(modules)) await proposeModule(install, name, module);
  await install.signProposal(version);
  const { exit, stderr } = await install.installPolicy();
  assertEquals(exit, 0, stderr);
  await install.shell("agent", `cd ${guardedRoot}\nset -e\n${layOutScript(disk)}`);
  const before = scenarios.map((scenario) => earlierAt(guardedRoot, scenario));
  const asked = before.flat();
  const ids = asked.length === 0
    ? []
    : (await ask(install, asked)).map(({ decision_id }) => decision_id);
  const lines = await ask(install, scenarios.map((scenario) => operationAt(guardedRoot, scenario)));
  const answers = lines.map((line, i) => {
    const start = before.slice(0, i).flat().length;
    return answerIn(line, ids.slice(start, start + (before[i]?.length ?? 0)));
  });
  const wrong = scenarios.flatMap(({ name, expect }, i) =>
    JSON.stringify(sorted(answers[i])) === JSON.stringify(sorted(expect))
      ? []
      : [{ name, got: answers[i], wanted: expect }]
  );
  assertEquals(wrong, []);
}

function sorted(answer: Answer | undefined): unknown {
  return Object.entries(answer ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
}

describe("guarded", () => {
  it("ARCH-01 every decision vector, asked as the agent, comes to the same answer", async (t) => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: `version: "1.0"\nprotected:\n  files: ["first.txt"]\n`,
    });
    await install.serve();
    let version = 1;
    for (const vectors of loadDecisionVectors()) {
      // What is unaccepted or tampered with has its own tests in a guarded install.
      if (vectors.trust !== "accepted") continue;
      version++;
      const name = `vectors/decision > ${vectors.name}: ${vectors.scenarios.length} scenarios`;
      await t.step(name, () => play(install, vectors, version));
    }
  });
});
