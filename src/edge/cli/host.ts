/**
 * What commands need from the machine beyond the engine: installs, files of the human, the
 * terminal. Implemented where everything is wired together; faked in tests.
 *
 * @module
 */
import type { SandboxStatus } from "../../core/check/sandbox_port.ts";
import type { Head, Receipt } from "../../core/audit/entry.ts";
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import type { PolicySnapshot } from "../../core/integrity/policy_snapshot.ts";
import type { LogReport } from "../../core/audit/log_report.ts";
import type { SegmentResult } from "../../core/audit/segment_result.ts";
import type { ListTree } from "../../core/policy/lint/find_unmatched.ts";
import type { SignEd25519, VerifyEd25519 } from "../../core/ports.ts";
import type { Engine } from "../../pdp.ts";
import type { EnrolmentView } from "../../pdp/override_desk.ts";
import type { AgentFiles } from "../hook/wiring/agent_files.ts";
import type { HookRoad } from "../hook/run_hook.ts";
import type { RenderOptions } from "../render.ts";
import type { AuditKeeper } from "./audit_keeper.ts";
import type { Connection, ConnectOptions, HookRoadOptions } from "./connection.ts";
import type { VerifyLogOptions, VerifySegmentsOptions } from "./verify_options.ts";
import type { GuardKeeper } from "./guard_keeper.ts";
import type { McpKeeper } from "./mcp_keeper.ts";
import type { CheckWorkshop, WorkshopRequest } from "./check_workshop.ts";
import type { ByteWriter } from "./output.ts";
import type { OverrideKeeper } from "./override_keeper.ts";
import type { OverrideRoad, OverrideRoadOptions } from "./override_road.ts";
import type { Launch } from "./launch.ts";
import type { Road, RoadRequest } from "./road.ts";
import type { ShippedCheckFiles } from "./shipped_checks.ts";
import type { TestGround } from "./test_ground.ts";
import type { PolicySigner } from "./policy_signer.ts";

/** Where an install's parts lie; absolute paths. */
export interface InstallPaths {
  readonly root: string;
  readonly policyPath: string;
  readonly logPath: string;
  readonly stateFolder: string;
  readonly agentTokenPath: string;
  readonly approverTokenPath: string;
  readonly operatorTokenPath: string;
}

/** One row of `doctor --permissions`. */
export interface PermissionRow {
  readonly name: string;
  readonly state: "granted" | "denied";
}

/** What an install keeps about itself. */
export interface InstallRecord {
  readonly version: 1;
  readonly root: string;
  readonly log_id: string;
  /** SHA-256 of the log's genesis line, hex. */
  readonly fingerprint: string;
  /** Raw Ed25519 public key, base64. */
  readonly public_key: string;
  readonly created_at: string;
}

/** How far permissions are given up before the first byte of an operation is read. */
export interface OpenOptions {
  /** As given with --root; null looks upward from the working folder. */
  readonly root: string | null;
  /** Files the human named for output: they stay writable. */
  readonly outputs?: readonly string[];
  readonly role: "one-shot" | "server";
  /** Looks at permissions before and after sealing. */
  readonly explains?: boolean;
  /** False where nothing is decided: no sandbox is started. */
  readonly runsChecks?: boolean;
}

/** An install, open and sealed. */
export interface OpenInstall {
  readonly engine: Engine;
  readonly paths: InstallPaths;
  readonly record: InstallRecord;
  /** `uid:1000`, or `user` where the system does not say. */
  readonly principal: string;
  /** Where the audit secret came from, and things to tell people. */
  readonly secretSource: string;
  readonly warnings: readonly string[];
  readonly permissions: {
    readonly before: readonly PermissionRow[];
    readonly after: readonly PermissionRow[];
  };
  /** Only for role `server`. */
  readonly tokens:
    | { readonly agent: string; readonly operator: string; readonly approver: string | null }
    | null;
  readonly sign: SignEd25519 | null;
  readonly keyId: string;
  /** Null for a local install. */
  readonly guard:
    | { readonly port: number; readonly engineUser: string; readonly agentUid: number }
    | null;
  /** What a guarded install's workspace proposes; null for a local one. */
  readonly readDrift: (() => Promise<DriftReport>) | null;
  /** Of the processes that run checks; null where none was started. */
  readonly sandboxStatus: () => SandboxStatus | null;
  /** For whoever runs longer than one command. */
  readonly log: {
    readonly isFull: () => boolean;
    readonly segment: () => number;
    readonly rotate: () => Promise<boolean>;
    readonly head: () => Promise<Head>;
  };
  /** Makes head and mark durable. */
  readonly close: () => Promise<void>;
}

/** What a backtest reads. */
export type BacktestInstall = Pick<OpenInstall, "engine" | "record" | "log" | "close">;

