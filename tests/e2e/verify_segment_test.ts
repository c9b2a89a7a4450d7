/** Closed segments, verified by jobs that have a file and a secret, and joined into one verdict. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createAuditFile, openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { append, auditOptions, note } from "../support/audit_folder.ts";
import { hmacSha256 } from "../support/audit_log.ts";
import { binaryPath, Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const encodeHex = (bytes: Uint8Array) => bytes.toHex();
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

interface ArchivedHost {
  /** Folder with three segments, 0 to 2. */
  readonly folder: string;
  readonly secretFile: string;
  readonly logId: string;
}

/** What an archive has of one host; its log is gone. */
async function archive(project: Project, host: string): Promise<ArchivedHost> {
  const secret = random(32);
  const logId = encodeHex(random(16));
  const work = `${project.folder}/log-${host}`;
  Deno.mkdirSync(`${work}/work`, { recursive: true });
  const ring = KeyRing.ofRoots([secret], logId, hmacSha256);
  const options = auditOptions(work, { ring, logId });
  const file = await createAuditFile({ ...options, genesis: { tool: "test" } });
  await file.close();
  for (let i = 0; i < 3; i++) {
    const again = await openAuditFile(options);
    await append(again, ...Array(30).fill(note));
    assert(await again.rotate());
    await again.close();
  }
  const folder = `${project.folder}/archive/${host}`;
  Deno.mkdirSync(folder, { recursive: true });
  Deno.mkdirSync(`${project.folder}/secrets`, { recursive: true });
  for (const seg of [0, 1, 2]) {
    const path = segmentPath(options.sidePath, seg);
    Deno.copyFileSync(path, `${folder}/${path.slice(path.lastIndexOf("/") + 1)}`);
    Deno.chmodSync(`${folder}/${path.slice(path.lastIndexOf("/") + 1)}`, 0o600);
  }
  Deno.removeSync(work, { recursive: true });
  const secretFile = `${project.folder}/secrets/${host}`;
  Deno.writeTextFileSync(secretFile, `hex:${encodeHex(secret)}\n`, { mode: 0o600 });
  return { folder, secretFile, logId };
}

