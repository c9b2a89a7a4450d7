/** Files of checks on the real store and log: replaced, raced, large. Only the sandbox is a fake. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { LoadSandbox } from "../../src/core/check/check_sandbox.ts";
import { hexDigest } from "../../src/core/integrity/hex_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { checkLines, inChecksProject, policyOf } from "../support/checks_project.ts";
import { fakeSandbox, finding } from "../support/fake_sandbox.ts";

const write = { type: "file_write", affected_files: ["a.ts"], content: "x" };

/** Notes the hash of every module that is run. */
function hashing(): { readonly load: LoadSandbox; readonly ran: string[] } {
  const ran: string[] = [];
  const load: LoadSandbox = (isolation) =>
    Promise.resolve({
      run: (_key, job) => {
        ran.push(hexDigest(job.module, sha256));
        return Promise.resolve({ ...finding(), wallMicros: 1, isolation });
      },
    });
  return { load, ran };
}

/** Swaps two files over a third as fast as it can, until it is told to stop. */
const swapper = `
  onmessage = ({ data: { path, a, b } }) => {
    postMessage("started");
    const endMs = Date.now() + 3000;
    for (let turn = 0; Date.now() < endMs; turn++) {
      Deno.writeTextFileSync(path + ".next", turn % 2 ? a : b);
      Deno.renameSync(path + ".next", path);
    }
    postMessage("done");
  };`;

describe("files of checks", () => {
  for (
    const [what, attack] of [
      ["edited", (path: string) => Deno.writeTextFileSync(path, "scan2")],
      ["removed", (path: string) => Deno.removeSync(path)],
      ["joined by another", (path: string) => Deno.writeTextFileSync(`${path}.more`, "x")],
      ["replaced by a link", (path: string) => {
        Deno.renameSync(path, `${path}.away`);
        Deno.symlinkSync(`${path}.away`, path);
      }],
    ] as const
  ) {
    it(`WASM-08 MAN-06 a module that is ${what} after the acceptance denies everything`, async () => {
      const { load, asked } = fakeSandbox({ scan: () => finding() });
      const policy = policyOf(checkLines("w", "scan"));
      await inChecksProject({ policy, names: ["scan"], load }, async ({ check, project, open }) => {
        assertEquals((await check(write)).decision, "allow");
        const before = asked.length;
        attack(project.path(".scalpel/checks/scan.wasm"));
        for (const _ of [1, 2]) {
          const { decision, violations, overridable } = await check(write);
          assertEquals([decision, violations[0]?.code, overridable], [
            "deny",
            "policy_tampered",
            false,
          ]);
        }
        // Nothing was run: not by this engine, nor by one that never saw the file.
        const fresh = await open(load);
        const [again] = await fresh.check([parseOperation(write)], "uid:1");
        assertEquals([again?.decision, asked.length], ["deny", before]);
      });
    });
  }

  it("WASM-08 what runs is what was hashed, whoever replaces the file meanwhile", async () => {
    const { load, ran } = hashing();
    const policy = policyOf(checkLines("w", "scan"));
    const pinned = hexDigest(new TextEncoder().encode("scan"), sha256);
    await inChecksProject({ policy, names: ["scan"], load }, async ({ check, project }) => {
      const url = `data:application/javascript,${encodeURIComponent(swapper)}`;
      const worker = new Worker(url, { type: "module" });
      const messages: string[] = [];
      const ended = new Promise<void>((resolve) => {
        worker.onmessage = ({ data }) => {
          messages.push(data);
          if (data === "done") resolve();
        };
      });
      const path = project.path(".scalpel/checks/scan.wasm");
      worker.postMessage({ path, a: "scan", b: "evil" });
      let allowed = 0;
      let denied = 0;
      for (const endMs = Date.now() + 2_500; Date.now() < endMs;) {
        const { decision, violations } = await check({ ...write, content: `${allowed + denied}` });
        if (decision === "allow") allowed++;
        else {
          denied++;
          assertEquals(violations[0]?.code, "policy_tampered");
        }
      }
      await ended;
      worker.terminate();
      // The run that follows an allow was of the pinned bytes, and there was one.
      assert(denied > 0, "the swapper never came in between");
      assertEquals([...new Set(ran)].filter((hash) => hash !== pinned), []);
    });
  });

  it("keeps a module of 8 MiB, and runs a logged decision on it again", async () => {
    const name = "x".repeat(8 * 1_048_576);
    const { load, ran } = hashing();
    const policy = policyOf(checkLines("w", "big"))
      .replace(/sha256: "\w+"/, `sha256: "${hexDigest(new TextEncoder().encode(name), sha256)}"`);
    const files = { ".scalpel/checks/big.wasm": name };
    await inChecksProject(
      { policy, names: [], load, files },
      async ({ check, engine, project }) => {
        assertEquals((await check(write)).decision, "allow");
        Deno.removeSync(project.path(".scalpel/checks/big.wasm"));
        const results: string[] = [];
        for await (
          const { status } of engine.replay({ first: 0, last: 99 }, { runsChecks: true })
        ) {
          results.push(status);
        }
        assertEquals(results, ["agrees"]);
        assertEquals(ran.length, 2);
      },
    );
  });
});
