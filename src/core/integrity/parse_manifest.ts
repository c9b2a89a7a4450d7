/**
 * A manifest's bytes → Manifest, strictly: what two readers could understand differently, and what
 * no signer of ours writes, is refused. SPEC.md, "Manifest".
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxManifestBytes, maxManifestFiles, maxPathCharacters } from "../limits.ts";
import { foldForMatching, unreadableCharacter } from "../operation/fold_for_matching.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { decodeUtf8, parseStrictJson } from "../strict_json.ts";
import { isVersion } from "./compare_versions.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import type { ManifestBacktest } from "./manifest_backtest.ts";
import { policyFile } from "./policy_snapshot.ts";
import { parsePolicyTime } from "./policy_time.ts";

/** Object, list, object. */
const maxManifestDepth = 3;
const maxSignerCharacters = 256;

/** The folders and files a manifest may speak of; nothing else below `.scalpel/` decides anything. */
const coveredPath = /^\.scalpel\/(?:(?:policy|budget|overrides)\.yaml|(?:checks|tests)\/.+)$/;

/**
 * Parses; whoever calls has verified the signature, or is about to.
 *
 * @throws {EngineError} `manifest_invalid`, naming the member.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > maxManifestBytes) throw refused("", `over ${maxManifestBytes} bytes`);
  const text = decodeUtf8(bytes, "manifest_invalid");
  const value = parseStrictJson(text, { code: "manifest_invalid", maxDepth: maxManifestDepth });
  const object = objectAt(value, "the manifest", memberNames);
  if (object["schema_version"] !== 1) throw refused("schema_version", "wanted 1");
  const manifest: Manifest = {
    schema_version: 1,
    project: textAt(object, "project", isProjectName, "a project's name"),
    policy_version: numberAt(object, "policy_version", 1),
    min_engine: textAt(object, "min_engine", isVersion, "MAJOR.MINOR.PATCH"),
    engine: textAt(object, "engine", isVersion, "MAJOR.MINOR.PATCH"),
    signer: textAt(object, "signer", isSignerName, "1 to 256 visible characters"),
    signed_at: textAt(object, "signed_at", isTime, "YYYY-MM-DDTHH:MM:SSZ"),
    expires_at: object["expires_at"] === null
      ? null
      : textAt(object, "expires_at", isTime, "YYYY-MM-DDTHH:MM:SSZ or null"),
    files: filesAt(object["files"]),
    backtest: parseBacktest(object["backtest"]),
  };
  // The form is the same for both, so that texts compare as times do.
  if (manifest.expires_at !== null && manifest.expires_at <= manifest.signed_at) {
    throw refused("expires_at", "it is not after signed_at");
  }
  return manifest;
}

const memberNames: readonly (keyof Manifest)[] = [
  "schema_version",
  "project",
  "policy_version",
  "min_engine",
  "engine",
  "signer",
  "signed_at",
  "expires_at",
  "files",
  "backtest",
];

/** Whether a text may name a project. */
export function isProjectName(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,127}$/.test(text);
}

/** Whether a text may stand for whoever signs. */
export function isSignerName(text: string): boolean {
  return text.trim() !== "" && text.length <= maxSignerCharacters &&
    !unreadableCharacter.test(text);
}

function isTime(text: string): boolean {
  return parsePolicyTime(text) !== null;
}

const backtestNames: readonly (keyof ManifestBacktest)[] = [
  "report_sha256",
  "log_id",
  "entries",
  "decisions",
  "widened",
  "acknowledged",
  "unjudged",
];

function parseBacktest(value: Json | undefined): ManifestBacktest | null {
  if (value === null) return null;
  const place = "backtest";
  const object = objectAt(value ?? null, place, backtestNames);
  const count = (name: keyof ManifestBacktest) => numberAt(object, name, 0, place);
  const isLogId = (text: string) => /^[A-Za-z0-9._-]{1,128}$/.test(text);
  const backtest: ManifestBacktest = {
    report_sha256: textAt(object, "report_sha256", isHash, "64 lower-case hex digits", place),
    log_id: textAt(object, "log_id", isLogId, "the name of a log", place),
    entries: count("entries"),
    decisions: count("decisions"),
    widened: count("widened"),
    acknowledged: count("acknowledged"),
    unjudged: count("unjudged"),
  };
  const { entries, decisions, widened, acknowledged, unjudged } = backtest;
  // SECURITY: nothing of ours signs what nobody acknowledged.
  if (acknowledged !== widened) throw refused(place, "not every widening was acknowledged");
  if (decisions > entries || widened + unjudged > decisions) {
    throw refused(place, "its counts do not agree");
  }
  return backtest;
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function filesAt(value: Json | undefined): readonly ManifestFile[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxManifestFiles) {
    throw refused("files", `wanted a list of 1 to ${maxManifestFiles}`);
  }
  const files = value.map((item, index) => fileAt(item, `files[${index}]`));
  const folded = new Set(files.map(({ path }) => foldForMatching(path)));
  // SECURITY: on a disk that folds names, one of two would stand in for the other.
  if (folded.size < files.length) throw refused("files", "two paths are the same name");
  const isSorted = files.every(({ path }, i) => i === 0 || (files[i - 1]?.path ?? "") < path);
  if (!isSorted) throw refused("files", "wanted them sorted by path");
  if (files.some(({ path }) => path === policyFile)) return files;
  throw refused("files", `${policyFile} is not among them`);
}

function fileAt(value: Json, place: string): ManifestFile {
  const object = objectAt(value, place, ["path", "sha256", "size"]);
  return {
    path: textAt(object, "path", isCoveredPath, "a policy, check or test below .scalpel/", place),
    sha256: textAt(object, "sha256", isHash, "64 lower-case hex digits", place),
    size: numberAt(object, "size", 0, place),
  };
}

function isCoveredPath(path: string): boolean {
  return coveredPath.test(path) && path.length <= maxPathCharacters && !path.includes("\\") &&
    !unreadableCharacter.test(path) &&
    path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

function objectAt(value: Json, place: string, members: readonly string[]): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refused(place, "wanted an object");
  }
  const object = value as JsonObject;
  for (const name of Object.keys(object)) {
    if (!members.includes(name)) throw refused(place, `nobody knows "${oneLine(name, 80)}"`);
  }
  for (const name of members) {
    if (!Object.hasOwn(object, name)) throw refused(place, `"${name}" is missing`);
  }
  return object;
}

function textAt(
  object: JsonObject,
  name: string,
  isFit: (text: string) => boolean,
  wanted: string,
  place = "",
): string {
  const value = object[name];
  if (typeof value === "string" && isFit(value)) return value;
  throw refused(place === "" ? name : `${place}.${name}`, `${shown(value)}, wanted ${wanted}`);
}

function numberAt(object: JsonObject, name: string, least: number, place = ""): number {
  const value = object[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  const wanted = `wanted a whole number from ${least} to 2^53 - 1`;
  throw refused(place === "" ? name : `${place}.${name}`, `${shown(value)}, ${wanted}`);
}

function shown(value: Json | undefined): string {
  return `got ${oneLine(JSON.stringify(value ?? null), 80)}`;
}

function refused(place: string, why: string): EngineError {
  const where = place === "" ? "" : ` at ${place}`;
  return new EngineError("manifest_invalid", `Cannot use the manifest${where}: ${why}`, {
    hint: "write it with `sealward policy sign`, not by hand",
  });
}
