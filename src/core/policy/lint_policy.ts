/**
 * Everything there is to say about a policy's text, for people and editors. Loads `yaml`; callers
 * import this file with `await import()`.
 *
 * @module
 */
import { EngineError, type ErrorCode, type SourceLocation } from "../errors.ts";
import { policyFile, textFiles } from "../integrity/policy_snapshot.ts";
import { compilePolicy } from "./compile_policy.ts";
import { decodePolicy } from "./decode_policy.ts";
import { findSectionFault } from "./find_section_fault.ts";
import { findCheckFiles, findChecks } from "./lint/find_checks.ts";
import { findOverrides, findSameUid, findUnsignedGrants } from "./lint/find_overrides.ts";
import { findPatterns } from "./lint/find_patterns.ts";
import { findPolicySecrets, type PolicySecret } from "./lint/find_policy_secrets.ts";
import { findRepeats } from "./lint/find_repeats.ts";
import { findRules } from "./lint/find_rules.ts";
import { findSettings } from "./lint/find_settings.ts";
import { findUnmatched, type ListTree } from "./lint/find_unmatched.ts";
import { findWords } from "./lint/find_words.ts";
import { type FindWeaknesses, type LintCode, lintCodes, type Weakness } from "./lint/weakness.ts";
import { policyPositions, withLocation } from "./locate.ts";
import { shownLine } from "./location_at.ts";
import { parsePolicy } from "./parse_policy.ts";
import { parseYaml } from "./parse_yaml.ts";
import type { Policy } from "./policy.ts";
import { compareParsers } from "./second_parser.ts";
import { joinSection, parseSection, sectionFiles } from "./section_file.ts";

/** An error stops the policy, a warning is likely a mistake, a notice weakens it on purpose. */
export interface LintFinding {
  readonly severity: "error" | "warning" | "notice";
  readonly code: ErrorCode | LintCode;
  readonly message: string;
  readonly hint: string | null;
  readonly location: SourceLocation | null;
}

export interface LintReport {
  /** Null when there is an error. */
  readonly policy: Policy | null;
  /** One error, or any number of warnings and notices. */
  readonly findings: readonly LintFinding[];
}

/** What there is to tell about a file. */
export interface LintOutcome {
  /** As the command line names it. */
  readonly file: string;
  readonly findings: readonly LintFinding[];
}

export interface LintOptions {
  /** Looks for what patterns match; left out: nobody looks. */
  readonly listTree?: ListTree;
  /** Bytes of budget.yaml and overrides.yaml beside the policy, by path as in a snapshot. */
  readonly beside?: ReadonlyMap<string, Uint8Array>;
  /** SHA-256 in hex by path, of every policy input; left out: nobody compares pins. */
  readonly inputs?: ReadonlyMap<string, string>;
  /** The policy is signed, or about to be. */
  readonly isSigned?: boolean;
  /** It is of a guarded install; left out: nobody knows. */
  readonly isGuarded?: boolean;
}

/** In the order findings are told. */
const finders: readonly FindWeaknesses[] = [
  findSettings,
  findPatterns,
  findRepeats,
  findRules,
  findWords,
  findOverrides,
  findChecks,
];

