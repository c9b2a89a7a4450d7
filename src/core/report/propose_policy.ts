/**
 * The present policy, enforced, with the exceptions a report found: text for a person to read, edit
 * and accept. Nothing is loosened but by a rule of its own that says why; what no rule may loosen is
 * a comment. Loads both YAML libraries: callers import this file with `await import()`.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { policyPositions } from "../policy/locate.ts";
import { parseYaml } from "../policy/parse_yaml.ts";
import { describeClosed, introduce } from "./proposal_comments.ts";
import type { Release, Report } from "./report.ts";
import { writeComment, writeItem, writeYaml } from "./write_yaml.ts";

/**
 * Writes the proposal.
 *
 * @param text Of the accepted policy: parsePolicy has taken it.
 * @param file For errors only.
 * @throws {EngineError} `internal` when what was written does not say what was meant.
 */
export function proposePolicy(text: string, report: Report, file: string): string {
  const values = parseYaml(text, file) as JsonObject;
  const present = rulesOf(values).filter(isObject);
  const missing = report.proposal.releases.filter((release) =>
    !present.some((rule) => isReleasedBy(rule, release))
  );
  const room = Math.max(0, maxRules - rulesOf(values).length);
  const rules = planRules(missing.slice(0, room), values);
  const wanted = mergeValues(values, rules.map(({ rule }) => rule));
  const comments = commentLines(report, values);
  const lines = rules.flatMap(({ comment, rule }) => [
    `  # ${writeComment(comment)}`,
    ...writeItem(rule, 2).trimEnd().split("\n"),
  ]);
  // In place keeps the comments of whoever wrote the policy; the text is believed only when it
  // reads as the values that were meant.
  const edited = editInPlace(text, values, { rules: lines, comments });
  if (edited !== null && reads(edited, wanted, file)) return edited;
  const whole = `${comments.join("\n")}\n${writeYaml(wanted)}`;
  if (reads(whole, wanted, file)) return whole;
  throw new EngineError("internal", "Cannot write the proposed policy: it reads differently");
}

/** Rules a policy may have. */
const maxRules = 256;

interface PlannedRule {
  readonly rule: JsonObject;
  readonly comment: string;
}

function planRules(releases: readonly Release[], values: JsonObject): readonly PlannedRule[] {
  const ids = new Set(
    rulesOf(values).map((rule) => {
      return typeof rule === "object" && rule !== null && "id" in rule ? String(rule["id"]) : "";
    }),
  );
  return releases.map(({ kind, values: names, verbs, effect, operations, example }) => {
    const id = freeId(`observed-${kind}-${names[0] ?? ""}`, ids);
    const times = operations === 1 ? "once" : `${operations} times`;
    return {
      comment: `${times}, e.g. #${example.seq}: ${example.what}`,
      rule: {
        id,
        match: { [kind]: names, ...(verbs.length === 0 ? {} : { verbs }) },
        effect,
        severity: "LOW",
        reason: names.every((name) => /^\S+ \*$/.test(name))
          ? "Only shows or filters: each program of a released line must be listed"
          : `Seen ${times} before this rule was written`,
      },
    };
  });
}

/** A rule of an earlier proposal, say: what was met before it was in force is still in the log. */
function isReleasedBy({ match, effect }: JsonObject, { kind, values, verbs }: Release): boolean {
  if (!isObject(match) || (effect !== "warn" && effect !== "ask")) return false;
  const isOnlyThis = Object.keys(match).every((key) => key === kind || key === "verbs");
  const lists = (key: string, wanted: readonly string[]) => {
    const listed = match[key];
    return Array.isArray(listed) && wanted.every((value) => listed.includes(value));
  };
  return isOnlyThis && lists(kind, values) && (!("verbs" in match) || lists("verbs", verbs));
}

function freeId(name: string, taken: Set<string>): string {
  const base = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 48);
  let id = base;
  for (let i = 2; taken.has(id); i++) id = `${base}-${i}`;
  taken.add(id);
  return id;
}

function rulesOf(values: JsonObject): readonly Json[] {
  const rules = values["rules"];
  return Array.isArray(rules) ? rules : [];
}

function mergeValues(values: JsonObject, rules: readonly Json[]): JsonObject {
  const { enforcement } = values;
  const mode = isObject(enforcement) && "mode" in enforcement
    ? { enforcement: { ...enforcement, mode: "enforce" } }
    : {};
  const all = [...rulesOf(values), ...rules];
  return { ...values, ...mode, ...(rules.length > 0 ? { rules: all } : {}) };
}

function commentLines(report: Report, values: JsonObject): readonly string[] {
  const { enforcement } = values;
  const isOff = isObject(enforcement) && enforcement["enabled"] === false;
  const off = isOff
    ? ["enforcement.enabled is still false: nothing is enforced until it goes."]
    : [];
  return [...introduce(report), ...off, ...describeClosed(report)]
    .map((line) => line === "" ? "#" : `# ${writeComment(line)}`);
}

interface Insertion {
  /** Lines of list items, dashes at column 3. */
  readonly rules: readonly string[];
  readonly comments: readonly string[];
}

/** Null where the text is written in a way that only a person should edit. */
function editInPlace(present: string, values: JsonObject, insertion: Insertion): string | null {
  const positions = policyPositions(present);
  const lines = present.replace(/\r?\n$/, "").split("\n");
  const mode = positions.get("enforcement.mode");
  const { enforcement } = values;
  if (mode !== undefined && isObject(enforcement) && enforcement["mode"] !== "enforce") {
    const line = lines[mode.line - 1] ?? "";
    const [before, after] = [line.slice(0, mode.column - 1), line.slice(mode.column - 1)];
    lines[mode.line - 1] = before + after.replace(/^(["']?)[a-z]+\1/, "enforce");
  }
  const { rules, comments } = insertion;
  if (rules.length === 0) return [...lines, "", ...comments, ""].join("\n");
  if (!("rules" in values)) return [...lines, "", ...comments, "rules:", ...rules, ""].join("\n");
  return insertRules(lines, positions, insertion);
}

/** Behind the last rule that is there, indented as that one; comments above a next key stay its own. */
function insertRules(
  lines: readonly string[],
  positions: ReturnType<typeof policyPositions>,
  { rules, comments }: Insertion,
): string | null {
  const first = positions.get("rules.0");
  const start = positions.get("rules")?.line;
  const dash = (lines[(first?.line ?? 0) - 1] ?? "").indexOf("-");
  if (first === undefined || start === undefined || dash < 0 || dash >= first.column - 1) {
    return null;
  }
  const nextKey = [...positions].filter(([path, { line }]) =>
    path !== "" && !path.includes(".") && line > start
  ).reduce((least, [, { line }]) => Math.min(least, line), lines.length + 1);
  const isLast = nextKey > lines.length;
  let end = nextKey - 1;
  while (!isLast && /^\s*(?:#.*)?$/.test(lines[end - 1] ?? "x")) end--;
  const margin = " ".repeat(dash);
  const block = [...comments, ...rules.map((line) => line.slice(2))].map((line) => margin + line);
  return [...lines.slice(0, end), ...block, ...lines.slice(end), ""].join("\n");
}

function reads(text: string, wanted: JsonObject, file: string): boolean {
  try {
    return isSame(parseYaml(text, file), wanted);
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return Array.isArray(a) === Array.isArray(b) && keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
