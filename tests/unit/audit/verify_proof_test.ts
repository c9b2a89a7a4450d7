import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { verifyEd25519 } from "../../../src/adapter/signing_key.ts";
import { encodeCheckpoint } from "../../../src/core/audit/checkpoint.ts";
import {
  encodeTlogProof,
  parseTlogProof,
  type TlogProof,
} from "../../../src/core/audit/tlog_proof.ts";
import { type ProofFailure, verifyProof } from "../../../src/core/audit/verify_proof.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxEntryBytes, maxProofBytes } from "../../../src/core/limits.ts";
import { proofLine, ProofLog, utf8 } from "../../support/proof_log.ts";

const lines = Array.from({ length: 11 }, (_, i) => proofLine(i, `{"n":${i}}`));
const log = new ProofLog(lines);
const trust = { key: log.key, verifyEd25519 };
const lineOf = (index: number) => lines[index] ?? "";
const hash = new Uint8Array(32);

function reasonOf(proof: string, line?: string): ProofFailure | "PROVEN" {
  const given = line === undefined ? {} : { line: utf8(line) };
  const result = verifyProof(proof, { ...trust, ...given });
  return result.verdict === "PROVEN" ? "PROVEN" : result.reason;
}

describe("verifyProof()", () => {
  it("AUD-34 proves every entry, by the proof's own copy or a given one", () => {
    for (const [index, line] of lines.entries()) {
      const proof = log.proof(index);
      const result = verifyProof(proof, { key: log.publicKey, verifyEd25519 });
      assertEquals(result.verdict, "PROVEN");
      if (result.verdict !== "PROVEN") return;
      assertEquals([result.index, result.line, result.logId], [index, line, log.logId]);
      assertEquals([result.entry["seq"], result.checkpoint.size], [index, lines.length]);
      assertEquals(result.key, log.key);
      assertEquals(reasonOf(log.proof(index, { extra: null }), `${line}\n`), "PROVEN");
    }
  });

  const parts = log.parts(5);
  const note = (size: number, root = hash) =>
    log.note(encodeCheckpoint({ origin: log.origin, size, root }));
  const rows: readonly (readonly [string, Partial<TlogProof>, ProofFailure])[] = [
    ["another line", { extra: utf8(lineOf(4)) }, "root"],
    ["a line with one letter changed", { extra: utf8(lineOf(5).replace("LOW", "LOw")) }, "root"],
    ["a line with a blank more", { extra: utf8(`${lineOf(5)} `) }, "root"],
    ["an empty line", { extra: new Uint8Array() }, "root"],
    ["another index", { index: 4 }, "root"],
    ["an index with a longer path", { index: 10 }, "length"],
    ["an index behind the end", { index: 11 }, "outside"],
    ["the last index there can be", { index: 2 ** 53 - 1 }, "outside"],
    ["no hashes", { hashes: [] }, "length"],
    ["a hash too many", { hashes: [...parts.hashes, hash] }, "length"],
    ["a wrong hash", { hashes: [hash, ...parts.hashes.slice(1)] }, "root"],
    ["hashes backwards", { hashes: parts.hashes.toReversed() }, "root"],
    ["a checkpoint of another root", { note: note(11) }, "root"],
    ["a checkpoint of an empty log", { note: note(0) }, "outside"],
    ["a changed checkpoint", { note: parts.note.replace("\n11\n", "\n12\n") }, "forged"],
    ["another's checkpoint", { note: new ProofLog(lines).parts(5).note }, "unsigned"],
    ["another log's", { note: new ProofLog(lines, "ee".repeat(16)).parts(5).note }, "foreign"],
  ];
  for (const [name, changed, reason] of rows) {
    it(`AUD-35 refuses ${name}: ${reason}`, () => {
      const result = verifyProof(log.proof(5, changed), trust);
      assertEquals(result.verdict === "PROVEN" ? result.verdict : result.reason, reason);
      assertEquals("line" in result || "entry" in result, false);
    });
  }

  it("a given line counts, not the proof's copy", () => {
    assertEquals(reasonOf(log.proof(5), lineOf(4)), "root");
    assertEquals(reasonOf(log.proof(5, { extra: utf8("x") }), lineOf(5)), "PROVEN");
    assertEquals(reasonOf(log.proof(5), `${lineOf(5)}\n\n`), "root");
    assertEquals(reasonOf(log.proof(5), `${lineOf(5)}\r\n`), "root");
  });

  it("AUD-14 shows nothing that stands in the tree but is no entry, or names another place", () => {
    const odd: readonly (readonly [string, ProofFailure])[] = [
      [lineOf(3), "misplaced"],
      ["{}", "misplaced"],
      ['{"seq":"0"}', "misplaced"],
      ['{"seq":0,"seq":0}', "no_entry"],
      ["[0]", "no_entry"],
      ["null", "no_entry"],
      ["text", "no_entry"],
      ["", "no_entry"],
      ['{"seq":0,\t"x":1}', "no_entry"],
      [`${lineOf(0)}\n${lineOf(1)}`, "no_entry"],
      ['{"seq":0,"x":"\u202e"}', "no_entry"],
      ['{"seq":0,"x":"\x1b[2J"}', "no_entry"],
      [`${"[".repeat(8_000)}`, "no_entry"],
    ];
    for (const [line, reason] of odd) {
      const other = new ProofLog([line]);
      const result = verifyProof(other.proof(0), { key: other.key, verifyEd25519 });
      assertEquals(result.verdict === "PROVEN" ? result.verdict : result.reason, reason, line);
    }
  });

  it("needs a line, of a length a line may have", () => {
    const refuse = (extra: Uint8Array | null) => {
      const proof = log.proof(5, { extra });
      return assertThrows(() => verifyProof(proof, trust), EngineError).code;
    };
    assertEquals(refuse(null), "proof_invalid");
    assertEquals(refuse(new Uint8Array(maxEntryBytes)), "proof_invalid");
    assertEquals(reasonOf(log.proof(5, { extra: new Uint8Array(maxEntryBytes - 1) })), "root");
  });

  it("one bit of the file changed proves nothing else, and throws nothing else", () => {
    const bytes = utf8(log.proof(5));
    let proven = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(changed);
        if (verifyProof(text, trust).verdict === "PROVEN") proven++;
      } catch (error) {
        const isRefusal = error instanceof EngineError && error.code === "proof_invalid";
        if (!isRefusal && !(error instanceof TypeError)) throw error;
      }
    }
    assertEquals(proven, 0);
  });
});

