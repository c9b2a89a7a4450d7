import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxPatterns, maxPolicyBytes } from "../../../src/core/limits.ts";
import { decodePolicy } from "../../../src/core/policy/decode_policy.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { PolicyError } from "../../../src/core/policy/policy_error.ts";
import { guidePolicy } from "../../../src/core/policy/starter_policy.ts";

const file = "policy.yaml";
const version = 'version: "1.0"\n';

function codeOf(text: string): string {
  return assertThrows(() => parsePolicy(text, file), EngineError).code;
}

function decodedCode(bytes: Uint8Array): string {
  const fail = () => parsePolicy(decodePolicy(bytes, file), file);
  return assertThrows(fail, EngineError).code;
}

/** UTF-16 or UTF-32 with a BOM, little or big end first. */
function encodeWide(text: string, size: 2 | 4, isLittle: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer((text.length + 1) * size));
  [0xfeff, ...text].forEach((unit, i) => {
    const code = typeof unit === "number" ? unit : unit.charCodeAt(0);
    if (size === 2) view.setUint16(i * 2, code, isLittle);
    else view.setUint32(i * 4, code, isLittle);
  });
  return new Uint8Array(view.buffer);
}

describe("hints of parsePolicy()", () => {
  const check = (line: string, sha256 = "a".repeat(64)) =>
    `${version}checks:\n  - id: a\n    file: a.wasm\n    sha256: "${sha256}"\n    abi: native-1\n    ${line}\n`;
  const errorOf = (text: string) => assertThrows(() => parsePolicy(text, file), EngineError);

  it("name a word that is close, else those there are", () => {
    assertEquals(errorOf(check("isolatoin: inline")).hint, 'the closest known word is "isolation"');
    assertEquals(errorOf(check("isolation: proces")).hint, 'the closest known word is "process"');
    assertEquals(errorOf(check("isolation: vm")).hint, "known are process, inline");
  });

  it("say what effects a check has, and that a hash is in upper case", () => {
    assertEquals(errorOf(check("effect: warn")).hint, "checks have deny and ask only");
    const { message } = errorOf(check("effect: ask", "AB".repeat(32)));
    assertEquals(message.includes("which is in upper case, wanted a SHA-256"), true);
    const short = errorOf(check("effect: ask", "AB")).message;
    assertEquals(short.includes("upper case"), false);
  });
});

describe("decodePolicy()", () => {
  it("YAML-22 takes files up to the limit and no byte more", () => {
    const fill = (size: number) =>
      new TextEncoder().encode((version + "#".repeat(size)).slice(0, size));
    for (const size of [maxPolicyBytes - 1, maxPolicyBytes]) {
      assertEquals(parsePolicy(decodePolicy(fill(size), file), file).version, "1.0");
    }
    for (const size of [maxPolicyBytes + 1, 100_000_000]) {
      const error = assertThrows(() => decodePolicy(new Uint8Array(size), file), EngineError);
      assertEquals(error.code, "policy_too_large");
    }
  });

  it("YAML-22 counts bytes, not characters", () => {
    const bytes = new TextEncoder().encode("# " + "\u20ac".repeat(maxPolicyBytes / 3));
    assertEquals(decodedCode(bytes), "policy_too_large");
  });

  it("YAML-15 refuses every encoding but UTF-8 without BOM", () => {
    const utf8 = new TextEncoder().encode(version);
    const rows: Record<string, Uint8Array> = {
      "BOM": new Uint8Array([0xef, 0xbb, 0xbf, ...utf8]),
      "UTF-16LE": encodeWide(version, 2, true),
      "UTF-16BE": encodeWide(version, 2, false),
      "UTF-16LE without BOM": encodeWide(version, 2, true).slice(2),
      "UTF-32LE": encodeWide(version, 4, true),
      "UTF-32BE": encodeWide(version, 4, false),
      "Latin-1": new Uint8Array([...utf8, 0x23, 0xfc, 0x0a]),
      "overlong slash": new Uint8Array([...utf8, 0x23, 0xc0, 0xaf, 0x0a]),
      "encoded surrogate": new Uint8Array([...utf8, 0x23, 0xed, 0xa0, 0x80, 0x0a]),
      "cut sequence": new Uint8Array([...utf8, 0x23, 0xe2, 0x82]),
    };
    for (const [name, bytes] of Object.entries(rows)) {
      assertEquals(decodedCode(bytes), "policy_syntax", name);
    }
  });
});

