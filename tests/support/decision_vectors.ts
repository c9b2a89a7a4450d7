/**
 * Loads tests/vectors/decision: one file is one policy, one disk and the scenarios played on them.
 * The format is in tests/vectors/README.md; whatever it does not name is refused.
 */
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout, type Surroundings } from "../../src/compose/environment.ts";
import { errorTable, parseErrorCode } from "../../src/core/errors.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { PolicySnapshot } from "../../src/core/integrity/policy_snapshot.ts";
import { guidePolicy, starterPolicy } from "../../src/core/policy/starter_policy.ts";
import { decisionExit } from "../../src/edge/cli/commands/decision_exit.ts";
import type { Decision, Verdict } from "../../src/core/decision/decision.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { createApp } from "../../src/edge/server/create_app.ts";
import type { Engine } from "../../src/pdp.ts";
import type { Project } from "./sealward.ts";

const vectorsFolder = new URL("../vectors/", import.meta.url);

/** What an operation is expected to be answered with, reduced to what every road can show. */
export type Answer =
  | {
    readonly decision: Verdict;
    readonly codes: readonly string[];
    readonly violated_policies: readonly string[];
    readonly unmeasured: readonly string[];
    readonly would_deny: boolean;
    readonly exit: number;
    /** Index in `after` of the denial it repeats; absent for none. */
    readonly repeats?: number;
  }
  | { readonly refused: string; readonly exit: number };

export interface Scenario {
  readonly name: string;
  /** Wire form, `{root}` not yet replaced. */
  readonly operation: JsonObject;
  /** Operations of the same principal before it, in wire form. */
  readonly after: readonly JsonObject[];
  readonly expect: Answer;
}

/** One thing on the disk; `path` is relative to the root. */
export type DiskEntry =
  | { readonly path: string; readonly bytes: number }
  | { readonly path: string; readonly folder: true }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly hard_link: string };

