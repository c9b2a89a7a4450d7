/** The TypeScript clients on Node: bundled, against the compiled server, every method once. */
import { assert, assertEquals } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { unnamedSecret } from "../support/override_project.ts";
import { compiled, Project } from "../support/sealward.ts";

const source = new URL("../support/client_roundtrip.ts", import.meta.url).pathname;

async function bundle(project: Project): Promise<string> {
  const path = `${project.folder}/client.mjs`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=deno", "-o", path, source],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return path;
}

describe("the TypeScript clients", () => {
  for (const runtime of ["node", "deno"]) {
    it(`use every route of the server on ${runtime}, and believe no other key`, async () => {
      using project = new Project();
      await project.init();
      const secretFile = `${project.home}/totp`;
      Deno.writeTextFileSync(secretFile, unnamedSecret().text, { mode: 0o600 });
      const server = await startServer(project, compiled, { SCALPEL_TOTP_SECRET_FILE: secretFile });
      const read = (name: string) =>
        Deno.readTextFileSync(`${project.stateFolder()}/${name}`).trim();
      const key = encodeHex(decodeBase64(read("keys/server.pub")));
      const tokens = ["agent", "operator", "approver"].map((role) => read(`tokens/${role}`));
      const path = await bundle(project);
      const command = runtime === "node"
        ? ["node", path]
        : [Deno.execPath(), "run", "--quiet", "--no-config", "--allow-net=127.0.0.1", path];
      const program = { name: runtime, command };
      const env = { PATH: Deno.env.get("PATH") ?? "" };
      try {
        const args = [server.url, key, ...tokens];
        const { exit, stdout, stderr } = await project.run(args, { program, env });
        assertEquals([exit, stderr], [0, ""]);
        assertEquals(JSON.parse(stdout), {
          decisions: ["allow", "allow", "deny"],
          status: "trusted",
          verify: "trusted",
          isReady: true,
          // An outcome that no decision explains.
          alarms: 1,
          settled: 0,
          request: "pending",
          shown: true,
          listed: [1, 1],
          denied: "denied",
          task: "denied",
          cancelled: "request_conflict",
          valid: false,
          revoked: "override_unknown",
          events: ["audit.decision"],
          all: true,
          log: "OK-UNANCHORED",
          forbidden: "request_forbidden",
          forged: "server_untrusted",
        });
      } finally {
        assertEquals(await server.stop(), 0);
      }
    });
  }
});
