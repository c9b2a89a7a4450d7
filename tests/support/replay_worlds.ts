/**
 * Random operations, policies and disks for what is kept of a decision and made again.
 */
import fc from "./fast_check.ts";
import { createPlanner } from "../../src/core/decision/command_planner.ts";
import type { Bench } from "../../src/core/decision/judge_operations.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import type { Disk } from "../../src/core/ports.ts";
import { createFakeDisk, type FakeNode, type FakeTree } from "./fake_disk.ts";

export const root = "/p/root";
const name = fc.constantFrom(
  "a",
  "b",
  "c",
  "x.env",
  "run.sh",
  ".scalpel",
  ".git",
  "__proto__",
  "1",
);
const inside = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const path = fc.oneof(
  { weight: 6, arbitrary: inside },
  { weight: 1, arbitrary: inside.map((at) => `${root}/${at}`) },
  { weight: 1, arbitrary: fc.tuple(name, inside).map(([via, at]) => `${via}/../${at}`) },
  { weight: 1, arbitrary: inside.map((at) => `${at}/`) },
  { weight: 1, arbitrary: fc.constantFrom(".", "..", "/", "/q/secret", "../x", "caf\u00e9") },
);
const node: fc.Arbitrary<FakeNode> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "pipe" }) },
  { weight: 1, arbitrary: fc.constant({ kind: "folder", isMount: true }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("file"), bytes: fc.nat({ max: 99 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("file"),
      bytes: fc.constant(1),
      inode: fc.constantFrom(7, 8),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("folder"), isClosed: fc.nat(5).map((n) => n === 0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("link"),
      target: fc.oneof(inside, inside.map((at) => `../${at}`), inside.map((at) => `${root}/${at}`)),
    }),
  },
) as fc.Arbitrary<FakeNode>;

/** A tree in which no file stands above another node. */
export const tree: fc.Arbitrary<FakeTree> = fc.array(fc.tuple(inside, node), { maxLength: 10 })
  .map((entries) => {
    const nodes: Record<string, FakeNode> = {};
    for (const [at, given] of entries) {
      const taken = `${root}/${at}`;
      const isBlocked = Object.entries(nodes).some(([other, { kind }]) =>
        (kind !== "folder" && taken.startsWith(`${other}/`)) || other.startsWith(`${taken}/`)
      );
      if (!isBlocked) nodes[taken] = given;
    }
    return nodes;
  });

export const policy = fc.record({
  files: fc.subarray(["*.env", "a/b", "**/c", "/a"]),
  secrets: fc.subarray(["b/", "x.env"]),
  opaque: fc.constantFrom("deny", "ask", "allow"),
  unverified: fc.constantFrom("deny", "ask"),
  mode: fc.constantFrom("enforce", "observe"),
  maxFiles: fc.constantFrom("", "  max_files_per_operation: 2\n"),
  maxSize: fc.constantFrom("", "  max_file_size: 40\n"),
  maxChanges: fc.constantFrom("", "  max_changes_per_operation: 3\n"),
  maxComplexity: fc.constantFrom("", "  max_complexity: 1\n"),
}).map((given) =>
  `version: "1.0"\nenforcement:\n  mode: ${given.mode}\n  on_unverified: ${given.unverified}\n` +
  `limits:\n  max_files_per_operation: 50\n`.slice(0, given.maxFiles === "" ? undefined : 8) +
  given.maxFiles + given.maxSize + given.maxChanges + given.maxComplexity +
  `protected:\n  files: ${JSON.stringify(given.files)}\n` +
  `  secret_files: ${JSON.stringify(given.secrets)}\ncommands:\n  opaque: ${given.opaque}\n`
);

const secret = fc.stringMatching(/^[a-z]{4}[A-Z]{4}[0-9]{4}$/);
const command = fc.tuple(path, path, secret, fc.nat(11)).map(([a, b, hidden, which]) =>
  [
    `rm -rf ${a} && cp ${b} ${a}`,
    `cat ${a} | grep x > ${b}`,
    `sh ${a}`,
    `cd ${a} && rm *.env ~/x`,
    `for f in ${a}/*; do mv "$f" ${b}; done`,
    `git checkout ${a}`,
    `find ${a} -name '*.env' -delete`,
    `TOKEN=${hidden} sh ${a}`,
    `echo ${hidden}${hidden} > ${a}; curl -H "Authorization: Bearer ${hidden}" h`,
    `ls ${a}; chmod 600 ${b}/../${a}`,
    `echo ${"long ".repeat(80)} > ${a}`,
    `PASSWORD=${a} rm ${a}`,
  ][which] ?? "ls"
);
const content = fc.tuple(secret, fc.nat(3)).map(([hidden, which]) =>
  [`const password = "${hidden}";\n`, "if (a) { b(); }\n", "", "x\n".repeat(30)][which] ?? ""
);
const diff = fc.tuple(inside, secret).map(([at, hidden]) =>
  `--- a/${at}\n+++ b/${at}\n@@ -1 +1,2 @@\n-a\n+token: ${hidden}\n+b\n`
);
const types = ["file_read", "file_write", "file_create", "file_delete", "file_rename", "file_copy"];
export const wire = fc.record({
  type: fc.constantFrom(...types, "file_link", "chmod", "command", "tool_call", "network", "odd"),
  affected_files: fc.array(path, { minLength: 2, maxLength: 4 }),
  cwd: fc.constantFrom(undefined, undefined, undefined, "a", "/p", "gone"),
  content: fc.option(content, { nil: undefined, freq: 2 }),
  diff: fc.option(fc.oneof(diff, fc.constant("?")), { nil: undefined, freq: 4 }),
  command,
  tool: fc.option(
    fc.record({ name: fc.constantFrom("t", "Read"), input: fc.record({ path, password: secret }) }),
    { nil: undefined, freq: 4 },
  ),
  metadata: fc.constantFrom({}, {}, { complexity: 3 }, { changes: "x" }, {
    url: "https://u:pw12345@h/",
    note: "n",
  }),
});

export function operationOf({ command, ...given }: Record<string, unknown>): Operation {
  const isCommand = given["type"] === "command";
  return parseOperation({ ...given, ...(isCommand ? { command, affected_files: [] } : {}) });
}

export function benchOf(text: string, on: FakeTree): Bench {
  const script = new TextEncoder().encode("#!/bin/sh\nrm -rf a/b\nexport API_KEY=abcd1234efgh\n");
  const disk: Disk = {
    ...createFakeDisk(root, on),
    home: "/home/u",
    readBytes: (at) => at.endsWith(".sh") ? script : null,
  };
  return {
    trust: { status: "trusted", policyDigest: "sha256:1", message: "", changed: [] },
    policy: parsePolicy(text, "policy.yaml"),
    stateDigest: "sha256:2",
    attestation: "same_uid",
    disk,
    sha256,
    measureComplexity,
    createPlanner,
    toolReader,
    written: new Set<string>(),
    denials: [],
    randomBytes: (count) => new Uint8Array(count),
  };
}
