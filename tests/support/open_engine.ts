/** An engine on a real install, put together as compose does it, with parts a test may change. */
import { nowMicros } from "../../src/adapter/clock.ts";
import { openStamps } from "../../src/adapter/file_stamps.ts";
import { keepInput, keptStatus, readKept } from "../../src/adapter/kept_inputs.ts";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { randomBytes } from "../../src/adapter/random.ts";
import { StateStore } from "../../src/adapter/audit/audit_states.ts";
import { approvalsOf } from "../../src/compose/approvals_of.ts";
import { findLayout, type Surroundings } from "../../src/compose/environment.ts";
import { homeOf, openLog, ownPlacesOf } from "../../src/compose/open_install.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { createEngine, type Engine } from "../../src/pdp.ts";
import type { EngineParts } from "../../src/pdp/engine.ts";
import { fakeSandbox } from "./fake_sandbox.ts";

export interface OpenedEngine {
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

/** @param change Of the parts as they are, to the ones that differ. */
export async function openEngine(
  surroundings: Surroundings,
  root: string,
  change: (parts: EngineParts) => Partial<EngineParts> = () => ({}),
): Promise<OpenedEngine> {
  const layout = findLayout(surroundings, root);
  const { audit, record } = await openLog(surroundings, layout);
  const parts: EngineParts = {
    audit,
    loadSignatureTools: () => import("../../src/adapter/signing_key.ts"),
    readState: (digest) => new StateStore(`${layout.sidePath}/state`, sha256).read(digest),
    readKept: (digest) => readKept(layout, digest),
    keptStatus: (digest) => keptStatus(layout, digest),
    keep: (bytes) => keepInput(layout, bytes),
    disk: openDisk(layout.root, ownPlacesOf(layout, surroundings), homeOf(layout, surroundings)),
    findStamps: openStamps([layout.logPath, layout.sidePath]),
    readPolicy: openPolicyStore(layout),
    readTrustedKeys: surroundings.readTrustedKeys,
    sha256,
    randomBytes,
    nowMicros,
    attestation: "same_uid",
    ...approvalsOf(surroundings, layout, record),
    loadSandbox: fakeSandbox({}).load,
  };
  return { engine: createEngine({ ...parts, ...change(parts) }), close: () => audit.close() };
}
