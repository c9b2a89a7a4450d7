import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runText } from "../../support/test_bench.ts";

const policy = `version: "1.0"
limits: {max_file_size: 100}
protected: {files: ["*.env", "keys/"], operations: [chmod]}
rules:
  - id: no-push
    match: {commands: ["git push *"]}
    effect: ask
  - id: only-uid-7
    match: {types: [network], principals: ["uid:7"]}
`;
const head = "schema_version: 1\ncases:\n";
const wrong = async (text: string) =>
  (await runText(policy, head + text)).map(({ mismatches }) =>
    mismatches.map(({ member }) => member)
  );

function caseOf(operation: string, expect: string, more = ""): string {
  return `  - {name: a, operation: {${operation}}, expect: {${expect}}${more}}\n`;
}
const write = (file: string) => `type: file_write, affected_files: ["${file}"]`;
const deny = (...ids: readonly string[]) =>
  `decision: deny, violated_policies: [${ids.join(", ")}]`;

describe("runCase()", () => {
  it("passes when decision and policies are the expected ones", async () => {
    assertEquals(await wrong(caseOf(write("a.ts"), "decision: allow")), [[]]);
    assertEquals(await wrong(caseOf(write("a.env"), deny("protected.files"))), [[]]);
    const push = caseOf(
      'type: command, command: "git push origin"',
      "decision: ask, violated_policies: [rules.no-push]",
    );
    assertEquals(await wrong(push), [[]]);
  });

  it("fails for the right answer and another reason", async () => {
    const wrongReason = caseOf(write("a.env"), deny("protected.operations"));
    assertEquals(await wrong(wrongReason), [["violated_policies"]]);
    const half = caseOf('type: chmod, affected_files: ["a.env"]', deny("protected.files"));
    assertEquals(await wrong(half), [["violated_policies"]]);
    assertEquals(await wrong(caseOf(write("a.env"), "decision: allow")), [[
      "decision",
      "violated_policies",
    ]]);
  });

  it("looks for the message in reason and violations, and for would_deny", async () => {
    const expect = deny("protected.files");
    assertEquals(await wrong(caseOf(write("a.env"), `${expect}, message: '*.env'`)), [[]]);
    assertEquals(await wrong(caseOf(write("a.env"), `${expect}, message: nowhere`)), [["message"]]);
    assertEquals(await wrong(caseOf(write("a.env"), `${expect}, would_deny: true`)), [[
      "would_deny",
    ]]);
  });

  it("looks whether a person may approve it", async () => {
    const soft = deny("protected.files");
    assertEquals(await wrong(caseOf(write("a.env"), `${soft}, overridable: true`)), [[]]);
    assertEquals(await wrong(caseOf(write("a.env"), `${soft}, overridable: false`)), [[
      "overridable",
    ]]);
    const hard = deny("builtin.files");
    const own = write(".scalpel/policy.yaml");
    assertEquals(await wrong(caseOf(own, `${hard}, overridable: false`)), [[]]);
    assertEquals(await wrong(caseOf(own, `${hard}, overridable: true`)), [["overridable"]]);
    assertEquals(await wrong(caseOf(write("a.ts"), "decision: allow, overridable: false")), [[]]);
  });

  it("asks as the principal that is named", async () => {
    const asked = (more: string, expect: string) =>
      caseOf("type: network, metadata: {host: h}", expect, more);
    const all = asked(", principal: 'uid:7'", deny("rules.only-uid-7")) +
      asked(", principal: 'uid:8'", "decision: allow").replace("name: a", "name: b");
    assertEquals(await wrong(all), [[], []]);
  });

  it("pretends files: sizes, folders, links, texts of scripts", async () => {
    const files = (list: string) => `, files: [${list}]`;
    const rows = [
      caseOf(write("big"), "decision: allow", files("{path: big, size: 100}")),
      caseOf(write("l"), deny("protected.files"), files("{path: l, target: x.env}")),
      caseOf(
        'type: file_delete, affected_files: ["d"]',
        deny("protected.files"),
        files("{path: d/e/x.env}"),
      ),
      caseOf(
        'type: command, command: "sh run.sh"',
        deny("protected.files"),
        files('{path: run.sh, content: "rm x.env\\n"}'),
      ),
      caseOf('type: command, command: "sh run.sh"', deny("commands.opaque"), files("")),
    ].map((text, index) => text.replace("name: a", `name: "${index}"`));
    assertEquals(await wrong(rows.join("")), [[], [], [], [], []]);
  });

  it("remembers what was asked before, and begins empty each time", async () => {
    const files = ', files: [{path: run.py, content: "pass\\n"}]';
    const run = 'type: command, command: "python3 run.py"';
    const earlier = `, earlier: [{operation: {${write("run.py")}}}]${files}`;
    const text = caseOf(run, deny("commands.opaque"), earlier) +
      caseOf(run, "decision: allow", files).replace("name: a", "name: b");
    assertEquals(await wrong(text), [[], []]);
  });
});
