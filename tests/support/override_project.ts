/** An accepted install whose policy lets people approve, with the engine open in this process. */
import { encodeBase32 } from "@std/encoding/base32";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { createSeedFolder, seedFolderOf, writeSeed } from "../../src/adapter/seed_files.ts";
import { totpHmac } from "../../src/adapter/totp_hmac.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout, type Surroundings } from "../../src/compose/environment.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import { EngineError } from "../../src/core/errors.ts";
import { hexDigest, randomId } from "../../src/core/integrity/hex_digest.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Approval } from "../../src/core/override/approval.ts";
import { createRecoveryCodes, recoveryHash } from "../../src/core/override/recovery_codes.ts";
import { hotp, stepAt } from "../../src/core/override/totp.ts";
import type { TotpAlgorithm } from "../../src/core/override/totp_parameters.ts";
import { randomBytes } from "../../src/adapter/random.ts";
import type { Engine } from "../../src/pdp.ts";
import type { EngineParts } from "../../src/pdp/engine.ts";
import { surroundingsOf } from "./decision_vectors.ts";
import { type OpenedEngine, openEngine } from "./open_engine.ts";
import { Project } from "./sealward.ts";
import { ShiftedClock } from "./shifted_clock.ts";
import { createSignedProject } from "./signed_project.ts";

export const approverPolicy = (more = ""): string =>
  `version: "1.0"
protected:
  files: ["*.env", "locked/"]
overrides:
  approvers:
    - name: ada
    - name: bo
${more}`;

/** A person with an authenticator. */
export interface Person {
  readonly name: string;
  readonly id: string;
  readonly seed: Uint8Array;
  readonly recovery: readonly string[];
  /** The code at a time, seconds since 1970; default now, by the engine's clock. */
  readonly code: (at?: number) => string;
}

export interface OverrideProject {
  readonly project: Project;
  readonly surroundings: Surroundings;
  readonly engine: Engine;
  readonly check: (operation: object, principal?: string) => Promise<Decision>;
  readonly entries: (type: string) => Promise<readonly Entry[]>;
  /** @param provenStep Of the code that was typed back; default none. */
  readonly enrol: (
    name: string,
    algorithm?: TotpAlgorithm,
    provenStep?: number,
  ) => Promise<Person>;
  /** Approves what a denial offers. */
  readonly approval: (denied: Decision, given: Partial<Approval>) => Approval;
  readonly accept: (text: string) => Promise<void>;
  /** Opens the same install once more, as another process would. */
  readonly again: (change?: (parts: EngineParts) => Partial<EngineParts>) => Promise<Engine>;
  /** Of every engine here. */
  readonly clock: ShiftedClock;
}

export const writing = (file = "a.env", content = "x"): object => ({
  type: "file_write",
  affected_files: [file],
  content,
});

export interface OverrideProjectOptions {
  readonly policy?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The policy is signed by a key that the host trusts. */
  readonly isSigned?: boolean;
}

/** Runs `body` in a project whose policy is trusted. */
export async function inOverrideProject(
  body: (given: OverrideProject) => Promise<void>,
  { policy = approverPolicy(), variables = {}, isSigned = false }: OverrideProjectOptions = {},
): Promise<void> {
  using ground = isSigned ? await signedGround(policy) : await plainGround(policy, variables);
  const { project, surroundings, accept } = ground;
  const clock = new ShiftedClock();
  const opened: OpenedEngine[] = [];
  const again: OverrideProject["again"] = async (change = () => ({})) => {
    const one = await openEngine(surroundings, project.root, (parts) => ({
      nowMicros: clock.nowMicros,
      ...change(parts),
    }));
    opened.push(one);
    return one.engine;
  };
  const engine = await again();
  try {
    await body({
      project,
      surroundings,
      engine,
      check: (operation, principal = "uid:1") => checkOne(engine, operation, principal),
      entries: (type) => engine.readEvents({ type }),
      enrol: (name, algorithm = "SHA1", provenStep = 0) =>
        enrol(name, algorithm, { engine, surroundings, project, clock, provenStep }),
      approval,
      accept,
      again,
      clock,
    });
  } finally {
    for (const one of opened) await one.close();
  }
}

type Ground = Pick<OverrideProject, "project" | "surroundings" | "accept"> & Disposable;

