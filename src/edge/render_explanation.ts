/**
 * Why an operation would be decided so, or was, for people and programs.
 *
 * @module
 */
import type { ExplainedFinding, ExplainedPath, Explanation } from "../core/decision/explanation.ts";
import type { ExplainedRule } from "../core/decision/explain_rules.ts";
import type { Operation } from "../core/operation/operation.ts";
import type { Explained, ExplainedEntry } from "../pdp.ts";
import { type Colour, paint, renderText, type Style } from "./cli/colour.ts";
import { wrapText } from "./cli/wrap_text.ts";
import { violationTexts } from "./codes/violation_texts.ts";
import { renderJson, type RenderOptions } from "./render.ts";
import { renderLocation } from "./render_location.ts";

/** Of each list a table shows so many; JSON has more. */
const maxShown = 20;
const maxSubjectCharacters = 200;
const changeWidth = 96;

const colours = { allow: "green", ask: "yellow", deny: "red" } as const satisfies Record<
  string,
  Colour
>;

/** What would be decided. The word is WOULD, and nothing in it is a decision. */
export function renderExplained(explained: Explained, options: RenderOptions): string {
  const { explanation, operation, policyDigest, policyStatus } = explained;
  if (options.format !== "table") {
    return renderJson({
      schema_version: 1,
      kind: "operation",
      would: explanation.verdict,
      policy_status: policyStatus,
      policy_digest: policyDigest,
      explanation: encode(explanation),
    }, options.format);
  }
  const { style } = options;
  const word = `WOULD ${explanation.verdict.toUpperCase()}`;
  return [
    `${paint(style, colours[explanation.verdict], word)}  ${subjectOf(operation, style)}`,
    "  This explains; it decides nothing, and no decision is in the log.",
    ...renderParts(explanation, style),
    "",
  ].join("\n");
}

/** Why a logged decision is what it is. */
export function renderExplainedEntry(explained: ExplainedEntry, options: RenderOptions): string {
  const { entry: { seq, at, details }, explanation, replay } = explained;
  const { decision = null, codes = [], reason = null, policy_digest, operation = {} } = details;
  const { override } = details;
  if (options.format !== "table") {
    return renderJson({
      schema_version: 1,
      kind: "entry",
      seq,
      at,
      recorded: {
        decision,
        codes,
        reason,
        policy_digest: policy_digest ?? null,
        operation,
        ...(override === undefined ? {} : { override }),
      },
      replay,
      explanation: explanation === null ? null : encode(explanation),
    }, options.format);
  }
  const { style } = options;
  const verdict = String(decision);
  const colour = colours[verdict as keyof typeof colours] ?? "red";
  const what = renderText(style, describe(operation as Readonly<Record<string, unknown>>));
  const again = {
    agrees: "verified in the log, and made again from what is kept: the same",
    disagrees: `made again it is another: ${replay.message ?? ""}`,
    cannot: `it cannot be made again (${replay.code ?? ""}): ${replay.message ?? ""}`,
  }[replay.status];
  return [
    `${paint(style, colour, verdict.toUpperCase())}  entry ${seq}, ${at}  ${what}`.trimEnd(),
    `  ${renderText(style, again)}`,
    ...overrideLines(override, style),
    ...explanation === null ? recordedLines(codes, reason, style) : renderParts(explanation, style),
    "",
  ].join("\n");
}

/** What the entry says of an approval: that it opened a request, or which grant it used. */
function overrideLines(override: unknown, style: Style): readonly string[] {
  if (typeof override !== "object" || override === null) return [];
  const { request, grant, refused, lifted, expires_at: end } = override as Record<string, unknown>;
  const parts = [
    ...grant === undefined ? [] : [`a person approved it: override ${grant}`],
    ...lifted === undefined ? [] : [`without it: ${lifted}`],
    ...request === undefined ? [] : [`a person was asked to approve it: request ${request}`],
    ...typeof end === "number" ? [`until ${new Date(1_000 * end).toISOString()}`] : [],
    ...refused === undefined ? [] : [`nobody could be asked to approve it: ${refused}`],
  ];
  return parts.length === 0 ? [] : [`  ${renderText(style, parts.join(", "))}`];
}

function recordedLines(codes: unknown, reason: unknown, style: Style): readonly string[] {
  const said = Array.isArray(codes) && codes.length > 0 ? codes.join(", ") : "no code";
  return [`  recorded: ${renderText(style, `${said}${reason === null ? "" : `: ${reason}`}`)}`];
}

