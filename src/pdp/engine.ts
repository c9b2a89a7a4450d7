/**
 * The engine as edges see it, and what it is built on.
 *
 * @module
 */
import type { Alarm } from "../core/audit/alarm.ts";
import type { AuditPort } from "../core/audit/audit_port.ts";
import type { Entry, Receipt } from "../core/audit/entry.ts";
import type { EventFilter } from "../core/audit/event_filter.ts";
import type { ExportForm } from "../core/audit/export_event.ts";
import type { EngineState } from "../core/audit/state.ts";
import type { LogReport } from "../core/audit/log_report.ts";
import type { Outcome, Settlement } from "../core/audit/outcome.ts";
import type { LoadSandbox } from "../core/check/check_sandbox.ts";
import type { Decision } from "../core/decision/decision.ts";
import type { Explanation } from "../core/decision/explanation.ts";
import type { BudgetUse } from "../core/decision/list_budgets.ts";
import type { JudgeOptions } from "../core/decision/judge_operations.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { Trust } from "../core/integrity/trust.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import type { JsonObject, Operation, Principal } from "../core/operation/operation.ts";
import type { GrantKind } from "../core/override/terms.ts";
import type { Severity } from "../core/policy/policy.ts";
import type {
  Disk,
  FindStamps,
  NowMicros,
  PolicyReach,
  RandomBytes,
  Sha256,
  Sha512,
  VerifyEd25519,
} from "../core/ports.ts";
import type { OverrideTools } from "../core/override/override_tools.ts";
import type { Candidate, CandidateResult } from "../core/replay/judge_candidate.ts";
import type { KeptFiles } from "../core/replay/kept_input.ts";
import type { ReplayResult } from "../core/replay/replay_result.ts";
import type { SeqRange } from "../core/replay/seq_range.ts";
import type { OverrideDesk } from "./override_desk.ts";

export type { BudgetUse };

/** What the policy on disk is compared with what a human trusted. */
export interface PolicyStatus {
  readonly status: Trust["status"];
  readonly policy_digest: string;
  readonly accepted_digest: string | null;
  readonly policy_trust: Decision["policy_trust"];
  readonly mode: Decision["mode"];
  /** A human locked its files; see policy/SPEC.md, "On the disk". */
  readonly is_locked?: true;
  /** One sentence for people. */
  readonly message: string;
  /** What the one who asks has used, outside of any named session; absent without budgets. */
  readonly budgets?: readonly BudgetUse[];
  /** How many checks the policy in force has; absent where it has none. */
  readonly checks?: number;
  /** How many of them run in a process of their own; absent where none does. */
  readonly process_checks?: number;
  /** Who may approve by the policy in force; absent where it has no such section. */
  readonly overrides?: OverrideFacts;
  /** The newest signed policy this log has seen in force; absent where there was none. */
  readonly manifest?: ManifestFacts;
}

/** `overrides` of a policy, without the keys themselves. */
export interface OverrideFacts {
  readonly approvers: readonly {
    readonly name: string;
    readonly totp: boolean;
    readonly ssh_keys: number;
  }[];
  readonly unnamed_approver: boolean;
  readonly same_uid: "allow" | "deny";
  /** Those that count: without a signature only `once`. */
  readonly grants: readonly GrantKind[];
  readonly inbox: string | null;
}

/** What a signed policy says of itself. */
export interface ManifestFacts {
  readonly policy_version: number;
  readonly project: string;
  readonly signer: string;
  /** Fingerprint, `SHA256:...`. */
  readonly key: string;
  readonly signed_at: string;
  readonly expires_at: string | null;
  readonly min_engine: string;
  /** Whether a log was replayed on the policy before it was signed. */
  readonly has_backtest: boolean;
  /** Something to tell people, as that this engine is older than the signer's; or null. */
  readonly notice: string | null;
}

/** What verifies signatures. */
export interface SignatureTools {
  readonly verifyEd25519: VerifyEd25519;
  readonly sha512: Sha512;
}

/** A caller's own event, as `record` and the library send it. */
export interface CallerEvent {
  readonly type: string;
  readonly severity: Severity;
  readonly details: unknown;
}

/** What an outcome was paired with. */
export interface OutcomeAnswer {
  /** Entry of the decision; null when there is none. */
  readonly decision_seq: number | null;
  readonly alarms: readonly Alarm[];
}

/** How to look at the protected files. */
export interface ObserveOptions {
  /**
   * `near` looks at the files of the last record and where the patterns point from the root: a few
   * milliseconds, for after each operation. Default `whole`: all below the root.
   */
  readonly reach?: "near" | "whole";
  /** Paths relative to the root that the caller itself has just changed for a human. */
  readonly ownChanges?: readonly string[];
}

/** What a look at the protected files came to. */
export interface WatchAnswer {
  readonly alarms: readonly Alarm[];
  /** Whether every protected file is known. */
  readonly is_whole: boolean;
}

/** What would be decided, and why. */
export interface Explained {
  readonly operation: Operation;
  readonly policyStatus: Trust["status"];
  readonly policyDigest: string;
  readonly explanation: Explanation;
}

/** A logged decision, and why it is what it is. */
export interface ExplainedEntry {
  /** Verified. */
  readonly entry: Entry;
  /** Whether this version comes to the same answer. */
  readonly replay: ReplayResult;
  /** Null where it cannot be made again: then only the entry speaks. */
  readonly explanation: Explanation | null;
}

/** A filter of a stream: it has no end to count the newest from. */
export type StreamFilter = Omit<EventFilter, "limit">;

/** Reads the log as it grows. */
export interface EventFollower {
  /**
   * The first time the newest `limit` that match, from then on every match among what was appended
   * since; each entry once. Throws when the chain does not verify.
   */
  readonly readNew: () => Promise<readonly Entry[]>;
}

