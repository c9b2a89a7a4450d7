/**
 * Makes a guarded install. Everything is made under names that nothing reads, then moved to its own;
 * client.json, by which clients know of it, comes last.
 *
 * @module
 */
import { syncFolder } from "../../adapter/audit/audit_disk.ts";
import {
  guardedConfigFolder,
  type Layout,
  placesIn,
  systemStateFolder,
} from "../../adapter/layout.ts";
import { removeFolder, writePolicyFolder } from "../../adapter/policy_folder.ts";
import {
  canReach,
  createSystemUser,
  type Reach,
  type SystemUser,
} from "../../adapter/system_users.ts";
import { EngineError } from "../../core/errors.ts";
import { encodeClientFile } from "../../core/integrity/client_file.ts";
import type { GuardedRequest, GuardedResult } from "../../edge/cli/guard_keeper.ts";
import { acceptAt } from "../accept_policy.ts";
import { createParts } from "../create_install.ts";
import { clientFile, isMissing, type Surroundings } from "../environment.ts";
import { withConfigLock } from "./config_lock.ts";
import type { FirstPolicy } from "./first_policy.ts";
import { type GuardedSetup, planSetup } from "./plan_setup.ts";
import { encodeUnitFile } from "./unit_file.ts";

/** @throws {EngineError} `wrong_user` when the engine's user cannot see the project. */
export async function createGuarded(
  surroundings: Surroundings,
  request: GuardedRequest,
  policy: FirstPolicy,
): Promise<GuardedResult> {
  makeSharedFolder(guardedConfigFolder, 0o755);
  // Local installs of root's lie here too, each closed to others by its own mode.
  makeSharedFolder(systemStateFolder, 0o711);
  return await withConfigLock(async () => {
    // Somebody else may have made the same meanwhile.
    const setup = planSetup(request);
    const engine = setup.engine ??
      createSystemUser(setup.engineName, setup.layout.stateFolder);
    requireSight(engine, setup.root);
    const made: string[] = [];
    try {
      const key = await makeParts(surroundings, setup, { engine, policy, made });
      publish(setup, { engine, key, made });
    } catch (error) {
      // All of it was made by this call: nothing had any of these names, and the lock is ours.
      for (const path of made.reverse()) removeFolder(path);
      throw error;
    }
    return resultOf(setup, engine, policy);
  });
}

function resultOf(setup: GuardedSetup, engine: SystemUser, policy: FirstPolicy): GuardedResult {
  const { root, id, port, tokenFile, unitPath, layout } = setup;
  return {
    root,
    id,
    port,
    engineUser: engine.name,
    isNewUser: setup.engine === null,
    agentUser: setup.agent.name,
    tokenFile,
    unitPath,
    policyFolder: layout.policyFolder,
    stateFolder: layout.stateFolder,
    policyDigest: policy.snapshot.digest,
    warnings: warningsOf(setup),
  };
}

function makeSharedFolder(path: string, mode: number): void {
  if (isMissing(path)) Deno.mkdirSync(path, { mode });
  const now = (Deno.lstatSync(path).mode ?? 0) & 0o777;
  // Only ever opened for passing through, and only for that.
  if ((now & mode) !== mode) Deno.chmodSync(path, now | mode);
}

/** The engine must see what an operation means; what it cannot see it denies. */
function requireSight(engine: SystemUser, root: string): void {
  const parts = root.split("/").slice(1);
  const folders = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
  const isWanted = (path: string): readonly Reach[] => path === root ? ["-x", "-r"] : ["-x"];
  const blocked = folders.find((path) =>
    isWanted(path).some((reach) => !canReach(engine, reach, path))
  );
  if (blocked === undefined) return;
  const bits = blocked === root ? "rx" : "x";
  throw new EngineError("wrong_user", `The user "${engine.name}" cannot look into "${blocked}"`, {
    hint: `run: setfacl -m u:${engine.name}:${bits} "${blocked}"  (or chmod o+${bits}, or put ` +
      `${engine.name} into its group), then init again`,
  });
}

