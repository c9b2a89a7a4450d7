import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeBase32 } from "@std/encoding/base32";
import { otpauthUri, secretLetters } from "../../../src/core/override/otpauth_uri.ts";

const key = crypto.getRandomValues(new Uint8Array(20));
const parts = { issuer: "Sealward", account: "alice", key, algorithm: "SHA1" } as const;

describe("otpauthUri()", () => {
  it("has the form apps read", () => {
    assertEquals(
      otpauthUri(parts),
      `otpauth://totp/Sealward:alice?secret=${encodeBase32(key)}` +
        "&issuer=Sealward&algorithm=SHA1&digits=6&period=30",
    );
  });

  it("leaves padding out: apps take it for part of the secret, or refuse it", () => {
    for (const length of [20, 21, 22, 23, 24, 32, 64]) {
      const long = crypto.getRandomValues(new Uint8Array(length));
      const letters = new URL(otpauthUri({ ...parts, key: long })).searchParams.get("secret") ?? "";
      assertEquals(letters, secretLetters(long));
      assertEquals(/^[A-Z2-7]+$/.test(letters), true);
    }
  });

  it("names can neither end the label nor add a parameter", () => {
    for (
      const name of ["a b", "a:b", "a&secret=X", "a?issuer=X", "a#b", "a/b", "é%41", "\ud800x"]
    ) {
      const uri = new URL(otpauthUri({ ...parts, issuer: name, account: name }));
      const wanted = name.toWellFormed().replaceAll(":", "_");
      const [issuer, account, ...rest] = uri.pathname.replace("//totp/", "").replace("/", "")
        .split(":").map(decodeURIComponent);
      assertEquals([issuer, account, rest], [wanted, wanted, []], uri.href);
      assertEquals([...uri.searchParams.keys()], [
        "secret",
        "issuer",
        "algorithm",
        "digits",
        "period",
      ]);
      assertEquals([uri.searchParams.get("issuer"), uri.hash], [wanted, ""]);
    }
  });
});
