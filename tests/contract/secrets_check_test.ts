import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import {
  type CorpusItem,
  Dice,
  makePrivateKey,
  makeToken,
  secretCorpus,
} from "../support/secret_corpus.ts";
import { testSeed } from "../support/seeded.ts";
import { fileWrite, openShippedCheck } from "../support/shipped_check.ts";

const check = openShippedCheck("secrets", { inputBytes: 4_194_304 });
const digest = (text: string): string => encodeHex(sha256(new TextEncoder().encode(text)));
const token = makeToken("stripe_key", 7);

function isRight({ kind, text }: CorpusItem): boolean {
  const codes = check.codesOf(text);
  return kind === null ? codes.length === 0 : codes.includes(kind);
}

describe("the check secrets on its labelled set", () => {
  const seed = 1 + testSeed % 1_000_000;
  const corpus = secretCorpus(seed, 20);
  const known = corpus.filter(({ kind }) => kind !== null && kind !== "assigned_secret");
  const named = corpus.filter(({ kind }) => kind === "assigned_secret");
  const harmless = corpus.filter(({ kind }) => kind === null);
  const share = (items: readonly CorpusItem[]) => items.filter(isRight).length / items.length;

  it(`finds 99 of 100 tokens of known shape and more (seed ${seed})`, () => {
    assert(share(known) >= 0.99, `${share(known)} of ${known.length}`);
  });

  it(`finds 9 of 10 random values under a secret's name and more (seed ${seed})`, () => {
    assert(share(named) >= 0.9, `${share(named)} of ${named.length}`);
  });

  it(`finds nothing in 99 of 100 texts that only look like it, and more (seed ${seed})`, () => {
    const wrong = harmless.filter((item) => !isRight(item)).map(({ text }) => text);
    assert(wrong.length <= harmless.length / 100, wrong.join("\n"));
  });

  it("finds each kind at least once", () => {
    const kinds = new Set(corpus.flatMap(({ kind }) => kind ?? []));
    for (const kind of kinds) {
      assert(known.concat(named).some((item) => item.kind === kind && isRight(item)), kind);
    }
    assert(kinds.size >= 30, `${kinds.size}`);
  });
});

describe("the check secrets on text that people wrote", () => {
  it("finds one in 100 files of this project at most, and only in vectors and tests", () => {
    const found: string[] = [];
    let files = 0;
    const walk = (folder: URL) => {
      for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
        const path = new URL(isDirectory ? `${name}/` : name, folder);
        if (isDirectory) walk(path);
        if (!isFile || !/\.(?:ts|md|json|yaml|c|h|rs)$/.test(name)) continue;
        files++;
        const text = Deno.readTextFileSync(path);
        if (text.length < 1_000_000 && check.codesOf(text).length > 0) found.push(path.pathname);
      }
    };
    for (const folder of ["src", "docs", "tests", "scripts"]) {
      walk(new URL(`../../${folder}/`, import.meta.url));
    }
    assert(files > 1_000 && found.length <= files / 100, found.join("\n"));
    for (const path of found) assert(/\/tests\//.test(path), path);
  });
});

