/** The log on a disk that fills up: the reserves, the refusals, and the way back. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  lastReserveBytes,
  maxEntriesBetweenSnapshots,
  reserveBytes,
} from "../../src/core/limits.ts";
import { denoScript } from "../support/deno_script.ts";
import { binaryPath, type Outcome, Project } from "../support/sealward.ts";
import { SmallDisk } from "../support/small_disk.ts";

const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];
/** One page of a file: what a full tmpfs may still have room for in the log's last one. */
const maxChecksInPage = 12;

function record(severity: string): readonly string[] {
  return ["audit", "record", "--type", "NOTE", "--severity", severity, "--format", "json"];
}

function assertRefused({ exit, stdout }: Outcome, code: string): void {
  assertEquals(exit, 1, stdout);
  const answer = JSON.parse(stdout);
  assertEquals([answer.allowed, answer.error.code], [false, code], stdout);
}

/** Asks until one is not answered for want of room, and returns how many were. */
async function checkUntilFull(disk: SmallDisk): Promise<number> {
  for (let i = 0; i < maxChecksInPage; i++) {
    const outcome = await disk.sealward(check);
    if (outcome.exit === 0) continue;
    assertRefused(outcome, "audit_unwritable");
    return i;
  }
  throw new Error("the disk never became full");
}

const log = ".scalpel/audit.log";

async function readLog(disk: SmallDisk): Promise<string> {
  return (await disk.run(["cat", disk.project.path(log)])).stdout;
}

/** Sizes of the reserves; null for one that is gone. */
async function reserves(disk: SmallDisk): Promise<readonly (number | null)[]> {
  const sizes = [0, 1].map(async (index) => {
    const path = disk.project.path(`${log}.d/reserve.${index}`);
    const { exit, stdout } = await disk.run(["stat", "-c", "%s", path]);
    return exit === 0 ? Number(stdout) : null;
  });
  return await Promise.all(sizes);
}

async function typesIn(disk: SmallDisk): Promise<readonly string[]> {
  const lines = (await readLog(disk)).trimEnd().split("\n").map((line) => JSON.parse(line));
  return lines.map(({ type, sev }) => `${type} ${sev}`)
    .filter((type) => /low_space|full|restored|recovery/.test(type));
}

