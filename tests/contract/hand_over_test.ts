/** What is left of a token that could not be handed over. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Layout } from "../../src/adapter/layout.ts";
import { handOver } from "../../src/compose/exec/hand_over.ts";
import type { LaunchUsers } from "../../src/compose/exec/plan_users.ts";
import { EngineError } from "../../src/core/errors.ts";

/** Folders that hold a token, wherever one may be handed over. */
function findCopies(token: string): readonly string[] {
  return ["/run", "/tmp"].flatMap((place) =>
    [...Deno.readDirSync(place)].map(({ name }) => `${place}/${name}`)
      .filter((path) => path.includes("/sealward-") && readText(`${path}/token`) === token)
  );
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

describe("handOver()", () => {
  it("ARCH-01 leaves no token behind where it cannot hand it over", () => {
    const state = Deno.makeTempDirSync();
    try {
      const token = crypto.randomUUID();
      const uid = Deno.uid() ?? 0;
      const folders = { tokensFolder: `${state}/tokens`, keysFolder: `${state}/keys` };
      Deno.mkdirSync(folders.tokensFolder);
      Deno.mkdirSync(folders.keysFolder);
      Deno.writeTextFileSync(`${folders.tokensFolder}/agent`, token);
      const layout = { root: "/p", guard: null, ...folders } as Layout;
      const users = { isSame: false, childUid: uid } as LaunchUsers;
      // The server's key is not there; the token was copied by then.
      const { code } = assertThrows(() => handOver(layout, users, 1), EngineError);
      assertEquals([code, findCopies(token)], ["exec_failed", []]);
      Deno.writeTextFileSync(`${folders.keysFolder}/server.pub`, "key");
      const given = handOver(layout, users, 1);
      assertEquals(findCopies(token), [given.folder ?? "none"]);
      given.remove();
      assertEquals(findCopies(token), []);
    } finally {
      Deno.removeSync(state, { recursive: true });
    }
  });
});
