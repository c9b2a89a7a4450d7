/**
 * Reads what jobs printed: one JSON document a line, as `audit verify-segment --format jsonl` writes
 * them, or the one document of `--format json`.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxSegments } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { parseStrictJson } from "../strict_json.ts";
import {
  type KeyStep,
  type SegmentFault,
  type SegmentFound,
  type SegmentResult,
  segmentVerdicts,
} from "./segment_result.ts";

const hex64 = /^[0-9a-f]{64}$/;
const hex32 = /^[0-9a-f]{32}$/;
const hex8 = /^[0-9a-f]{8}$/;
const anyText = /^/;

/**
 * @throws {EngineError} `proof_invalid` for anything that no such command prints.
 */
export function parseSegmentResults(text: string): readonly SegmentResult[] {
  // Indented, it is the one document; otherwise each line is one.
  const documents = text.startsWith("{\n") ? [text] : text.split("\n");
  return documents.filter((one) => one.trim() !== "").flatMap((one) => {
    const value = objectOf(parseStrictJson(one, { code: "proof_invalid" }));
    if (value["schema_version"] !== 1) throw malformed("schema_version");
    if (value["joined"] !== undefined && value["segments"] === undefined) return [];
    const rows = value["segments"] ?? [value];
    if (!Array.isArray(rows)) throw malformed("segments");
    return rows.map((row: Json) => parseResult(objectOf(row)));
  });
}

function parseResult(row: JsonObject): SegmentResult {
  const verdict = segmentVerdicts.find((one) => one === row["verdict"]);
  if (verdict === undefined) throw malformed("verdict");
  const found = row["found"] === null ? null : parseFound(objectOf(row["found"] ?? null));
  // A job that says OK and nothing else has said nothing.
  if ((verdict === "OK-UNANCHORED") !== (found !== null)) throw malformed("found");
  return {
    file: textIn(row, "file", anyText),
    verdict,
    found,
    fault: row["fault"] === null ? null : parseFault(objectOf(row["fault"] ?? null)),
    message: textIn(row, "message", anyText),
  };
}

function parseFound(row: JsonObject): SegmentFound {
  const found = {
    seg: countIn(row, "seg"),
    log_id: textIn(row, "log_id", hex32),
    fingerprint: textIn(row, "fingerprint", hex64),
    kid: textIn(row, "kid", hex8),
    first_seq: countIn(row, "first_seq"),
    prev: textIn(row, "prev", hex64),
    head_seq: countIn(row, "head_seq"),
    head_mac: textIn(row, "head_mac", hex64),
    entries: countIn(row, "entries"),
    bytes: countIn(row, "bytes"),
    sha256: textIn(row, "sha256", hex64),
    prev_seg_sha256: row["prev_seg_sha256"] === null ? null : textIn(row, "prev_seg_sha256", hex64),
    key_rotate: parseStep(row["key_rotate"]),
    key_begin: parseStep(row["key_begin"]),
  };
  if (found.seg >= maxSegments) throw malformed("seg");
  if (found.head_seq - found.first_seq + 1 !== found.entries) throw malformed("entries");
  if ((found.seg === 0) !== (found.prev_seg_sha256 === null)) throw malformed("prev_seg_sha256");
  return found;
}

function parseStep(value: Json | undefined): KeyStep | null {
  if (value === null) return null;
  const row = objectOf(value ?? false);
  return {
    from: textIn(row, "from", hex8),
    to: textIn(row, "to", hex8),
    commitment: textIn(row, "commitment", hex64),
  };
}

function parseFault(row: JsonObject): SegmentFault {
  return {
    seq: countIn(row, "seq"),
    offset: countIn(row, "offset"),
    kind: textIn(row, "kind", anyText),
  };
}

function objectOf(value: Json): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw malformed("a document");
}

function countIn(row: JsonObject, name: string): number {
  const value = row[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(name);
}

function textIn(row: JsonObject, name: string, grammar: RegExp): string {
  const value = row[name];
  if (typeof value === "string" && grammar.test(value)) return value;
  throw malformed(name);
}

function malformed(what: string): EngineError {
  return new EngineError(
    "proof_invalid",
    `Cannot read a result: ${what} is not what a job prints`,
    {
      hint: "give what `sealward audit verify-segment --format jsonl` printed",
    },
  );
}
