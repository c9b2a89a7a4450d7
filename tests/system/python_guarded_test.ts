/** The Python client as the agent of a guarded install: root's word alone says who decides. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { GuardedInstall, guardedRoot, type Who } from "../support/guarded_install.ts";

const checkout = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const files = ["src/client/python/sealward.py", "tests/support/python/guarded_agent.py"];
const place = "/srv/python";

/** Puts the client where the agent can read it, and cannot write. */
async function putClient(install: GuardedInstall): Promise<void> {
  await install.must("root", ["mkdir", "-m", "755", place]);
  for (const file of files) {
    const stdin = Deno.readTextFileSync(`${checkout}/${file}`);
    const target = `${place}/${file.replace(/.*\//, "")}`;
    await install.must("root", ["sh", "-c", `cat > ${target} && chmod 644 ${target}`], { stdin });
  }
}

async function ask(
  install: GuardedInstall,
  name: string,
  { who = "agent", env = {}, cwd = guardedRoot }: {
    readonly who?: Who;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {},
): Promise<unknown> {
  const command = ["/usr/bin/python3", "-B", `${place}/guarded_agent.py`];
  const { exit, stdout, stderr } = await install.run(who, command, {
    env: { SEALWARD_CASE: name, ...env },
    cwd,
  });
  assertEquals([exit, stderr], [0, ""]);
  return JSON.parse(stdout);
}

describe("the Python client of a guarded install", () => {
  it("CFG-07 ARCH-06 asks root's server, and nobody else", async () => {
    await using install = await GuardedInstall.create();
    const engine = await install.serve();
    await putClient(install);
    assertEquals(await ask(install, "plain"), {
      intact: true,
      decisions: ["allow", "deny"],
      guarded: "operation_denied",
      ran: [],
      valid: false,
      record: "wrong_user",
      events: "wrong_user",
    });
    for (const road of ["server", "token", "binary"]) {
      assertEquals(await ask(install, road), "usage", road);
    }
    const env = { SCALPEL_SERVER: "http://127.0.0.1:1" };
    assertEquals(await ask(install, "plain", { env }), "usage");
    await install.must("agent", ["mkdir", "-p", "/srv/home/own/.scalpel"]);
    // The working folder is the guarded root's, whatever path is named.
    assertEquals(await ask(install, "elsewhere"), "usage");
    // The token is the agent's.
    assertEquals(await ask(install, "plain", { who: "stranger" }), "secret_missing");
    await engine.end();
    assertEquals(await ask(install, "plain"), "server_unreachable");
    await install.must("root", ["chmod", "666", "/etc/sealward/client.json"]);
    assertEquals(await ask(install, "plain"), "guard_unsafe");
    await install.must("root", [
      "sh",
      "-c",
      "chmod 644 /etc/sealward/client.json; echo > /etc/sealward/client.json",
    ]);
    assertEquals(await ask(install, "plain"), "guard_unsafe");
  });
});
