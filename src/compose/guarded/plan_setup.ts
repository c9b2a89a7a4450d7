/**
 * What `init --guarded` is about to make, once everything that could stand against it was looked at.
 *
 * @module
 */
import {
  guardedConfigFolder,
  installIdOf,
  type Layout,
  placesIn,
  realRoot,
  systemStateFolder,
} from "../../adapter/layout.ts";
import { findUser, type SystemUser } from "../../adapter/system_users.ts";
import { findPlaceFault, type PlaceFault } from "../../adapter/trusted_place.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import { type GuardedInstall, userGrammar } from "../../core/integrity/client_file.ts";
import type { GuardedRequest } from "../../edge/cli/guard_keeper.ts";
import { clientFile, isMissing } from "../environment.ts";
import { readClientFile } from "./guards.ts";

export interface GuardedSetup {
  readonly root: string;
  readonly id: string;
  readonly port: number;
  /** Null: to be made. */
  readonly engine: SystemUser | null;
  readonly engineName: string;
  readonly agent: SystemUser;
  readonly program: string;
  readonly others: readonly GuardedInstall[];
  readonly layout: Omit<Layout, "guard">;
  readonly tokenFile: string;
  readonly unitPath: string;
}

/** @throws {EngineError} What is refused; see plan_guarded.ts. */
export function planSetup(request: GuardedRequest): GuardedSetup {
  const root = realRoot(request.root);
  if (root === "") {
    throw usage("Cannot guard the whole disk", "name a project's folder with --root");
  }
  const id = installIdOf(root);
  const others = isMissing(clientFile) ? [] : readClientFile(clientFile);
  const outer = others.find((other) => root.startsWith(`${other.root}/`));
  if (outer !== undefined) throw usage(`"${root}" lies in "${outer.root}", which is guarded`);
  const stateFolder = `${systemStateFolder}/${id}`;
  const policyFolder = `${guardedConfigFolder}/${id}`;
  const tokenFile = `${guardedConfigFolder}/${id}.agent.token`;
  const unitPath = unitPathOf(id);
  for (const folder of [guardedConfigFolder, systemStateFolder]) requireOwnFolder(folder);
  for (const path of [policyFolder, stateFolder, tokenFile, unitPath]) requireFree(path);
  const { engine, agent } = findUsers(request);
  return {
    root,
    id,
    port: choosePort(request.port, others),
    engine,
    engineName: request.engineUser,
    agent,
    program: requireProgram(),
    others,
    layout: placesIn({ root, policyFolder, logPath: `${stateFolder}/audit.log`, stateFolder }),
    tokenFile,
    unitPath,
  };
}

function unitPathOf(id: string): string {
  const units = "/etc/systemd/system";
  return isMissing(units)
    ? `${guardedConfigFolder}/${id}.service`
    : `${units}/sealward-${id}.service`;
}

/** A folder that is there must be root's, down from the top; one that is not, root makes. */
function requireOwnFolder(path: string): void {
  const folder = isMissing(path) ? path.slice(0, path.lastIndexOf("/")) : path;
  const fault = findPlaceFault(folder, { owners: [0], kind: "folder" });
  if (fault !== null) throw unsafe(fault);
}

function unsafe({ path, why, fix }: PlaceFault): EngineError {
  return new EngineError("guard_unsafe", `Cannot install below "${path}": ${why}`, {
    hint: fix ?? "look at it: somebody else put it there",
  });
}

function requireFree(path: string): void {
  if (isMissing(path)) return;
  throw new EngineError("already_initialized", `Cannot install: "${path}" exists`, {
    hint: "nothing is overwritten; move it away as evidence first, see docs/guarded.md",
  });
}

function findUsers({ agent: named, engineUser }: GuardedRequest) {
  if (!userGrammar.test(engineUser)) throw usage(`Cannot use "${engineUser}" as a user's name`);
  const agent = findUser(named);
  if (agent === null) throw wrong(`There is no user "${named}"`, "name the agent's user");
  const engine = findUser(engineUser);
  if (agent.uid === 0) throw wrong("An agent that is root cannot be guarded", "name its own user");
  if (engine?.uid === 0) throw wrong("The engine must not be root", "name a user of its own");
  if (engine?.uid === agent.uid) {
    throw wrong("The engine's user must not be the agent's", "leave --engine-user out");
  }
  return { agent, engine };
}

/** SECURITY: whoever can write the program is the engine. */
function requireProgram(): string {
  const program = Deno.execPath();
  if (!Deno.build.standalone) {
    throw usage("Cannot guard from source", "build the program: deno task build");
  }
  const fault = findPlaceFault(program, { owners: [0], kind: "file" });
  if (fault === null) return program;
  throw new EngineError("guard_unsafe", `Cannot trust the program "${fault.path}": ${fault.why}`, {
    hint: "install it first: install -o root -m 0755 sealward /usr/local/bin/sealward",
  });
}

const firstPort = 8_787;

function choosePort(wanted: number | null, others: readonly GuardedInstall[]): number {
  const taken = new Set(others.map(({ port }) => port));
  if (wanted !== null) {
    if (taken.has(wanted)) throw usage(`Port ${wanted} is another guarded install's`);
    return wanted;
  }
  for (let port = firstPort; port < 65_536; port++) if (!taken.has(port)) return port;
  throw usage("No port is free");
}

function wrong(message: string, hint: string): EngineError {
  return new EngineError("wrong_user", oneLine(message, 200), { hint });
}

function usage(message: string, hint?: string): EngineError {
  return new EngineError("usage", oneLine(message, 200), hint === undefined ? {} : { hint });
}