interface Making {
  readonly engine: SystemUser;
  readonly policy: FirstPolicy;
  /** What to take away again on failure. */
  readonly made: string[];
}

/** Policy, state and token, each under its final name at the end; returns the server's public key. */
async function makeParts(
  surroundings: Surroundings,
  setup: GuardedSetup,
  { engine, policy, made }: Making,
): Promise<string> {
  const staged = stagedLayout(setup);
  made.push(staged.policyFolder, staged.stateFolder);
  // Of a call that was cut short.
  made.forEach(removeFolder);
  writePolicyFolder(staged.policyFolder, policy.files);
  Deno.mkdirSync(staged.stateFolder, { mode: 0o700 });
  const blank = { ...surroundings, variable: () => undefined };
  const record = await createParts(blank, staged);
  if (!policy.isSigned) await acceptAt(surroundings, staged, policy.snapshot);
  chownTree(staged.stateFolder, engine);
  writeToken(setup, staged, made);
  for (const name of ["policyFolder", "stateFolder"] as const) {
    made.push(setup.layout[name]);
    Deno.renameSync(staged[name], setup.layout[name]);
  }
  syncFolder(systemStateFolder);
  return record.public_key;
}

function stagedLayout({ root, id }: GuardedSetup): Layout {
  const stateFolder = `${systemStateFolder}/.${id}.new`;
  const policyFolder = `${guardedConfigFolder}/.${id}.new`;
  const logPath = `${stateFolder}/audit.log`;
  return { ...placesIn({ root, policyFolder, logPath, stateFolder }), guard: null };
}

function writeToken({ tokenFile, agent }: GuardedSetup, staged: Layout, made: string[]): void {
  const token = Deno.readTextFileSync(`${staged.tokensFolder}/agent`);
  made.push(tokenFile);
  writeNew(tokenFile, token, 0o400);
  Deno.chownSync(tokenFile, agent.uid, agent.gid);
}

/** Everything in it was made by this process: there is no link to follow. */
function chownTree(path: string, user: SystemUser): void {
  if (Deno.lstatSync(path).isDirectory) {
    for (const { name } of Deno.readDirSync(path)) chownTree(`${path}/${name}`, user);
  }
  Deno.chownSync(path, user.uid, user.gid);
}

function publish(
  setup: GuardedSetup,
  { engine, key, made }: {
    readonly engine: SystemUser;
    readonly key: string;
    readonly made: string[];
  },
): void {
  const { root, id, port, program, agent, unitPath, tokenFile } = setup;
  const { stateFolder } = setup.layout;
  made.push(unitPath);
  const unit = { engineUser: engine.name, program, root, stateFolder, port };
  writeNew(unitPath, encodeUnitFile(unit), 0o644);
  const install = {
    id,
    root,
    port,
    serverKey: key,
    tokenFile,
    engineUser: engine.name,
    engineUid: engine.uid,
    agentUid: agent.uid,
    agentHome: agent.home,
  };
  const next = `${guardedConfigFolder}/.client.json.new`;
  // Of a call that was cut short; nobody but root could have put it here.
  removeFolder(next);
  made.push(next);
  writeNew(next, encodeClientFile([...setup.others, install]), 0o644);
  Deno.renameSync(next, clientFile);
  syncFolder(guardedConfigFolder);
}

function writeNew(path: string, text: string, mode: number): void {
  using file = Deno.openSync(path, { write: true, createNew: true, mode });
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
  Deno.chmodSync(path, mode);
  file.syncSync();
}

/** What cannot be refused, but lessens what is promised. */
function warningsOf({ root, agent, unitPath }: GuardedSetup): readonly string[] {
  const parent = root.slice(0, root.lastIndexOf("/")) || "/";
  return [
    ...(canReach(agent, "-w", parent)
      ? [
        `${agent.name} can rename ${root}: make ${parent} another user's, or hooks lose sight of it`,
      ]
      : []),
    ...(unitPath.startsWith(guardedConfigFolder)
      ? [`systemd is not here: ${unitPath} is what a unit would be; start the server your own way`]
      : []),
  ];
}