function encode(explanation: Explanation): unknown {
  const findings = explanation.findings.map((finding) => ({
    ...finding,
    to_change: violationTexts[finding.code].fix,
  }));
  return { ...explanation, findings };
}

function subjectOf({ type, command, tool, affectedFiles }: Operation, style: Style): string {
  const what = command ?? tool?.name ?? affectedFiles[0] ?? "";
  return renderText(style, `${type} ${what}`.trimEnd(), maxSubjectCharacters);
}

function describe({ type, files, command, tool }: Readonly<Record<string, unknown>>): string {
  const file = Array.isArray(files) ? files[0] : undefined;
  return [type, command ?? tool ?? file].filter((part) => part !== undefined).join(" ");
}

function renderParts(explanation: Explanation, style: Style): readonly string[] {
  const { findings, notices, unmeasured, effects, programs, doubts, paths, rules } = explanation;
  const chapter = (title: string, lines: readonly (readonly string[])[]): readonly string[] => {
    if (lines.length === 0) return [];
    const left = lines.length - maxShown;
    const more = left > 0 ? [`  and ${left} more: --format json lists them`] : [];
    return ["", paint(style, "bold", title), ...lines.slice(0, maxShown).flat(), ...more];
  };
  const reasons = findings.length === 0
    ? [["  nothing speaks against it"]]
    : findings.map((finding) => renderFinding(finding, style));
  return [
    ...notices.map((notice) => `  notice: ${renderText(style, notice)}`),
    ...chapter("REASONS", reasons),
    ...chapter(
      "WHAT IT WOULD DO",
      effects.map(({ verb, resource, kind, is_possible }) => [
        `  ${verb.padEnd(8)}${renderText(style, resource)}${kind === "path" ? "" : ` (${kind})`}` +
        (is_possible ? "  perhaps" : ""),
      ]),
    ),
    ...chapter(
      "PROGRAMS",
      programs.map((words) => [
        `  ${renderText(style, words.map((word) => word ?? "?").join(" "))}`,
      ]),
    ),
    ...chapter("NOT KNOWN", [
      ...doubts.map(({ kind, reason }) => [`  ${kind}: ${renderText(style, reason)}`]),
      ...unmeasured.map((limit) => [`  not measured: ${limit}`]),
    ]),
    ...chapter("PATHS", paths.map((path) => renderPath(path, style))),
    ...chapter("RULES", rules.map((rule) => [`  ${renderRule(rule)}`])),
  ];
}

function renderFinding(finding: ExplainedFinding, style: Style): readonly string[] {
  const { policy, code, severity, verdict, overridable, message, source } = finding;
  const lift = overridable ? "a person may approve it" : "no approval lifts it";
  return [
    `  ${paint(style, colours[verdict], verdict)}  ${policy}  ${code}  ${severity}, ${lift}`,
    `    ${renderText(style, message)}`,
    ...source === null ? [] : renderLocation(source, style, "yellow").map((line) => `  ${line}`),
    ...wrapText(`to change it: ${violationTexts[code].fix}`, changeWidth).map((line) =>
      `    ${line}`
    ),
  ];
}

function renderPath(path: ExplainedPath, style: Style): readonly string[] {
  const show = (text: string) => renderText(style, text);
  const { written, lexical, real, failure, kind, forms, below } = path;
  const notes = [
    path.inside_root ? null : "outside the project",
    path.suspicious,
    path.hard_link_of === null ? null : `a second name of ${path.hard_link_of}`,
    path.own_place === null ? null : "the engine's own",
    below === 0 ? null : `${below} entries below${path.is_below_whole ? "" : ", and more"}`,
  ].filter((note) => note !== null);
  return [
    `  ${show(written)}  ${[kind, ...notes.map(show)].join(", ")}`,
    ...(real === null ? [`    no answer: ${show(failure ?? "unknown")}`] : []),
    ...(real !== null && real !== lexical ? [`    leads to  ${show(real)}`] : []),
    `    compared as  ${forms.map((form) => show(form === "" ? "(the root)" : form)).join("  ")}`,
  ];
}

function renderRule({ id, effect: answer, mode, outcome, met, unmet }: ExplainedRule): string {
  const effect = mode === "observe" ? `${answer}, observes` : answer;
  if (outcome === "matched") return `${id} (${effect})  matches`;
  if (unmet.length === 0) {
    return `${id} (${effect})  no one effect meets ${met.join(" and ")} together`;
  }
  const but = met.length === 0 ? "" : `, ${met.join(", ")} met`;
  return `${id} (${effect})  ${outcome === "nearly" ? "nearly: " : ""}${
    unmet.join(", ")
  } not met${but}`;
}
