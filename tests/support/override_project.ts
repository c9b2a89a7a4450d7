/** An accepted install whose policy lets people approve, with the engine open in this process. */
import { encodeBase32 } from "@std/encoding/base32";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { createSeedFolder, seedFolderOf, writeSeed } from "../../src/adapter/seed_files.ts";
import { totpHmac } from "../../src/adapter/totp_hmac.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout, type Surroundings } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import { hexDigest, randomId } from "../../src/core/integrity/hex_digest.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Approval } from "../../src/core/override/approval.ts";
import { createRecoveryCodes, recoveryHash } from "../../src/core/override/recovery_codes.ts";
import { hotp, stepAt } from "../../src/core/override/totp.ts";
import type { TotpAlgorithm } from "../../src/core/override/totp_parameters.ts";
import { randomBytes } from "../../src/adapter/random.ts";
import type { Engine } from "../../src/pdp.ts";
import { surroundingsOf } from "./decision_vectors.ts";
import { Project } from "./sealward.ts";

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
  /** The code at a time, seconds since 1970; default now. Never the same step twice. */
  readonly code: (at?: number) => string;
}

export interface OverrideProject {
  readonly project: Project;
  readonly surroundings: Surroundings;
  readonly engine: Engine;
  readonly check: (operation: object, principal?: string) => Promise<Decision>;
  readonly entries: (type: string) => Promise<readonly Entry[]>;
  readonly enrol: (name: string, algorithm?: TotpAlgorithm) => Promise<Person>;
  /** Approves what a denial offers. */
  readonly approval: (denied: Decision, given: Partial<Approval>) => Approval;
  readonly accept: (text: string) => Promise<void>;
  /** Opens the same install once more, as another process would. */
  readonly again: () => Promise<Engine>;
}

export const writing = (file = "a.env", content = "x"): object => ({
  type: "file_write",
  affected_files: [file],
  content,
});

/** Runs `body` in a project whose policy was accepted. */
export async function inOverrideProject(
  body: (given: OverrideProject) => Promise<void>,
  { policy = approverPolicy(), variables = {} }: {
    readonly policy?: string;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  using project = new Project();
  const plain = surroundingsOf(project);
  const surroundings = {
    ...plain,
    variable: (name: string) => variables[name] ?? plain.variable(name),
  };
  const opened: Awaited<ReturnType<typeof openInstall>>[] = [];
  const again = async () => {
    const install = await openInstall(surroundings, { root: project.root, role: "library" });
    opened.push(install);
    return install.engine;
  };
  const accept = async (text: string) => {
    project.write(".scalpel/policy.yaml", text);
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    await acceptPolicy(surroundings, project.root, shown);
  };
  project.write(".scalpel/policy.yaml", policy);
  await createInstall(surroundings, project.root);
  await accept(policy);
  const engine = await again();
  try {
    await body({
      project,
      surroundings,
      engine,
      check: (operation, principal = "uid:1") => checkOne(engine, operation, principal),
      entries: (type) => engine.readEvents({ type }),
      enrol: (name, algorithm = "SHA1") =>
        enrol(name, algorithm, { engine, surroundings, project }),
      approval,
      accept,
      again,
    });
  } finally {
    for (const install of opened) await install.close();
  }
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
  { engine, surroundings, project }: Pick<OverrideProject, "engine" | "surroundings" | "project">,
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
    provenStep: 0,
    recoveryHashes: recovery.map((code) => recoveryHash(id, code)),
    replaces: null,
  });
  const code = (at = Date.now() / 1000) =>
    hotp(stepAt(at), { key: seed, algorithm, hmac: totpHmac, digits: 6 });
  return { name, id, seed, recovery, code };
}

/** A secret without a name, as SCALPEL_TOTP_SECRET holds it. */
export function unnamedSecret(): { readonly text: string; readonly code: () => string } {
  const key = randomBytes(20);
  return {
    text: `base32:${encodeBase32(key)}`,
    code: () =>
      hotp(stepAt(Date.now() / 1000), { key, algorithm: "SHA1", hmac: totpHmac, digits: 6 }),
  };
}
