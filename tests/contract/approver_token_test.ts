/** The approver's token on a real disk, and the client that reads it. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import type { Layout } from "../../src/adapter/layout.ts";
import { approverTokenPath, createApproverToken } from "../../src/compose/create_approver_token.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { openApproverClient } from "../../src/compose/open_approver_client.ts";
import { EngineError } from "../../src/core/errors.ts";
import { surroundingsOf } from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";
import { createTestApp, publicKey, tokens } from "../support/test_app.ts";

const modeOf = (path: string): number => (Deno.lstatSync(path).mode ?? 0) & 0o777;

async function createProject(): Promise<{ readonly project: Project; readonly layout: Layout }> {
  const project = new Project();
  project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
  const surroundings = surroundingsOf(project);
  await createInstall(surroundings, project.root);
  return { project, layout: findLayout(surroundings, project.root) };
}

describe("createApproverToken()", () => {
  it("HTTP-12 is made with an install: random, 0600, another than the others", async () => {
    const { project, layout } = await createProject();
    using _ = project;
    const read = (role: string) => Deno.readTextFileSync(`${layout.tokensFolder}/${role}`);
    assertEquals(modeOf(approverTokenPath(layout)), 0o600);
    assertMatch(read("approver"), /^[0-9a-f]{64}\n$/);
    assertEquals(new Set(["agent", "operator", "approver"].map(read)).size, 3);
  });

  it("HTTP-12 adds one to an older install, and never replaces one or follows a link", async () => {
    const { project, layout } = await createProject();
    using _ = project;
    const path = approverTokenPath(layout);
    const first = Deno.readTextFileSync(path);
    const codeOf = () => assertThrows(() => createApproverToken(layout), EngineError).code;
    assertEquals(codeOf(), "already_initialized");
    assertEquals(Deno.readTextFileSync(path), first);
    Deno.removeSync(path);
    assertEquals(createApproverToken(layout), path);
    assert(Deno.readTextFileSync(path) !== first);
    Deno.removeSync(path);
    Deno.symlinkSync(project.path("planted"), path);
    assertEquals(codeOf(), "already_initialized");
    assertThrows(() => Deno.lstatSync(project.path("planted")), Deno.errors.NotFound);
  });

  it("says what is wrong where there is no place for it", () => {
    const layout = { tokensFolder: "/nonexistent/tokens" };
    const error = assertThrows(() => createApproverToken(layout), EngineError);
    assertEquals(error.code, "output_unwritable");
  });
});

/** The test app on a port, with its tokens and key where an install keeps its own. */
async function withServer(
  use: (given: {
    readonly layout: Layout;
    readonly url: string;
    readonly port: number;
    readonly project: Project;
  }) => Promise<void>,
): Promise<void> {
  const { project, layout } = await createProject();
  using _ = project;
  Deno.writeTextFileSync(approverTokenPath(layout), `${tokens.approver}\n`);
  Deno.writeTextFileSync(`${layout.keysFolder}/server.pub`, `${encodeBase64(publicKey)}\n`);
  const { app, hosts } = createTestApp();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    (request) => app.fetch(request),
  );
  const { port } = server.addr;
  hosts.push(`127.0.0.1:${port}`);
  try {
    await use({ layout, url: `http://127.0.0.1:${port}`, port, project });
  } finally {
    await server.shutdown();
  }
}

describe("openApproverClient()", () => {
  const none = { tokenPath: null, keyPath: null };

  it("finds token and key of a local install by itself", async () => {
    await withServer(async ({ layout, url, project }) => {
      const surroundings = surroundingsOf(project);
      const client = await openApproverClient(surroundings, layout, { url, ...none });
      assertEquals((await client.list()).approvers.length, 1);
    });
  });

  it("SEC-05 reads no token that others can read, lies in the workspace, or is missing", async () => {
    await withServer(async ({ layout, url, project }) => {
      const surroundings = surroundingsOf(project);
      const copy = project.path("token");
      Deno.writeTextFileSync(copy, tokens.approver, { mode: 0o600 });
      const open = async (tokenPath: string | null): Promise<string> => {
        const ways = { url, tokenPath, keyPath: null };
        const opening = () => openApproverClient(surroundings, layout, ways);
        return (await assertRejects(opening, EngineError)).code;
      };
      assertEquals(await open(copy), "secret_unsafe");
      Deno.chmodSync(approverTokenPath(layout), 0o640);
      assertEquals(await open(null), "secret_unsafe");
      Deno.removeSync(approverTokenPath(layout));
      assertEquals(await open(null), "secret_missing");
    });
  });

  it("CFG-07 goes where client.json says in a guarded install, whatever URL and key are given", async () => {
    await withServer(async ({ layout, port, project }) => {
      const self = Deno.uid() ?? 0;
      const guard = {
        id: "0".repeat(32),
        root: layout.root,
        port,
        serverKey: encodeBase64(publicKey),
        tokenFile: `${layout.tokensFolder}/agent`,
        engineUser: "sealward",
        engineUid: self,
        agentUid: 64_102,
        agentHome: null,
        isEngine: false,
      };
      const ways = { url: "http://127.0.0.1:1", tokenPath: null, keyPath: "/nonexistent" };
      const guarded = { ...layout, guard };
      const asRoot = { ...surroundingsOf(project), uid: 0 };
      const client = await openApproverClient(asRoot, guarded, ways);
      assertEquals((await client.list()).approvers.length, 1);
      const asPerson = { ...asRoot, uid: self === 0 ? 1_000 : self };
      const opening = () => openApproverClient(asPerson, guarded, ways);
      assertEquals((await assertRejects(opening, EngineError)).code, "usage");
      // A copy of the person's own works; root's files count as anybody's who may read them.
      const copy = `${project.home}/approver`;
      Deno.writeTextFileSync(copy, tokens.approver, { mode: 0o600 });
      const named = await openApproverClient(asPerson, guarded, { ...ways, tokenPath: copy });
      assertEquals((await named.list()).approvers.length, 1);
    });
  });
});