describe("a disk that fills up", () => {
  it("FLT-03 A3: low, full and back again, each process knowing what the one before met", async () => {
    await using disk = await SmallDisk.mount("4m");
    await disk.init();
    assertEquals(await reserves(disk), [reserveBytes, reserveBytes]);

    await disk.fill("one");
    let allowed = await checkUntilFull(disk);
    assertEquals(await reserves(disk), [null, reserveBytes]);
    assert((await typesIn(disk)).includes("audit.low_space HIGH"));
    for (let i = 0; i < 3; i++) assertEquals((await disk.sealward(check)).exit, 0);
    allowed += 3;
    assertRefused(await disk.sealward(record("LOW")), "audit_full");
    assertEquals((await disk.sealward(record("MEDIUM"))).exit, 0);

    await disk.fill("two");
    allowed += await checkUntilFull(disk);
    assertEquals(await reserves(disk), [null, lastReserveBytes]);
    assert((await typesIn(disk)).includes("audit.full CRITICAL"));
    await disk.fill("three");
    const before = await readLog(disk);
    for (const command of [check, record("CRITICAL"), check]) {
      assertRefused(await disk.sealward(command), "audit_full");
    }
    assertEquals(await readLog(disk), before);
    // Looking is no writing.
    assertEquals((await disk.sealward(["status"])).exit, 0);
    const { stdout: doctor } = await disk.sealward(["doctor"]);
    assert(/log's disk.*everything is denied/.test(doctor), doctor);
    assertEquals(await disk.verdict(), "OK-UNANCHORED");

    // Room for the reserves, but not for more: it would be full again at once.
    await disk.shell('rm "$0/two" && truncate -s -900K "$0/one"');
    assertRefused(await disk.sealward(check), "audit_full");
    await disk.shell('rm "$0/one" "$0/three"');
    assertEquals((await disk.sealward(check)).exit, 0);
    assertEquals(await reserves(disk), [reserveBytes, reserveBytes]);
    assert((await typesIn(disk)).includes("audit.space_restored MEDIUM"));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    const decisions = (await readLog(disk)).split('"type":"audit.decision"').length - 1;
    assert(decisions >= allowed + 1, "no allow without its entry");
    const { stdout } = await disk.run(["ls", "-A", disk.project.path(`${log}.d`)]);
    assertEquals(stdout.includes(".new"), false, stdout);
  });

  it("FLT-03 goes on by itself after low space, when there is room", async () => {
    await using disk = await SmallDisk.mount("4m");
    await disk.init();
    await disk.fill();
    await checkUntilFull(disk);
    await disk.shell('rm "$0/filler"');
    assertEquals((await disk.sealward(record("LOW"))).exit, 0);
    assertEquals(await reserves(disk), [reserveBytes, reserveBytes]);
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
  });

  it("FLT-03 leaves a human's command room to append and to close the segment", async () => {
    await using disk = await SmallDisk.mount("5m");
    const { root } = disk.project;
    await disk.shell('mkdir "$0/work"');
    const { stdout, stderr } = await disk.run([...denoScript("audit_full_disk.ts"), root]);
    assertEquals(stdout.trim().split("\n"), [
      "ok",
      "audit_unwritable",
      "ok",
      "audit_full",
      "audit_unwritable",
      "audit_full",
      "audit_full",
      "ok",
      "ok",
      "audit_full",
      "OK-UNANCHORED",
      "ok",
      "OK-UNANCHORED",
    ], stderr);
  });

  it("FLT-03 a human closes and removes segments although the disk is full", async () => {
    await using disk = await SmallDisk.mount("5m");
    await disk.init();
    assertEquals((await disk.sealward(["audit", "rotate"])).exit, 0);
    for (const name of ["one", "two"]) {
      await disk.fill(name);
      await checkUntilFull(disk);
    }
    await disk.fill("three");
    assertRefused(await disk.sealward(check), "audit_full");
    const rotate = await disk.sealward(["audit", "rotate"]);
    assertEquals(rotate.exit, 0, rotate.stderr);
    const prune = await disk.sealward(["audit", "prune", "--keep", "1", "--reason", "r", "--yes"]);
    assertEquals(prune.exit, 0, prune.stderr);
    assertEquals(await disk.verdict(), "FRONT-PRUNED");
    await disk.shell('rm "$0/one" "$0/two" "$0/three"');
    assertEquals((await disk.sealward(check)).exit, 0);
    assertEquals(await reserves(disk), [reserveBytes, reserveBytes]);
  });

  it("FLT-07 without inodes: what needs a new file is denied, and the log stays whole", async () => {
    await using disk = await SmallDisk.mount("4m,nr_inodes=64");
    await disk.init();
    await disk.shell('for i in $(seq 99); do touch "$0/f$i" 2>/dev/null || break; done');
    const exits: number[] = [];
    // A snapshot of the state, a file of its own, is due somewhere among them.
    for (let i = 0; i <= maxEntriesBetweenSnapshots; i++) {
      exits.push((await disk.sealward([...check, "--quiet"])).exit);
    }
    assertEquals(exits.filter((exit) => exit === 1).length, 1, exits.join());
    assertEquals(exits.filter((exit) => exit === 0).length, maxEntriesBetweenSnapshots);
    assert((await typesIn(disk)).includes("audit.low_space HIGH"));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    await disk.shell('rm -f "$0"/f*');
    assertEquals((await disk.sealward(check)).exit, 0);
    assertEquals(await reserves(disk), [reserveBytes, reserveBytes]);
  });

  for (const error of ["ENOSPC", "EDQUOT"]) {
    for (const call of ["write", "fdatasync"]) {
      it(`FLT-03 ${error} from ${call} gives up the first reserve, once`, async () => {
        using project = new Project();
        await project.init();
        const path = project.path(log);
        const rules = [`trace=${call}`, `inject=${call}:error=${error}:when=1`];
        const command = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", path];
        for (const rule of rules) command.push("-e", rule);
        const program = { name: "strace", command: [...command, binaryPath] };
        assertRefused(await project.run(check, { program }), "audit_unwritable");
        const text = project.read(log);
        assertEquals(text.split('"audit.low_space"').length, 2);
        assert(text.includes(`"cause":"${error}"`), text);
        // There is room: the next one notices.
        assertEquals((await project.run(check)).exit, 0);
        assert(project.read(log).includes("audit.space_restored"));
        assertEquals((await project.json(["audit", "verify"])).value["verdict"], "OK-UNANCHORED");
      });
    }
  }

  it("FLT-04 EIO is no full disk: no reserve is given up", async () => {
    using project = new Project();
    await project.init();
    const path = project.path(log);
    const rules = ["-e", "trace=write", "-e", "inject=write:error=EIO:when=1"];
    const command = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", path, ...rules, binaryPath];
    const outcome = await project.run(check, { program: { name: "strace", command } });
    assertRefused(outcome, "audit_unwritable");
    assertEquals(project.read(log).includes("low_space"), false);
    assertEquals(Deno.statSync(`${path}.d/reserve.0`).size, reserveBytes);
    assertEquals((await project.run(check)).exit, 0);
  });

  it("FLT-03 a reserve that others removed is made anew, and the log says so", async () => {
    using project = new Project();
    await project.init();
    const path = project.path(`${log}.d/reserve.0`);
    Deno.removeSync(path);
    const elsewhere = `${project.folder}/elsewhere`;
    Deno.symlinkSync(elsewhere, path);
    assertEquals((await project.run(check)).exit, 0);
    assertEquals(Deno.lstatSync(path).isFile, true);
    assertEquals(Deno.statSync(path).size, reserveBytes);
    assert(project.read(log).includes('"remade":["reserve.0"]'));
    assertNotEquals(await Deno.lstat(elsewhere).catch(() => "none"), null);
    assertEquals(await Deno.lstat(elsewhere).then(() => "there", () => "none"), "none");
  });
});

describe("init", () => {
  // Nothing fits; the policy does; the policy and one reserve do.
  for (const spare of ["0", "200K", "1500K"]) {
    it(`FLT-18 on a disk with ${spare} left: leaves nothing behind, and works later`, async () => {
      await using disk = await SmallDisk.mount("4m");
      await disk.fill();
      await disk.shell(`truncate -s -${spare} "$0/filler"`);
      const { exit } = await disk.sealward(["init", "--guide"]);
      assertEquals(exit, 1);
      const { stdout } = await disk.run(["ls", "-A", disk.project.root]);
      assertEquals(stdout, "filler\n");
      assertNotEquals((await disk.sealward(check)).exit, 0);
      await disk.shell('rm "$0/filler"');
      await disk.init();
      assertEquals((await disk.sealward(check)).exit, 0);
    });
  }
});

/** Arguments: binary, root, file for messages, token. Prints the status of each call. */
const fullDisk = String.raw`
"$1" serve --root "$2" --port 0 2>"$3" &
server=$!
until port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$3") && [ -n "$port" ]; do
  sleep 0.05
done
ask() {
  curl -s -m 5 -o /dev/null -w '%{http_code} ' -H "authorization: Bearer $token" \
    -H 'content-type: application/json' \
    -d '{"type":"file_write","affected_files":["src/app.ts"]}' "http://127.0.0.1:$port/v1/check"
}
token=$4
ask
dd if=/dev/zero of="$2/one" bs=4096 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ask; done
printf '/ '
dd if=/dev/zero of="$2/two" bs=4096 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ask; done
printf '/ '
rm "$2/one" "$2/two"
sleep 1.1
ask
kill -TERM $server
wait $server
echo $?
`;

describe("serve", () => {
  it("FLT-03 on a full disk: stays up, denies what it cannot record, and loses no allow", async () => {
    await using disk = await SmallDisk.mount("4m");
    await disk.init();
    const { project } = disk;
    const messages = `${project.folder}/messages`;
    Deno.writeTextFileSync(messages, "");
    const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    const script = ["sh", "-c", fullDisk, "sh"];
    const { stdout } = await disk.run(script, [binaryPath, project.root, messages, token]);
    const [low = "", full = "", back = ""] = stdout.split("/").map((part) => part.trim());
    // One write fails, and decisions go on; then they stop.
    assertEquals(low.split(" ").filter((status) => status === "503").length, 1, stdout);
    assertEquals(low.startsWith("200") && low.endsWith("200"), true, stdout);
    assertEquals(full.endsWith("503 503"), true, stdout);
    assertEquals(back, "200 0", stdout);

    assertEquals((await disk.sealward(check)).exit, 0);
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    const decisions = (await readLog(disk)).split('"type":"audit.decision"').length - 1;
    const answers = stdout.split(" ").filter((status) => status === "200").length;
    assertEquals(decisions, answers + 1);
  });
});
