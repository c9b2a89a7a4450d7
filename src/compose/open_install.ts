/**
 * Opens an install in the one safe order: secrets, log, seal. Whoever holds the result can decide
 * and append, and nothing else.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import { type AuditFile, openAuditFile } from "../adapter/audit/audit_file.ts";
import { StateStore } from "../adapter/audit/audit_states.ts";
import type { AuditOptions } from "../adapter/audit/audit_options.ts";
import { nowMicros } from "../adapter/clock.ts";
import { hmacSha256, sha256 } from "../core/integrity/sha256.ts";
import { randomBytes } from "../adapter/random.ts";
import { openStamps } from "../adapter/file_stamps.ts";
import { keepInput, keptStatus, readKept } from "../adapter/kept_inputs.ts";
import type { Layout } from "../adapter/layout.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { type PermissionRow, readPermissions, sealPermissions } from "../adapter/permissions.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import type { SandboxStatus } from "../core/check/sandbox_port.ts";
import { lowSpacePercent } from "../core/limits.ts";
import { toEngineError } from "../core/errors.ts";
import { encodeKeyId } from "../core/integrity/answer_proof.ts";
import type { SignEd25519 } from "../core/ports.ts";
import { createEngine, type Engine } from "../pdp.ts";
import { approvalsOf, prepareApprovals } from "./approvals_of.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import type { Policies } from "./guarded/open_guarded.ts";
import { keepSize, type KeptLog } from "./keep_log.ts";
import { keptLog } from "./kept_log.ts";
import { createReopeningLog, type ReopeningLog } from "./reopening_log.ts";
import { type InstallRecord, readInstallRecord, requireEngineUser } from "./install_record.ts";
import { type LogKeys, readLogKeys } from "./log_keys.ts";
import { readServerSecrets, type ServerTokens } from "./server_secrets.ts";
import { openSandboxes, type Sandboxes } from "./sandboxes_of.ts";
import { waitForCallers } from "./wait_for_callers.ts";

export interface OpenRequest {
  readonly root: string | null;
  readonly outputs?: readonly string[];
  /** Looks at permissions before and after sealing; only `doctor` wants to pay for it. */
  readonly explains?: boolean;
  /**
   * `library` runs in somebody else's process and cannot give up its permissions; `proxy` goes on as a
   * server does, and answers one client.
   */
  readonly role: "one-shot" | "server" | "library" | "proxy";
  /** A proxy to somewhere on this machine. */
  readonly keepsNet?: boolean;
  /** What only an unsealed process can do, when everything that it could spoil has been read. */
  readonly beforeSealing?: () => Promise<void>;
  /** Where it is known already; the root is then not looked for. */
  readonly layout?: Layout;
  /** False where nothing is decided: no sandbox is started, and a check would deny. */
  readonly runsChecks?: boolean;
  /** Where a process opens several installs, or was sealed before: its sandboxes, which it closes. */
  readonly sandboxes?: Pick<Sandboxes, "load" | "status">;
}

/** Secret, log and record of an install, before anything is sealed. */
export interface OpenLog {
  readonly layout: Layout;
  readonly record: InstallRecord;
  readonly secret: LogKeys;
  readonly audit: AuditFile;
}

/** Opens the log of an install. */
export async function openLog(surroundings: Surroundings, layout: Layout): Promise<OpenLog> {
  const record = readInstallRecord(layout);
  const read = (hasOlder: boolean) =>
    readLogKeys(surroundings, layout, { logId: record.log_id, hasOlder });
  const secret = read(false);
  try {
    const audit = await openAuditFile(auditOptions(layout, record, secret));
    return { layout, record, secret, audit };
  } catch (error) {
    // A change of the secret that was cut short leaves the log under either.
    if (toEngineError(error).code !== "audit_unverifiable") throw error;
    const both = read(true);
    return {
      layout,
      record,
      secret: both,
      audit: await openAuditFile(auditOptions(layout, record, both)),
    };
  }
}

