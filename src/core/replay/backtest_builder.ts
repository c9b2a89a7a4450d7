/**
 * Gathers what a candidate would have changed, in bounded memory whatever the log's length.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { sha256 } from "../integrity/sha256.ts";
import { encodeHex } from "@std/encoding/hex";
import { oneLine } from "../errors.ts";
import { maxBacktestGroups, maxGroupSeqs } from "../limits.ts";
import {
  describeOperation,
  type LoggedDecision,
  readLoggedDecision,
} from "../report/logged_decision.ts";
import { version } from "../version.ts";
import {
  type BacktestReport,
  type FlipExample,
  type FlipGroup,
  isWidening,
  type UnjudgedGroup,
} from "./backtest_report.ts";
import type { CandidateResult, UnjudgedCode } from "./judge_candidate.ts";

/** Decisions of a group that are quoted. */
const maxExamples = 5;
const maxAskedCharacters = 160;
const maxMessageCharacters = 200;

type Judged = Extract<CandidateResult, { readonly status: "judged" }>;

/** Of the same shape as the group it becomes. */
interface OpenGroup extends Pick<FlipGroup, "id" | "from" | "to" | "policies" | "operation"> {
  count: number;
  first_seq: number;
  last_seq: number;
  readonly seqs: number[];
  readonly examples: FlipExample[];
}

export class BacktestBuilder {
  readonly #logId: string;
  readonly #policyDigest: string;
  readonly #groups = new Map<string, OpenGroup>();
  readonly #unjudged = new Map<
    UnjudgedCode,
    { -readonly [K in keyof UnjudgedGroup]: UnjudgedGroup[K] }
  >();
  #first: Entry | null = null;
  #last: Entry | null = null;
  #entries = 0;
  #same = 0;
  #changed = 0;
  #widened = 0;
  #unjudgedCount = 0;

  constructor(logId: string, policyDigest: string) {
    this.#logId = logId;
    this.#policyDigest = policyDigest;
  }

  /**
   * Takes the next entry.
   *
   * @param entry Verified.
   * @param result Null for an entry that is no decision.
   */
  add(entry: Entry, result: CandidateResult | null): void {
    this.#entries++;
    this.#first ??= entry;
    this.#last = entry;
    if (result === null) return;
    if (result.status === "unjudged") this.#addUnjudged(result);
    else if (result.from === result.to) this.#same++;
    else this.#addFlip(entry, result);
  }

  finish(): BacktestReport {
    const [first, last] = [this.#first, this.#last];
    return {
      schema_version: 1,
      kind: "backtest",
      engine: version,
      policy_digest: this.#policyDigest,
      log: {
        log_id: this.#logId,
        first_seq: first?.seq ?? null,
        last_seq: last?.seq ?? null,
        last_at: last?.at ?? null,
        last_mac: last?.mac ?? null,
      },
      entries: this.#entries,
      decisions: this.#same + this.#changed + this.#unjudgedCount,
      same: this.#same,
      changed: this.#changed,
      widened: this.#widened,
      unjudged: this.#unjudgedCount,
      groups: [...this.#groups.values()].sort(byWeight).map(closeGroup),
      unjudged_groups: [...this.#unjudged.values()],
    };
  }

  #addUnjudged({ seq, code, message }: Extract<CandidateResult, { status: "unjudged" }>): void {
    this.#unjudgedCount++;
    const known = this.#unjudged.get(code);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const shown = oneLine(message, maxMessageCharacters);
    this.#unjudged.set(code, { code, count: 1, first_seq: seq, message: shown });
  }

  #addFlip(entry: Entry, result: Judged): void {
    const decision = readLoggedDecision(entry);
    this.#changed++;
    if (isWidening(result)) this.#widened++;
    const group = this.#groupOf(result, decision);
    group.count++;
    group.last_seq = entry.seq;
    if (group.seqs.length < maxGroupSeqs) group.seqs.push(entry.seq);
    if (group.examples.length >= maxExamples || decision === null) return;
    const asked = oneLine(describeOperation(decision), maxAskedCharacters);
    group.examples.push({ seq: entry.seq, at: entry.at, asked });
  }

  #groupOf(result: Judged, decision: LoggedDecision | null): OpenGroup {
    const { from, to, seq } = result;
    const policies = isLoosening(result) ? result.fromPolicies : result.toPolicies;
    const operation = decision === null ? "unknown" : kindOf(decision);
    const key = idOf({ from, to, policies, operation });
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size < maxBacktestGroups) {
      return this.#open({ id: key, from, to, policies, operation }, seq);
    }
    // More kinds than anybody reads: the rest has to be agreed to, or not, as a whole.
    const rest = { from, to, policies: ["others"], operation: "others" };
    const id = idOf(rest);
    return this.#groups.get(id) ?? this.#open({ ...rest, id }, seq);
  }

  #open(
    group: Pick<OpenGroup, "id" | "from" | "to" | "policies" | "operation">,
    seq: number,
  ): OpenGroup {
    const opened = { ...group, count: 0, first_seq: seq, last_seq: seq, seqs: [], examples: [] };
    this.#groups.set(group.id, opened);
    return opened;
  }
}

function closeGroup(group: OpenGroup): FlipGroup {
  const { id, from, to, policies, operation, count, first_seq, last_seq, seqs, examples } = group;
  return { id, from, to, policies, operation, count, first_seq, last_seq, seqs, examples };
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const;

/** Whether the candidate is the milder one. */
function isLoosening({ from, to }: Pick<FlipGroup, "from" | "to">): boolean {
  return strictness[to] < strictness[from];
}

/** What needs a human comes first, then what is seen most. */
function byWeight(a: OpenGroup, b: OpenGroup): number {
  const rank = (group: OpenGroup) => isWidening(group) ? 0 : isLoosening(group) ? 1 : 2;
  return rank(a) - rank(b) || b.count - a.count || (a.id < b.id ? -1 : 1);
}

function kindOf({ type, programs, tool }: LoggedDecision): string {
  if (programs.length > 0) return `${type}/${programs.slice(0, 3).join("+")}`;
  return tool === null ? type : `${type}/${tool}`;
}

/**
 * A name that a shell passes on as it is. SECURITY: tools and types are named by agents: what is
 * replaced is told apart by a hash, so that no group can hide in another.
 */
function idOf(
  { from, to, policies, operation }: Pick<FlipGroup, "from" | "to" | "policies" | "operation">,
): string {
  const whole = `${from}-${to}:${policies.join("+")}:${operation}`;
  const plain = whole.replace(/[^A-Za-z0-9_.:+/-]/g, "_").slice(0, 160);
  if (plain === whole) return plain;
  return `${plain}~${encodeHex(sha256(new TextEncoder().encode(whole))).slice(0, 8)}`;
}
