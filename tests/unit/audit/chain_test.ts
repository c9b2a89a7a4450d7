import { assertEquals } from "@std/assert";
import { decodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { emptyHead, linkEntry } from "../../../src/core/audit/chain.ts";
import { parseInstant } from "../../../src/core/audit/instant.ts";
import { deriveEpochKeys } from "../../../src/core/audit/keys.ts";
import { parseLine } from "../../../src/core/audit/line.ts";
import golden from "../../vectors/audit/golden.json" with { type: "json" };
import { hmacSha256 } from "../../support/audit_log.ts";

describe("linkEntry()", () => {
  it("AUD-34 rebuilds the golden chain bit for bit", () => {
    const secret = decodeHex(golden.root_secret_hex);
    let head = emptyHead;
    for (const expected of golden.lines) {
      const { type, severity, details, at, key } = parseLine(new TextEncoder().encode(expected));
      const keys = deriveEpochKeys(secret, golden.log_id, Number(key.split(".")[1]), hmacSha256);
      const micros = parseInstant(at) ?? -1;
      const link = linkEntry(head, { type, severity, details }, micros, keys, hmacSha256);
      assertEquals(new TextDecoder().decode(link.line), `${expected}\n`);
      head = link.head;
    }
    const sizeBytes = golden.lines.reduce((sum, line) => sum + line.length + 1, 0);
    assertEquals(head, { seq: 3, mac: head.mac, sizeBytes });
  });
});