describe("parsePolicy()", () => {
  it("YAML-03 YAML-04 YAML-05 refuses bombs at once", () => {
    const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}: 1\n`).join("");
    const rows: Record<string, [string, string]> = {
      "60,000 keys": [version + keys, "policy_too_large"],
      "as many keys as fit": [(version + keys).slice(0, maxPolicyBytes - 9), "policy_syntax"],
      "as many values as fit": [
        `${version}limits: [${"[],".repeat(80_000)}]\n`,
        "policy_syntax",
      ],
      "as many words as fit": [`${version}limits: [${"a,".repeat(120_000)}]\n`, "policy_syntax"],
      "250,000 brackets": [`${version}limits: ${"[".repeat(250_000)}`, "policy_syntax"],
      "100,000 braces": [`${version}limits: ${"{a: ".repeat(60_000)}`, "policy_syntax"],
      "100,000 dashes": [`${version}limits:\n  ${"- ".repeat(100_000)}`, "policy_syntax"],
      "a staircase of keys": [
        version + Array.from({ length: 700 }, (_, i) => " ".repeat(i) + "a:\n").join(""),
        "policy_syntax",
      ],
      "long blanks": [`${version}limits: a${" ".repeat(250_000)}b\n`, "policy_invalid"],
      "long blanks, then a comment": [
        `${version}limits: a${" ".repeat(250_000)}# b\n`,
        "policy_invalid",
      ],
      "long text": [`${version}limits: "${"\\\\".repeat(120_000)}"\n`, "policy_invalid"],
      "long open text": [`${version}limits: '${"''".repeat(120_000)}\n`, "policy_syntax"],
      "many colons": [`${version}limits: ${"a:".repeat(120_000)}\n`, "policy_syntax"],
      "a long number": [`${version}limits: ${"9".repeat(250_000)}\n`, "policy_invalid"],
      "a long key": [`${version}${"a".repeat(250_000)}: 1\n`, "policy_invalid"],
    };
    for (const [name, [text, code]] of Object.entries(rows)) {
      const start = performance.now();
      assertEquals(codeOf(text), code, name);
      // Half of a second where some readers take minutes: not a benchmark.
      const elapsedMs = performance.now() - start;
      assert(elapsedMs < 500, `${name}: ${elapsedMs} ms`);
    }
  });

  it("YAML-05 takes the deepest policy there is, far from the bound", () => {
    assertEquals(codeOf(`${version}limits: ${"[".repeat(31)}${"]".repeat(31)}`), "policy_invalid");
    assertEquals(codeOf(`${version}limits: ${"[".repeat(32)}${"]".repeat(32)}`), "policy_syntax");
  });

  it("YAML-04 counts the keys of a mapping", () => {
    const keys = (count: number) =>
      `${version}operations:\n  custom:\n` +
      Array.from({ length: count }, (_, i) => `    k${i}: [read]\n`).join("");
    assertEquals(parsePolicy(keys(256), file).customOperations.size, 256);
    assertEquals(codeOf(keys(257)), "policy_invalid");
    assertEquals(codeOf(keys(1_000)), "policy_invalid");
    assertEquals(codeOf(keys(1_001)), "policy_syntax");
  });

  it("counts patterns", () => {
    const list = (count: number) =>
      `${version}protected:\n  files: [${"a1234567,".repeat(count - 1)}b]\n`;
    assertEquals(parsePolicy(list(maxPatterns), file).protectedFiles.patterns.length, maxPatterns);
    assertEquals(codeOf(list(maxPatterns + 1)), "policy_invalid");
  });

  it("YAML-23 refuses a policy with one node of a wrong type, whichever it is", () => {
    const wrong: readonly unknown[] = [
      null,
      true,
      -1,
      1.5,
      2 ** 53,
      "",
      "x!",
      [],
      [null],
      [["a"]],
      {},
      { a: 1 },
    ];
    let refused = 0;
    for (const path of pathsOf(valid)) {
      for (const value of wrong) {
        const text = toBlock(replaceAt(valid, path, value));
        const name = `${path.join(".")} = ${JSON.stringify(value)}`;
        if (isRight(path, value)) continue;
        const error = assertThrows(() => parsePolicy(text, file), PolicyError, "", name);
        assertEquals(error.code, "policy_invalid", name);
        refused++;
      }
    }
    assert(refused > 150, `only ${refused} mutations`);
  });

  it("YAML-23 accepts the policy that is mutated", () => {
    assertEquals(parsePolicy(toBlock(valid), file).limits.maxComplexity, 1);
  });

  it("GLOB-17 CFG-12 tells an empty list and a zero from an absent one", () => {
    const policy = parsePolicy(
      `${version}limits: {max_file_size: 0}\nprotected: {files: []}`,
      file,
    );
    assertEquals(policy.limits.maxFileSizeBytes, 0);
    assertEquals(policy.limits.maxComplexity, null);
    assertEquals(policy.protectedFiles.set.match([".env"]), []);
  });

  it("compiles the guide's patterns: index is the line's", () => {
    const { set } = parsePolicy(guidePolicy, file).protectedFiles;
    assertEquals(set.match(["a/b/prod.env"]), [1]);
    assertEquals(set.match([".scalpel/policy.yaml"]), [2]);
    assertEquals(set.match(["src/app.ts"]), []);
  });
});

const valid = {
  enforcement: {
    enabled: true,
    fail_closed: true,
    mode: "observe",
    on_unverified: "ask",
    default: "deny",
  },
  limits: {
    max_complexity: 1,
    max_file_size: 2,
    max_changes_per_operation: 3,
    max_files_per_operation: 4,
  },
  protected: { files: ["*.env"], operations: ["delete"] },
  operations: { custom: { deploy: ["execute"] } },
  version: "1.0",
};

type Path = readonly (string | number)[];

/** Every node but the root. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key])
  );
  return path.length === 0 ? below : [path, ...below];
}

function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[step] = replaceAt(copy[step], rest, replacement);
  return copy;
}

/** Mutations that happen to be right: what they mean is tested above. */
function isRight(path: Path, value: unknown): boolean {
  const name = path.join(".");
  const kind = JSON.stringify(value);
  if (/^enforcement\.(?:enabled|fail_closed)$/.test(name)) return kind === "true";
  if (/^protected\.(?:files|operations)$/.test(name)) return kind === "[]";
  if (/^(?:enforcement|limits|protected|operations|operations\.custom)$/.test(name)) {
    return kind === "{}";
  }
  return name === "protected.files.0" && kind === '"x!"';
}

/** A block mapping of flow values. */
function toBlock(value: unknown): string {
  return Object.entries(value ?? {}).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}