/** What `policy lock` and `policy unlock` found after they tried. */
export interface LockOutcome {
  readonly path: string;
  /** Mode bits read back, e.g. `444`. */
  readonly mode: string;
  readonly isLocked: boolean;
  /** What keeps the files from being written, all of them. */
  readonly holds: "immutable" | "read_only" | "nothing";
  readonly files: readonly {
    readonly path: string;
    readonly mode: string;
    readonly is_immutable: boolean;
  }[];
}

/** An output file that is written piece by piece. */
export interface GrowingFile extends ByteWriter {
  /** Makes what was written durable. */
  readonly finish: () => void;
  /** Takes the file away: half an answer must not pass for a whole one. */
  readonly discard: () => void;
}

export interface Host {
  readonly paths: (root: string | null) => InstallPaths;
  readonly isInitialized: (root: string | null) => boolean;
  /** Whether client.json says who decides for the root. */
  readonly isGuarded: (root: string | null) => boolean;
  readonly open: (options: OpenOptions) => Promise<OpenInstall>;
  /** Keys, tokens, genesis; refuses a root its state folder already knows. */
  readonly createInstall: (root: string) => Promise<InstallRecord>;
  /** For root, who sets up guarded installs and their policies. */
  readonly guardKeeper: () => Promise<GuardKeeper>;
  /** Writes a file that must not exist yet; creates `.scalpel` when needed. */
  readonly writeNewFile: (path: string, text: string) => void;
  /** Takes back what writeNewFile wrote, as far as it can; and their folders, when nothing else is in. */
  readonly removeFiles: (paths: readonly string[]) => void;
  readonly exists: (path: string) => boolean;
  readonly readPolicy: (root: string | null) => PolicySnapshot;
  /** The text of an input as it was accepted, by SHA-256; null when no copy is kept. */
  readonly readAcceptedText: (root: string | null, sha256: string) => string | null;
  /**
   * Appends the acceptance of exactly this snapshot, keeping a copy of its inputs.
   *
   * @throws {EngineError} `policy_tampered` when the disk no longer holds what was shown.
   */
  readonly acceptPolicy: (root: string | null, shown: PolicySnapshot) => Promise<Receipt>;
  readonly verifyLog: (root: string | null, options?: VerifyLogOptions) => Promise<LogReport>;
  /** Verifies files without an install; gives up every permission but reading before it does. */
  readonly verifySegments: (options: VerifySegmentsOptions) => Promise<readonly SegmentResult[]>;
  /** A signed checkpoint of the log as it is; an entry says that it was given out. */
  readonly checkpointLog: (root: string | null) => Promise<string>;
  /** A proof that an entry is in the log, for whoever has only the public key. */
  readonly proveEntry: (root: string | null, seq: number) => Promise<string>;
  /** For a human who keeps the log; each of its acts seals the process for itself. */
  readonly auditKeeper: (root: string | null) => Promise<AuditKeeper>;
  /**
   * For a human who enrols. @param secretOutputs Absolute; see createOutputFile.
   *
   * @throws {EngineError} `wrong_user` in a guarded install, unless it is the engine's user.
   */
  readonly overrideKeeper: (
    root: string | null,
    secretOutputs: readonly string[],
  ) => Promise<OverrideKeeper>;
  /** For a human who signs policies. */
  readonly policySigner: () => Promise<PolicySigner>;
  /** A policy file that need not be in force, or a folder with policy.yaml and what belongs to it. */
  readonly readDraft: (path: string) => PolicySnapshot;
  /** The log of the install at `root`, for replaying it; the process keeps its permissions. */
  readonly openForBacktest: (root: string | null) => Promise<BacktestInstall>;
  /** Throws `signature_required` where a key is trusted: then accepting is not enough. */
  readonly requireUnsigned: () => Promise<void>;
  /** Gives up every permission but reading, for commands that need no install. */
  readonly sealForReading: () => Promise<VerifyEd25519>;
  /** Looks into folders of the project, within bounds of time and number; see ListTree. */
  readonly openTree: (root: string | null) => ListTree;
  /** Writes the schema beside the policy, in place of what is there; its path. */
  readonly writeSchema: (root: string | null, text: string) => string;
  /** For policy tests: no install is needed, and the process is sealed for reading. */
  /** For trying checks out: no install is needed, and the process is sealed before it returns. */
  readonly openCheckWorkshop: (request: WorkshopRequest) => Promise<CheckWorkshop>;
  /** The checks that come with the program, and where a project keeps its own. */
  readonly shippedCheckFiles: (root: string | null) => Promise<ShippedCheckFiles>;
  readonly openTestGround: (root: string | null, draft: string | null) => Promise<TestGround>;
  /** Locks the files of the policy in force and records it; records nothing that does not hold. */
  readonly lockPolicy: (root: string | null) => Promise<LockOutcome>;
  readonly unlockPolicy: (root: string | null) => Promise<LockOutcome>;
  /** SHA-256 by path of the inputs accepted last; empty before the first time. */
  readonly acceptedInputs: (root: string | null) => Promise<ReadonlyMap<string, string>>;
  /** Throws `already_initialized` where something of an install exists. */
  readonly requireNew: (root: string) => Promise<void>;
  /** Throws what stands against the policy at `root`, before anything is made. */
  readonly refuseFaultyPolicy: (root: string | null) => Promise<void>;
  /** Raw bytes of a policy file, size-limited; need not be in force. */
  readonly readPolicyFile: (path: string) => Uint8Array;
  /** At most `limitBytes`; more is refused (`operation_too_large`). */
  readonly readInput: (path: string | null, limitBytes: number) => Promise<Uint8Array>;
  /**
   * Which way questions about a root go: to a server, or null for this process.
   *
   * @throws {EngineError} `usage` where a guarded install fixes it and something named another.
   */
  readonly road: (request: RoadRequest) => Road | null;
  /** A decider that asks a server; its own permissions are sealed too. */
  readonly connect: (options: ConnectOptions) => Promise<Connection>;
  /** Where requests for an exception are answered. */
  readonly openOverrides: (options: OverrideRoadOptions) => Promise<OverrideRoad>;
  /** What decides behind a hook; the process is sealed before it is returned. */
  readonly openHook: (options: HookRoadOptions) => Promise<HookRoad>;
  /** What stands behind `sealward mcp`. */
  readonly mcpKeeper: () => Promise<McpKeeper>;
  readonly writeOutputFile: (path: string, text: string) => void;
  /** 0600; `output_unwritable` when something is there already. */
  readonly createOutputFile: (path: string) => Promise<GrowingFile>;
  readonly buildInfo: () => Record<string, unknown>;
  readonly examine: (root: string | null) => Promise<readonly Finding[]>;
  /** Looks at the folder for signed approvals, which only the policy in force names. */
  readonly examineInbox: (root: string | null, inbox: string) => Promise<readonly Finding[]>;
  /** Reads the seed of each, and keeps none; a finding for each that cannot be used. */
  readonly examineEnrolled: (
    root: string | null,
    enrolments: readonly EnrolmentView[],
  ) => Promise<readonly Finding[]>;
  /** Settings files of agents' hosts; to be used before an install is opened, which seals. */
  readonly agentFiles: () => Promise<AgentFiles>;
  readonly serve: (install: OpenInstall, options: ServeCommandOptions) => Promise<void>;
  readonly launch: Launch;
  readonly variable: (name: string) => string | undefined;
  readonly cwd: string;
  /** Joined to the working folder. */
  readonly absolute: (path: string) => string;
  readonly pause: (ms: number) => Promise<void>;
  /** Removes variables that redirect a listener; throws when they stay. */
  readonly clearServeEnvironment: () => Promise<void>;
  /** Whether a human sits at the input. */
  readonly isInteractive: boolean;
  /** Whether a human sees the errors as they are written. */
  readonly isWatched: boolean;
  /** Asks on the terminal; null at its end. */
  readonly ask: (question: string) => string | null;
  /** The same, on stderr; hidden, nothing of the answer is shown. Null without a terminal, too. */
  readonly askPerson: (question: string, echo: "shown" | "hidden") => Promise<string | null>;
}

export interface ServeCommandOptions {
  readonly port: number;
  readonly say: (line: string) => void;
  /** For who started this server beside a program: it ends when its standard input does. */
  readonly beside?: { readonly onListen: (port: number) => void };
}

/** One thing `doctor` or `status` looked at: `OK`, `WARN` to read, `FAIL` with a fix. */
export interface Finding {
  readonly level: "OK" | "WARN" | "FAIL";
  /** Names the thing in a word or two; the same on every run. */
  readonly subject: string;
  /** What was found, one sentence. */
  readonly message: string;
  /** What to do about it, one line. */
  readonly fix?: string;
  /** Exit status of a FAIL; left out: 1. 2 is a policy nobody trusts, 5 is tampering. */
  readonly exit?: 1 | 2 | 5;
}

/** What every command gets. */
export interface CliContext {
  readonly host: Host;
  readonly stdout: ByteWriter;
  readonly stderr: ByteWriter;
  /** For stdout, in the format the command line asked for. */
  readonly render: (format: RenderOptions["format"]) => RenderOptions;
  readonly renderErrors: (format: RenderOptions["format"]) => RenderOptions;
}