export interface DecisionVectors {
  readonly name: string;
  readonly policy: string;
  readonly trust: "accepted" | "unaccepted" | "tampered";
  /** By name in .scalpel/checks/, files in tests/vectors/wasm. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly disk: readonly DiskEntry[];
  readonly scenarios: readonly Scenario[];
}

const fileKeys = ["policy", "trust", "modules", "disk", "scenarios"];
const diskKeys = ["path", "bytes", "folder", "link", "hard_link"];
const decisionKeys = [
  "decision",
  "codes",
  "violated_policies",
  "unmeasured",
  "would_deny",
  "exit",
  "repeats",
];

/** @throws when a file, a key or a count is not the expected one, or nothing is there. */
export function loadDecisionVectors(folder = vectorsFolder): readonly DecisionVectors[] {
  const manifest = JSON.parse(Deno.readTextFileSync(new URL("decision_manifest.json", folder)));
  const files = [...Deno.readDirSync(new URL("decision/", folder))].map(({ name }) => name).sort();
  const loaded = files.map((file) => load(folder, file));
  const counts = loaded.map(({ name, scenarios }) => [name, scenarios.length]);
  if (counts.length === 0 || JSON.stringify(counts) !== JSON.stringify(Object.entries(manifest))) {
    throw new Error(`Vectors are ${JSON.stringify(counts)}, the manifest says otherwise`);
  }
  const empty = loaded.find(({ scenarios }) => scenarios.length === 0);
  if (empty !== undefined) throw new Error(`${empty.name} has no scenario`);
  return loaded;
}

function load(folder: URL, file: string): DecisionVectors {
  const raw = JSON.parse(Deno.readTextFileSync(new URL(`decision/${file}`, folder)));
  requireKeys(file, raw, fileKeys, ["policy", "disk", "scenarios"]);
  for (const entry of raw.disk) {
    requireKeys(file, entry, diskKeys, ["path"]);
    if (Object.keys(entry).length !== 2) throw new Error(`${file}: ${entry.path} is not one thing`);
  }
  const names = new Set(raw.scenarios.map(({ name }: Scenario) => name));
  if (names.size !== raw.scenarios.length) throw new Error(`${file}: a name stands twice`);
  return {
    name: file.replace(/\.json$/, ""),
    policy: policyText(raw.policy),
    trust: raw.trust ?? "accepted",
    modules: raw.modules ?? {},
    disk: raw.disk,
    scenarios: raw.scenarios.map((scenario: Record<string, unknown>) => loadOne(file, scenario)),
  };
}

function loadOne(file: string, raw: Record<string, unknown>): Scenario {
  const where = `${file}: ${raw["name"]}`;
  const wanted = ["name", "operation", "expect"];
  requireKeys(where, raw, [...wanted, "after"], wanted);
  const { name, operation, after = [], expect } = raw as
    & Partial<Scenario>
    & Omit<Scenario, "after">;
  if ("refused" in expect) {
    requireKeys(where, expect, ["refused", "exit"], ["refused", "exit"]);
    return { name, operation, after, expect };
  }
  requireKeys(where, expect, decisionKeys, ["decision", "codes", "violated_policies", "exit"]);
  return { name, operation, after, expect: { ...expect, ...defaultsOf(expect) } };
}

function defaultsOf({ unmeasured, would_deny }: Partial<Extract<Answer, { codes: unknown }>>) {
  return { unmeasured: unmeasured ?? [], would_deny: would_deny ?? false };
}

function requireKeys(
  where: string,
  object: object,
  known: readonly string[],
  wanted: readonly string[],
): void {
  const keys = Object.keys(object);
  const strange = keys.find((key) => !known.includes(key));
  if (strange !== undefined) throw new Error(`${where}: unknown key "${strange}"`);
  const missing = wanted.find((key) => !keys.includes(key));
  if (missing !== undefined) throw new Error(`${where}: no "${missing}"`);
}

function policyText(policy: string): string {
  if (policy === "guide") return guidePolicy;
  return policy === "starter" ? starterPolicy : policy;
}

/** Where a project's install is looked for: as the program itself does, in the project's home. */
export function surroundingsOf({ root, home }: Project): Surroundings {
  const variable = (name: string) => name === "HOME" ? home : undefined;
  const readTrustedKeys = () => Promise.resolve([]);
  return { variable, uid: Deno.uid(), cwd: root, readTrustedKeys, guards: null };
}

/** Makes the install a file of vectors speaks of; returns what a human accepted. */
export async function installVectors(
  project: Project,
  { policy, trust, modules = {}, disk }: DecisionVectors,
): Promise<PolicySnapshot | null> {
  const surroundings = surroundingsOf(project);
  project.write(".scalpel/policy.yaml", policy);
  for (const [name, module] of Object.entries(modules)) {
    Deno.mkdirSync(project.path(".scalpel/checks"), { recursive: true });
    const from = new URL(`wasm/${module}`, vectorsFolder);
    Deno.copyFileSync(from, project.path(`.scalpel/checks/${name}`));
  }
  await createInstall(surroundings, project.root);
  const shown = openPolicyStore(findLayout(surroundings, project.root))();
  if (trust !== "unaccepted") await acceptPolicy(surroundings, project.root, shown);
  if (trust === "tampered") project.write(".scalpel/policy.yaml", `${policy}# one more line\n`);
  layOut(project.root, disk);
  return trust === "unaccepted" ? null : shown;
}

function layOut(root: string, disk: readonly DiskEntry[]): void {
  for (const entry of disk) {
    const path = `${root}/${entry.path}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if ("folder" in entry) Deno.mkdirSync(path, { recursive: true });
    else if ("bytes" in entry) Deno.writeFileSync(path, new Uint8Array(entry.bytes).fill(120));
    else if ("link" in entry) Deno.symlinkSync(entry.link.replaceAll("{root}", root), path);
    else Deno.linkSync(`${root}/${entry.hard_link}`, path);
  }
}

/** The scenario's operation in wire form, at a root. */
export function operationAt(root: string, { operation }: Scenario): JsonObject {
  return placeAt(root, operation);
}

/** What came before it, in wire form, at a root. */
export function earlierAt(root: string, { after }: Scenario): readonly JsonObject[] {
  return after.map((operation) => placeAt(root, operation));
}

function placeAt(root: string, operation: JsonObject): JsonObject {
  const inside = JSON.stringify(root).slice(1, -1);
  return JSON.parse(JSON.stringify(operation).replaceAll("{root}", inside));
}

type Answered = Pick<
  Decision,
  "decision" | "violations" | "violated_policies" | "unmeasured" | "would_deny"
>;

/**
 * Reduces a decision to what vectors state.
 *
 * @param earlier Ids of the decisions before it; without them no reference is looked at.
 */
export function answerOf(decision: Answered, earlier: readonly string[] = []): Answer {
  const [first] = decision.violations.flatMap(({ reference }) => reference?.decision_id ?? []);
  return {
    ...(first === undefined || earlier.length === 0 ? {} : { repeats: earlier.indexOf(first) }),
    decision: decision.decision,
    codes: [...new Set(decision.violations.map(({ code }) => code))].sort(),
    violated_policies: decision.violated_policies,
    unmeasured: decision.unmeasured,
    would_deny: decision.would_deny === true,
    exit: decisionExit(decision as Decision),
  };
}

/** Asks an app in memory over an engine; a refusal is its code. */
export function createHttpRoad(engine: Engine): (operation: JsonObject) => Promise<Answer> {
  const ask = createHttpAsk(engine);
  return async (operation) => {
    const answer = await ask(operation);
    return "refused" in answer ? answer : answerOf(answer);
  };
}

/** `POST /v1/check` with the whole decision. */
export function createHttpAsk(
  engine: Engine,
): (operation: JsonObject) => Promise<Decision | Extract<Answer, { refused: unknown }>> {
  const post = createPost(engine);
  return async (operation) => {
    const { status, json } = await post("/v1/check", operation);
    if (status === 200) return json;
    const code = parseErrorCode(json.code);
    if (code === null || json.allowed !== false) throw new Error(JSON.stringify(json));
    return { refused: code, exit: errorTable[code].exit };
  };
}

/** `POST /v1/check/batch` of operations that are none to be refused. */
export async function askHttpBatch(
  engine: Engine,
  operations: readonly JsonObject[],
): Promise<readonly Answer[]> {
  const { status, json } = await createPost(engine)("/v1/check/batch", operations);
  if (status !== 200) throw new Error(JSON.stringify(json));
  return json.decisions.map((decision: Decision) => answerOf(decision));
}

function createPost(engine: Engine) {
  const token = "a".repeat(43);
  const host = "127.0.0.1:8787";
  const app = createApp({
    engine,
    tokens: { agent: token, operator: "o".repeat(43), approver: null },
    hosts: [host],
    sha256,
    sign: openSigningKey(newSigningKeyPem()).sign,
    keyId: "00000000",
    log: () => undefined,
  });
  return async (path: string, body: unknown) => {
    const response = await app.request(`http://${host}${path}`, {
      method: "POST",
      headers: { host, authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: await response.json() };
  };
}
