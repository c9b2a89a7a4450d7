/** An accepted install whose policy has checks, with the engine open in this process. */
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { LoadSandbox } from "../../src/core/check/check_sandbox.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import { hexDigest } from "../../src/core/integrity/hex_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Engine } from "../../src/pdp.ts";
import { surroundingsOf } from "./decision_vectors.ts";
import { Project } from "./sealward.ts";

export interface ChecksProject {
  readonly project: Project;
  readonly engine: Engine;
  /** Another engine on the same install, with a sandbox of its own. */
  readonly open: (load: LoadSandbox) => Promise<Engine>;
  readonly check: (operation: object) => Promise<Decision>;
  /** The newest decision. */
  readonly entry: () => Promise<Entry>;
  readonly accept: (policy: string) => Promise<void>;
}

/** SHA-256 of a text, in hex. */
export const hashOf = (text: string): string => hexDigest(new TextEncoder().encode(text), sha256);

/** The lines of one check whose module is the text `name`. */
export function checkLines(id: string, name: string, more = ""): string {
  return `  - id: ${id}\n    file: ${name}.wasm\n    sha256: "${hashOf(name)}"\n` +
    `    abi: native-1\n${more}`;
}

export const policyOf = (checks: string, more = ""): string =>
  `version: "1.0"\n${more}checks:\n${checks}`;

/** Writes a file of that text for each name, accepts the policy, and opens the install. */
export async function inChecksProject(
  { policy, names, load, files = {}, modules = {} }: {
    readonly policy: string;
    readonly names: readonly string[];
    readonly load: LoadSandbox;
    readonly files?: Readonly<Record<string, string>>;
    /** Real ones, by name. */
    readonly modules?: Readonly<Record<string, Uint8Array>>;
  },
  body: (given: ChecksProject) => Promise<void>,
): Promise<void> {
  using project = new Project();
  const surroundings = surroundingsOf(project);
  const opened: Awaited<ReturnType<typeof openInstall>>[] = [];
  const open = async (loadSandbox: LoadSandbox) => {
    const sandboxes = { load: loadSandbox, status: () => null };
    const request = { root: project.root, role: "library", sandboxes } as const;
    const install = await openInstall(surroundings, request);
    opened.push(install);
    return install.engine;
  };
  const accept = async (text: string) => {
    project.write(".scalpel/policy.yaml", text);
    const shown = openPolicyStore(findLayout(surroundings, project.root))();
    await acceptPolicy(surroundings, project.root, shown);
  };
  for (const name of names) project.write(`.scalpel/checks/${name}.wasm`, name);
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  for (const [name, bytes] of Object.entries(modules)) {
    const path = project.path(`.scalpel/checks/${name}.wasm`);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(path, bytes);
  }
  project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
  await createInstall(surroundings, project.root);
  await accept(policy);
  try {
    const engine = await open(load);
    const check = async (operation: object) => {
      const [decision] = await engine.check([parseOperation(operation)], "uid:1");
      return decision as Decision;
    };
    const entry = async () => {
      const entries = await engine.readEvents({ type: "audit.decision", limit: 1 });
      return entries.at(-1) as Entry;
    };
    await body({ project, engine, open, check, entry, accept });
  } finally {
    for (const install of opened) await install.close();
  }
}
