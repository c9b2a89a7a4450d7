/** Full, read-only and limited disks: real ones, mounted where only the test sees them. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, type Outcome, type Program, Project } from "../support/sealward.ts";

const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];
/** One page of a file: what a full tmpfs may still have room for in the log's last one. */
const maxChecksInPage = 10;

/** A project on a small disk of its own, in a mount namespace that ends with the test. */
class SmallDisk implements AsyncDisposable {
  readonly project: Project;
  readonly #holder: Deno.ChildProcess;

  private constructor(project: Project, holder: Deno.ChildProcess) {
    this.project = project;
    this.#holder = holder;
  }

  static async mount(size: string): Promise<SmallDisk> {
    using opened = new DisposableStack();
    const project = opened.use(new Project());
    const script = 'mount -t tmpfs -o size="$1" none "$0" && echo ready && exec sleep 120';
    const args = ["-m", "--propagation", "private", "sh", "-c", script, project.root, size];
    const holder = new Deno.Command("unshare", { args, stdout: "piped" }).spawn();
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    await reader.cancel();
    if (done) throw new Error("the disk could not be mounted");
    opened.move();
    return new SmallDisk(project, holder);
  }

  /** Runs a program in the namespace, in the project. */
  run(command: readonly string[], args: readonly string[] = []): Promise<Outcome> {
    return this.project.run(args, { program: this.#inside(command) });
  }

  sealward(args: readonly string[]): Promise<Outcome> {
    return this.run([binaryPath], [...args, "--root", this.project.root]);
  }

  async init(): Promise<void> {
    const { exit, stderr } = await this.sealward(["init", "--guide"]);
    assertEquals(exit, 0, stderr);
  }

  /** Writes zeroes until nothing fits any more. */
  async fill(): Promise<void> {
    const path = this.project.path("filler");
    const { exit } = await this.run(["dd", "if=/dev/zero", `of=${path}`, "bs=4096"]);
    assertNotEquals(exit, 0, "the disk is full");
  }

  async shell(script: string): Promise<void> {
    const { exit, stderr } = await this.run(["sh", "-c", script, this.project.root]);
    assertEquals(exit, 0, `${script}: ${stderr}`);
  }

  async verdict(): Promise<unknown> {
    const { stdout } = await this.sealward(["audit", "verify", "--format", "json"]);
    return JSON.parse(stdout).verdict;
  }

  #inside(command: readonly string[]): Program {
    const enter = ["nsenter", "-t", String(this.#holder.pid), "-m", "--"];
    return { name: "inside", command: [...enter, ...command] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
    this.project[Symbol.dispose]();
  }
}

function assertUnwritable({ exit, stdout }: Outcome): void {
  assertEquals(exit, 1, stdout);
  const answer = JSON.parse(stdout);
  assertEquals([answer.allowed, answer.error.code], [false, "audit_unwritable"]);
}

/** Asks until the log's last page is full, and returns the first answer that is no allow. */
async function checkUntilFull(disk: SmallDisk): Promise<Outcome> {
  for (let i = 0; i < maxChecksInPage; i++) {
    const outcome = await disk.sealward(check);
    if (outcome.exit !== 0) return outcome;
  }
  throw new Error("the disk never became full");
}

describe("check", () => {
  for (const size of ["64k", "1m"]) {
    it(`FLT-03 on a full disk of ${size}: no allow; the chain goes on when there is space`, async () => {
      await using disk = await SmallDisk.mount(size);
      await disk.init();
      await disk.fill();
      assertUnwritable(await checkUntilFull(disk));
      assertUnwritable(await disk.sealward(check));
      assert(["UNCLEAN-END", "OK-UNANCHORED"].includes(String(await disk.verdict())));
      await disk.shell('rm "$0/filler"');
      assertEquals((await disk.sealward(check)).exit, 0);
      assertEquals(await disk.verdict(), "OK-UNANCHORED");
    });
  }

  it("FLT-19 on a read-only disk: no allow, but the log still verifies", async () => {
    await using disk = await SmallDisk.mount("1m");
    await disk.init();
    await disk.shell('mount -o remount,ro "$0"');
    assertUnwritable(await disk.sealward(check));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    await disk.shell('mount -o remount,rw "$0"');
    assertEquals((await disk.sealward(check)).exit, 0);
  });

  it("FLT-19 with a read-only state folder: no allow, but the log still verifies", async () => {
    await using disk = await SmallDisk.mount("1m");
    await disk.init();
    const state = disk.project.stateFolder();
    await disk.shell(`mount --bind ${state} ${state} && mount -o remount,bind,ro ${state}`);
    assertUnwritable(await disk.sealward(check));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    await disk.shell(`umount ${state}`);
    assertEquals((await disk.sealward(check)).exit, 0);
  });

  // Within the entry, and before it: the runtime goes on after a short write, into SIGXFSZ.
  for (const spareBytes of [100, 0]) {
    it(`FLT-03 with ${spareBytes} bytes to its file size limit: no allow, no lost entry`, async () => {
      using project = new Project();
      await project.init();
      const { size } = Deno.statSync(project.path(".scalpel/audit.log"));
      const command = ["prlimit", `--fsize=${size + spareBytes}`, "--core=0", binaryPath];
      const { exit, stdout } = await project.run(check, { program: { name: "prlimit", command } });
      assert(exit === 1 || exit >= 128, `exit ${exit}`);
      assert(!stdout.includes('"allowed": true'), stdout);
      assertEquals((await project.run(["audit", "verify"])).exit, 0);
      assertEquals((await project.run(check)).exit, 0);
      const { value } = await project.json(["audit", "verify"]);
      assertEquals(value["verdict"], "OK-UNANCHORED");
    });
  }
});

describe("init", () => {
  it("FLT-18 on a full disk: leaves nothing that looks like an install, and works later", async () => {
    await using disk = await SmallDisk.mount("1m");
    await disk.fill();
    const { exit } = await disk.sealward(["init", "--guide"]);
    assertEquals(exit, 1);
    assertNotEquals((await disk.sealward(check)).exit, 0);
    await disk.shell('rm "$0/filler"');
    await disk.init();
    assertEquals((await disk.sealward(check)).exit, 0);
  });
});

/** Arguments: binary, root, file for messages, token. Prints the status of each call. */
const fullDisk = String.raw`
"$1" serve --root "$2" --port 0 2>"$3" &
server=$!
until port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$3") && [ -n "$port" ]; do
  sleep 0.05
done
ask() {
  curl -s -m 5 -o /dev/null -w '%{http_code} ' -H "authorization: Bearer $1" \
    -H 'content-type: application/json' \
    -d '{"type":"file_write","affected_files":["src/app.ts"]}' "http://127.0.0.1:$port/v1/check"
}
ask "$4"
dd if=/dev/zero of="$2/filler" bs=4096 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do ask "$4"; done
rm "$2/filler"
ask "$4"
kill -TERM $server
wait $server
echo $?
`;

describe("serve", () => {
  it("FLT-03 on a full disk: stays up and denies until there is space; loses no allow", async () => {
    await using disk = await SmallDisk.mount("64k");
    await disk.init();
    const { project } = disk;
    const messages = `${project.folder}/messages`;
    Deno.writeTextFileSync(messages, "");
    const token = Deno.readTextFileSync(`${project.stateFolder()}/tokens/agent`).trim();
    const script = ["sh", "-c", fullDisk, "sh"];
    const { stdout } = await disk.run(script, [binaryPath, project.root, messages, token]);
    const statuses = stdout.trim().split(" ");
    // Before, ten times on the filling disk, after; and the exit status.
    const [before, full, after] = [statuses[0], statuses.slice(1, 11), statuses.slice(11)];
    assertEquals([before, full.at(-1), after], ["200", "503", ["200", "0"]], stdout);
    assertEquals(full.toSorted(), full, "no allow after a failure");

    assertEquals((await disk.sealward(check)).exit, 0);
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    const log = project.path(".scalpel/audit.log");
    const { stdout: count } = await disk.run(["grep", "-c", '"type":"audit.decision"', log]);
    assertEquals(Number(count), stdout.split("200").length);
  });
});
