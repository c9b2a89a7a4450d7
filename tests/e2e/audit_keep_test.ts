/** What humans do to keep a log, on the compiled binary: each act, each refusal, each crash. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { takeSnapshot } from "../support/install_snapshot.ts";
import { compiled, Project, type RunOptions } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

const log = ".scalpel/audit.log";
const side = ".scalpel/audit.log.d";
const segment = (seg: number) => `${side}/seg-${String(seg).padStart(8, "0")}.jsonl`;
const why = ["--reason", "a test"];

/** An install with closed segments, each of a decision. */
async function installed(segments: number, options: RunOptions = {}): Promise<Project> {
  const project = new Project();
  await project.init(["--guide"], options);
  for (let i = 0; i < segments; i++) {
    await project.run(["check", "--quiet", ...harmless], options);
    await must(project, ["audit", "rotate"], options);
  }
  await project.run(["check", "--quiet", ...harmless], options);
  return project;
}

/** Runs what has to succeed; its JSON. */
async function must(project: Project, args: readonly string[], options: RunOptions = {}) {
  const { exit, value } = await project.json(args, options);
  assertEquals(exit, 0, JSON.stringify(value));
  return value;
}

async function verdictOf(project: Project, args: readonly string[] = [], options?: RunOptions) {
  const { exit, value } = await project.json(["audit", "verify", ...args], options);
  return [exit, value["verdict"]];
}

/** Runs what has to fail and change nothing: its status and error code. */
async function refused(project: Project, args: readonly string[], options: RunOptions = {}) {
  const before = takeSnapshot(project);
  const { exit, value } = await project.json(args, options);
  const after = takeSnapshot(project);
  assertEquals(after.policyFiles, before.policyFiles);
  assertEquals(after.stateFiles, before.stateFiles);
  return [exit, errorCode(value)];
}

function secretFile(project: Project, name: string): string {
  const path = `${project.folder}/${name}`;
  const text = `hex:${encodeHex(crypto.getRandomValues(new Uint8Array(32)))}\n`;
  Deno.writeTextFileSync(path, text, { mode: 0o600 });
  return path;
}

async function typesOf(project: Project, options: RunOptions = {}): Promise<readonly string[]> {
  return (await readEntries(project, ["--limit", "1000"], options)).map(({ type }) => type);
}

function segmentsOf(project: Project): readonly string[] {
  const names = Array.from(Deno.readDirSync(project.path(side)), ({ name }) => name);
  return names.filter((name) => name.startsWith("seg-")).sort();
}

describe("an agent", () => {
  it("may not run what keeps the log", async () => {
    using project = await installed(0);
    const lines = [
      "sealward audit rotate",
      "sealward audit prune --keep 0 --reason x --yes",
      "sealward audit archive --to /tmp",
      "sealward audit rotate-key --reason x --yes",
      "sealward audit forward-secure --secret-out /tmp/x --yes",
      "sealward audit accept-rollback --yes --reason x",
    ];
    for (const command of lines) {
      const { exit, codes } = await ask(project, { type: "command", command });
      assertEquals([exit, codes.includes("path_protected")], [2, true], `${command}: ${codes}`);
    }
  });
});

describe("audit rotate", () => {
  itOnBoth("closes the segment and says its hash and head code", async (program) => {
    using project = await installed(0, { program });
    const facts = await must(project, ["audit", "rotate"], { program });
    const bytes = Deno.readFileSync(project.path(segment(0)));
    const seal = JSON.parse(new TextDecoder().decode(bytes).trimEnd().split("\n").at(-1) ?? "");
    assertEquals(
      [facts["segment"], facts["entries"], facts["bytes"], facts["sha256"], facts["head_code"]],
      [
        0,
        seal.seq + 1,
        bytes.length,
        encodeHex(sha256(bytes)),
        `${seal.seq}:${seal.mac.slice(0, 20)}`,
      ],
    );
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    const anchor = ["--anchor", String(facts["head_code"])];
    assertEquals(await verdictOf(project, anchor), [0, "OK"]);
  });
  it("AUD-01 closes nothing that was changed", async () => {
    using project = await installed(1);
    project.overwrite(log, project.read(log).replace('"allow"', '"aLLow"'));
    assertEquals(await refused(project, ["audit", "rotate"]), [5, "audit_tampered"]);
  });
});

