/** Who decides for a root: client.json, whatever flags, variables and folders say. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { installIdOf } from "../../src/adapter/layout.ts";
import { findPlaceFault } from "../../src/adapter/trusted_place.ts";
import {
  findLayout,
  findProposal,
  knownVariables,
  readSurroundings,
  type Surroundings,
} from "../../src/compose/environment.ts";
import { findRoad } from "../../src/compose/find_road.ts";
import { guardsOf, readGuards } from "../../src/compose/guarded/guards.ts";
import { EngineError } from "../../src/core/errors.ts";

const engineUid = 64_101;
const agentUid = 64_102;

interface Place extends Disposable {
  readonly guarded: string;
  readonly elsewhere: string;
  readonly at: (
    cwd: string,
    options?: { readonly env?: Record<string, string>; readonly uid?: number },
  ) => Surroundings;
}

function place(): Place {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-" }));
  const guarded = `${folder}/guarded`;
  const elsewhere = `${folder}/elsewhere`;
  for (const path of [`${guarded}/sub/.scalpel`, `${guarded}/.scalpel`, `${elsewhere}/.scalpel`]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  const id = installIdOf(guarded);
  const guards = guardsOf([{
    id,
    root: guarded,
    port: 8787,
    serverKey: `${"A".repeat(43)}=`,
    tokenFile: `/etc/sealward/${id}.agent.token`,
    engineUser: "sealward",
    engineUid,
    agentUid,
    agentHome: null,
  }]);
  return {
    guarded,
    elsewhere,
    at: (cwd, { env = {}, uid = agentUid } = {}) => ({
      variable: (name) => ({ HOME: `${folder}/home`, ...env })[name],
      uid,
      cwd,
      guards,
      readTrustedKeys: () => Promise.resolve([]),
    }),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function refusal(act: () => unknown): string {
  return assertThrows(act, EngineError).code;
}

const noFlags = { root: null, server: null, tokenPath: null, keyPath: null };
const road = { url: "http://127.0.0.1:8787", tokenPath: null, keyPath: null };

describe("a guarded root", () => {
  it("CFG-01 is found from its folder, any folder below, and by its name from elsewhere", () => {
    using here = place();
    const { guarded, elsewhere, at } = here;
    const cells: readonly [cwd: string, root: string | null][] = [
      [guarded, null],
      [guarded, guarded],
      [guarded, "."],
      [`${guarded}/sub`, null],
      [`${guarded}/sub/.scalpel`, null],
      [`${guarded}/sub`, ".."],
      [elsewhere, guarded],
    ];
    for (const [cwd, root] of cells) {
      const layout = findLayout(at(cwd), root);
      assertEquals(layout.root, guarded, `${cwd} ${root}`);
      assertEquals(layout.policyFolder, `/etc/sealward/${installIdOf(guarded)}`);
      assertEquals(layout.logPath, `/var/lib/sealward/${installIdOf(guarded)}/audit.log`);
      assertEquals(findRoad(at(cwd), { ...noFlags, root }), road);
    }
    assertEquals(findLayout(at(guarded, { env: { SCALPEL_ROOT: guarded } }), null).root, guarded);
    assertEquals(findLayout(at(elsewhere), null).guard, null);
    assertEquals(findProposal(at(guarded), null).policyFolder, `${guarded}/.scalpel`);
  });

  it("CFG-01 no flag moves its road", () => {
    using here = place();
    const { guarded, elsewhere, at } = here;
    for (const root of [elsewhere, "/", `${guarded}/sub`, "..", "../elsewhere"]) {
      assertEquals(refusal(() => findLayout(at(guarded), root)), "usage", root);
    }
    const moves = { server: road.url, tokenPath: "/tmp/token", keyPath: "/tmp/key" };
    for (const [name, value] of Object.entries(moves)) {
      const request = { ...noFlags, [name]: value };
      assertEquals(refusal(() => findRoad(at(guarded), request)), "usage", name);
      const named = { ...request, root: guarded };
      assertEquals(refusal(() => findRoad(at(elsewhere), named)), "usage", name);
    }
  });

  it("CFG-01 CFG-08 no variable moves its road", () => {
    using here = place();
    const { guarded, elsewhere, at } = here;
    const moving = {
      SCALPEL_ROOT: elsewhere,
      SCALPEL_SERVER: "http://127.0.0.1:1",
      SCALPEL_TOKEN_FILE: "/tmp/token",
      SCALPEL_SERVER_KEY_FILE: "/tmp/server.pub",
      SCALPEL_AUDIT_SECRET: "x".repeat(40),
      SCALPEL_AUDIT_SECRET_FILE: "/tmp/secret",
      SCALPEL_AUDIT_SECRET_FD: "3",
      SCALPEL_TOTP_SECRET: "A".repeat(32),
      SCALPEL_TOTP_SECRET_FILE: "/tmp/totp",
      SCALPEL_TOTP_SECRET_FD: "3",
    };
    for (const [name, value] of Object.entries(moving)) {
      assertEquals(
        refusal(() => findLayout(at(guarded, { env: { [name]: value } }), null)),
        "usage",
      );
    }
    const named = knownVariables.filter((name) => name.startsWith("SCALPEL_"));
    assertEquals(
      Object.keys(moving).sort(),
      [...named].sort(),
      "every variable of ours has its cell",
    );
    const others = { HOME: "/nonexistent", XDG_STATE_HOME: guarded, CREDENTIALS_DIRECTORY: "/tmp" };
    for (const env of [{ HOME: "" }, { XDG_STATE_HOME: "relative" }, others]) {
      assertEquals(findLayout(at(guarded, { env }), null), findLayout(at(guarded), null));
    }
  });

  it("CFG-01 whoever looks after it may stand in another guarded folder and name it", () => {
    using here = place();
    const { guarded, elsewhere, at } = here;
    for (const uid of [0, engineUid]) {
      assertEquals(findLayout(at(guarded, { uid }), guarded).root, guarded);
      assertEquals(refusal(() => findLayout(at(guarded, { uid }), elsewhere)), "usage");
    }
    assertEquals(findLayout(at(guarded, { uid: engineUid }), null).guard?.isEngine, true);
    assertEquals(findLayout(at(guarded, { uid: 0 }), null).guard?.isEngine, false);
    assertEquals(findRoad(at(guarded, { uid: engineUid }), noFlags), null);
  });

  it("CFG-01 a link into it is the root it leads to", () => {
    using here = place();
    const { guarded, elsewhere, at } = here;
    Deno.symlinkSync(guarded, `${elsewhere}/link`);
    assertEquals(findLayout(at(elsewhere), "link").root, guarded);
    assertEquals(findLayout(at(elsewhere), "link").guard !== null, true);
    assertEquals(refusal(() => findLayout(at(elsewhere), "link/sub")), "usage");
  });
});

describe("client.json", () => {
  it("CFG-07 FILE-04 that others could have put there stops everything, a sticky folder included", () => {
    const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-", dir: "/tmp" }));
    try {
      const path = `${folder}/client.json`;
      Deno.writeTextFileSync(path, `{"schema_version":1,"installs":[]}`);
      const fault = findPlaceFault(path, { owners: [0], kind: "file" });
      assertEquals([fault?.path, fault?.why.includes("others can write it")], ["/tmp", true]);
      const sticky = { owners: [0, Deno.uid() ?? -1], kind: "file", allowsSticky: true } as const;
      assertEquals(findPlaceFault(path, sticky), null);
      Deno.chmodSync(folder, 0o777);
      assertEquals(findPlaceFault(path, sticky)?.path, folder);
      Deno.chmodSync(folder, 0o700);
      const surroundings = readSurroundings(readGuards(path));
      assertEquals(refusal(() => findLayout(surroundings, null)), "guard_unsafe");
      assertEquals(refusal(() => findRoad(surroundings, noFlags)), "guard_unsafe");
      assertEquals(refusal(() => surroundings.guards?.installs()), "guard_unsafe");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
});