async function plainGround(
  policy: string,
  variables: Readonly<Record<string, string>>,
): Promise<Ground> {
  const project = new Project();
  const plain = surroundingsOf(project);
  const surroundings = {
    ...plain,
    variable: (name: string) => variables[name] ?? plain.variable(name),
  };
  const accept = async (text: string) => {
    project.write(".scalpel/policy.yaml", text);
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    await acceptPolicy(surroundings, project.root, shown);
  };
  project.write(".scalpel/policy.yaml", policy);
  await createInstall(surroundings, project.root);
  await accept(policy);
  return { project, surroundings, accept, [Symbol.dispose]: () => project[Symbol.dispose]() };
}

async function signedGround(policy: string): Promise<Ground> {
  const signed = await createSignedProject();
  let version = 0;
  const accept = (text: string) => {
    signed.project.write(".scalpel/policy.yaml", text);
    signed.sign({ policy_version: ++version });
    return Promise.resolve();
  };
  await accept(policy);
  await signed.install();
  const { project, surroundings } = signed;
  return { project, surroundings, accept, [Symbol.dispose]: () => signed[Symbol.dispose]() };
}

export async function checkOne(
  engine: Engine,
  operation: object,
  principal = "uid:1",
): Promise<Decision> {
  const [decision] = await engine.check([parseOperation(operation)], principal);
  if (decision === undefined) throw new Error("no decision");
  return decision;
}

/** What a denial offers. */
export function offered(
  { override }: Decision,
): Extract<NonNullable<Decision["override"]>, { readonly status: "offered" }> {
  if (override?.status === "offered") return override;
  throw new Error(`offers nothing: ${JSON.stringify(override)}`);
}

function approval(denied: Decision, given: Partial<Approval>): Approval {
  const { request_id: requestId, phrase } = offered(denied);
  return {
    requestId,
    phrase,
    justification: "the test says so",
    grant: { kind: "once" },
    channel: "console",
    proof: { kind: "totp", approver: "ada", code: "000000" },
    ...given,
  };
}

async function enrol(
  name: string,
  algorithm: TotpAlgorithm,
  { engine, surroundings, project, clock, provenStep }:
    & Pick<
      OverrideProject,
      "engine" | "surroundings" | "project" | "clock"
    >
    & { readonly provenStep: number },
): Promise<Person> {
  const id = randomId(randomBytes);
  const seed = randomBytes(20);
  const folder = seedFolderOf(findLayout(surroundings, project.root));
  createSeedFolder(folder);
  writeSeed(folder, id, seed);
  const recovery = createRecoveryCodes(randomBytes);
  await engine.overrides.enrol({
    id,
    name,
    algorithm,
    seedSha256: hexDigest(seed, sha256),
    provenStep,
    recoveryHashes: recovery.map((code) => recoveryHash(id, code)),
    replaces: null,
  });
  const code = (at = clock.now()) =>
    hotp(stepAt(at), { key: seed, algorithm, hmac: totpHmac, digits: 6 });
  return { name, id, seed, recovery, code };
}

/** A secret without a name, as SCALPEL_TOTP_SECRET holds it. */
export function unnamedSecret(): {
  readonly text: string;
  /** At a time, seconds since 1970. */
  readonly code: (at: number) => string;
} {
  const key = randomBytes(20);
  return {
    text: `base32:${encodeBase32(key)}`,
    code: (at) => hotp(stepAt(at), { key, algorithm: "SHA1", hmac: totpHmac, digits: 6 }),
  };
}

/** What goes into `approval` to prove it with a code of the app. */
export const byCode = (
  { name, code }: Pick<Person, "name" | "code">,
  typed = code(),
): Pick<Approval, "proof"> => ({ proof: { kind: "totp", approver: name, code: typed } });

/** With one of the ten recovery codes: these need no clock. */
export const byRecovery = (
  { name, recovery }: Pick<Person, "name" | "recovery">,
  index: number,
): Pick<Approval, "proof"> => ({
  proof: { kind: "recovery", approver: name, code: recovery[index] ?? "" },
});

/** Code, message and hint of what was refused, in one text. */
export async function refusalOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}; ${error.hint ?? ""}`;
    throw error;
  }
  return "nothing was refused";
}
