/** From a denial to its approval in a local install, and what waits for it, without a tool of the system. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { inOverrideProject, type OverrideProject } from "../support/override_project.ts";
import type { Program } from "../support/sealward.ts";
import { newSshSigner, type SshSigner } from "../support/ssh_signer.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { type Served, startServer } from "./fixtures/start_server.ts";

const why = "agreed in review";

interface Offer {
  readonly request_id: string;
  readonly phrase: string;
}

/** Agent and people of one project, by one program. */
class Flow {
  readonly #project: OverrideProject["project"];
  readonly #program: Program;

  constructor({ project }: OverrideProject, program: Program) {
    this.#project = project;
    this.#program = program;
  }

  run(...args: readonly string[]) {
    return this.#project.run(args, { program: this.#program });
  }

  async check(file: string): Promise<{ readonly exit: number; readonly override?: Offer }> {
    const args = ["check", "--type", "file_write", "--file", file, "--format", "json"];
    const { exit, stdout } = await this.run(...args);
    return { exit, override: JSON.parse(stdout).override };
  }

  async deny(file: string): Promise<Offer> {
    const { exit, override } = await this.check(file);
    assertEquals(exit, 2);
    assert(override !== undefined, file);
    return override;
  }

  /** Exit status of `override wait`. */
  async wait({ request_id: id }: Offer, ...flags: readonly string[]): Promise<number> {
    return (await this.run("override", "wait", id, ...flags)).exit;
  }

  serve(): Promise<Served> {
    return startServer(this.#project, this.#program);
  }

  async post({ url }: Served, path: string, body: object): Promise<number> {
    const token = `${this.#project.stateFolder()}/tokens/approver`;
    const response = await fetch(`${url}/v1/override/${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${Deno.readTextFileSync(token).trim()}`,
        "content-type": "application/json",
        "sealward-approve": "1",
      },
      body: JSON.stringify({ justification: why, ...body }),
    });
    await response.body?.cancel();
    return response.status;
  }

  /** Writes what is to be signed, signs it, and gives the signature in. */
  async sign({ request_id: id, phrase }: Offer, { sign }: SshSigner): Promise<number> {
    const file = `${this.#project.folder}/approval`;
    const words = ["--justification", why];
    const shown = await this.run("override", "show", id, "--to-sign", file, ...words);
    assertEquals(shown.exit, 0, shown.stderr);
    Deno.writeFileSync(`${file}.sig`, await sign(Deno.readFileSync(file)));
    const proof = ["--signature", `${file}.sig`, "--phrase", phrase];
    return (await this.run("override", "approve", id, ...proof, ...words)).exit;
  }
}

const proofOf = ({ request_id, phrase }: Offer) => ({ request_id, phrase });

async function inFlow(
  program: Program,
  body: (flow: Flow, people: OverrideProject, jo: SshSigner) => Promise<void>,
): Promise<void> {
  const jo = await newSshSigner("ssh-ed25519");
  const policy = `version: "1.0"
protected:
  files: ["*.env"]
overrides:
  approvers:
    - name: ada
    - name: jo
      ssh_keys: ["${jo.line}"]
`;
  await inOverrideProject(async (project) => {
    const flow = new Flow(project, program);
    await body(flow, project, jo);
    for (const args of [["audit", "verify"], ["replay", "--all"]]) {
      const { exit, stderr } = await flow.run(...args);
      assertEquals(exit, 0, `${args.join(" ")}: ${stderr}`);
    }
  }, { policy });
}

describe("a denial, and the person who lifts it", () => {
  itOnBoth(
    "BIND-03 TOTP-05 a code over HTTP lifts it once; wait ends with 0, then 2",
    async (program) => {
      await inFlow(program, async (flow, { enrol }) => {
        const ada = await enrol("ada");
        const offer = await flow.deny("a.env");
        const server = await flow.serve();
        try {
          const waiting = flow.wait(offer, "--timeout", "60");
          const proof = { approver: "ada", code: ada.code() };
          assertEquals(await flow.post(server, "approve", { ...proofOf(offer), ...proof }), 200);
          assertEquals(await waiting, 0);
          const other = await flow.deny("b.env");
          const again = { ...proofOf(other), ...proof };
          assertEquals(await flow.post(server, "approve", again), 403, "the code was used");
        } finally {
          assertEquals(await server.stop(), 0, server.said());
        }
        assertEquals((await flow.check("b.env")).exit, 2);
        assertEquals((await flow.check("a.env")).exit, 0);
        assertEquals((await flow.check("a.env")).exit, 2);
        assertEquals(await flow.wait(offer), 2, "used");
      });
    },
  );

  itOnBoth("BIND-17 a signature lifts it once, and is taken for nothing else", async (program) => {
    await inFlow(program, async (flow, { entries }, jo) => {
      const offer = await flow.deny("a.env");
      const stranger = await newSshSigner("ssh-ed25519");
      assertEquals(await flow.sign(offer, stranger), 2);
      assertEquals(await flow.wait(offer, "--timeout", "0", "--keep"), 4, "it still waits");
      assertEquals(await flow.sign(offer, jo), 0);
      assertEquals(await flow.wait(offer), 0);
      assertEquals((await flow.check("a.env")).exit, 0);
      assertEquals((await flow.check("a.env")).exit, 2);
      const [granted, ...more] = await entries("state.override_granted");
      assertEquals([granted?.details["approved_by"], more.length], ["jo", 0]);
    });
  });

  itOnBoth("BIND-17 what is to be signed lies outside the project", async (program) => {
    await inFlow(program, async (flow, { project }) => {
      const { request_id: id } = await flow.deny("a.env");
      for (const file of ["approval", `${project.root}/approval`]) {
        const why = ["--justification", "agreed in review"];
        const { exit, stderr } = await flow.run("override", "show", id, "--to-sign", file, ...why);
        assertEquals(exit, 64);
        assertMatch(stderr, /the agent writes in the project/);
      }
      assertEquals(
        [...Deno.readDirSync(project.root)].some(({ name }) => name === "approval"),
        false,
      );
    });
  });

  itOnBoth("BIND-16 nobody's answer is 4 and ends the request, a no is 2", async (program) => {
    await inFlow(program, async (flow, { enrol }) => {
      const ada = await enrol("ada");
      const [late, refused] = [await flow.deny("a.env"), await flow.deny("b.env")];
      assertEquals(await flow.wait(late, "--timeout", "1"), 4);
      const { stdout } = await flow.run("override", "wait", late.request_id);
      assertMatch(stdout, /^TAKEN BACK \(timeout\)/);
      const server = await flow.serve();
      try {
        const body = { ...proofOf(late), approver: "ada", code: ada.code() };
        assertEquals(await flow.post(server, "approve", body), 403, "too late");
        const waiting = flow.wait(refused);
        assertEquals(await flow.post(server, "deny", { request_id: refused.request_id }), 200);
        assertEquals(await waiting, 2);
      } finally {
        assertEquals(await server.stop(), 0, server.said());
      }
      for (const file of ["a.env", "b.env"]) assertEquals((await flow.check(file)).exit, 2);
      assertEquals(await flow.wait({ request_id: "0".repeat(32), phrase: "" }), 3);
    });
  });
});
