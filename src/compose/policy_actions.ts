/**
 * What only people who write policies do; each loads its own code.
 *
 * @module
 */
import { type Layout, proposalOf } from "../adapter/layout.ts";
import { readDraft } from "./read_draft.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import type { Host } from "../edge/cli/host.ts";
import { openTree } from "./open_tree.ts";
import { writeOutputFile } from "./output_file.ts";
import type { Surroundings } from "./environment.ts";

type PolicyAction =
  | "openTestGround"
  | "openCheckWorkshop"
  | "shippedCheckFiles"
  | "refuseFaultyPolicy"
  | "acceptedInputs"
  | "acceptPolicy"
  | "policySigner"
  | "openForBacktest"
  | "readDraft"
  | "requireUnsigned"
  | "openTree"
  | "writeSchema"
  | "lockPolicy"
  | "unlockPolicy";

export function policyActions(
  surroundings: Surroundings,
  layoutAt: (root: string | null) => Layout,
): Pick<Host, PolicyAction> {
  return {
    shippedCheckFiles: async (root) =>
      (await import("./shipped_check_files.ts")).shippedCheckFiles(layoutAt(root)),
    openCheckWorkshop: async (request) => {
      const { openCheckWorkshop } = await import("./check_workshop.ts");
      return await openCheckWorkshop(surroundings, layoutAt(request.root), request);
    },
    openTestGround: async (root, draft) =>
      (await import("./test_ground.ts")).openTestGround(surroundings, layoutAt(root), draft),
    refuseFaultyPolicy: async (root) => {
      const { refuseFaulty } = await import("../core/policy/refuse_faulty.ts");
      refuseFaulty(openPolicyStore(layoutAt(root))());
    },
    acceptedInputs: async (root) => {
      const { readAcceptedInputs } = await import("./accept_policy.ts");
      return await readAcceptedInputs(surroundings, root);
    },
    acceptPolicy: async (root, shown) => {
      const { acceptPolicy } = await import("./accept_policy.ts");
      return await acceptPolicy(surroundings, root, shown);
    },
    policySigner: async () =>
      await (await import("./policy_signer.ts")).createPolicySigner(surroundings),
    readDraft,
    openForBacktest: async (root) => {
      const { openInstall } = await import("./open_install.ts");
      // Not sealed: what is signed afterwards has to be written. Entries are verified before use.
      return await openInstall(surroundings, { root, role: "library" });
    },
    requireUnsigned: async () => {
      const { requireUnsigned } = await import("./accept_policy.ts");
      await requireUnsigned(surroundings);
    },
    lockPolicy: async (root) =>
      await (await import("./lock_policy.ts")).lockPolicy(surroundings, root),
    unlockPolicy: async (root) =>
      await (await import("./lock_policy.ts")).unlockPolicy(surroundings, root),
    openTree: (root) => openTree(layoutAt(root).root),
    writeSchema: (root, text) => writeSchema(layoutAt(root).root, text),
  };
}

/** Where people edit. A link planted in its place is replaced, not followed. */
function writeSchema(root: string, text: string): string {
  const path = `${proposalOf(root).policyFolder}/policy.schema.json`;
  writeOutputFile(path, text);
  return path;
}
