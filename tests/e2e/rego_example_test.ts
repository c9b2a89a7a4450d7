/** The example in Rego, by its README, with the module that OPA's own compiler made of it. */
import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";

const folder = new URL("../../src/checks/rego/", import.meta.url);

/** The policy lines of the README, with the hashes of what stands beside it. */
function readLines(module: Uint8Array, data: Uint8Array): string {
  const [, lines = ""] = /```yaml\n(checks:\n[^`]*)```/
    .exec(Deno.readTextFileSync(new URL("README.md", folder))) ?? [];
  const hashes = [module, data].map((bytes) => encodeHex(sha256(bytes)));
  return lines.replaceAll('sha256: "…"', () => `sha256: "${hashes.shift()}"`);
}

describe("the example in Rego", () => {
  it("passes its tests, denies a push at night and lets one by day through", async () => {
    using project = new Project();
    await project.init();
    const module = Deno.readFileSync(new URL("protected_branches.wasm", folder));
    const data = Deno.readFileSync(new URL("data.json", folder));
    Deno.mkdirSync(project.path(".scalpel/checks"));
    Deno.writeFileSync(project.path(".scalpel/checks/protected-branches.wasm"), module);
    Deno.writeFileSync(project.path(".scalpel/checks/protected-branches.json"), data);
    project.write(".scalpel/policy.yaml", `version: "1.0"\n${readLines(module, data)}`);
    const tested = await project.json(["checks", "test"]);
    assertEquals([tested.exit, tested.value["passed"]], [0, true], JSON.stringify(tested.value));
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    const push = async (command: string, timestamp: string) => {
      const { decision } = await ask(project, { type: "command", command, timestamp });
      return decision.violations.map(({ policy }) => policy)
        .filter((policy) => policy === "checks.protected-branches").length;
    };
    assertEquals(await push("git push origin main", "2026-11-23T03:00:00Z"), 1);
    assertEquals(await push("git push origin main", "2026-11-23T12:00:00Z"), 0);
    assertEquals(await push("git push origin topic", "2026-11-23T03:00:00Z"), 0);
    assertEquals(await push("git push --force origin topic:main", "2026-11-23T12:00:00Z"), 1);
  });
});