/** What the log of an install is opened with. */
export function auditOptions(
  layout: Layout,
  log: { readonly log_id: string; readonly fingerprint: string | null },
  { ring, isForwardSecure }: Pick<LogKeys, "ring" | "isForwardSecure">,
): AuditOptions {
  return {
    logPath: layout.logPath,
    sidePath: layout.sidePath,
    markPath: layout.markFolder,
    ring,
    logId: log.log_id,
    fingerprint: log.fingerprint,
    isForwardSecure,
    nowMicros,
    sha256,
    hmac: hmacSha256,
  };
}

export interface OpenedInstall {
  readonly engine: Engine;
  readonly layout: Layout;
  readonly record: InstallRecord;
  readonly principal: string;
  readonly secretSource: string;
  readonly warnings: readonly string[];
  readonly permissions: {
    readonly before: readonly PermissionRow[];
    readonly after: readonly PermissionRow[];
  };
  readonly tokens: ServerTokens | null;
  readonly sign: SignEd25519 | null;
  readonly keyId: string;
  readonly log: KeptLog;
  readonly readDrift: Policies["readDrift"];
  /** Of the processes that run checks; null where none was started. */
  readonly sandboxStatus: () => SandboxStatus | null;
  readonly close: () => Promise<void>;
}

/** Opens an install for deciding. */
export async function openInstall(
  surroundings: Surroundings,
  request: OpenRequest,
): Promise<OpenedInstall> {
  const layout = request.layout ?? findLayout(surroundings, request.root);
  const { readPolicy, readDrift } = await openPolicies(surroundings, layout);
  const server = await readServerSecrets(surroundings, layout, request.role);
  const { record, secret, audit } = await openLog(surroundings, layout);
  const places = [layout.logPath, layout.sidePath, layout.markFolder, ...request.outputs ?? []];
  const read = () => request.explains === true ? readPermissions(places) : [];
  const before = read();
  const told = prepareApprovals(surroundings, request.role);
  const { sandboxes, closeSandboxes } = await sandboxesFor(request, layout);
  const warnings = [...await warningsOf(layout, secret, request.role), ...told];
  await seal(request, places, server !== null);
  const goesOn = request.role === "server" || request.role === "proxy";
  const log = goesOn ? createReopeningLog(audit, () => reopen(surroundings, layout)) : null;
  const engine = createEngine({
    audit: log ?? audit,
    ...filesOf(layout, surroundings),
    readPolicy,
    readTrustedKeys: surroundings.readTrustedKeys,
    attestation: layout.guard === null ? "same_uid" : "guarded",
    ...approvalsOf(surroundings, layout, record),
    loadSandbox: sandboxes.load,
    ...(server === null ? {} : { waitForCallers }),
  });
  const kept = keptLog(log, audit);
  return {
    engine,
    layout,
    record,
    principal: principalOf(surroundings),
    secretSource: secret.source,
    warnings,
    permissions: { before, after: read() },
    tokens: server?.tokens ?? null,
    sign: server?.sign ?? null,
    keyId: keyIdOf(record),
    log: kept,
    readDrift,
    sandboxStatus: sandboxes.status,
    close: () => closeInstall(request.role, { kept, log, audit, closeSandboxes }),
  };
}

async function seal(
  { role, keepsNet, beforeSealing }: OpenRequest,
  writable: readonly string[],
  isServer: boolean,
): Promise<void> {
  await beforeSealing?.();
  if (role !== "library") sealPermissions({ writable, keepsNet: keepsNet ?? isServer });
}

/** Started here: a sealed process starts nothing. */
async function sandboxesFor(
  { role, sandboxes, runsChecks = true }: OpenRequest,
  { policyFolder }: Layout,
) {
  if (sandboxes !== undefined) return { sandboxes, closeSandboxes: () => Promise.resolve() };
  const policyFolders = runsChecks ? [policyFolder] : [];
  const own = await openSandboxes({ role: role === "proxy" ? "server" : role, policyFolders });
  return { sandboxes: own, closeSandboxes: own.close };
}

