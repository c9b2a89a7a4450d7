/** What `doctor` says of files that approvals rest on, on a real disk. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeBase32 } from "@std/encoding/base32";
import { describe, it } from "@std/testing/bdd";
import { randomBytes } from "../../src/adapter/random.ts";
import { createSeedFolder, seedFolderOf, writeSeed } from "../../src/adapter/seed_files.ts";
import {
  examineEnrolled,
  examineInbox,
  examineOverrides,
} from "../../src/compose/doctor/examine_overrides.ts";
import { Project } from "../support/sealward.ts";

const unset = () => undefined;

describe("examineOverrides()", () => {
  const uid = Deno.uid();

  it("TOTP-15 warns of a secret in the environment, and does not repeat it", () => {
    using project = new Project();
    const secret = encodeBase32(crypto.getRandomValues(new Uint8Array(20)));
    const layout = { root: project.root, keysFolder: project.path("keys") };
    const look = (given: Readonly<Record<string, string>>) =>
      examineOverrides({ variable: (name) => given[name], uid }, layout);
    const found = look({ SCALPEL_TOTP_SECRET: secret });
    assertEquals(found.map(({ level, subject }) => [level, subject]), [[
      "WARN",
      "approval secret",
    ]]);
    assertEquals(JSON.stringify(found).includes(secret), false);
    assertEquals(look({}), []);
    const path = `${project.folder}/totp`;
    Deno.writeTextFileSync(path, secret, { mode: 0o600 });
    assertEquals(look({ SCALPEL_TOTP_SECRET_FILE: path }).map(({ level }) => level), ["OK"]);
    Deno.chmodSync(path, 0o644);
    assertEquals(look({ SCALPEL_TOTP_SECRET_FILE: path }).map(({ level }) => level), ["FAIL"]);
  });

  it("TOTP-14 finds the guide's default secret, and a short one, broken", () => {
    using project = new Project();
    const layout = { root: project.root, keysFolder: project.path("keys") };
    for (const secret of ["default-totp-secret", "JBSWY3DPEHPK3PXP"]) {
      const variable = (name: string) => name === "SCALPEL_TOTP_SECRET" ? secret : undefined;
      const found = examineOverrides({ variable, uid }, layout);
      assertEquals(found.map(({ level }) => level), ["FAIL"], secret);
    }
  });

  it("names each seed that others can reach, and how to mend it", () => {
    using project = new Project();
    const keysFolder = project.path("keys");
    const folder = `${keysFolder}/override`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.chmodSync(folder, 0o700);
    for (const name of ["a", "b"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
      Deno.chmodSync(`${folder}/${name}`, 0o600);
    }
    const look = () =>
      examineOverrides({ variable: unset, uid }, { root: project.root, keysFolder });
    assertEquals(look().map(({ level }) => level), ["OK"]);
    Deno.chmodSync(`${folder}/b`, 0o640);
    assertEquals(look().map(({ level, fix }) => [level, fix]), [
      ["FAIL", `chmod go-rwx ${folder}/b, then enroll anew`],
    ]);
    Deno.chmodSync(folder, 0o755);
    assertEquals(look().map(({ level }) => level), ["FAIL", "FAIL"]);
  });
});

describe("examineEnrolled()", () => {
  it("TOTP-20 finds the seed that is lost or not what it was, and shows none", () => {
    const keysFolder = Deno.makeTempDirSync({ prefix: "sealward-seeds-" });
    try {
      const folder = seedFolderOf({ keysFolder });
      createSeedFolder(folder);
      const ids = ["a", "b", "c", "d"].map((letter) => letter.repeat(32));
      for (const id of ids.slice(1)) writeSeed(folder, id, randomBytes(20));
      Deno.writeTextFileSync(`${folder}/${ids[1]}`, "base32:0189");
      Deno.chmodSync(`${folder}/${ids[2]}`, 0o644);
      const enrolments = ids.map((id) => ({ id, name: id.slice(0, 3) }));
      const place = { root: "/nowhere", keysFolder };
      const found = examineEnrolled(enrolments, place, { uid: Deno.uid() });
      const subjects = ["enrolment of aaa", "enrolment of bbb", "enrolment of ccc"];
      assertEquals(found.map(({ level, subject }) => [level, subject]), [
        ...subjects.map((subject) => ["FAIL", subject]),
      ]);
      assert(!JSON.stringify(found).includes("0189"));
    } finally {
      Deno.removeSync(keysFolder, { recursive: true });
    }
  });
});

describe("examineInbox()", () => {
  const uid = Deno.uid();
  const guard = (agentUid: number) =>
    ({ agentUid }) as NonNullable<Parameters<typeof examineInbox>[1]["guard"]>;

  /** Whether nobody but root and this user may write on the way; checkouts lie anywhere. */
  const isSafe = (path: string) =>
    path.split("/").every((_, index, names) => {
      const stat = Deno.lstatSync(names.slice(0, index + 1).join("/") || "/");
      const isOurs = stat.uid === 0 || stat.uid === uid;
      return stat.isDirectory && isOurs && ((stat.mode ?? 0o777) & 0o022) === 0;
    });
  const base = [Deno.env.get("HOME") ?? "", Deno.cwd()]
    .find((path) => path.startsWith("/") && isSafe(path));
  function safeFolder(): string {
    const folder = Deno.makeTempDirSync({ dir: base ?? "", prefix: "inbox" });
    Deno.chmodSync(folder, 0o755);
    return folder;
  }

  it("refuses a folder that anybody can put another one in the place of", () => {
    const inbox = Deno.makeTempDirSync({ prefix: "inbox" });
    const above = inbox.slice(0, inbox.lastIndexOf("/"));
    try {
      const [found] = examineInbox(inbox, { root: "/nowhere", guard: null });
      assertEquals(found?.level, isSafe(above) ? "OK" : "FAIL");
      // Never to change a folder that is everybody's.
      assertEquals((found?.fix ?? "").includes("chmod"), false);
      if (found?.level === "FAIL") assertMatch(found.fix ?? "", /move the inbox/);
    } finally {
      Deno.removeSync(inbox);
    }
  });

  // On a machine with no such place the test above is all there is to see.
  if (base === undefined) return;

  it("finds a folder that only its owner can write to all right", () => {
    const inbox = safeFolder();
    try {
      const local = examineInbox(inbox, { root: "/nowhere", guard: null });
      assertEquals(local.map(({ level }) => level), ["OK"]);
      assertMatch(local[0]?.message ?? "", /an agent under it/);
      const guarded = examineInbox(inbox, { root: "/nowhere", guard: guard(4_242) });
      assertEquals(guarded.map(({ level }) => level), ["OK"]);
      Deno.chmodSync(inbox, 0o775);
      const [found] = examineInbox(inbox, { root: "/nowhere", guard: null });
      assertEquals([found?.level, found?.fix], ["FAIL", `chmod go-w ${inbox}`]);
    } finally {
      Deno.removeSync(inbox);
    }
  });

  it("tells of files under names that are never looked at", () => {
    const inbox = safeFolder();
    try {
      const id = "0".repeat(32);
      for (const name of [`${id}.approval`, `${id}.approval.sig`]) {
        Deno.writeTextFileSync(`${inbox}/${name}`, "");
      }
      const look = () => examineInbox(inbox, { root: "/nowhere", guard: null });
      assertEquals(look().map(({ level }) => level), ["OK"]);
      Deno.writeTextFileSync(`${inbox}/approval.sig`, "");
      Deno.writeTextFileSync(`${inbox}/${id}.sig`, "");
      const [, odd] = look();
      assertEquals(odd?.level, "WARN");
      assertMatch(odd?.message ?? "", /2 names .*approval\.sig/);
      assertMatch(odd?.fix ?? "", /REQUESTID\.approval\.sig/);
    } finally {
      Deno.removeSync(inbox, { recursive: true });
    }
  });

  it("suggests no chmod for a sticky folder as the inbox itself", () => {
    const inbox = safeFolder();
    try {
      Deno.chmodSync(inbox, 0o1777);
      const [found] = examineInbox(inbox, { root: "/nowhere", guard: null });
      assertEquals(found?.level, "FAIL");
      assertMatch(found?.fix ?? "", /^move the inbox/);
    } finally {
      Deno.removeSync(inbox, { recursive: true });
    }
  });

  it("refuses what is the agent's, inside the project, missing, or no folder", () => {
    const inbox = safeFolder();
    try {
      const at = { root: "/nowhere", guard: guard(uid ?? 0) };
      assertEquals(examineInbox(inbox, at)[0]?.level, "FAIL");
      for (const root of [inbox, inbox.slice(0, inbox.lastIndexOf("/"))]) {
        const [found] = examineInbox(inbox, { root, guard: null });
        assertEquals(found?.level, "FAIL");
        assertMatch(found?.message ?? "", /inside the project/);
      }
      const missing = examineInbox(`${inbox}/none`, { root: "/nowhere", guard: null });
      assertEquals(missing.map(({ level }) => level), ["FAIL"]);
      assertMatch(missing[0]?.message ?? "", /missing/);
      Deno.writeTextFileSync(`${inbox}/file`, "");
      const file = examineInbox(`${inbox}/file`, { root: "/nowhere", guard: null });
      assertMatch(file[0]?.message ?? "", /no folder/);
    } finally {
      Deno.removeSync(inbox, { recursive: true });
    }
  });
});
