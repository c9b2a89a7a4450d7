/**
 * The machine, for the commands: wires adapters and files behind one object (edge/cli/host.ts).
 *
 * @module
 */
import { isThere } from "../adapter/is_there.ts";
import { readKept } from "../adapter/kept_inputs.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import { EngineError, toEngineError } from "../core/errors.ts";
import { version } from "../core/version.ts";
import type { Host, InstallPaths } from "../edge/cli/host.ts";
import type { Layout } from "../adapter/layout.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import { findRoad } from "./find_road.ts";
import { openInstall } from "./open_install.ts";
import { policyActions } from "./policy_actions.ts";
import { readInput } from "./read_input.ts";
import { readPolicyFile } from "./read_policy_file.ts";
import { writeOutputFile } from "./output_file.ts";

/**
 * Builds the host on what was read of the surroundings. What only some commands need is loaded
 * when they ask: a one-shot check loads none of it.
 */
export function createHost(
  surroundings: Surroundings,
  human: Pick<Host, "isInteractive" | "isWatched">,
): Host {
  const layoutAt = (root: string | null) => findLayout(surroundings, root);
  return {
    ...rareActions(surroundings, layoutAt),
    ...auditActions(surroundings, layoutAt),
    ...policyActions(surroundings, layoutAt),
    ...roadActions(surroundings),
    paths: (root) => pathsOf(layoutAt(root)),
    isInitialized: (root) => {
      const { guard, recordPath } = layoutAt(root);
      // A guarded install's record is the engine's alone; that it is there, client.json says.
      return guard !== null || isThere(recordPath);
    },
    open: async (options) => {
      await requireOutputs(layoutAt, options);
      const install = await openInstall(surroundings, options);
      return { ...install, guard: install.layout.guard, paths: pathsOf(install.layout) };
    },
    agentFiles: async () => (await import("./agent_files.ts")).openAgentFiles(surroundings),
    sealForReading: async () => await (await import("./seal_for_reading.ts")).sealForReading(),
    writeNewFile,
    removeFiles,
    exists: isThere,
    readPolicy: (root) => openPolicyStore(layoutAt(root))(),
    readAcceptedText: (root, sha256) => readAcceptedText(() => layoutAt(root), sha256),
    readPolicyFile,
    readInput,
    writeOutputFile,
    createOutputFile: async (path) =>
      (await import("./create_output_file.ts")).createOutputFile(path),
    buildInfo,
    variable: surroundings.variable,
    cwd: surroundings.cwd,
    absolute: (path) => path.startsWith("/") ? path : `${surroundings.cwd}/${path}`,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...human,
    ask: (question) => prompt(question),
    askPerson: async (question, echo) =>
      (await import("../adapter/ask_person.ts")).askPerson(question, echo),
  };
}

/** Loaded where a human names one. */
async function requireOutputs(
  layoutAt: (root: string | null) => Layout,
  { root, outputs = [] }: Parameters<Host["open"]>[0],
): Promise<void> {
  if (outputs.length === 0) return;
  const { requireOutput } = await import("./require_output.ts");
  for (const path of outputs) requireOutput(layoutAt(root), path);
}

type RareAction =
  | "createInstall"
  | "requireNew"
  | "auditKeeper"
  | "overrideKeeper"
  | "examine"
  | "examineInbox"
  | "examineEnrolled"
  | "serve"
  | "clearServeEnvironment"
  | "launch";

/** What a one-shot check never does; each loads its own code. */
function rareActions(
  surroundings: Surroundings,
  layoutAt: (root: string | null) => Layout,
): Pick<Host, RareAction> {
  return {
    createInstall: async (root) => {
      const { createInstall } = await import("./create_install.ts");
      return await createInstall(surroundings, root);
    },
    requireNew: async (root) => {
      const { requireNew } = await import("./create_install.ts");
      requireNew(surroundings, layoutAt(root));
    },
    auditKeeper: async (root) => {
      const { createAuditKeeper } = await import("./audit_keeper.ts");
      return createAuditKeeper(surroundings, layoutAt(root));
    },
    overrideKeeper: async (root, secretOutputs) => {
      const { openOverrideKeeper } = await import("./override_keeper.ts");
      return await openOverrideKeeper(surroundings, layoutAt(root), secretOutputs);
    },
    examineInbox: async (root, inbox) => {
      const { examineInbox } = await import("./doctor/examine_overrides.ts");
      return examineInbox(inbox, layoutAt(root));
    },
    examineEnrolled: async (root, enrolments) => {
      const { examineEnrolled } = await import("./doctor/examine_overrides.ts");
      return examineEnrolled(enrolments, layoutAt(root), surroundings);
    },
    examine: async (root) => {
      const { examine } = await import("./doctor/examine.ts");
      return await examine(surroundings, root, buildInfo());
    },
    serve: async (install, options) =>
      await (await import("./serve_install.ts")).serveInstall(install, options),
    launch: async (request) =>
      await (await import("./exec/launch.ts")).launch(surroundings, request),
    clearServeEnvironment: async () => {
      const { assertServeEnvironment } = await import("../edge/server/serve_environment.ts");
      assertServeEnvironment(Deno.env);
    },
  };
}

