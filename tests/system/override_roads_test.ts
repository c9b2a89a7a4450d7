/** A guarded install: requests are answered at its server, by whoever holds the approver's token. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { GuardedInstall, guardedRoot, type Who } from "../support/guarded_install.ts";
import { runInPty } from "../support/pty.ts";
import { answers, type AtTerminal, enrolAda } from "../support/terminal_person.ts";

const id = "0123456789abcdef0123456789abcdef";
const why = ["--justification", "agreed in review"];
const acts = [["list"], ["show", id], ["deny", id, ...why], ["revoke", id, ...why]];

const policy = `version: "1.0"
protected:
  files: ["*.env"]
overrides:
  same_uid: deny
  approvers:
    - name: ada
`;

describe("guarded: override", () => {
  it("BIND-13 root approves for the agent at the engine's server, and the trust is guarded", async () => {
    await using install = await GuardedInstall.create({ policy });
    const at = (who: Who): AtTerminal => (args, answers) =>
      runInPty(install.command(who, ["sealward", "override", ...args]), { answers });
    const ada = await enrolAda(at("engine"));
    await install.serve();
    const check = async () => {
      const command = ["sealward", "check", "--type", "file_write", "--file", "a.env", "--json"];
      const { exit, stdout } = await install.run("agent", command);
      return { exit, override: JSON.parse(stdout).override };
    };
    const { override: { request_id: asked } } = await check();
    const typed = answers({ after: "Code of ada", type: () => `${ada.code()}\r` });
    const alone = await at("agent")(["approve", asked], typed);
    assertEquals([alone.exit, alone.typed], [64, 0], alone.screen);
    const { exit, screen } = await at("root")(["approve", asked], typed);
    assertEquals(exit, 0, screen);
    assertMatch(screen, /trust +guarded: /);
    const waited = await install.run("agent", ["sealward", "override", "wait", asked]);
    assertEquals(waited.exit, 0);
    assertEquals((await check()).exit, 0);
    assertEquals((await check()).exit, 2);
  });

  it("BIND-13 gives the approver's road to root alone, and the asker's to the agent", async () => {
    await using install = await GuardedInstall.create();
    const run = async (who: Who, args: readonly string[]) => {
      const command = ["sealward", "override", ...args, "--json"];
      const { exit, stdout } = await install.run(who, command);
      return [exit, JSON.parse(stdout).error?.code];
    };
    for (const args of acts) assertEquals(await run("root", args), [1, "server_unreachable"]);
    await install.serve();
    const token = `${await install.stateFolder()}/tokens/approver`;
    for (const args of acts.slice(1)) {
      // Known to nobody, and so the question arrived.
      assertEquals((await run("root", args))[0], 3, args.join(" "));
      for (const who of ["agent", "stranger"] as const) {
        assertEquals(await run(who, args), [64, "usage"], `${who} ${args[0]}`);
        const [exit] = await run(who, [...args, "--token-file", token]);
        assertNotEquals(exit, 0);
        assertNotEquals(exit, 3, "nor with the path of the token");
      }
    }
    assertEquals((await run("agent", ["wait", id]))[0], 3);
  });

  it("BIND-13 takes no other road than client.json's: exit 64", async () => {
    await using install = await GuardedInstall.create();
    const moves = [
      ["--server", "http://127.0.0.1:1"],
      ["--server-key", "/srv/app/key"],
      ["--root", "/srv/home/own"],
    ];
    for (const move of moves) {
      for (const args of [...acts, ["wait", id]]) {
        for (const who of ["root", "agent"] as const) {
          const { exit } = await install.run(who, ["sealward", "override", ...args, ...move]);
          assertEquals(exit, 64, `${who} ${[...args, ...move].join(" ")}`);
        }
      }
    }
    const { exit } = await install.run(
      "agent",
      ["sealward", "override", "wait", id, "--token-file", `${guardedRoot}/t`],
    );
    assertEquals(exit, 64);
  });
});
