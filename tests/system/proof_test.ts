/** A proof, verified by openssl and the commands of audit/merkle/SPEC.md alone. */
import { assertEquals } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { parseCheckpoint } from "../../src/core/audit/checkpoint.ts";
import { parseTlogProof } from "../../src/core/audit/tlog_proof.ts";
import { proofLine, ProofLog } from "../support/proof_log.ts";
import { type Program, Project } from "../support/sealward.ts";

const shell: Program = { name: "sh", command: ["sh", "-eu", "-c"] };
const spec = new URL("../../src/core/audit/merkle/SPEC.md", import.meta.url);

/** The indented commands after a sentence of the specification, as they stand there. */
function recipeAfter(sentence: string): string {
  const [, rest = ""] = Deno.readTextFileSync(spec).split(sentence);
  const [, block = ""] = /\n\n((?: {4}.*\n)+)/.exec(rest) ?? [];
  if (block === "") throw new Error(`SPEC.md has no commands after "${sentence}"`);
  return block.replaceAll(/^ {4}/gm, "");
}

async function run(project: Project, script: string): Promise<{ exit: number; out: string }> {
  const { exit, stdout, stderr } = await project.run([script], { program: shell });
  return { exit, out: `${stdout}${stderr}` };
}

describe("a proof by hand", () => {
  const lines = Array.from({ length: 7 }, (_, i) => proofLine(i));
  const log = new ProofLog(lines);

  it("AUD-34 openssl agrees on leaf, path and root", async () => {
    using project = new Project();
    project.write("audit.log", lines.map((line) => `${line}\n`).join(""));
    project.write("4.tlog-proof", log.proof(4));
    const { out } = await run(project, recipeAfter("A line's leaf hash by hand"));
    const hashes = [...out.matchAll(/\b[0-9a-f]{64}\b/g)].map(([hash]) => hash);
    assertEquals(hashes.length, 2);
    assertEquals(hashes[0], hashes[1]);

    const proof = parseTlogProof(log.proof(4));
    const { root } = parseCheckpoint(proof.note.slice(0, proof.note.indexOf("\n\n") + 1));
    let hash = decodeHex(hashes[0] ?? "");
    // Leaf 4 of 7: leaf 5 on its right, then leaf 6 alone on the right, then the four on the left.
    for (const [i, side] of ["right", "right", "left"].entries()) {
      const beside = proof.hashes[i] ?? hash;
      const pair = side === "left" ? [beside, hash] : [hash, beside];
      Deno.writeFileSync(project.path("node"), Uint8Array.of(1, ...pair.flatMap((h) => [...h])));
      const node = await run(project, "openssl dgst -sha256 -r node");
      hash = decodeHex(node.out.slice(0, 64));
    }
    assertEquals([proof.hashes.length, encodeHex(hash)], [3, encodeHex(root)]);
  });

  it("AUD-34 openssl agrees on the signature, and on a false one", async () => {
    using project = new Project();
    project.write("server.pub", `${encodeBase64(log.publicKey)}\n`);
    const script = recipeAfter("By hand, the signature");
    project.write("4.tlog-proof", log.proof(4));
    assertEquals((await run(project, script)).exit, 0);
    project.write("4.tlog-proof", log.proof(4).replace("\n7\n", "\n8\n"));
    assertEquals((await run(project, script)).exit, 1);
    project.write("4.tlog-proof", new ProofLog(lines).proof(4));
    assertEquals((await run(project, script)).exit, 1);
  });
});