/** Entries as they are verified. */
export interface EventStream {
  /** The filter in wire words, relative times resolved; see encodeFilter. */
  readonly encoded: JsonObject;
  /** Once, in log order; throws at the first finding. */
  readonly entries: AsyncIterable<Entry>;
}

/** What somebody wants to take out of the log. */
export interface ExportRequest {
  readonly filter: StreamFilter;
  readonly as: ExportForm;
  readonly to: "file" | "stdout";
}

/** Entries on their way out; the entry that says so is durable. */
export interface EventExport {
  /** How many there are. */
  readonly rows: number;
  readonly receipt: Receipt;
  /** Once, in log order; throws at the first finding. */
  readonly entries: AsyncIterable<Entry>;
}

export interface ReplayOptions {
  /** Runs checks again on what they were asked: they must come to the same, on the same fuel. */
  readonly runsChecks?: boolean;
}

/** One entry of a backtest. */
export interface BacktestStep {
  readonly entry: Entry;
  /** Null for an entry that is no decision. */
  readonly result: CandidateResult | null;
}

/** The engine as edges see it. Every method fails closed: it throws EngineError or answers deny. */
export interface Engine {
  /** Decides each operation in order; an answer is returned only after its entry is durable. */
  readonly check: (
    operations: readonly Operation[],
    principal: Principal,
    options?: JudgeOptions,
  ) => Promise<readonly Decision[]>;
  /** Reads and hashes the policy inputs and says whether they are the trusted ones. */
  readonly verifyPolicy: (principal?: Principal) => Promise<PolicyStatus>;
  /** Verified entries only; throws when the chain does not verify. */
  readonly readEvents: (filter: EventFilter) => Promise<readonly Entry[]>;
  /** Verified entries one by one, in bounded memory; throws at the first finding. */
  readonly streamEvents: (filter: StreamFilter) => Promise<EventStream>;
  readonly followEvents: (filter: EventFilter) => Promise<EventFollower>;
  /** Records that, by whom and what is exported, and then gives it. */
  readonly exportEvents: (request: ExportRequest, principal: Principal) => Promise<EventExport>;
  readonly verifyLog: () => Promise<LogReport>;
  /** Makes the logged decisions of a range again, from log and kept inputs alone. */
  readonly replay: (range: SeqRange, options?: ReplayOptions) => AsyncIterable<ReplayResult>;
  /** Judges the logged decisions of a range again under a policy that is not in force. */
  readonly backtest: (range: SeqRange, candidate: Candidate) => AsyncIterable<BacktestStep>;
  /** Says what would be decided and why. Decides nothing, and leaves no decision in the log. */
  readonly explain: (operation: Operation, principal: Principal) => Promise<Explained>;
  /**
   * Says why a logged decision is what it is, by the policy of then.
   *
   * @throws {EngineError} `decision_missing`; what stands against the log.
   */
  readonly explainEntry: (seq: number) => Promise<ExplainedEntry>;
  /**
   * Appends a caller's event; reserved prefixes are refused (`event_invalid`), and those of low
   * severity when the disk is nearly full (`audit_full`).
   */
  readonly recordEvent: (event: CallerEvent, principal: Principal) => Promise<Receipt>;
  /** Pairs what came of an operation with its decision; an alarm when there is none that allows. */
  readonly recordOutcome: (outcome: Outcome, principal: Principal) => Promise<OutcomeAnswer>;
  /** Ends the wait for a session's outcomes; one alarm for each that did not come. */
  readonly settle: (settlement: Settlement, principal: Principal) => Promise<readonly Alarm[]>;
  /** Records how protected files look now; an alarm for each change that no decision explains. */
  readonly observeProtected: (
    principal: Principal,
    options?: ObserveOptions,
  ) => Promise<WatchAnswer>;
  /** Exceptions that people approve. */
  readonly overrides: OverrideDesk;
}

/** Everything the use case needs from outside. */
export interface EngineParts extends KeptFiles {
  readonly audit: AuditPort;
  readonly readPolicy: (reach: PolicyReach) => PolicySnapshot;
  /** Keys whose signature counts; throws where it cannot be known. With any, no other policy does. */
  readonly readTrustedKeys: () => Promise<readonly TrustedKey[]>;
  /** What verifies signatures; loaded for a policy that is new, and never else. */
  readonly loadSignatureTools: () => Promise<SignatureTools>;
  /** Keeps bytes for readKept, durably; returns their SHA-256 (hex). Under the log's lock only. */
  readonly keep: (bytes: Uint8Array) => string;
  /** The engine's state under its SHA-256 (hex), checked against it; null when it is not kept. */
  readonly readState: (sha256: string) => EngineState | null;
  /** Id of the log: what an approval holds for. */
  readonly installId: string;
  /** SCALPEL_TOTP_SECRET or SCALPEL_TOTP_SECRET_FILE is set; see termsOf. */
  readonly hasUnnamedSecret: boolean;
  /** Where checks run; asked where a policy has any that judge an operation, and never else. */
  readonly loadSandbox: LoadSandbox;
  /** What checks approvals; loaded for one, and never else. */
  readonly loadOverrideTools: () => Promise<OverrideTools>;
  readonly disk: Disk;
  readonly findStamps: FindStamps;
  readonly sha256: Sha256;
  readonly randomBytes: RandomBytes;
  readonly nowMicros: NowMicros;
  readonly attestation: Decision["attestation"];
  /** Lets more callers join a group commit; absent where there is only one. */
  readonly waitForCallers?: (hasCompany: boolean) => Promise<void>;
}
