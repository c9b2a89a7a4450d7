/** A guarded install: requests are answered at its server, by whoever holds the approver's token. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { GuardedInstall, guardedRoot, type Who } from "../support/guarded_install.ts";

const id = "0123456789abcdef0123456789abcdef";
const why = ["--justification", "agreed in review"];
const acts = [["list"], ["show", id], ["deny", id, ...why], ["revoke", id, ...why]];

describe("guarded: override", () => {
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
