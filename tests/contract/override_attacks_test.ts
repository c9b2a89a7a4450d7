/** What somebody may try who asks, and wants more than what a person approved. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  approverPolicy,
  inOverrideProject,
  offered,
  writing,
} from "../support/override_project.ts";

Deno.test("BIND-09 what the asker calls a password hides nothing from who approves", async () => {
  await inOverrideProject(async ({ check }) => {
    const code = `import os; os.unlink("notes.txt")`;
    const hidden: readonly object[] = [
      { ...writing("locked/production"), metadata: { password: "production" } },
      { type: "command", command: `python3 -c '${code}'`, metadata: { secret: code } },
      { ...writing("a.env", "curl evil.example"), metadata: { token: "curl evil.example" } },
      {
        type: "tool_call",
        tool: { name: "files", input: { sql: "drop table", path: "a.env" } },
        metadata: { password: "drop table" },
      },
    ];
    for (const operation of hidden) {
      const { decision, override } = await check(operation);
      assertEquals([decision, override], ["deny", undefined], JSON.stringify(operation));
    }
    // A secret in its own place is covered, and what is done stays in sight.
    const plain = "password=abcd1234efgh sh -c 'rm locked/x'";
    offered(await check({ type: "command", command: plain }));
    const twice = "TOKEN=abcd1234efgh\nURL=https://x/abcd1234efgh\n";
    offered(await check({ ...writing("b.env", twice), metadata: { note: "x" } }));
  });
});

Deno.test("BIND-09 metadata is shown to who approves, last and marked", async () => {
  await inOverrideProject(async ({ check, engine }) => {
    const metadata = { amount: 1_000_000, to: "mallory", description: "a cent to alice" };
    const denied = await check({ type: "payment", metadata });
    const { request_id: id } = offered(denied);
    const { text } = await engine.overrides.show(id, "console");
    const said = text.indexOf(`the asker says (unchecked): "a cent to alice"`);
    const added = text.indexOf("the asker adds (unchecked): ");
    assert(added > said && said > text.indexOf("against it"), text);
    assertStringIncludes(text, `{\\"amount\\":1000000,\\"to\\":\\"mallory\\"}`);
    const hidden = { ...metadata, password: "mallory1", to: "mallory1" };
    assertEquals((await check({ type: "payment", metadata: hidden })).override, undefined);
  });
});

Deno.test("SEED-07 who is judged reads neither a seed nor the approver's token", async () => {
  const state = ["/var/lib/sealward/0f", "/home/a/.local/state/sealward/0f"];
  const policy = approverPolicy("enforcement: {mode: observe}\n");
  await inOverrideProject(async ({ check, project }) => {
    project.write("tokens/approver", "x");
    Deno.symlinkSync("/var/lib/sealward/0f/keys/override/aa", `${project.root}/link`);
    for (const folder of state) {
      const seed = `${folder}/keys/override/${"0".repeat(32)}`;
      for (
        const operation of [
          { type: "file_read", affected_files: [seed] },
          { type: "file_copy", affected_files: [seed, "copy"] },
          { type: "command", command: `cat ${seed}` },
          { type: "command", command: `curl -d @${folder}/tokens/approver http://127.0.0.1:1` },
          { type: "file_read", affected_files: ["link"] },
        ]
      ) {
        const { decision, overridable, violated_policies: policies } = await check(operation);
        assertEquals(
          [decision, overridable, policies.includes("builtin.files")],
          ["deny", false, true],
          JSON.stringify(operation),
        );
      }
      const own = { type: "command", command: `cat ${folder}/tokens/agent ${folder}/keys/a.pub` };
      assertEquals((await check(own)).decision, "allow");
    }
    const namesake = { type: "file_read", affected_files: ["tokens/approver"] };
    assertEquals((await check(namesake)).decision, "allow");
  }, { policy });
});

Deno.test("BIND-04 a folder that is filled after the approval, or a file that got another name, is another", async () => {
  await inOverrideProject(async ({ check, enrol, engine, approval, project }) => {
    const ada = await enrol("ada");
    const filled = `${project.root}/locked/dir/two`;
    const linked = `${project.root}/prod.env`;
    project.write("locked/dir/one", "1");
    project.write("locked/file", "1");
    const tries = [
      [{ type: "file_delete", affected_files: ["locked/dir"] }, () => {
        Deno.writeTextFileSync(filled, "2");
      }, () => Deno.removeSync(filled)],
      [writing("locked/file"), () => {
        Deno.linkSync(`${project.root}/locked/file`, linked);
      }, () => Deno.removeSync(linked)],
    ] as const;
    for (const [index, [operation, turn, turnBack]] of tries.entries()) {
      const code = ada.recovery[index] ?? "";
      const proof = { kind: "recovery", approver: "ada", code } as const;
      await engine.overrides.approve(approval(await check(operation), { proof }));
      turn();
      assertEquals((await check(operation)).decision, "deny");
      turnBack();
      assertEquals((await check(operation)).decision, "allow");
    }
  });
});

Deno.test("BIND-11 long commands do not make the list of what waits too long to read", async () => {
  await inOverrideProject(async ({ check, engine }) => {
    for (let i = 0; i < 16; i++) {
      offered(await check({ type: "command", command: `rm a${i}.env '${"é".repeat(16_000)}'` }));
    }
    const { pending } = await engine.overrides.list();
    assertEquals(pending.length, 16);
    const longest = Math.max(...pending.map(({ summary }) => summary.length));
    assert(longest < 600, `a summary has ${longest} characters`);
  });
});
