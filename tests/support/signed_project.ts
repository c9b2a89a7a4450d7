/** A project whose host trusts signing keys, with the engine open in this process. */
import { openInstall } from "../../src/compose/open_install.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import type { Surroundings } from "../../src/compose/environment.ts";
import { createPolicySigner } from "../../src/compose/policy_signer.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import { encodeManifest } from "../../src/core/integrity/encode_manifest.ts";
import { type Manifest, manifestFile, signatureFile } from "../../src/core/integrity/manifest.ts";
import { planManifest } from "../../src/core/integrity/plan_manifest.ts";
import type { TrustedKey } from "../../src/core/integrity/trusted_key.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { SigningKey } from "../../src/edge/cli/policy_signer.ts";
import type { Engine } from "../../src/pdp.ts";
import { Project } from "./sealward.ts";

export const policyText = (protectedFiles: string): string =>
  `version: "1.0"
protected:
  files: ${protectedFiles}
`;

/** Both files of a signed policy, as texts. */
export interface Pair {
  readonly manifest: string;
  readonly signature: string;
}

export interface SignedProject extends Disposable {
  readonly project: Project;
  /** A key that signs and, from the beginning, is trusted. */
  readonly key: SigningKey;
  /** Keys that are trusted; a test may change the list. */
  readonly trusted: TrustedKey[];
  readonly surroundings: Surroundings;
  readonly newKey: () => SigningKey;
  /** Signs what lies there now. */
  readonly sign: (given?: Partial<Manifest>, key?: SigningKey) => Manifest;
  readonly readPair: () => Pair;
  readonly writePair: (pair: Pair) => void;
  readonly install: () => Promise<void>;
  readonly inEngine: <T>(body: (engine: Engine) => Promise<T>) => Promise<T>;
  /** One decision by an engine of its own, as a one-shot makes it. */
  readonly ask: (file?: string) => Promise<Decision>;
  readonly entries: (type: string) => Promise<readonly Entry[]>;
}

/** A project with a policy and a trusted key; neither signed nor installed. */
export async function createSignedProject(): Promise<SignedProject> {
  const project = new Project();
  const trusted: TrustedKey[] = [];
  const surroundings: Surroundings = {
    variable: (name) => name === "HOME" ? project.home : undefined,
    uid: Deno.uid(),
    cwd: project.root,
    guards: null,
    readTrustedKeys: () => Promise.resolve(trusted),
  };
  const signer = await createPolicySigner(surroundings);
  let keys = 0;
  const read = () => signer.read(project.root);
  const newKey = () => {
    const path = `${project.folder}/key${keys++}`;
    signer.createKey(path, `key ${keys}`);
    return signer.openKey(path, read());
  };
  project.write(".scalpel/policy.yaml", policyText('["*.env"]'));
  const key = newKey();
  trusted.push(key);
  const inEngine: SignedProject["inEngine"] = async (body) => {
    const install = await openInstall(surroundings, { root: project.root, role: "library" });
    try {
      return await body(install.engine);
    } finally {
      await install.close();
    }
  };
  return {
    project,
    key,
    trusted,
    surroundings,
    newKey,
    sign: (given = {}, by = key) => {
      const checkout = read();
      const planned = planManifest({
        previous: null,
        covered: checkout.signed.covered,
        policyVersion: given.policy_version ?? 1,
        project: given.project ?? "demo",
        defaultProject: "demo",
        minEngine: null,
        signer: "somebody",
        nowMs: Date.now(),
        expiresMs: null,
        backtest: null,
      });
      const manifest = { ...planned, ...given };
      const bytes = encodeManifest(manifest);
      signer.write(checkout, bytes, by.sign(bytes));
      return manifest;
    },
    readPair: () => ({
      manifest: project.read(manifestFile),
      signature: project.read(signatureFile),
    }),
    writePair: ({ manifest, signature }) => {
      project.write(manifestFile, manifest);
      project.write(signatureFile, signature);
    },
    install: async () => void await createInstall(surroundings, project.root),
    inEngine,
    ask: (file = "src/app.ts") =>
      inEngine(async (engine) => {
        const operation = parseOperation({ type: "file_write", affected_files: [file] });
        const [decision] = await engine.check([operation], "uid:1");
        if (decision === undefined) throw new Error("no decision");
        return decision;
      }),
    entries: (type) => inEngine((engine) => engine.readEvents({ type })),
    [Symbol.dispose]: () => project[Symbol.dispose](),
  };
}

/** Verdict, codes and trust of a decision, in one line. */
export function told({ decision, violations, policy_trust }: Decision): string {
  return [decision, ...violations.map(({ code }) => code), policy_trust].join(" ");
}
