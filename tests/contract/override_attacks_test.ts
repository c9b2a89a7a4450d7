/** What somebody may try who asks, and wants more than what a person approved. */
import { assertEquals } from "@std/assert";
import { inOverrideProject, offered, writing } from "../support/override_project.ts";

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
    offered(await check({ ...writing("b.env", "TOKEN=abcd1234efgh"), metadata: { note: "x" } }));
  });
});
