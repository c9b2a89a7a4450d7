import { createHash } from "node:crypto";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import { operationDigest } from "../../../src/core/operation/operation_digest.ts";
import { parseOperation, parseOperationText } from "../../../src/core/operation/parse_operation.ts";
import golden from "../../vectors/operation/digest.json" with { type: "json" };

const sha256 = (data: Uint8Array): Uint8Array => createHash("sha256").update(data).digest();

describe("operationDigest()", () => {
  it("has its vectors", () => assertEquals([golden.rows.length, golden.count], [8, 8]));

  for (const { name, operation, canonical, digest } of golden.rows) {
    it(`JSON-10 is the golden digest of: ${name}`, () => {
      let hashed = "";
      const spy = (data: Uint8Array): Uint8Array => {
        hashed = new TextDecoder().decode(data);
        return sha256(data);
      };
      assertEquals(operationDigest(parseOperation(operation), spy), digest);
      assertEquals(hashed, canonical);
      assertEquals(ownCanonical(JSON.parse(canonical)), canonical);
    });
  }

  it("JSON-10 is one digest for one meaning: order, escapes, blanks, number forms", () => {
    const texts = [
      '{"type":"file_read","affected_files":["caf\u00e9/x"],"metadata":{"n":1,"m":100}}',
      '{ "metadata": {"m":1e2, "n":1.0}, "affected_files":["caf\\u00e9\\/x"], "type":"file_read" }',
    ];
    const digests = texts.map((text) => operationDigest(parseOperationText(text), sha256));
    assertEquals(digests[0], digests[1]);
  });

  it("JSON-04 tells U+FFFD, NUL and non-characters apart", () => {
    const digests = ["\ufffd", "\0", "\uffff", "\ufdd0", ""].map((content) => {
      return operationDigest(parseOperation({ type: "network", content }), sha256);
    });
    assertEquals(new Set(digests).size, digests.length);
  });

  it("is bound to the agent's name but not its session", () => {
    const [a, b, c] = [{ name: "x" }, { name: "x", session: "1" }, { name: "y", session: "1" }].map(
      (agent) => operationDigest(parseOperation({ type: "network", agent }), sha256),
    );
    assertEquals(a, b);
    assertNotEquals(b, c);
  });

  it("takes 1 MiB in well under a second", () => {
    const operation = parseOperation({ type: "network", content: "x".repeat(1_000_000) });
    const start = performance.now();
    operationDigest(operation, sha256);
    assert(performance.now() - start < 1_000);
  });
});

/** RFC 8785 a second time, so that one library is not its own witness. */
function ownCanonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ownCanonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  const text = members.map(([key, member]) => `${JSON.stringify(key)}:${ownCanonical(member)}`);
  assertEquals(`{${text.join()}}`, canonicalize(value));
  return `{${text.join()}}`;
}
