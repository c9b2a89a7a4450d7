/** Files of the log are moved, removed and replaced while a server runs. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Served, startServer } from "../e2e/fixtures/start_server.ts";
import { compiled, Project } from "../support/sealward.ts";
import { WorkerProcess } from "../support/worker_process.ts";

const operation = { type: "file_write", affected_files: ["src/app.ts"] };

interface Swap {
  readonly name: string;
  /** What it does to the file at `path`; `aside` is a free name elsewhere on the same disk. */
  readonly swap: (path: string, aside: string) => void;
}

function run(program: string, ...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command(program, { args: [...args] }).outputSync();
  assert(success, new TextDecoder().decode(stderr));
}

const swaps: readonly Swap[] = [
  { name: "renamed", swap: (path, aside) => Deno.renameSync(path, aside) },
  { name: "removed", swap: (path) => Deno.removeSync(path) },
  {
    name: "copied and truncated",
    swap: (path, aside) => {
      Deno.copyFileSync(path, aside);
      Deno.truncateSync(path, 0);
    },
  },
  {
    name: "a symbolic link to itself elsewhere",
    swap: (path, aside) => {
      Deno.renameSync(path, aside);
      Deno.symlinkSync(aside, path);
    },
  },
  {
    name: "a symbolic link to /dev/full",
    swap: (path) => {
      Deno.removeSync(path);
      Deno.symlinkSync("/dev/full", path);
    },
  },
  {
    name: "a copy of itself",
    swap: (path, aside) => {
      Deno.renameSync(path, aside);
      Deno.copyFileSync(aside, path);
    },
  },
  { name: "given a second name", swap: (path, aside) => Deno.linkSync(path, aside) },
  {
    name: "a FIFO",
    swap: (path) => {
      Deno.removeSync(path);
      run("mkfifo", path);
    },
  },
  {
    name: "a folder",
    swap: (path) => {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    },
  },
];

/** The folders that hold everything of the log, kept aside to be put back with their inodes. */
class LogPlaces {
  readonly log: string;
  readonly side: string;
  readonly marks: string;
  readonly #kept: string;

  constructor(project: Project) {
    this.log = project.path(".scalpel/audit.log");
    this.side = `${this.log}.d`;
    this.marks = `${project.stateFolder()}/log`;
    this.#kept = `${project.folder}/kept`;
  }

  /** Sizes and contents of every regular file that is in its place. */
  read(): string {
    const list = (folder: string): readonly string[] =>
      [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
        const path = `${folder}/${name}`;
        if (isDirectory) return list(path);
        return isFile && !name.startsWith("reserve.")
          ? [`${path}\n${Deno.readTextFileSync(path)}`]
          : [];
      });
    const text = readIfFile(this.log);
    return [text, ...list(this.side).toSorted(), ...list(this.marks).toSorted()].join("\n");
  }

  keep(): void {
    run(
      "sh",
      "-c",
      'rm -rf "$0" && mkdir "$0" && cp -a "$1" "$0/log" && cp -a "$2" "$0/side" && ' +
        'cp -a "$3" "$0/marks"',
      this.#kept,
      this.log,
      this.side,
      this.marks,
    );
  }

  restore(): void {
    const script = 'rm -rf "$1" "$2" "$3" && cp -a "$0/log" "$1" && cp -a "$0/side" "$2" && ' +
      'cp -a "$0/marks" "$3"';
    run("sh", "-c", script, this.#kept, this.log, this.side, this.marks);
  }
}

interface Target {
  readonly name: string;
  readonly pathOf: (places: LogPlaces) => string;
  /** Swaps that lose nothing: the server goes on. */
  readonly harmless: readonly string[];
}

const targets: readonly Target[] = [
  { name: "the newest segment", pathOf: ({ log }) => log, harmless: [] },
  {
    name: "a head slot",
    pathOf: ({ side }) => `${side}/head.0`,
    harmless: ["copied and truncated"],
  },
  { name: "a mark", pathOf: ({ marks }) => `${marks}/mark.1`, harmless: ["copied and truncated"] },
  {
    name: "the lock",
    pathOf: ({ side }) => `${side}/lock`,
    // It is empty, and made anew where there is none.
    harmless: [
      "renamed",
      "removed",
      "copied and truncated",
      "a copy of itself",
      "given a second name",
    ],
  },
];

async function ask(server: Served): Promise<{ readonly status: number; readonly code: string }> {
  const answer = await server.fetch("/v1/check", { body: operation });
  const { allowed, code } = await answer.json();
  assertEquals(allowed, answer.status === 200);
  return { status: answer.status, code };
}

describe("serve, while its log's files are replaced", () => {
  for (const target of targets) {
    it(`AUD-24 AUD-27 A3 ${target.name}: denies, and writes nowhere`, async () => {
      using project = new Project();
      await project.init();
      const places = new LogPlaces(project);
      for (const { name, swap } of swaps) {
        const what = `${target.name}, ${name}`;
        const server = await startServer(project, compiled);
        try {
          assertEquals((await ask(server)).status, 200, what);
          places.keep();
          const aside = `${project.folder}/aside`;
          swap(target.pathOf(places), aside);
          const asideBefore = readIfFile(aside);
          const before = places.read();
          const answers = [await ask(server), await ask(server)];
          if (target.harmless.includes(name)) {
            assertEquals(answers.map(({ status }) => status), [200, 200], what);
          } else {
            assertEquals(answers.map(({ status }) => status), [503, 503], what);
            const codes = answers.map(({ code }) => code);
            assert(codes.every((code) => /^audit_(?:tampered|missing|rollback)$/.test(code)), what);
            assertEquals(places.read(), before, `${what}: nothing was written`);
          }
          if (!target.harmless.includes(name)) assertEquals(readIfFile(aside), asideBefore, what);
          assertEquals(await server.stop(), 0, `${what}: ${server.said()}`);
          run("rm", "-rf", aside);
          places.restore();
        } finally {
          await server.stop().catch(() => {});
        }
        const { exit } = await project.run(["check", "--type", "file_write", "--file", "src/a.ts"]);
        assertEquals(exit, 0, `${what}: put back`);
      }
    });
  }

  it("AUD-10 AUD-24 a closed segment: found by who verifies; decisions do not depend on it", async () => {
    using project = new Project();
    await project.init();
    const places = new LogPlaces(project);
    await using worker = new WorkerProcess(project, "rotate", "5");
    await worker.started;
    worker.kill();
    await worker.acknowledged();
    assertEquals((await project.run(["check", "--type", "file_write", "--file", "a.ts"])).exit, 0);
    for (const { name, swap } of swaps) {
      await using server = await startedServer(project);
      places.keep();
      const aside = `${project.folder}/aside`;
      swap(`${places.side}/seg-00000000.jsonl`, aside);
      assertEquals((await ask(server)).status, 200, name);
      const { exit, value } = await project.json(["audit", "verify"]);
      // A copy with the same bytes is the same segment.
      const verdicts = name === "a copy of itself" ? ["OK-UNANCHORED"] : ["TAMPERED", "MISSING"];
      assert(verdicts.includes(String(value["verdict"])), `${name}: ${JSON.stringify(value)}`);
      assertEquals(exit, name === "a copy of itself" ? 0 : 5, name);
      run("rm", "-rf", aside);
      places.restore();
    }
  });
});

async function startedServer(project: Project): Promise<Served & AsyncDisposable> {
  const server = await startServer(project, compiled);
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
    },
  };
}

function readIfFile(path: string): string | null {
  try {
    return Deno.lstatSync(path).isFile ? Deno.readTextFileSync(path) : null;
  } catch {
    return null;
  }
}