/** Reads a policy with both parsers and looks for likely mistakes. Total over all bytes. */
export function lintPolicy(
  bytes: Uint8Array,
  file: string,
  { listTree, beside, inputs, isSigned = false, isGuarded = false }: LintOptions = {},
): LintReport {
  const texts = new Map<string, string>();
  try {
    const policy = readPolicy(bytes, file, texts);
    const whole = beside === undefined ? policy : addSections(bytes, beside, texts) ?? policy;
    const weaknesses = [
      ...finders.flatMap((find) => find(whole)),
      ...(isGuarded ? [] : findSameUid(whole)),
      ...(isSigned ? [] : findUnsignedGrants(whole)),
      ...(inputs === undefined ? [] : findCheckFiles(whole, inputs)),
      ...(listTree === undefined ? [] : findUnmatched(whole, listTree)),
    ];
    const secrets = secretsOf(texts);
    const findings = hideSecrets(locate(weaknesses, texts), secrets);
    return { policy: whole, findings: [...findings, ...tellSecrets(secrets)].sort(byPlace) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { code, message, hint, location } = withLocation(error, texts.get(file) ?? "", file);
    const findings: LintFinding[] = [{ severity: "error", code, message, hint, location }];
    return { policy: null, findings: hideSecrets(findings, secretsOf(texts)) };
  }
}

/** Notes the text as soon as there is one. */
function readPolicy(bytes: Uint8Array, file: string, texts: Map<string, string>): Policy {
  const text = decodePolicy(bytes, file);
  texts.set(file, text);
  const policy = parsePolicy(text, file);
  const disagreement = compareParsers(text, file);
  if (disagreement !== null) throw disagreement;
  return policy;
}

/** The same policy with the sections of the files beside it; null when there are none. */
function addSections(
  bytes: Uint8Array,
  beside: ReadonlyMap<string, Uint8Array>,
  texts: Map<string, string>,
): Policy | null {
  const found = sectionFiles.flatMap((sectionFile) => {
    const section = beside.get(sectionFile.file);
    return section === undefined ? [] : [{ sectionFile, section }];
  });
  if (found.length === 0) return null;
  for (const { sectionFile: { file }, section } of found) {
    texts.set(file, decodePolicy(section, file));
  }
  const fault = findSectionFault({ files: new Map([...beside, [policyFile, bytes]]) });
  if (fault !== null) throw fault;
  return compilePolicy(found.reduce(
    (values, { sectionFile }) =>
      joinSection(
        sectionFile,
        values,
        parseSection(sectionFile, texts.get(sectionFile.file) ?? ""),
      ),
    parseYaml(decodePolicy(bytes, policyFile), policyFile),
  ));
}

function secretsOf(texts: ReadonlyMap<string, string>): readonly PolicySecret[] {
  return [...texts].flatMap(([file, text]) => findPolicySecrets(text, file));
}

/** As the file is read; what has no place comes first. */
function byPlace({ location: one }: LintFinding, { location: other }: LintFinding): number {
  const rank = (file: string | undefined) => Math.max(0, textFiles.indexOf(file ?? policyFile));
  return rank(one?.file) - rank(other?.file) || (one?.line ?? 0) - (other?.line ?? 0) ||
    (one?.column ?? 0) - (other?.column ?? 0);
}

function locate(
  weaknesses: readonly Weakness[],
  texts: ReadonlyMap<string, string>,
): LintFinding[] {
  if (weaknesses.length === 0) return [];
  const read = [...texts].map(([file, text]) => ({
    file,
    positions: policyPositions(text),
    lines: text.split("\n"),
  }));
  return weaknesses.map(({ path, code, message, hint }) => {
    const finding = { severity: lintCodes[code], code, message, hint };
    const place = read.find(({ positions }) => positions.has(path));
    const position = place?.positions.get(path);
    if (place === undefined || position === undefined) return { ...finding, location: null };
    const shown = shownLine(place.lines[position.line - 1] ?? "");
    return { ...finding, location: { file: place.file, ...position, ...shown } };
  });
}

/** SECURITY: what is told about a line with a secret goes into terminals, reports and CI logs. */
function hideSecrets(
  findings: readonly LintFinding[],
  secrets: readonly PolicySecret[],
): readonly LintFinding[] {
  if (secrets.length === 0) return findings;
  const lines = new Set(secrets.map(({ location }) => `${location.file}:${location.line}`));
  const hide = (text: string) =>
    secrets.reduce((shown, { secret }) => shown.replaceAll(secret, "[secret]"), text);
  return findings.map((finding) => {
    const { message, hint, location } = finding;
    const hidden = { ...finding, message: hide(message), hint: hint === null ? null : hide(hint) };
    if (location === null || !lines.has(`${location.file}:${location.line}`)) return hidden;
    const { file, line, column } = location;
    return { ...hidden, location: { file, line, column } };
  });
}

/** One for each line. */
function tellSecrets(secrets: readonly PolicySecret[]): readonly LintFinding[] {
  return secrets
    .filter(({ location: { file, line } }, index) => {
      const before = secrets[index - 1]?.location;
      return before?.line !== line || before.file !== file;
    })
    .map(({ location }) => ({
      severity: lintCodes.secret_in_policy,
      code: "secret_in_policy",
      message: "This looks like a secret: the policy is committed, and the log keeps copies of it",
      hint: "take it out, and change it where it is used",
      location,
    }));
}
