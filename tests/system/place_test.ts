/** Other things than files where files should be, and a lock that somebody keeps. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, type Outcome, type Program, Project } from "../support/sealward.ts";

const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];
/** Reading a pipe nobody writes to would last for ever. */
const limited: Program = { name: "limited", command: ["timeout", "5", binaryPath] };

/** Shell commands that put something else at $0; the file that was there is at $0.real. */
const things: readonly string[] = [
  'mkfifo -m 600 "$0"',
  'ln -s "$0.real" "$0"',
  'ln "$0.real" "$0"',
  'mkdir -m 700 "$0"',
  'mknod -m 600 "$0" c 1 5',
  'mknod -m 600 "$0" c 1 7',
];

async function shell(project: Project, script: string, path: string): Promise<void> {
  const program = { name: "sh", command: ["sh", "-c", script] };
  const { exit, stderr } = await project.run([path], { program });
  assertEquals(exit, 0, `${script}: ${stderr}`);
}

function assertRefused({ exit, stdout }: Outcome, expected: number, what: string): void {
  assertEquals(exit, expected, `${what}: ${stdout}`);
  assertEquals(JSON.parse(stdout).allowed, false, what);
}

/** Runs `body` with each thing in the place of `path`, then puts the file back. */
async function replaceEach(
  project: Project,
  path: string,
  body: (what: string) => Promise<void>,
): Promise<void> {
  for (const thing of things) {
    await shell(project, `mv "$0" "$0.real" && ${thing}`, path);
    await body(`${thing} at ${path}`);
    await shell(project, 'rm -rf "$0" && mv "$0.real" "$0"', path);
  }
  const { exit } = await project.run(check);
  assertEquals(exit, 0, "as before once the file is back");
}

describe("check and verify", () => {
  const files = [".scalpel/audit.log", ".scalpel/audit.log.d/head.0"];
  for (const name of files) {
    it(`AUD-24 call it tampering when another thing is at ${name}`, async () => {
      using project = new Project();
      await project.init();
      await replaceEach(project, project.path(name), async (what) => {
        assertRefused(await project.run(check, { program: limited }), 5, what);
        const verify = await project.run(["audit", "verify"], { program: limited });
        assertEquals(verify.exit, 5, what);
      });
    });
  }

  it("AUD-24 do not wait for a lock that is a pipe, nor make the file a link there names", async () => {
    using project = new Project();
    await project.init();
    const path = project.path(".scalpel/audit.log.d/lock");
    const target = `${project.folder}/made`;
    for (const thing of ['mkfifo "$0"', 'mkdir "$0"', `ln -s '${target}' "$0"`]) {
      await shell(project, `mv "$0" "$0.real" && ${thing}`, path);
      assertRefused(await project.run(check, { program: limited }), 5, thing);
      await shell(project, `rm -rf "$0" && mv "$0.real" "$0" && ! test -e '${target}'`, path);
    }
  });

  it("FILE-06 call it tampering when another thing is at .scalpel/policy.yaml", async () => {
    using project = new Project();
    await project.init();
    await replaceEach(project, project.path(".scalpel/policy.yaml"), async (what) => {
      assertRefused(await project.run(check, { program: limited }), 5, what);
    });
  });

  it("SEC-05 refuse a secret that is anything but a private file", async () => {
    using project = new Project();
    await project.init();
    await replaceEach(project, `${project.stateFolder()}/keys/audit.key`, async (what) => {
      const outcome = await project.run(check, { program: limited });
      assertRefused(outcome, 1, what);
      assertEquals(JSON.parse(outcome.stdout).error.code, "secret_unsafe", what);
    });
  });
});

describe("check", () => {
  it("gives up at once on an operation file that is a pipe, a folder or a device", async () => {
    using project = new Project();
    await project.init();
    const pipe = project.path("pipe");
    await shell(project, 'mkfifo "$0" && ln -s pipe "$0.link"', pipe);
    const paths = [pipe, `${pipe}.link`, project.root, "/dev/null", "/dev/zero", "/dev/full"];
    for (const path of paths) {
      const args = ["check", path, "--format", "json"];
      assertRefused(await project.run(args, { program: limited }), 3, path);
    }
  });

  it("reads an operation through a link and through the shell's <(command)", async () => {
    using project = new Project();
    await project.init();
    project.write("real.json", '{"type":"file_write","affected_files":["src/app.ts"]}');
    await shell(project, 'ln -s real.json "$0"', project.path("link.json"));
    assertEquals((await project.run(["check", "link.json"])).exit, 0);
    const command = ["bash", "-c", `"$0" check <(cat real.json)`];
    const { exit } = await project.run([binaryPath], { program: { name: "bash", command } });
    assertEquals(exit, 0);
  });

  it("DOS-08 RACE-11 answers in three seconds while the lock is held, and at once when its holder is killed", async () => {
    using project = new Project();
    await project.init();
    const lock = project.path(".scalpel/audit.log.d/lock");
    const holder = new Deno.Command("flock", {
      args: ["--no-fork", lock, "sh", "-c", "echo held; exec sleep 10"],
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    try {
      await reader.read();
      const startedAt = performance.now();
      const outcome = await project.run(check);
      const elapsedMs = performance.now() - startedAt;
      assertRefused(outcome, 1, "locked");
      assertEquals(JSON.parse(outcome.stdout).error.code, "audit_busy");
      assert(elapsedMs < 3_000, `${elapsedMs} ms`);
    } finally {
      holder.kill("SIGKILL");
      await reader.cancel();
      await holder.status;
    }
    assertEquals((await project.run(check)).exit, 0);
  });

  it("CFG-09 decides alike and logs UTC under every locale and time zone", async () => {
    using project = new Project();
    await project.init();
    const operations = ["FILE_I.ts", "file_\u0131.ts", "\u0130.env", ".ENV", ".env", "src/app.ts"]
      .map((file) => JSON.stringify({ type: "file_write", affected_files: [file] })).join("\n");
    const verdicts = new Set<string>();
    const rows: readonly Readonly<Record<string, string>>[] = [
      {},
      { LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      { LC_ALL: "ar_EG.UTF-8", TZ: ":/etc/passwd" },
      { LC_ALL: "\u001b[31m", TZ: "Pacific/Kiritimati" },
      { TZ: "XYZ+24:59:59" },
    ];
    for (const env of rows) {
      const { exit, stdout } = await project.run(["check", "--batch"], { env, stdin: operations });
      const decisions = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).decision);
      verdicts.add(JSON.stringify([exit, decisions]));
      const last = JSON.parse(
        project.read(".scalpel/audit.log").trimEnd().split("\n").at(-1) ?? "",
      );
      assert(Math.abs(Date.parse(last.ts) - Date.now()) < 60_000, `${last.ts} is now, in UTC`);
    }
    assertEquals(verdicts.size, 1, [...verdicts].join(" | "));
    assertStringIncludes([...verdicts].join(), "deny");
  });
});