async function closeInstall(
  role: OpenRequest["role"],
  { kept, log, audit, closeSandboxes }: {
    readonly kept: KeptLog;
    readonly log: ReopeningLog | null;
    readonly audit: AuditFile;
    readonly closeSandboxes: () => Promise<void>;
  },
): Promise<void> {
  await closeSandboxes();
  if (role === "one-shot") await keepSize(kept);
  log?.flush();
  await (log ?? audit).close();
}

function principalOf({ uid }: Surroundings): string {
  return uid === null ? "user" : `uid:${uid}`;
}

function keyIdOf({ public_key: key }: InstallRecord): string {
  return encodeKeyId(sha256(decodeBase64(key)));
}

/** Secrets are read anew: they may have been changed since. */
async function reopen(surroundings: Surroundings, layout: Layout): Promise<AuditFile> {
  return (await openLog(surroundings, layout)).audit;
}

/** Before sealing: a sealed process may not ask what room there is. */
async function warningsOf(
  { sidePath }: Layout,
  secret: LogKeys,
  role: OpenRequest["role"],
): Promise<readonly string[]> {
  const warnings = secret.warning === null ? [] : [secret.warning];
  if (role !== "server") return warnings;
  const { readFreePercent } = await import("../adapter/free_space.ts");
  const percent = await readFreePercent(sidePath);
  if (percent === null || percent >= lowSpacePercent) return warnings;
  return [
    ...warnings,
    `the log's disk has ${percent} % left: when it is full, everything is denied`,
  ];
}

/** How trust and drift are read; what is guarded loads its own code. */
async function openPolicies(surroundings: Surroundings, layout: Layout): Promise<Policies> {
  if (layout.guard === null) return { readPolicy: openPolicyStore(layout), readDrift: null };
  // First whose it is: what follows may look where only the engine can.
  requireEngineUser(layout);
  return await (await import("./guarded/open_guarded.ts")).openGuarded(surroundings, layout);
}

/** Where `~` of a judged command leads: to the agent's home, whoever judges. */
export function homeOf({ guard }: Layout, { variable }: Surroundings): string | null {
  if (guard !== null) return guard.agentHome;
  const home = variable("HOME") ?? "";
  return home.startsWith("/") ? home : null;
}

/** What the engine sees of the disk and the machine, the log aside. */
function filesOf(layout: Layout, surroundings: Surroundings) {
  return {
    ...{ sha256, randomBytes, nowMicros },
    loadSignatureTools: () => import("../adapter/signing_key.ts"),
    readState: (digest: string) => new StateStore(`${layout.sidePath}/state`, sha256).read(digest),
    readKept: (digest: string) => readKept(layout, digest),
    keptStatus: (digest: string) => keptStatus(layout, digest),
    keep: (bytes: Uint8Array) => keepInput(layout, bytes),
    disk: openDisk(
      layout.root,
      ownPlacesOf(layout, surroundings),
      homeOf(layout, surroundings),
    ),
    findStamps: openStamps([layout.logPath, layout.sidePath]),
  };
}

/** Everything of this install, the secrets' files and the program itself included. */
export function ownPlacesOf(layout: Layout, { variable }: Surroundings): readonly string[] {
  const secretFiles = ["SCALPEL_AUDIT_SECRET_FILE", "SCALPEL_TOTP_SECRET_FILE"]
    .map((name) => variable(name) ?? "");
  const { policyFolder, logPath, sidePath, stateFolder } = layout;
  return [
    policyFolder,
    logPath,
    sidePath,
    stateFolder,
    ...secretFiles.filter((path) => path.startsWith("/")),
    // Under `deno run` the program is Deno, which is nobody's to guard here.
    ...(Deno.build.standalone ? [Deno.execPath()] : []),
  ];
}
