/**
 * Budgets and rules that look back by brute force: every decision looks at the whole list of what was
 * allowed before. policy/SPEC.md in its plainest words; operations on single files, nothing opaque.
 */

export interface PlainOperation {
  readonly type: "file_read" | "file_write" | "file_delete" | "approve";
  readonly files: readonly string[];
  readonly lines: number;
  readonly principal: string;
  readonly session: string;
  readonly seconds: number;
}

export interface PlainBudget {
  readonly count: "operations" | "files" | "deletes" | "lines";
  readonly type: PlainOperation["type"] | null;
  /** A name at any depth, or below a folder of that name. */
  readonly file: string | null;
  readonly per: "session" | "hour" | "day";
  readonly max: number;
  readonly effect: "deny" | "ask";
}

export interface PlainPast {
  readonly key: "after" | "without";
  readonly type: PlainOperation["type"];
  readonly file: string | null;
  /** Null: whoever asks. */
  readonly principal: string | null;
  readonly within: "session" | "hour" | "day";
}

export interface PlainRule {
  readonly type: PlainOperation["type"];
  readonly past: readonly PlainPast[];
  readonly effect: "deny" | "ask" | "warn";
  readonly mode: "enforce" | "observe";
}

export interface PlainHistoryPolicy {
  readonly budgets: readonly PlainBudget[];
  readonly rules: readonly PlainRule[];
}

/** The verdicts, in order. */
export function decideStory(
  { budgets, rules }: PlainHistoryPolicy,
  operations: readonly PlainOperation[],
): readonly ("allow" | "ask" | "deny")[] {
  const allowed: PlainOperation[] = [];
  const sessions = new Map<string, PlainSession>();
  const pasts = rules.flatMap(({ past }) => past);
  return operations.map((now) => {
    const key = `${now.principal} ${now.session}`;
    const known = sessions.get(key);
    const open = known !== undefined && now.seconds - known.at <= 90_000 ? known : null;
    const before = (span: PlainBudget["per"]) => span === "session" ? open?.allowed ?? [] : allowed;
    const said: string[] = [];
    for (const budget of budgets) {
      const use = useOf(budget, now);
      const used = before(budget.per).filter((past) => isCounted(budget, past, now))
        .reduce((sum, past) => sum + useOf(budget, past), 0);
      if (use > 0 && used + use > budget.max) said.push(budget.effect);
    }
    for (const { type, past, effect, mode } of rules) {
      const isMet = now.type === type &&
        past.every((each) =>
          before(each.within).some((one) => isLookedFor(each, one, now)) === (each.key === "after")
        );
      if (isMet && mode === "enforce" && effect !== "warn") said.push(effect);
    }
    const verdict = said.includes("deny") ? "deny" : said.includes("ask") ? "ask" : "allow";
    const isRemembered = verdict === "allow" && (
      budgets.some((budget) => useOf(budget, now) > 0) ||
      pasts.some((each) =>
        isOneOf(each, now) && (each.principal ?? now.principal) === now.principal
      )
    );
    if (isRemembered) {
      allowed.push(now);
      sessions.set(key, { at: now.seconds, allowed: [...open?.allowed ?? [], now] });
    } else if (open !== null && now.seconds - open.at > 3_600) {
      sessions.set(key, { ...open, at: now.seconds });
    }
    return verdict;
  });
}

/** A session goes on as long as something is decided in it, noted at most once in an hour. */
interface PlainSession {
  readonly at: number;
  readonly allowed: readonly PlainOperation[];
}

function useOf({ count, type, file }: PlainBudget, operation: PlainOperation): number {
  if (type !== null && operation.type !== type) return 0;
  const files = operation.files.filter((path) => file === null || isBelow(path, file));
  if (file !== null && files.length === 0) return 0;
  const isChange = operation.type === "file_write" || operation.type === "file_delete";
  switch (count) {
    case "operations":
      return 1;
    case "files":
      return isChange ? new Set(files).size : 0;
    case "deletes":
      return operation.type === "file_delete" ? new Set(files).size : 0;
    case "lines":
      return operation.type === "file_write" ? operation.lines : 0;
  }
}

function isCounted({ per }: PlainBudget, past: PlainOperation, now: PlainOperation): boolean {
  if (per === "session") return true;
  const [span, part] = per === "hour" ? [3_600, 600] : [86_400, 14_400];
  return past.principal === now.principal &&
    Math.floor(past.seconds / part) >= Math.floor((now.seconds - span) / part);
}

function isLookedFor(each: PlainPast, past: PlainOperation, now: PlainOperation): boolean {
  if (!isOneOf(each, past) || past.principal !== (each.principal ?? now.principal)) return false;
  if (each.within === "session") return true;
  return now.seconds - past.seconds <= (each.within === "hour" ? 3_600 : 86_400);
}

function isOneOf({ type, file }: PlainPast, operation: PlainOperation): boolean {
  return operation.type === type &&
    (file === null || operation.files.some((path) => isBelow(path, file)));
}

function isBelow(path: string, name: string): boolean {
  return path.split("/").includes(name);
}
