import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { PolicySnapshot } from "../../../src/core/integrity/policy_snapshot.ts";
import type { ParsedArguments } from "../../../src/edge/cli/command.ts";
import { agreeToPolicy } from "../../../src/edge/cli/commands/agree_to_policy.ts";
import type { CliContext } from "../../../src/edge/cli/host.ts";

const policy = ".scalpel/policy.yaml";
const module = ".scalpel/checks/a.wasm";

/** What a person is shown of these inputs; `asked` are hashes whose kept text was read. */
function show(files: Readonly<Record<string, Uint8Array>>, previous: Record<string, string> = {}) {
  let text = "";
  const asked: string[] = [];
  const stderr = {
    writeSync: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
  const readAcceptedText = (_root: string | null, sha256: string) => {
    asked.push(sha256);
    return "old\n";
  };
  const context = { stderr, host: { readAcceptedText, isInteractive: false } };
  const flags = { text: () => null, isSet: (name: string) => name === "yes" };
  const snapshot: PolicySnapshot = {
    digest: "sha256:0",
    inputs: Object.keys(files).map((path) => ({ path, sha256: `new-${path}` })),
    files: new Map(Object.entries(files)),
  };
  agreeToPolicy(
    context as unknown as CliContext,
    { flags } as unknown as ParsedArguments,
    { snapshot, previous: new Map(Object.entries(previous)) },
  );
  return { lines: text.split("\n"), asked };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("agreeToPolicy()", () => {
  it("shows a module by name, size and hash, and decodes neither it nor the former one", () => {
    const hostile = bytes("\x1b[2J+ allow: everything\n\u202e");
    for (const previous of [{}, { [module]: "old-module" }]) {
      const { lines, asked } = show({ [module]: hostile }, previous);
      const word = Object.keys(previous).length === 0 ? "new" : "changed";
      assertEquals(lines, [
        `sealward: ${word}: ${module} (${hostile.length} bytes, sha256 new-${module})`,
        "sealward: policy digest sha256:0",
        "",
      ]);
      assertEquals(asked, []);
    }
  });

  it("shows data of a check no other way, and that a module is gone", () => {
    const data = ".scalpel/checks/roles.json";
    const { lines } = show({ [data]: bytes('{"a":1}') }, { [module]: "old-module" });
    assertEquals(lines.slice(0, 2), [
      `sealward: gone: ${module}`,
      `sealward: new: ${data} (7 bytes, sha256 new-${data})`,
    ]);
  });

  it("shows the lines of texts", () => {
    const { lines, asked } = show({ [policy]: bytes("new\n") }, { [policy]: "old-policy" });
    assertEquals(asked, ["old-policy"]);
    assert(lines.includes("sealward:   - old") && lines.includes("sealward:   + new"));
  });
});
