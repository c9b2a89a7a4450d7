import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  createRecoveryCodes,
  parseRecoveryCode,
  recoveryHash,
} from "../../../src/core/override/recovery_codes.ts";

const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const form = /^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/;

describe("createRecoveryCodes()", () => {
  it("TOTP-21 makes ten, each of 128 bits, none twice", () => {
    const asked: number[] = [];
    const codes = createRecoveryCodes((count) => {
      asked.push(count);
      return randomBytes(count);
    });
    assertEquals(asked, Array(10).fill(16));
    assertEquals(new Set(codes).size, 10);
    for (const code of codes) assertMatch(code, form);
  });

  it("keeps every bit", () => {
    const seen = new Set<string>();
    for (let bit = 0; bit < 128; bit++) {
      const bytes = new Uint8Array(16);
      bytes[bit >> 3] = 0x80 >> (bit & 7);
      seen.add(createRecoveryCodes(() => bytes)[0] ?? "");
    }
    assertEquals(seen.size, 128);
    assertEquals(
      createRecoveryCodes(() => new Uint8Array(16))[0],
      "00000-00000-00000-00000-000000",
    );
    assertEquals(
      createRecoveryCodes(() => new Uint8Array(16).fill(255))[0],
      "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZW",
    );
  });
});

describe("parseRecoveryCode()", () => {
  it("reads a code as people copy it", () => {
    const [code = ""] = createRecoveryCodes(randomBytes);
    const plain = code.replaceAll("-", "");
    const forms = [
      code,
      plain,
      code.toLowerCase(),
      code.replaceAll("-", " "),
      ` ${code} `,
      code.replaceAll("1", "I"),
      code.replaceAll("1", "l"),
      code.replaceAll("0", "o"),
    ];
    for (const each of forms) assertEquals(parseRecoveryCode(each), plain, each);
  });

  it("is null for what is no code", () => {
    const [code = ""] = createRecoveryCodes(randomBytes);
    const plain = code.replaceAll("-", "");
    const others: readonly unknown[] = [
      "",
      "123456",
      plain.slice(1),
      `${plain}0`,
      `${plain}\n`,
      plain.replace(/^./, "U"),
      plain.replace(/^./, "\uff10"),
      plain.replace(/^./, "\u0131"),
      "0".repeat(1_048_576),
      12,
      null,
      [code],
    ];
    for (const other of others) assertEquals(parseRecoveryCode(other), null);
  });
});

describe("recoveryHash()", () => {
  const [code = "", other = ""] = createRecoveryCodes(randomBytes);
  const [id, elsewhere] = ["00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeefe"];

  it("is one for a code however it is typed, and another for all else", () => {
    const hash = recoveryHash(id, code);
    assertMatch(hash, /^[0-9a-f]{64}$/);
    assertEquals(recoveryHash(id, code.toLowerCase().replaceAll("-", "")), hash);
    for (
      const not of [recoveryHash(id, other), recoveryHash(elsewhere, code), recoveryHash(id, "")]
    ) {
      assertNotEquals(not, hash);
    }
  });

  it("does not show the code", () => {
    assert(!recoveryHash(id, code).includes(code.slice(0, 5).toLowerCase()));
  });

  it("is what a program of somebody else makes of it", async () => {
    const text = `sealward-override-recovery/v1\0${id}\0${code.replaceAll("-", "")}`;
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    assertEquals(new Uint8Array(hash).toHex(), recoveryHash(id, code));
  });
});
