/** What the Python client computes itself, against RFC 8032, openssl, WebCrypto and the engine. */
import { assertEquals } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { runPython } from "../support/python_client.ts";
import { Project } from "../support/sealward.ts";
import { chooseSeed } from "../support/seeded.ts";

/** RFC 8032, section 7.1: public key, message, signature. */
const vectors = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

async function verify(lines: readonly (readonly string[])[]): Promise<readonly string[]> {
  using project = new Project();
  const stdin = lines.map((line) => `${line.join(" ")}\n`).join("");
  const { exit, stdout, stderr } = await runPython(project, ["verify_signatures.py"], { stdin });
  assertEquals([exit, stderr], [0, ""]);
  return stdout.trim().split("\n");
}

const hexOf = (buffer: ArrayBuffer): string => encodeHex(new Uint8Array(buffer));

function flip(hex: string, bit: number): string {
  const bytes = decodeHex(hex);
  const at = Math.floor(bit / 8) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  return encodeHex(bytes);
}

/** The same signature with L added to its second half: equal in the group, another text. */
function stretched(hex: string): string {
  const bytes = decodeHex(hex);
  const s = bytes.slice(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + order;
  for (let i = 0; i < 32; i++) bytes[32 + i] = Number((s >> BigInt(8 * i)) & 255n);
  return encodeHex(bytes);
}

describe("the Python client's Ed25519", () => {
  it("verifies the vectors of RFC 8032, and none with any bit of the signature flipped", async () => {
    assertEquals(await verify(vectors), ["1", "1", "1"]);
    const [key, message, signature] = vectors[1];
    const flipped = Array.from({ length: 512 }, (_, bit) => [key, message, flip(signature, bit)]);
    assertEquals(new Set(await verify(flipped)), new Set(["0"]));
  });

  it("ARCH-06 refuses second spellings, other lengths and keys of small order", async () => {
    const [key, message, signature] = vectors[2];
    const zero = "00".repeat(32);
    const neutral = `01${"00".repeat(31)}`;
    assertEquals(
      await verify([
        [key, message, stretched(signature)],
        [key, message, signature.slice(0, 126)],
        [key, message, `${signature}00`],
        [key, "af83", signature],
        // R = neutral, s = 0: fits every message under the neutral key.
        [neutral, message, `${neutral}${zero}`],
        [zero, message, `${neutral}${zero}`],
        [`ec${"ff".repeat(30)}7f`, message, `${neutral}${zero}`],
        // y = p + 1, a second spelling of 1; y that is on no curve; 31 bytes.
        [`ee${"ff".repeat(30)}7f`, message, `${neutral}${zero}`],
        [`02${"00".repeat(31)}`, message, signature],
        [key.slice(2), message, signature],
      ]),
      ["0", "0", "0", "0", "no key", "no key", "no key", "no key", "no key", "no key"],
    );
  });

  it("agrees with WebCrypto on random keys and messages, whole and damaged", async () => {
    const seed = chooseSeed("python");
    const lines: (readonly string[])[] = [];
    const expected: string[] = [];
    for (let round = 0; round < 24; round++) {
      const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
      if (!("privateKey" in pair)) throw new Error("no key pair");
      const key = hexOf(await crypto.subtle.exportKey("raw", pair.publicKey));
      const message = crypto.getRandomValues(new Uint8Array(1 + (seed + round) % 300));
      const signature = hexOf(await crypto.subtle.sign("Ed25519", pair.privateKey, message));
      const bit = (seed * 7 + round * 13) % 512;
      lines.push([key, encodeHex(message), signature]);
      lines.push([key, encodeHex(message), flip(signature, bit)]);
      lines.push([key, flip(encodeHex(message), bit), signature]);
      expected.push("1", "0", "0");
    }
    assertEquals(await verify(lines), expected, `seed ${seed}`);
  });

  it("verifies what openssl signs", async () => {
    using project = new Project();
    project.write("message", "sealward-answer-v1\n");
    const script = `openssl genpkey -algorithm ed25519 -out key &&
      openssl pkey -in key -pubout -outform DER | tail -c 32 | xxd -p -c 64 &&
      xxd -p -c 64 message && openssl pkeyutl -sign -rawin -inkey key -in message | xxd -p -c 64`;
    const program = { name: "sh", command: ["sh", "-c", script] };
    const { exit, stdout } = await project.run([], { program });
    assertEquals(exit, 0);
    assertEquals(await verify([stdout.trim().split("\n")]), ["1"]);
  });
});

const key = fc.string({ unit: "binary", maxLength: 5 })
  .filter((text) => text.isWellFormed() && text !== "__proto__");

/** What JSON can say and an operation may hold, with numbers of every size. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

describe("the Python client's file", () => {
  it("is Python 3.9, and imports the standard library alone", async () => {
    using project = new Project();
    const script = `import ast, sys
tree = ast.parse(open(sys.argv[1], encoding="utf-8").read(), feature_version=(3, 9))
names = {getattr(node, "module", None) or node.names[0].name for node in ast.walk(tree)
    if isinstance(node, (ast.Import, ast.ImportFrom))}
print(sorted(name for name in names if name.split(".")[0] not in sys.stdlib_module_names))`;
    const path = new URL("../../src/client/python/sealward.py", import.meta.url).pathname;
    const program = { name: "python3", command: ["python3", "-c", script, path] };
    const env = { PATH: Deno.env.get("PATH") ?? "" };
    const { exit, stdout, stderr } = await project.run([], { program, env });
    assertEquals([exit, stdout, stderr], [0, "[]\n", ""]);
  });
});

describe("the Python client's digest of an operation", () => {
  it("JSON-10 is the engine's, for every text and number", async () => {
    const seed = chooseSeed("python");
    const operations = fc.sample(
      fc.record({
        type: fc.constantFrom("tool_call", "my.type", "command"),
        metadata: fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true }),
        tool: fc.constant({ name: "t" }),
        agent: fc.constantFrom(null, { name: "a", session: "s" }, { session: "s" }, {}),
        command: fc.constant("ls"),
        correlation_id: fc.constantFrom(undefined, "c1"),
        cwd: fc.constantFrom(undefined, null, "src"),
      }),
      { numRuns: 400, seed },
    );
    const stdin = operations.map((operation) => `${JSON.stringify(operation)}\n`).join("");
    using project = new Project();
    const { exit, stdout, stderr } = await runPython(project, ["digest_operations.py"], { stdin });
    assertEquals([exit, stderr], [0, ""]);
    const expected = operations.map((operation) =>
      operationDigest(parseOperation(JSON.parse(JSON.stringify(operation))), sha256)
    );
    assertEquals(stdout.trim().split("\n"), expected, `seed ${seed}`);
  });
});
