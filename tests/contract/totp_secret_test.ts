/** Where secrets of codes come from and lie: only files that nobody else can read. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import {
  createSeedFolder,
  readSeed,
  removeSeed,
  seedFolderOf,
  writeSeed,
} from "../../src/adapter/seed_files.ts";
import { readTotpSecret } from "../../src/adapter/totp_secret.ts";
import { type Guard, guardedLayoutOf } from "../../src/adapter/layout.ts";
import { readSurroundings } from "../../src/compose/environment.ts";
import { openOverrideKeeper } from "../../src/compose/override_keeper.ts";
import { EngineError, type ErrorCode } from "../../src/core/errors.ts";
import { secretLetters } from "../../src/core/override/otpauth_uri.ts";

const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

/** A folder with a workspace in it; removed by `using`. */
class Place implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-totp-" }));
  readonly workspace = `${this.folder}/project`;
  readonly seeds = seedFolderOf({ keysFolder: this.folder });
  readonly id = encodeHex(random(16));
  readonly options = { workspace: this.workspace, uid: Deno.uid() };

  constructor() {
    Deno.mkdirSync(this.workspace);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  /** Writes a private file and returns its path. */
  keep(name: string, text: string, mode = 0o600): string {
    const path = `${this.folder}/${name}`;
    Deno.writeTextFileSync(path, text, { mode });
    Deno.chmodSync(path, mode);
    return path;
  }
}

const modeOf = (path: string) => (Deno.lstatSync(path).mode ?? 0) & 0o777;

function assertFails(act: () => unknown, code: ErrorCode): EngineError {
  const error = assertThrows(act, EngineError);
  assertEquals(error.code, code, error.message);
  return error;
}

describe("readTotpSecret()", () => {
  const key = random(32);
  const others = [random(20), random(20), random(20)];
  const read = (place: Place, variables: Readonly<Record<string, string>>) =>
    readTotpSecret((name) => variables[name], place.options);

  it("is null where nothing names a secret", () => {
    using place = new Place();
    assertEquals(read(place, {}), null);
    assertEquals(read(place, { SCALPEL_TOTP_SECRET: "", SCALPEL_TOTP_SECRET_FILE: "" }), null);
    assertEquals(read(place, { CREDENTIALS_DIRECTORY: place.folder }), null);
    assertEquals(read(place, { SCALPEL_AUDIT_SECRET: secretLetters(key) }), null);
  });

  it("takes the safest place that has one: file, credential, variable", () => {
    using place = new Place();
    const [credential, value] = others as [Uint8Array, Uint8Array];
    const all = {
      SCALPEL_TOTP_SECRET_FILE: place.keep("totp", `${secretLetters(key)}\n`),
      CREDENTIALS_DIRECTORY: place.folder,
      SCALPEL_TOTP_SECRET: `hex:${encodeHex(value)}`,
    };
    place.keep("scalpel_totp_secret", `base32:${secretLetters(credential)}`);
    const { SCALPEL_TOTP_SECRET_FILE: _, ...later } = all;
    const found = [read(place, all), read(place, later)];
    assertEquals(found.map((each) => each?.bytes), [key, credential]);
    assertEquals(found.map((each) => each?.warning), [null, null]);
    const last = read(place, { SCALPEL_TOTP_SECRET: all.SCALPEL_TOTP_SECRET });
    assertEquals(last?.bytes, value);
  });

  it("TOTP-15 warns of one in the environment", () => {
    using place = new Place();
    const found = read(place, { SCALPEL_TOTP_SECRET: secretLetters(key) });
    assertStringIncludes(found?.warning ?? "", "SCALPEL_TOTP_SECRET_FILE");
  });

  it("a place that is named and has none is an error, not the next place", () => {
    using place = new Place();
    const value = secretLetters(key);
    const absent = {
      SCALPEL_TOTP_SECRET_FILE: `${place.folder}/absent`,
      SCALPEL_TOTP_SECRET: value,
    };
    assertFails(() => read(place, absent), "secret_missing");
    for (const descriptor of ["x", "99999", "-1"]) {
      const row = { SCALPEL_TOTP_SECRET_FD: descriptor, SCALPEL_TOTP_SECRET: value };
      assertFails(() => read(place, row), "secret_invalid");
    }
    assertFails(() => read(place, { SCALPEL_TOTP_SECRET_FD: "987" }), "secret_missing");
  });

  it("TOTP-14 refuses weak secrets and files that others can read", () => {
    using place = new Place();
    const weak = ["default-totp-secret", "JBSWY3DPEHPK3PXP", "A".repeat(32), encodeHex(random(32))];
    for (const text of weak) {
      assertFails(() => read(place, { SCALPEL_TOTP_SECRET: text }), "secret_invalid");
    }
    for (const mode of [0o640, 0o604, 0o660]) {
      const path = place.keep(`mode${mode}`, secretLetters(key), mode);
      assertFails(() => read(place, { SCALPEL_TOTP_SECRET_FILE: path }), "secret_unsafe");
    }
    const inside = place.keep("project/totp", secretLetters(key));
    assertFails(() => read(place, { SCALPEL_TOTP_SECRET_FILE: inside }), "secret_unsafe");
  });
});

