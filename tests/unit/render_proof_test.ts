import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verifyEd25519 } from "../../src/adapter/signing_key.ts";
import { verifyProof } from "../../src/core/audit/verify_proof.ts";
import { encodeVerifierKey } from "../../src/core/integrity/verifier_key.ts";
import { plainStyle } from "../../src/edge/cli/colour.ts";
import { renderProof } from "../../src/edge/render_proof.ts";
import { proofLine, ProofLog } from "../support/proof_log.ts";

const table = { format: "table", style: plainStyle, width: null } as const;
const json = { ...table, format: "json" } as const;
const painted = { ...table, style: { colour: true, unicode: true }, width: 40 } as const;

describe("renderProof()", () => {
  const hostile = '{"t":"\\u001b[2J\\u202e\\n"}';
  const lines = [proofLine(0), proofLine(1, hostile)];
  const log = new ProofLog(lines);
  const proven = verifyProof(log.proof(1), { key: log.key, verifyEd25519 });

  it("shows the whole line, and what is proven and what is not", () => {
    const text = renderProof(proven, table);
    assertStringIncludes(text, "PROVEN  entry #1\n");
    assertStringIncludes(text, `line: ${lines[1]}\n`);
    assertStringIncludes(text, encodeVerifierKey(log.key));
    assertStringIncludes(text, "does not prove: that the log is complete");
    assertStringIncludes(renderProof(proven, painted), lines[1] ?? "?");
  });

  it("AUD-32 escapes what a terminal would obey, even in an origin that a key names", () => {
    const name = "example.com/\u202e\x9b2J";
    const other = { ...log.key, name };
    if (proven.verdict !== "PROVEN") throw new Error("not proven");
    const checkpoint = { ...proven.checkpoint, origin: name };
    for (const options of [table, painted, json]) {
      const text = renderProof({ ...proven, checkpoint, key: other }, options);
      assertEquals(/[\u0080-\u009f\u202e]/.test(text), false);
    }
  });

  it("is one document for programs", () => {
    const value = JSON.parse(renderProof(proven, json));
    assertEquals([value.schema_version, value.verdict, value.index], [1, "PROVEN", 1]);
    assertEquals([value.line, value.entry.d.t], [lines[1], "\x1b[2J\u202e\n"]);
    assertEquals([value.log_id, value.size], [log.logId, 2]);
    const no = verifyProof(log.proof(1, { index: 0 }), { key: log.key, verifyEd25519 });
    const refused = JSON.parse(renderProof(no, json));
    assertEquals([refused.verdict, refused.reason, refused.line], [
      "NOT-PROVEN",
      "root",
      undefined,
    ]);
    assertStringIncludes(renderProof(no, table), "NOT-PROVEN");
  });
});