function edit(path: string, change: (text: string) => string): void {
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

const command = ["audit", "verify-segment"];

describe("audit verify-segment", () => {
  itOnBoth(
    "AUD-34 verifies with the file and the secret alone, and writes nothing",
    async (program) => {
      using project = new Project();
      const { folder, secretFile, logId } = await archive(project, "a");
      const secret = ["--root-secret-file", secretFile];
      const files = [0, 1, 2].map((seg) => `${folder}/seg-0000000${seg}.jsonl`);
      const lines: string[] = [];
      for (const file of files) {
        const args = [...command, file, ...secret, "--format", "jsonl"];
        const { exit, stdout, stderr } = await project.run(args, { program });
        assertEquals([exit, stderr, stdout.split("\n").length], [0, "", 2]);
        lines.push(stdout);
      }
      // The jobs' words in another order, joined without secret and segments.
      const stdin = lines.toReversed().join("");
      const joined = await project.run(["audit", "join-segments", "--json"], { program, stdin });
      const value = JSON.parse(joined.stdout);
      assertEquals([joined.exit, value.verdict, value.log_id], [0, "OK-UNANCHORED", logId]);
      assertEquals([value.segments, value.first_seq, value.last_seg], [3, 0, 2]);
      // At once they say the same.
      const all = await project.json([...command, ...files, ...secret], { program });
      const { schema_version: _, ...verdict } = value;
      assertEquals([all.exit, all.value["joined"]], [0, verdict]);
      const table = await project.run([...command, files[1] ?? "", ...secret], { program });
      assertMatch(table.stdout, /^OK-UNANCHORED {2}.*seg-00000001\.jsonl\n {2}Segment 1, entries/);
      assertEquals([...Deno.readDirSync(folder)].length, 3);
      assertEquals([...Deno.readDirSync(project.root)].map(({ name }) => name), ["src"]);
    },
  );
  itOnBoth("AUD-35 every other answer is 5, 3, 1 or 64, and never OK", async (program) => {
    using project = new Project();
    const { folder, secretFile } = await archive(project, "a");
    const other = await archive(project, "b");
    const [zero, one, two] = [0, 1, 2].map((seg) => `${folder}/seg-0000000${seg}.jsonl`);
    const text = Deno.readTextFileSync(one ?? "");
    const file = (name: string, content: string | Uint8Array<ArrayBuffer>) => {
      const path = `${project.folder}/${name}`;
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else Deno.writeFileSync(path, content);
      return path;
    };
    const secret = ["--root-secret-file", secretFile];
    const edited = file("edited", text.replace('"text":"x"', '"text":"y"'));
    const open = file("open", Deno.readTextFileSync(secretFile));
    Deno.chmodSync(open, 0o644);
    const rows: readonly (readonly [readonly (string | undefined)[], number, string])[] = [
      [[edited, ...secret], 5, "TAMPERED"],
      [[file("crlf", text.replaceAll("\n", "\r\n")), ...secret], 5, "TAMPERED"],
      [[file("bom", `\ufeff${text}`), ...secret], 3, "NO-SEGMENT"],
      [[file("lf", "\n".repeat(1_000_000)), ...secret], 3, "NO-SEGMENT"],
      [[file("binary", random(60_000)), ...secret], 3, "NO-SEGMENT"],
      [[file("empty", ""), ...secret], 3, "NO-SEGMENT"],
      [[one, "--root-secret-file", other.secretFile], 1, "UNVERIFIABLE"],
      [[`${other.folder}/seg-00000001.jsonl`, ...secret], 1, "UNVERIFIABLE"],
      [[zero, two, ...secret], 5, "MISSING"],
      [[zero, edited, two, ...secret], 5, "TAMPERED"],
      [
        [
          zero,
          `${other.folder}/seg-00000001.jsonl`,
          ...secret,
          "--root-secret-file",
          other.secretFile,
        ],
        5,
        "FOREIGN-LOG",
      ],
      [["absent", ...secret], 1, "audit_unreadable"],
      [[".", ...secret], 1, "audit_unreadable"],
      [[one, "--root-secret-file", "absent"], 1, "secret_missing"],
      [[one, "--root-secret-file", open], 1, "secret_unsafe"],
      [[one], 64, "usage"],
      [secret, 64, "usage"],
    ];
    for (const [args, status, what] of rows) {
      const given = [...command, ...args.map((arg) => arg ?? "")];
      const { exit, value } = await project.json(given, { program });
      const { segments, joined } = value as {
        segments?: readonly { readonly verdict: string }[];
        joined?: { readonly verdict: string } | null;
      };
      const said = joined?.verdict ?? segments?.[0]?.verdict ?? errorCode(value);
      assertEquals([exit, said], [status, what], args.join(" "));
    }
    for (const stdin of ["", "x", "{}", `{"schema_version":1,"verdict":"OK-UNANCHORED"}`]) {
      const { exit, stdout } = await project.run(["audit", "join-segments"], { program, stdin });
      assertEquals([exit, stdout], [3, ""], stdin);
    }
  });
  it("AUD-18 refuses a gigabyte of one line without reading it", async () => {
    using project = new Project();
    const { folder, secretFile } = await archive(project, "a");
    const path = `${folder}/seg-00000001.jsonl`;
    const text = Deno.readTextFileSync(path);
    // Behind whole lines, so that the walk comes upon it. Sparse: it is all NUL.
    using file = Deno.openSync(path, { append: true });
    file.truncateSync(text.length + 1_000_000_000);
    const { exit, value } = await project.json([
      ...command,
      path,
      "--root-secret-file",
      secretFile,
    ]);
    const [segment] = value["segments"] as readonly Record<string, unknown>[];
    assertEquals([exit, segment?.["verdict"]], [5, "TAMPERED"]);
    assertEquals((segment?.["fault"] as { offset: number }).offset, text.length);
  });
});

describe("audit archive and audit verify-segment", () => {
  itOnBoth("AUD-06 AUD-10 go together, with the head code of the last seal", async (program) => {
    using project = new Project();
    await project.init();
    const to = `${project.folder}/archived`;
    Deno.mkdirSync(to);
    const codes: string[] = [];
    for (let i = 0; i < 3; i++) {
      await project.run(["audit", "record", "--type", "NOTE", "--severity", "LOW"], { program });
      const { exit, value } = await project.json(["audit", "rotate"], { program });
      assertEquals(exit, 0);
      codes.push(String(value["head_code"]));
    }
    const archived = await project.run(["audit", "archive", "--to", to], { program });
    assertEquals(archived.exit, 0, archived.stderr);
    const secret = ["--root-secret-file", `${project.stateFolder()}/keys/audit.key`];
    const files = [0, 1, 2].map((seg) => `${to}/seg-0000000${seg}.jsonl`);
    const join = async (names: readonly string[], code: string) => {
      const args = [...command, ...names, ...secret, "--format", "jsonl"];
      const { stdout: stdin } = await project.run(args, { program });
      const joined = ["audit", "join-segments", "--anchor", code];
      const { exit, stdout } = await project.run(joined, { program, stdin });
      return [exit, stdout.split(" ")[0]];
    };
    const [first = "", , last = ""] = codes;
    assertEquals(await join(files, last), [0, "OK"]);
    assertEquals(await join(files, `${first.split(":")[0]}:${"ab".repeat(10)}`), [5, "FORK"]);
    assertEquals(await join(files.slice(0, 2), last), [5, "MISSING"]);
    assertEquals((await project.run(["audit", "join-segments", "--anchor", "x"])).exit, 64);
  });
});

describe("docs/examples/verify_fleet.sh", () => {
  const script = new URL("../../docs/examples/verify_fleet.sh", import.meta.url).pathname;
  async function verifyFleet(project: Project, name: string) {
    const output = await new Deno.Command("sh", {
      args: [script, "archive", "secrets", name, "2"],
      cwd: project.folder,
      clearEnv: true,
      env: { HOME: project.home, PATH: "/usr/bin:/bin", SEALWARD: binaryPath },
    }).output();
    const text = new TextDecoder().decode(output.stdout);
    const verdicts = text.split("\n").slice(0, -1).map((line) => line.split(" ").slice(0, 3));
    return { exit: output.code, verdicts };
  }
  it("AUD-10 verifies every segment in a process of its own and joins them by host", async () => {
    using project = new Project();
    const a = await archive(project, "a");
    const b = await archive(project, "b b");
    Deno.renameSync(b.folder, `${project.folder}/archive/b`);
    Deno.renameSync(b.secretFile, `${project.folder}/secrets/b`);
    assertEquals(await verifyFleet(project, "r1"), {
      exit: 0,
      verdicts: [["a", "0", "OK-UNANCHORED"], ["b", "0", "OK-UNANCHORED"]],
    });
    assertEquals((await verifyFleet(project, "r1")).exit, 1, "results are never mixed");
    edit(`${a.folder}/seg-00000001.jsonl`, (text) => text.replace('"text":"x"', '"text":"y"'));
    assertEquals(await verifyFleet(project, "r2"), {
      exit: 5,
      verdicts: [["a", "5", "TAMPERED"], ["b", "0", "OK-UNANCHORED"]],
    });
    Deno.removeSync(`${a.folder}/seg-00000001.jsonl`);
    assertEquals((await verifyFleet(project, "r3")).verdicts[0], ["a", "5", "MISSING"]);
    // A job that could not look leaves no answer, and is counted.
    Deno.removeSync(`${project.folder}/secrets/b`);
    Deno.removeSync(a.folder, { recursive: true });
    assertEquals(await verifyFleet(project, "r4"), { exit: 1, verdicts: [["b", "1", "0"]] });
  });
});
