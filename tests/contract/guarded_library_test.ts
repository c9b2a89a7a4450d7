/** The library in a guarded root: its server decides, or nothing is allowed. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guardedLayoutOf } from "../../src/adapter/layout.ts";
import { readSurroundings } from "../../src/compose/environment.ts";
import { EngineError } from "../../src/core/errors.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { type LibraryEngine, openGuardedEngine } from "../../src/library/guarded_engine.ts";

const operation = parseOperation({ type: "file_write", affected_files: ["src/app.ts"] });

const id = "a".repeat(32);

/** An engine whose server answers with `respond`, or does not run. */
async function inLibrary(
  respond: ((request: Request) => Response) | null,
  body: (engine: LibraryEngine) => Promise<void>,
): Promise<void> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-" }));
  const token = `${folder}/token`;
  Deno.writeTextFileSync(token, "0".repeat(64), { mode: 0o600 });
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, respond ?? (() => new Response()));
  const { port } = server.addr;
  if (respond === null) await server.shutdown();
  try {
    const surroundings = readSurroundings(null);
    const uid = surroundings.uid ?? 1;
    const layout = guardedLayoutOf({
      id: "0".repeat(32),
      root: "/srv/app",
      port,
      serverKey: `${"A".repeat(43)}=`,
      tokenFile: token,
      engineUser: "sealward",
      engineUid: uid + 1,
      agentUid: uid === 0 ? 1 : uid,
      agentHome: null,
      isEngine: false,
    });
    await body(await openGuardedEngine(surroundings, layout));
  } finally {
    if (respond !== null) await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

async function code(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, EngineError)).code;
}

describe("openGuardedEngine()", () => {
  it("ARCH-04 without a server allows nothing", async () => {
    await inLibrary(null, async (engine) => {
      assertEquals(await code(engine.check([operation], "library")), "server_unreachable");
      assertEquals(await code(engine.verifyPolicy()), "server_unreachable");
      const { overrides } = engine;
      assertEquals(await code(overrides.status(id, "library")), "server_unreachable");
      assertEquals(await code(overrides.isValid(id, "library")), "server_unreachable");
      const withdrawn = overrides.withdraw(id, "library", "timeout");
      assertEquals(await code(withdrawn), "server_unreachable");
    });
  });

  it("ARCH-06 believes no server but its own", async () => {
    const answer = { schema_version: 1, status: "trusted", allowed: true, valid: true };
    const allow = () => Response.json({ ...answer, override_id: id });
    await inLibrary(allow, async (engine) => {
      assertEquals(await code(engine.check([operation], "library")), "server_untrusted");
      assertEquals(await code(engine.verifyPolicy()), "server_untrusted");
      assertEquals(await code(engine.overrides.isValid(id, "library")), "server_untrusted");
    });
  });

  it("ARCH-01 has no log", async () => {
    await inLibrary(null, async (engine) => {
      const event = { type: "X", severity: "LOW", details: {} } as const;
      assertEquals(await code(engine.recordEvent(event, "library")), "wrong_user");
      assertEquals(await code(engine.readEvents({})), "wrong_user");
      assertEquals(await code(engine.verifyLog()), "wrong_user");
    });
  });
});