describe("seed files", () => {
  const seed = random(20);

  it("are private files in a private folder, and read back what was written", () => {
    using place = new Place();
    createSeedFolder(place.seeds);
    createSeedFolder(place.seeds);
    writeSeed(place.seeds, place.id, seed);
    const path = `${place.seeds}/${place.id}`;
    assertEquals([modeOf(place.seeds), modeOf(path)], [0o700, 0o600]);
    assertMatch(Deno.readTextFileSync(path), /^base32:[A-Z2-7]{32}\n$/);
    assertEquals(readSeed(place.seeds, place.id, place.options), seed);
    removeSeed(place.seeds, place.id);
    removeSeed(place.seeds, place.id);
    assertEquals([...Deno.readDirSync(place.seeds)], []);
    assertFails(() => readSeed(place.seeds, place.id, place.options), "secret_missing");
  });

  it("are private whatever the umask is", () => {
    using place = new Place();
    const before = Deno.umask(0);
    try {
      createSeedFolder(place.seeds);
      writeSeed(place.seeds, place.id, seed);
    } finally {
      Deno.umask(before);
    }
    assertEquals([modeOf(place.seeds), modeOf(`${place.seeds}/${place.id}`)], [0o700, 0o600]);
  });

  it("are never written over, and no link is followed", () => {
    using place = new Place();
    createSeedFolder(place.seeds);
    writeSeed(place.seeds, place.id, seed);
    assertFails(() => writeSeed(place.seeds, place.id, random(20)), "output_unwritable");
    assertEquals(readSeed(place.seeds, place.id, place.options), seed);
    const other = encodeHex(random(16));
    Deno.symlinkSync(`${place.folder}/elsewhere`, `${place.seeds}/${other}`);
    assertFails(() => writeSeed(place.seeds, other, seed), "output_unwritable");
    assertThrows(() => Deno.lstatSync(`${place.folder}/elsewhere`), Deno.errors.NotFound);
  });

  it("TOTP-20 what is damaged or not safe is an error, never another seed", () => {
    const rows: readonly (readonly [string, (path: string) => void, ErrorCode])[] = [
      ["missing", (path) => Deno.removeSync(path), "secret_missing"],
      ["empty", (path) => Deno.writeTextFileSync(path, ""), "secret_invalid"],
      ["cut", (path) => Deno.truncateSync(path, 20), "secret_invalid"],
      ["one letter cut", (path) => Deno.truncateSync(path, 38), "secret_invalid"],
      ["no base32", (path) => Deno.writeTextFileSync(path, "base32:0189"), "secret_invalid"],
      ["zeros", (path) => Deno.writeFileSync(path, new Uint8Array(40)), "secret_invalid"],
      ["readable by others", (path) => Deno.chmodSync(path, 0o644), "secret_unsafe"],
      ["a second name", (path) => Deno.linkSync(path, `${path}.x`), "secret_unsafe"],
      ["large", (path) => Deno.writeFileSync(path, random(8_192)), "secret_unsafe"],
      ["a link", (path) => {
        Deno.renameSync(path, `${path}.x`);
        Deno.symlinkSync(`${path}.x`, path);
      }, "secret_unsafe"],
      ["a folder", (path) => {
        Deno.removeSync(path);
        Deno.mkdirSync(path);
      }, "secret_unsafe"],
    ];
    for (const [name, spoil, code] of rows) {
      using place = new Place();
      createSeedFolder(place.seeds);
      writeSeed(place.seeds, place.id, seed);
      spoil(`${place.seeds}/${place.id}`);
      const { message } = assertFails(
        () => readSeed(place.seeds, place.id, place.options),
        code,
      );
      assert(!message.includes(secretLetters(seed).slice(0, 8)), name);
    }
  });

  it("an id leads nowhere else", () => {
    using place = new Place();
    createSeedFolder(place.seeds);
    for (const id of ["", "..", "../audit.key", "a".repeat(31), "A".repeat(32), `${place.id}/x`]) {
      for (const act of [readSeed, writeSeed, removeSeed] as const) {
        assertFails(() => act(place.seeds, id, seed as never), "internal");
      }
    }
  });

  it("a folder that others can look into, or that is none, is refused", () => {
    using place = new Place();
    Deno.mkdirSync(place.seeds, { mode: 0o755 });
    Deno.chmodSync(place.seeds, 0o755);
    assertFails(() => createSeedFolder(place.seeds), "secret_unsafe");
    Deno.removeSync(place.seeds);
    Deno.mkdirSync(`${place.folder}/real`, { mode: 0o700 });
    Deno.symlinkSync(`${place.folder}/real`, place.seeds);
    assertFails(() => createSeedFolder(place.seeds), "secret_unsafe");
  });
});

describe("openOverrideKeeper()", () => {
  it("TOTP-22 in a guarded install only the engine's user enrols; nothing is made before", async () => {
    using place = new Place();
    const guard = {
      id: "0".repeat(32),
      root: place.workspace,
      engineUser: "sealward",
      isEngine: false,
    } as unknown as Guard;
    const layout = { ...guardedLayoutOf(guard), keysFolder: `${place.folder}/keys` };
    Deno.mkdirSync(layout.keysFolder);
    const surroundings = readSurroundings(null);
    const error = await assertRejects(
      () => openOverrideKeeper(surroundings, layout, []),
      EngineError,
    );
    assertEquals(error.code, "wrong_user");
    assertEquals([...Deno.readDirSync(layout.keysFolder)], []);
  });
});