describe("audit prune", () => {
  it("removes the oldest, verifies as FRONT-PRUNED; one more that goes is MISSING", async () => {
    using project = await installed(4);
    const value = await must(project, ["audit", "prune", "--keep", "2", ...why, "--yes"]);
    const [{ sha256: first }] = value["segments"] as readonly [{ readonly sha256: string }];
    assertEquals(segmentsOf(project), ["seg-00000002.jsonl", "seg-00000003.jsonl"]);
    assertEquals(await verdictOf(project), [0, "FRONT-PRUNED"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    const [entry] = await readEntries(project, ["--type", "audit.prune"]);
    assertEquals([entry?.severity, entry?.details["reason"]], ["HIGH", "a test"]);
    assertMatch(String(entry?.details["principal"]), /^uid:\d+$/);
    assertEquals((entry?.details["removed"] as unknown[])[0], [0, first]);
    await must(project, ["audit", "prune", "--before", "3", ...why, "--yes"]);
    assertEquals(segmentsOf(project), ["seg-00000003.jsonl"]);
    assertEquals(await verdictOf(project), [0, "FRONT-PRUNED"]);
    Deno.removeSync(project.path(segment(3)));
    assertEquals(await verdictOf(project), [5, "MISSING"]);
  });
  it("takes along what only removed decisions were made of, never an accepted policy", async () => {
    using project = await installed(0);
    const inputs = () => Array.from(Deno.readDirSync(project.path(`${side}/input`))).length;
    const accepted = inputs();
    for (const file of ["a", "b"]) {
      const content = file.repeat(9_000);
      const operation = { type: "file_write", affected_files: [`src/${file}.ts`], content };
      await ask(project, operation);
      await must(project, ["audit", "rotate"]);
    }
    assertEquals(inputs(), accepted + 2);
    const value = await must(project, ["audit", "prune", "--keep", "1", ...why, "--yes"]);
    assertEquals((value["inputs"] as Record<string, unknown>)["count"], 1);
    assertEquals(inputs(), accepted + 1);
    assertEquals((await ask(project, harmless)).exit, 0);
  });
  it("shows what goes before it asks, and removes nothing when nobody can be asked", async () => {
    using project = await installed(2);
    const args = ["audit", "prune", "--keep", "1", ...why];
    assertEquals(await refused(project, args), [2, "keeping_refused"]);
    const { stderr } = await project.run(args);
    assertMatch(stderr, /0: entries 0 to \d+, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, \d+ bytes/);
  });
  const refusals: readonly [string, readonly string[], (project: Project) => void, unknown][] = [
    ["AUD-01 a log that was edited", ["--keep", "0"], (project) => {
      project.overwrite(segment(1), project.read(segment(1)).replace('"allow"', '"aLLow"'));
    }, [5, "audit_tampered"]],
    ["AUD-10 a log that misses a segment", ["--keep", "0"], (project) => {
      Deno.removeSync(project.path(segment(0)));
    }, [5, "audit_missing"]],
    ["the segment that is appended to", ["--before", "3"], () => {}, [64, "usage"]],
    ["no range", [], () => {}, [64, "usage"]],
    ["two ranges", ["--keep", "1", "--before", "1"], () => {}, [64, "usage"]],
    ["a number that is none", ["--keep", "-1"], () => {}, [64, "usage"]],
  ];
  for (const [name, args, change, wanted] of refusals) {
    it(`refuses ${name}`, async () => {
      using project = await installed(2);
      change(project);
      const line = ["audit", "prune", ...args, ...why, "--yes"];
      assertEquals(await refused(project, line), wanted);
    });
  }
  it("refuses to act without a reason", async () => {
    using project = await installed(1);
    const args = ["audit", "prune", "--keep", "0", "--yes"];
    assertEquals(await refused(project, args), [64, "usage"]);
    assertEquals(await refused(project, [...args, "--reason", " "]), [64, "usage"]);
    assertEquals(await refused(project, [...args, "--reason", "x".repeat(501)]), [64, "usage"]);
  });
  it("says when there is nothing to remove, and writes nothing", async () => {
    using project = await installed(2);
    const before = project.read(log);
    const value = await must(project, ["audit", "prune", "--keep", "2", ...why]);
    assertEquals([value["segments"], value["seqs"]], [[], []]);
    assertEquals(project.read(log), before);
  });
  it("A4 killed between the entry and the files, is ended by the next one", async () => {
    using project = await installed(3);
    const kept = [0, 1].map((seg) => Deno.readFileSync(project.path(segment(seg))));
    await must(project, ["audit", "prune", "--before", "2", ...why, "--yes"]);
    for (const present of [[0, 1], [1]]) {
      for (const seg of present) {
        Deno.writeFileSync(project.path(segment(seg)), kept[seg] ?? new Uint8Array());
      }
      assertEquals(await verdictOf(project), [
        0,
        present[0] === 0 ? "OK-UNANCHORED" : "FRONT-PRUNED",
      ]);
      // Asked to keep everything: what was begun is ended all the same.
      const value = await must(project, ["audit", "prune", "--keep", "9", ...why, "--yes"]);
      assertEquals(value["seqs"], []);
      assertEquals(segmentsOf(project), ["seg-00000002.jsonl"]);
      assertEquals(await verdictOf(project), [0, "FRONT-PRUNED"]);
    }
    assertEquals((await typesOf(project)).filter((type) => type === "audit.prune").length, 1);
  });
});

describe("audit archive", () => {
  it("copies segments that an outsider checks with the public key alone", async () => {
    using project = await installed(3);
    const out = `${project.folder}/out`;
    Deno.mkdirSync(out);
    const value = await must(project, ["audit", "archive", "--to", out]);
    assertEquals((value["segments"] as unknown[]).length, 3);
    const key = `${project.stateFolder()}/keys/server.pub`;
    for (let seg = 0; seg < 3; seg++) {
      const name = `${out}/seg-0000000${seg}`;
      const { exit, value: proven } = await project.json(
        ["audit", "verify-proof", `${name}.tlog-proof`, "--key", key],
        { cwd: out },
      );
      assertEquals([exit, proven["verdict"]], [0, "PROVEN"]);
      const seal = JSON.parse(String(proven["line"]));
      // head -n -1 FILE | sha256sum
      const lines = Deno.readTextFileSync(`${name}.jsonl`).split("\n").slice(0, -2);
      const body = new TextEncoder().encode(`${lines.join("\n")}\n`);
      assertEquals([seal.d.seg, seal.d.sha256], [seg, encodeHex(sha256(body))]);
    }
    const [entry] = await readEntries(project, ["--type", "audit.archive"]);
    assertEquals((entry?.details["segments"] as unknown[]).length, 3);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    // Again, after more was closed: only that is copied.
    await must(project, ["audit", "rotate"]);
    const again = await must(project, ["audit", "archive", "--to", out]);
    const copied = (again["segments"] as { copied: boolean }[]).map((one) => one.copied);
    assertEquals(copied, [false, false, false, true]);
  });
  it("copies a range, and says when there is nothing to copy", async () => {
    using project = await installed(0);
    const out = `${project.folder}/out`;
    Deno.mkdirSync(out);
    const none = await must(project, ["audit", "archive", "--to", out]);
    assertEquals([none["segments"], none["seq"]], [[], null]);
    for (let i = 0; i < 3; i++) await must(project, ["audit", "rotate"]);
    await must(project, ["audit", "archive", "--to", out, "--segments", "1..1"]);
    const names = Array.from(Deno.readDirSync(out), ({ name }) => name).sort();
    assertEquals(names, ["seg-00000001.jsonl", "seg-00000001.tlog-proof"]);
    for (const range of ["1..3", "2..1", "x", "1..2..3"]) {
      const args = ["audit", "archive", "--to", out, "--segments", range];
      assertEquals(await refused(project, args), [64, "usage"], range);
    }
  });
  it("refuses what stands in its way, and what is not what it was", async () => {
    using project = await installed(2);
    const out = `${project.folder}/out`;
    Deno.mkdirSync(out);
    const args = ["audit", "archive", "--to", out];
    Deno.writeTextFileSync(`${out}/seg-00000001.jsonl`, "mine");
    assertEquals(await refused(project, args), [2, "keeping_refused"]);
    assertEquals(Array.from(Deno.readDirSync(out)).length, 1);
    Deno.removeSync(`${out}/seg-00000001.jsonl`);
    for (const place of [".scalpel", project.stateFolder(), `${out}/none`]) {
      const line = ["audit", "archive", "--to", place];
      assertEquals(await refused(project, line), [64, "usage"], place);
    }
    project.overwrite(segment(0), project.read(segment(0)).replace('"allow"', '"aLLow"'));
    assertEquals(await refused(project, args), [5, "audit_tampered"]);
    assertEquals(Array.from(Deno.readDirSync(out)).length, 0);
  });
});

describe("audit rotate-key", () => {
  const rotateKey = ["audit", "rotate-key", ...why, "--yes"];
  it("AUD-11 SEED-14 goes on under a new secret; the old one still verifies the past", async () => {
    using project = await installed(1);
    const keys = `${project.stateFolder()}/keys`;
    const before = Deno.readTextFileSync(`${keys}/audit.key`);
    const { from, to } = await must(project, rotateKey);
    assertNotEquals(Deno.readTextFileSync(`${keys}/audit.key`), before);
    assertEquals(Deno.readTextFileSync(`${keys}/replaced/${from}`), before);
    assertEquals(Deno.readTextFileSync(project.path(log)).includes(`"key":"${to}.2"`), true);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    await must(project, rotateKey);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    const types = await typesOf(project);
    assertEquals(types.filter((type) => type === "audit.key_begin").length, 2);
    // Without the old ones: a range that nobody can speak of, never tampering.
    Deno.removeSync(`${keys}/replaced`, { recursive: true });
    assertEquals(await verdictOf(project), [1, "UNVERIFIABLE"]);
    assertEquals((await ask(project, harmless)).exit, 0);
  });
  it("asks first", async () => {
    using project = await installed(0);
    const args = rotateKey.slice(0, -1);
    assertEquals(await refused(project, args), [2, "keeping_refused"]);
  });
  it("two at once lose no secret", async () => {
    using project = await installed(0);
    const exits = await Promise.all([1, 2, 3].map(async () => (await project.run(rotateKey)).exit));
    assert(exits.includes(0), String(exits));
    await project.run(rotateKey);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertEquals(Array.from(Deno.readDirSync(`${project.stateFolder()}/keys`)).length, 4);
  });
  it("AUD-01 makes no secret for a log that does not open", async () => {
    using project = await installed(0);
    project.overwrite(log, project.read(log).replace('"allow"', '"aLLow"'));
    assertEquals(await refused(project, rotateKey), [5, "audit_tampered"]);
  });
  it("AUD-11 A4 killed at any moment, opens, and is ended by the next one", async () => {
    using project = await installed(1);
    const before = takeSnapshot(project);
    const { from } = await must(project, rotateKey);
    const after = takeSnapshot(project);
    const keys = `${project.stateFolder()}/keys`;
    const next = after.stateFiles.get("keys/audit.key")?.bytes ?? new Uint8Array();
    const old = before.stateFiles.get("keys/audit.key")?.bytes ?? new Uint8Array();
    const sealed = after.policyFiles.get(segment(1).slice(9))?.bytes ?? new Uint8Array();
    const put = (path: string, bytes: Uint8Array) => {
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeFileSync(path, bytes, { mode: 0o600 });
    };
    const moments: readonly [string, () => void][] = [
      ["the new secret made", () => {}],
      ["announced and sealed", () => Deno.writeFileSync(project.path(log), sealed)],
      ["the sealed file moved away", () => {
        put(project.path(segment(1)), sealed);
        Deno.removeSync(project.path(log));
      }],
      ["the new segment begun", () => {
        after.restore();
        Deno.removeSync(`${keys}/replaced`, { recursive: true });
        put(`${keys}/audit.key`, old);
      }],
      ["the old secret put aside", () => {
        after.restore();
        put(`${keys}/audit.key`, old);
      }],
    ];
    for (const [name, arrange] of moments) {
      for (const opensFirst of [true, false]) {
        before.restore();
        arrange();
        put(`${keys}/audit.key.new`, next);
        if (opensFirst) assertEquals((await ask(project, harmless)).exit, 0, name);
        const value = await must(project, rotateKey);
        assertEquals(value["from"], from, name);
        assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"], name);
        assertEquals(Deno.readFileSync(`${keys}/audit.key`), next, name);
        assertEquals(Deno.readFileSync(`${keys}/replaced/${from}`), old, name);
        assertEquals(Array.from(Deno.readDirSync(keys)).length, 4, name);
        const begun = (await typesOf(project)).filter((type) => type === "audit.key_begin");
        assertEquals(begun.length, 1, name);
        assertEquals((await ask(project, harmless)).exit, 0, name);
      }
    }
  });
  it("AUD-11 stores nothing where the secret comes from outside", async () => {
    const outside = new Project();
    using _cleaning = outside;
    const one = secretFile(outside, "one");
    const other = secretFile(outside, "other");
    const env = { SCALPEL_AUDIT_SECRET_FILE: one };
    await outside.init(["--guide"], { env });
    assertEquals(await refused(outside, rotateKey, { env }), [64, "usage"]);
    const change = [...rotateKey, "--new-secret-file"];
    assertEquals(await refused(outside, [...change, one], { env }), [2, "keeping_refused"]);
    const { stdout } = await outside.run([...change, other], { env });
    assertMatch(stdout, /now give the new secret in SCALPEL_AUDIT_SECRET_FILE/);
    const keys = Array.from(Deno.readDirSync(`${outside.stateFolder()}/keys`), ({ name }) => name);
    assertEquals(keys.sort(), ["checkpoint.pem", "server.pub"]);
    assertEquals(await refused(outside, ["check", ...harmless], { env }), [
      1,
      "audit_unverifiable",
    ]);
    const now = { env: { SCALPEL_AUDIT_SECRET_FILE: other } };
    assertEquals((await ask(outside, harmless, now)).exit, 0);
    assertEquals(await verdictOf(outside, [], now), [1, "UNVERIFIABLE"]);
    const both = ["--root-secret-file", one, "--root-secret-file", other];
    assertEquals(await verdictOf(outside, both, now), [0, "OK-UNANCHORED"]);
    const prune = ["audit", "prune", "--keep", "0", ...why, "--yes"];
    assertEquals(await refused(outside, prune, now), [1, "audit_unverifiable"]);
    await must(outside, [...prune, "--root-secret-file", one], now);
    assertEquals(await verdictOf(outside, [], now), [0, "FRONT-PRUNED"]);
  });
  it("AUD-11 a running server follows with the next request", async () => {
    using project = await installed(0);
    const server = await startServer(project, compiled);
    const body = { type: "file_write", affected_files: ["src/app.ts"] };
    const decide = async () => {
      const answers = await Promise.all([1, 2, 3].map(() => server.fetch("/v1/check", { body })));
      return await Promise.all(answers.map(async (answer) => {
        const { allowed } = await answer.json();
        return [answer.status, allowed];
      }));
    };
    const allowed = [[200, true], [200, true], [200, true]];
    assertEquals(await decide(), allowed);
    for (let i = 0; i < 2; i++) {
      await must(project, rotateKey);
      assertEquals(await decide(), allowed);
    }
    assertEquals(await server.stop(), 0, server.said());
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
  });
});

describe("audit forward-secure", () => {
  const out = (project: Project) => `${project.folder}/audit.root`;
  const secure = (project: Project) => [
    "audit",
    "forward-secure",
    "--secret-out",
    out(project),
    "--yes",
  ];
  const secretsOf = (project: Project) =>
    [...takeSnapshot(project).stateFiles.keys()].filter((path) =>
      path.startsWith("keys/audit") || path.startsWith("keys/replaced") ||
      path.endsWith("epoch.key")
    );
  it("K- leaves the epoch's secret alone, and the whole truth to the auditor", async () => {
    using project = await installed(1);
    await must(project, ["audit", "rotate-key", ...why, "--yes"]);
    const { files } = await must(project, secure(project));
    const [newest = "", older = ""] = files as readonly string[];
    assertEquals((Deno.statSync(newest).mode ?? 0) & 0o777, 0o600);
    assertEquals(secretsOf(project), ["log/epoch.key"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    for (let i = 0; i < 2; i++) {
      await must(project, ["audit", "rotate"]);
      assertEquals((await ask(project, harmless)).exit, 0);
    }
    assertMatch((await project.run(["status"])).stdout, /forward secure/);
    assertMatch((await project.run(["doctor"])).stdout, /forward secure/);
    assertEquals(await verdictOf(project), [1, "UNVERIFIABLE"]);
    const auditor = ["--root-secret-file", newest, "--root-secret-file", older];
    assertEquals(await verdictOf(project, auditor), [0, "OK-UNANCHORED"]);
    assertEquals(await refused(project, secure(project)), [2, "keeping_refused"]);
    // With everything this host has, what was closed cannot be changed unseen.
    project.overwrite(segment(1), project.read(segment(1)).replace("a test", "a tEst"));
    assertEquals(await verdictOf(project), [5, "TAMPERED"]);
    assertEquals(await verdictOf(project, auditor), [5, "TAMPERED"]);
  });
  it("K- prunes, and knows of it when that entry's key is gone", async () => {
    using project = await installed(2);
    await must(project, secure(project));
    await must(project, ["audit", "rotate"]);
    await must(project, ["audit", "prune", "--keep", "1", ...why, "--yes"]);
    for (let i = 0; i < 2; i++) await must(project, ["audit", "rotate"]);
    assertEquals(await verdictOf(project), [1, "UNVERIFIABLE"]);
    const auditor = ["--root-secret-file", out(project)];
    assertEquals(await verdictOf(project, auditor), [0, "FRONT-PRUNED"]);
    Deno.removeSync(project.path(segment(2)));
    assertEquals(await verdictOf(project), [5, "MISSING"]);
    assertEquals(await verdictOf(project, auditor), [5, "MISSING"]);
  });
  it("A4 killed at any moment, opens, and is ended by the next one", async () => {
    using project = await installed(1);
    const before = takeSnapshot(project);
    await must(project, secure(project));
    const after = takeSnapshot(project);
    const epoch = after.stateFiles.get("log/epoch.key");
    for (const hasEpoch of [false, true]) {
      before.restore();
      const path = `${project.stateFolder()}/log/epoch.key`;
      if (hasEpoch) Deno.writeFileSync(path, epoch?.bytes ?? new Uint8Array(), { mode: 0o600 });
      assertEquals((await ask(project, harmless)).exit, 0);
      await must(project, ["audit", "rotate"]);
      await must(project, secure(project));
      assertEquals(secretsOf(project), ["log/epoch.key"]);
      assertEquals((await ask(project, harmless)).exit, 0);
      const auditor = ["--root-secret-file", out(project)];
      assertEquals(await verdictOf(project, auditor), [0, "OK-UNANCHORED"]);
    }
  });
  it("K- a rotation killed before its last step leaves no older secret behind for long", async () => {
    using project = await installed(0);
    await must(project, secure(project));
    const path = `${project.stateFolder()}/log/epoch.key`;
    const older = Deno.readTextFileSync(path);
    await must(project, ["audit", "rotate"]);
    const newer = Deno.readTextFileSync(path);
    assert(newer !== older);
    Deno.writeTextFileSync(path, older);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertEquals(Deno.readTextFileSync(path), newer);
    const auditor = ["--root-secret-file", out(project)];
    assertEquals(await verdictOf(project, auditor), [0, "OK-UNANCHORED"]);
  });
  it("refuses a file inside the workspace, one that is there, and a change half done", async () => {
    using project = await installed(0);
    const to = (path: string) => ["audit", "forward-secure", "--secret-out", path, "--yes"];
    assertEquals(await refused(project, to(project.path("root"))), [64, "usage"]);
    assertEquals(await refused(project, to(`${project.stateFolder()}/root`)), [64, "usage"]);
    assertEquals(await refused(project, ["audit", "forward-secure"]), [64, "usage"]);
    Deno.writeTextFileSync(out(project), "mine");
    assertEquals(await refused(project, secure(project)), [2, "keeping_refused"]);
    assertEquals(Deno.readTextFileSync(out(project)), "mine");
    Deno.removeSync(out(project));
    assertEquals(await refused(project, secure(project).slice(0, -1)), [2, "keeping_refused"]);
    const begun = `${project.stateFolder()}/keys/audit.key.new`;
    Deno.copyFileSync(secretFile(project, "next"), begun);
    assertEquals(await refused(project, secure(project)), [2, "keeping_refused"]);
  });
  it("K- changes the root secret without storing it", async () => {
    using project = await installed(0);
    await must(project, secure(project));
    const next = secretFile(project, "next");
    const change = ["audit", "rotate-key", ...why, "--yes"];
    assertEquals(await refused(project, change), [64, "usage"]);
    await must(project, [...change, "--new-secret-file", next]);
    assertEquals(secretsOf(project), ["log/epoch.key"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    const auditor = ["--root-secret-file", out(project), "--root-secret-file", next];
    assertEquals(await verdictOf(project, auditor), [0, "OK-UNANCHORED"]);
  });
  it("A4 killed while the secret changes, denies until the same command ends it", async () => {
    using project = await installed(0);
    await must(project, secure(project));
    const next = secretFile(project, "next");
    const change = ["audit", "rotate-key", ...why, "--yes", "--new-secret-file", next];
    const before = takeSnapshot(project);
    await must(project, change);
    const after = takeSnapshot(project);
    const moments: readonly (() => void)[] = [
      () => {
        before.restore();
        const sealed = after.policyFiles.get(segment(0).slice(9))?.bytes ?? new Uint8Array();
        Deno.writeFileSync(project.path(log), sealed);
      },
      () => {
        after.restore();
        const epoch = before.stateFiles.get("log/epoch.key")?.bytes ?? new Uint8Array();
        Deno.writeFileSync(`${project.stateFolder()}/log/epoch.key`, epoch);
      },
    ];
    for (const arrange of moments) {
      arrange();
      assertEquals((await project.run(["check", ...harmless])).exit, 1);
      await must(project, change);
      assertEquals(secretsOf(project), ["log/epoch.key"]);
      assertEquals((await ask(project, harmless)).exit, 0);
      const auditor = ["--root-secret-file", out(project), "--root-secret-file", next];
      assertEquals(await verdictOf(project, auditor), [0, "OK-UNANCHORED"]);
    }
  });
  it("K- says what to unset where the secret comes from outside", async () => {
    using project = new Project();
    const env = { SCALPEL_AUDIT_SECRET_FILE: secretFile(project, "given") };
    await project.init(["--guide"], { env });
    const { next } = await must(project, secure(project), { env });
    assertMatch(String(next), /unset SCALPEL_AUDIT_SECRET_FILE/);
    assertEquals((await ask(project, harmless, { env })).exit, 0);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertMatch((await project.run(["status"])).stdout, /forward secure/);
  });
  it("K- init --forward-secure keeps the root secret off the host from the start", async () => {
    using project = new Project();
    const place = out(project);
    Deno.writeTextFileSync(place, "mine");
    assertEquals((await project.run(["init", "--forward-secure", place])).exit, 64);
    assertEquals(Array.from(Deno.readDirSync(project.root)).map(({ name }) => name), ["src"]);
    Deno.removeSync(place);
    await project.init(["--guide", "--forward-secure", place]);
    assertEquals(secretsOf(project), ["log/epoch.key"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    assertEquals(await verdictOf(project, ["--root-secret-file", place]), [0, "OK-UNANCHORED"]);
  });
});

describe("audit accept-rollback", () => {
  const accept = ["audit", "accept-rollback", ...why, "--yes"];
  /** An install whose log was cut by some entries. */
  async function rolledBack(lost: number): Promise<Project> {
    const project = await installed(1);
    for (let i = 0; i < lost; i++) await project.run(["check", "--quiet", ...harmless]);
    const lines = project.read(log).split("\n");
    project.overwrite(log, `${lines.slice(0, -1 - lost).join("\n")}\n`);
    return project;
  }
  it("AUD-06 denies everything until a human takes the loss on", async () => {
    using project = await rolledBack(2);
    const { exit, value } = await project.json(["check", ...harmless]);
    assertEquals([exit, errorCode(value)], [5, "audit_rollback"]);
    assertEquals(await refused(project, accept.slice(0, -1)), [2, "keeping_refused"]);
    const accepted = await must(project, accept);
    assertEquals(Number(accepted["lost_to"]) - Number(accepted["lost_from"]), 1);
    assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
    assertEquals((await ask(project, harmless)).exit, 0);
    const [entry] = await readEntries(project, ["--type", "audit.rollback_accepted"]);
    assertEquals([entry?.severity, entry?.details["reason"]], ["CRITICAL", "a test"]);
    assertEquals(entry?.details["lost_mac"], accepted["lost_mac"]);
    // The anchor of a lost entry still speaks against the log.
    const anchor = `${accepted["lost_to"]}:${String(accepted["lost_mac"]).slice(0, 20)}`;
    const [status] = await verdictOf(project, ["--anchor", anchor]);
    assertEquals(status, 5);
    assert(Array.from(Deno.readDirSync(project.path(`${side}/quarantine`))).length >= 2);
    assertEquals(await refused(project, accept), [2, "keeping_refused"]);
    // An agent that cuts the acceptance off is found again.
    const lines = project.read(log).split("\n");
    project.overwrite(log, `${lines.slice(0, -3).join("\n")}\n`);
    assertEquals(await verdictOf(project), [5, "ROLLBACK"]);
  });
  it("AUD-06 A4 killed before heads and marks, is still ROLLBACK and ended once", async () => {
    for (const lost of [1, 3]) {
      using project = await rolledBack(lost);
      const before = takeSnapshot(project);
      await must(project, accept);
      const accepted = project.read(log);
      before.restore();
      project.overwrite(log, accepted);
      Deno.chmodSync(project.path(log), 0o600);
      assertEquals(await verdictOf(project), [5, "ROLLBACK"]);
      assertEquals((await project.run(["check", "--quiet", ...harmless])).exit, 5);
      assertEquals((await must(project, accept))["seq"], null);
      assertEquals(project.read(log), accepted);
      assertEquals(await verdictOf(project), [0, "OK-UNANCHORED"]);
      assertEquals((await ask(project, harmless)).exit, 0);
    }
  });
  const others: readonly [string, (project: Project) => void | Promise<void>, string][] = [
    ["AUD-01 an edited log", (project) => {
      project.overwrite(log, project.read(log).replace('"allow"', '"aLLow"'));
    }, "audit_tampered"],
    ["AUD-10 a missing segment", (project) => {
      Deno.removeSync(project.path(segment(0)));
    }, "audit_missing"],
    ["AUD-09 a missing log", (project) => Deno.removeSync(project.path(log)), "audit_missing"],
    ["AUD-06 an older segment in the newest one's place", (project) => {
      Deno.removeSync(project.path(log));
      Deno.copyFileSync(project.path(segment(0)), project.path(log));
      Deno.chmodSync(project.path(log), 0o600);
    }, "audit_missing"],
    ["AUD-08 another install's log", async (project) => {
      using other = await installed(1);
      project.overwrite(log, other.read(log));
    }, "audit_foreign"],
  ];
  for (const [name, change, code] of others) {
    it(`never accepts ${name}`, async () => {
      using project = await rolledBack(2);
      await change(project);
      assertEquals(await refused(project, accept), [5, code]);
    });
  }
});