describe("parseTlogProof()", () => {
  const text = log.proof(5);
  const parts = parseTlogProof(text);

  it("reads what it writes, and has the lines of the format", () => {
    assertEquals(encodeTlogProof(parts), text);
    const [first, extra, index, ...rest] = text.split("\n");
    assertEquals(first, "c2sp.org/tlog-proof@v1");
    assertEquals(extra, `extra ${encodeBase64(lineOf(5))}`);
    assertEquals(index, "index 5");
    assertEquals(rest.indexOf(""), parts.hashes.length);
    assertEquals(rest.slice(rest.indexOf("") + 1).join("\n"), parts.note);
    assertEquals(parseTlogProof(log.proof(5, { extra: null })).extra, null);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["an empty line first", `\n\n${text}`],
    ["another version", text.replace("@v1", "@v2")],
    ["a byte order mark", `\ufeff${text}`],
    ["carriage returns", text.replaceAll("\n", "\r\n")],
    ["no empty line", text.replaceAll("\n\n", "\n")],
    ["no index", text.replace("index 5\n", "")],
    ["two index lines", text.replace("index 5\n", "index 5\nindex 5\n")],
    ["index before extra", text.replace(/(extra .*\n)(index .*\n)/, "$2$1")],
    ["a leading zero", text.replace("index 5", "index 05")],
    ["a sign", text.replace("index 5", "index -5")],
    ["a blank behind the index", text.replace("index 5", "index 5 ")],
    ["an index past 2^53 - 1", text.replace("index 5", "index 9007199254740992")],
    ["an extra that is no base64", text.replace("extra ", "extra !")],
    ["a short hash", text.replace(/(index 5\n)..../, "$1")],
    ["a blank in a hash", text.replace(/(index 5\n)/, "$1 ")],
    ["too many hashes", text.replace("\n\n", `\n${encodeBase64(hash)}`.repeat(54) + "\n\n")],
    ["too many bytes", `${text}${"x".repeat(maxProofBytes)}`],
  ];
  for (const [name, malformed] of refused) {
    it(`refuses ${name}`, () => {
      const error = assertThrows(() => parseTlogProof(malformed), EngineError);
      assertEquals(error.code, "proof_invalid");
    });
  }
});
