/** A person lifts one denial through the sealed server: the secret is read and hashed after sealing. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { describe } from "@std/testing/bdd";
import { createApproverClient } from "../../src/approver_client.ts";
import { createClient } from "../../src/client.ts";
import { EngineError } from "../../src/core/errors.ts";
import { Project } from "../support/sealward.ts";
import { offered, unnamedSecret } from "../support/override_project.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { startServer } from "./fixtures/start_server.ts";

const operation = { type: "file_write", affected_files: [".env"] };

describe("serve, for a person who approves", () => {
  itOnBoth(
    "SEC-01 grants one denied operation once, for a code that is in no log",
    async (program) => {
      using project = new Project();
      await project.init();
      const secret = unnamedSecret();
      const secretFile = `${project.home}/totp`;
      Deno.writeTextFileSync(secretFile, secret.text, { mode: 0o600 });
      const server = await startServer(project, program, { SCALPEL_TOTP_SECRET_FILE: secretFile });
      const read = (name: string) =>
        Deno.readTextFileSync(`${project.stateFolder()}/${name}`).trim();
      const peer = {
        url: server.url,
        publicKey: decodeBase64(read("keys/server.pub")),
        timeoutMs: 20_000,
      };
      const agent = createClient({ ...peer, token: read("tokens/agent") });
      const approver = createApproverClient({ ...peer, token: read("tokens/approver") });
      const denied = await agent.check(operation);
      const { request_id: requestId } = offered(denied);
      const { phrase, text } = await approver.show(requestId);
      assert(text.includes(".env"), text);
      const code = secret.code(Date.now() / 1000);
      const approval = {
        requestId,
        phrase,
        justification: "the test says so",
        grant: { kind: "once" },
        proof: { kind: "totp", approver: null, code },
      } as const;
      const refused = () => approver.approve({ ...approval, phrase: "00000-00000" });
      assertEquals((await assertRejects(refused, EngineError)).code, "override_rejected");
      assertEquals((await agent.check(operation)).decision, "deny");
      const granted = await approver.approve(approval);
      assertEquals(granted.status, "approved");
      assertEquals((await agent.overrideTask(requestId)).result?.override_id, granted.override_id);
      const decisions = [await agent.check(operation), await agent.check(operation)];
      assertEquals(decisions.map(({ decision }) => decision), ["allow", "deny"]);
      const { request_id: last } = offered(decisions[1] ?? denied);
      const wait = ["override", "wait", last, "--server", server.url, "--timeout", "0"];
      assertEquals((await project.run(wait, { program })).exit, 4);
      assertEquals((await agent.overrideTask(last)).status, "expired");
      assertEquals(await server.stop(), 0, server.said());
      const log = project.read(".scalpel/audit.log");
      assert(!server.said().includes(code) && !log.includes(`"${code}"`));
    },
  );
});