/** Who decides: this process, a server, or the engine of a guarded install. */
function roadActions(
  surroundings: Surroundings,
): Pick<
  Host,
  "road" | "isGuarded" | "connect" | "openOverrides" | "openHook" | "mcpKeeper" | "guardKeeper"
> {
  return {
    road: (request) => findRoad(surroundings, request),
    isGuarded: (root) =>
      surroundings.guards !== null && findLayout(surroundings, root).guard !== null,
    connect: async (options) => await (await import("./connect.ts")).connect(surroundings, options),
    openOverrides: async (options) =>
      await (await import("./open_overrides.ts")).openOverrides(surroundings, options),
    openHook: async (options) =>
      await (await import("./open_hook.ts")).openHook(surroundings, options),
    mcpKeeper: async () => (await import("./open_mcp.ts")).createMcpKeeper(surroundings),
    guardKeeper: async () =>
      (await import("./guarded/guard_keeper.ts")).createGuardKeeper(surroundings),
  };
}

/** What only people who look after a log do. */
function auditActions(
  surroundings: Surroundings,
  layoutAt: (root: string | null) => Layout,
): Pick<Host, "verifyLog" | "verifySegments" | "checkpointLog" | "proveEntry"> {
  return {
    verifyLog: async (root, options) => {
      const { plainVerify, verifyLog } = await import("./verify_log.ts");
      return await verifyLog(surroundings, layoutAt(root), options ?? plainVerify);
    },
    verifySegments: async (options) =>
      await (await import("./verify_segments.ts")).verifySegments(surroundings, options),
    checkpointLog: async (root) =>
      await (await import("./checkpoint_log.ts")).checkpointLog(surroundings, root),
    proveEntry: async (root, seq) =>
      await (await import("./checkpoint_log.ts")).proveEntry(surroundings, root, seq),
  };
}

/** Null also where there is no install: a policy can be signed in a mere checkout. */
function readAcceptedText(find: () => Layout, sha256: string): string | null {
  try {
    const bytes = readKept(find(), sha256);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  } catch (error) {
    if (toEngineError(error).code === "not_initialized") return null;
    throw error;
  }
}

function pathsOf(layout: Layout): InstallPaths {
  return {
    root: layout.root,
    policyPath: layout.policyPath,
    logPath: layout.logPath,
    stateFolder: layout.stateFolder,
    agentTokenPath: `${layout.tokensFolder}/agent`,
    approverTokenPath: `${layout.tokensFolder}/approver`,
    operatorTokenPath: `${layout.tokensFolder}/operator`,
  };
}

function writeNewFile(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o644 });
  try {
    writeAllSync(file, new TextEncoder().encode(text));
  } catch (error) {
    // Half a policy left behind would pass for somebody's own the next time.
    Deno.removeSync(path);
    throw new EngineError("output_unwritable", `Cannot write "${path}"`, {
      hint: "look for a full or failing disk",
      cause: error,
    });
  } finally {
    file.close();
  }
}

function removeFiles(paths: readonly string[]): void {
  const folders = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))))]
    .sort((a, b) => b.length - a.length);
  for (const path of [...paths, ...folders]) {
    try {
      Deno.removeSync(path);
    } catch {
      // A folder with something else in it stays.
    }
  }
}

function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}

function buildInfo(): Record<string, unknown> {
  const fallback = { version, base: Deno.version.deno, evaluation: false, commit: null };
  try {
    const text = Deno.readTextFileSync(`${import.meta.dirname}/build_info.json`);
    return JSON.parse(text);
  } catch (error) {
    // Running from source: there is no build to speak of.
    return toEngineError(error).code === "internal" ? fallback : {};
  }
}
