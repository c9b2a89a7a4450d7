import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeManifest } from "../../../src/core/integrity/encode_manifest.ts";
import { parseManifest } from "../../../src/core/integrity/parse_manifest.ts";
import { maxManifestBytes } from "../../../src/core/limits.ts";
import { manifestOf, policyFileEntry } from "../../support/policy_pair.ts";

const encoder = new TextEncoder();
const text = JSON.stringify(manifestOf());

function refuses(json: string | Uint8Array): void {
  const bytes = typeof json === "string" ? encoder.encode(json) : json;
  const error = assertThrows(() => parseManifest(bytes), EngineError);
  assertEquals(error.code, "manifest_invalid", String(json).slice(0, 200));
}

/** The manifest with one member replaced by this JSON. */
function withMember(name: string, json: string): string {
  const value: Record<string, unknown> = { ...manifestOf() };
  delete value[name];
  return `${JSON.stringify(value).slice(0, -1)},"${name}":${json}}`;
}

function withFiles(...paths: readonly string[]): string {
  const all = ["policy.yaml", ...paths].map((path) => ({
    ...policyFileEntry,
    path: path.startsWith("=") ? path.slice(1) : `.scalpel/${path}`,
  }));
  all.sort((a, b) => a.path < b.path ? -1 : 1);
  return withMember("files", JSON.stringify(all));
}

describe("parseManifest()", () => {
  it("reads what encodeManifest writes", () => {
    const manifest = manifestOf({ expires_at: "2027-01-01T00:00:00Z", signer: "Ünal <u@x>" });
    assertEquals(parseManifest(encodeManifest(manifest)), manifest);
    parseManifest(encoder.encode(withFiles("checks/a.wasm", "tests/x/y.yaml", "budget.yaml")));
  });

  it("MAN-07 refuses unknown, missing and repeated members", () => {
    refuses(text.replace("{", '{"note":1,'));
    refuses(text.replace("{", '{"policy_version":2,'));
    refuses(text.replace('"size":15', '"size":15,"mode":420'));
    for (const name of Object.keys(manifestOf())) {
      const value: Record<string, unknown> = { ...manifestOf() };
      delete value[name];
      refuses(JSON.stringify(value));
      refuses(text.replace(`"${name}"`, '"__proto__"'));
    }
  });

  it("MAN-06 refuses values of other types and forms", () => {
    const bad: Readonly<Record<string, readonly string[]>> = {
      schema_version: ["0", "2", '"1"', "null", "true", "1.5", "[1]"],
      project: ['""', '"A"', '"a b"', '"-a"', `"${"a".repeat(129)}"`, "1", "null", '"a/b"'],
      min_engine: ['"1"', '"1.0"', '"01.0.0"', '"1.0.0-rc"', "1", '"1.0.0.0"', '"-1.0.0"'],
      engine: ['""', "null", '"1.0.x"'],
      signer: ['""', '" "', '"a\\nb"', '"\\u202e"', `"${"x".repeat(257)}"`, "{}"],
      signed_at: [
        '"2026-11-23"',
        '"2026-11-23T05:00:00"',
        '"2026-11-23T05:00:00.0Z"',
        '"2026-02-30T05:00:00Z"',
        '"2026-11-23T24:00:00Z"',
        '"2026-11-23T05:00:00+00:00"',
        "0",
        "null",
      ],
      expires_at: ['"2026-11-23T05:00:00Z"', '"2020-01-01T00:00:00Z"', '"never"', "0", '""'],
      backtest: ["{}", "[]", "false", '""', "0"],
      files: ["[]", "{}", "null", '"x"', "[[]]", "[null]"],
    };
    for (const [name, values] of Object.entries(bad)) {
      for (const value of values) refuses(withMember(name, value));
    }
  });

  it("MAN-17 refuses versions that are no whole number from 1 to 2^53 - 1", () => {
    const bad = ["9007199254740992", "-1", '"6"', "0", "1.5", "1e400", "null", "01", "1e-400"];
    for (const value of bad) refuses(withMember("policy_version", value));
    const top = encoder.encode(withMember("policy_version", "9007199254740991"));
    assertEquals(parseManifest(top).policy_version, Number.MAX_SAFE_INTEGER);
  });

  it("MAN-05 refuses paths that lead elsewhere, and names that are the same", () => {
    const bad = [
      ["../x"],
      ["checks/../x"],
      ["checks/./x"],
      ["checks//x"],
      ["checks/"],
      ["=/etc/passwd"],
      ["=checks/x"],
      ["=../.scalpel/checks/x"],
      ["checks\\x"],
      ["checks/a\u0000"],
      ["checks/\u202ea"],
      ["audit.log"],
      ["policy.manifest.json"],
      ["policy.schema.json"],
      ["tests"],
      ["policy.yaml"],
      ["checks/a", "checks/A"],
      ["checks/\u00e9", "checks/e\u0301"],
      ["checks/ss", "checks/\u00df"],
    ];
    for (const paths of bad) refuses(withFiles(...paths));
    const second = { ...policyFileEntry, path: ".scalpel/budget.yaml" };
    refuses(withMember("files", JSON.stringify([policyFileEntry, second])));
    refuses(withMember("files", JSON.stringify([second])));
  });

  it("MAN-06 refuses hashes and sizes in any other form", () => {
    const { sha256 } = policyFileEntry;
    const hashes = [
      "",
      sha256.toUpperCase(),
      sha256.slice(1),
      `${sha256}0`,
      `sha256:${sha256}`,
      "none",
      "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ];
    for (const hash of hashes) {
      if (hash === sha256) continue;
      refuses(withMember("files", JSON.stringify([{ ...policyFileEntry, sha256: hash }])));
    }
    for (const size of ["-1", '"15"', "1.5", "9007199254740992", "null"]) {
      refuses(text.replace('"size":15', `"size":${size}`));
    }
  });

  it("refuses what is no JSON document in UTF-8, and too much of it", () => {
    for (
      const json of ["", "null", "[]", `\ufeff${text}`, `${text}x`, text.slice(1), "{".repeat(99)]
    ) {
      refuses(json);
    }
    refuses(Uint8Array.of(0x7b, 0xff, 0x7d));
    refuses(`${text}${" ".repeat(maxManifestBytes)}`);
  });
});