describe("what the check secrets tells", () => {
  it("S1 tells kind, place and hash, and of the secret four characters at most", () => {
    const text = `a\nb\nconst key = "${token}";\n`;
    const [violation] = check.find(fileWrite(text, "src/key.ts"));
    assertEquals(violation, {
      code: "stripe_key",
      message: "Stripe key in content, line 3 (sk_l...)",
      severity: "CRITICAL",
      path: "src/key.ts",
      details: { line: 3, where: "content", sha256: digest(token) },
    });
  });

  it("S1 tells neither a password nor its hash, which could be tried out", () => {
    const password = `Zk3${new Dice(3).text("abcdefghjkmnpqrs23456789", 9)}`;
    const operation = fileWrite(`postgres://app:${password}@db.internal/main`);
    const told = JSON.stringify(check.find(operation));
    assert(told.includes("url_password"));
    assert(!told.includes(password.slice(0, 5)) && !told.includes(digest(password)));
  });

  it("S1 tells no part of any secret of the set beyond its beginning", () => {
    for (const { text } of secretCorpus(11, 1)) {
      const told = JSON.stringify(check.find(fileWrite(text)).map(({ message }) => message));
      for (const word of text.match(/[A-Za-z0-9_+/-]{16,}/g) ?? []) {
        assert(word.length <= 30 || !told.includes(word.slice(0, 6)), word);
      }
    }
  });

  it("looks at everything an operation carries", () => {
    const where = (operation: JsonObject) =>
      check.find(operation).map(({ code, details }) => `${code} ${details?.["where"]}`);
    assertEquals(where({ type: "command", command: `curl -H "Key: ${token}" x` }), [
      "stripe_key command",
    ]);
    const input = { url: "https://x/", headers: [{ "X-Key": token }] };
    assertEquals(where({ type: "tool_call", tool: { name: "http", input } }), ["stripe_key tool"]);
    assertEquals(where({ type: "network", metadata: { [token]: 1 } }), ["stripe_key metadata"]);
    assertEquals(
      where({ type: "tool_call", tool: { name: "db", input: { password: "Zk3Jx8" + "Qp2!Lw" } } }),
      [
        "assigned_secret tool",
      ],
    );
    assertEquals(where({ type: "command", effects: [{ resource: token }] }), []);
  });

  it("looks at what a diff adds, and not at what it takes away", () => {
    const diff = (line: string) => ({
      type: "code_modification",
      affected_files: ["a.ts"],
      diff: `--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n${line}\n`,
    });
    assertEquals(check.find(diff(`-key("${token}")`)), []);
    assertEquals(check.find(diff(`+key("${token}")`)).map(({ details }) => details?.["line"]), [4]);
    const key = makePrivateKey().split("\n").map((line) => `+${line}`).join("\n");
    assertEquals(check.find(diff(key)).map(({ code }) => code), ["private_key"]);
  });

  it("stops at 50 findings", () => {
    const text = Array.from({ length: 200 }, (_, seed) => makeToken("npm_token", seed + 1)).join(
      "\n",
    );
    assertEquals(check.find(fileWrite(text)).length, 50);
  });

  it("finds an AWS secret by the id before it", () => {
    const id = makeToken("aws_access_key_id", 5);
    const secret = new Dice(9).text(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
      40,
    );
    assertEquals(check.codesOf(`${id},${secret}\n`), [
      "aws_access_key_id",
      "aws_secret_access_key",
    ]);
  });

  it("holds tokens with a checksum against it", () => {
    for (const kind of ["github_token", "npm_token", "age_key"]) {
      const good = makeToken(kind, 3);
      const last = good.at(-1) === "Q" ? "P" : "Q";
      assertEquals(check.codesOf(`use ${good} now`), [kind]);
      assertEquals(check.codesOf(`use ${good.slice(0, -1)}${last} now`), []);
    }
  });
});

describe("settings of the check secrets", () => {
  const text = `key("${token}")`;

  it("lets values go by whose hash is listed", () => {
    assertEquals(check.codesOf(text, "a.ts", { allow_sha256: [digest(token)] }), []);
    assertEquals(check.codesOf(text, "a.ts", { allow_sha256: [digest("x")] }), ["stripe_key"]);
  });

  it("lets files go by whose every path is listed", () => {
    const settings = { allow_paths: ["tests/**", "*.example"] };
    assertEquals(check.codesOf(text, "tests/a/b.ts", settings), []);
    assertEquals(check.codesOf(text, "x/env.example", settings), []);
    assertEquals(check.codesOf(text, "src/tests/a.ts", settings), ["stripe_key"]);
    const both = { ...fileWrite(text), affected_files: ["tests/a.ts", "src/a.ts"] };
    assertEquals(check.find(both, settings).length, 1);
    const command = { type: "command", affected_files: ["tests/a.ts"], command: text };
    assertEquals(check.find(command, settings).length, 1);
  });

  it("turns kinds off", () => {
    assertEquals(check.codesOf(text, "a.ts", { kinds_off: ["stripe_key"] }), []);
    assertEquals(check.codesOf(text, "a.ts", { kinds_off: ["jwt"] }), ["stripe_key"]);
  });

  it("asks for more entropy, and for less", () => {
    const value = `api_key = "${new Dice(5).text("0123456789abcdefghjk", 64)}"`;
    assertEquals(check.codesOf(value), ["assigned_secret"]);
    assertEquals(check.codesOf(value, "a.ts", { min_entropy: 4.4 }), []);
    assertEquals(check.codesOf(value, "a.ts", { min_entropy: 2 }), ["assigned_secret"]);
  });
});
