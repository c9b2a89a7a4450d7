/** What the engine says of a path, held against where open(2) takes it. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { judgeOnDisk } from "../support/judge_on_disk.ts";
import { askKernelPaths, type KernelAnswer } from "../support/kernel_paths.ts";
import {
  composePath,
  createMaze,
  holdsProtected,
  type Maze,
  type MazePath,
  mazePatterns,
  protects,
} from "../support/path_maze.ts";
import { binaryPath, Project } from "../support/sealward.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const compositions = 100_000;
/** Through the binary, in one batch. */
const throughBinary = 500;
const policyText = `version: "1.0"\nprotected:\n  files: [${
  mazePatterns.map((pattern) => JSON.stringify(pattern)).join(", ")
}]\n`;

interface Asked extends MazePath {
  readonly type: "file_write" | "file_create" | "file_delete" | "file_rename";
}

function compose(draw: Draw, maze: Maze): Asked {
  const types = ["file_write", "file_write", "file_create", "file_delete", "file_rename"] as const;
  return { ...composePath(draw, maze), type: types[draw(types.length)] ?? "file_write" };
}

function operationOf({ type, cwd, path }: Asked, maze: Maze): Record<string, unknown> {
  const source = `${maze.root}/plain.txt`;
  const affected = type === "file_rename" ? [source, path] : [path];
  return { type, affected_files: affected, ...(cwd === null ? {} : { cwd }) };
}

async function askKernel(asked: readonly Asked[], maze: Maze): Promise<readonly KernelAnswer[]> {
  return await askKernelPaths(asked.map(({ type, cwd, path }) => ({
    cwd: cwd === null ? maze.root : cwd.startsWith("/") ? cwd : `${maze.root}/${cwd}`,
    path,
    act: type === "file_write" || type === "file_create" ? "open" : "name",
  })));
}

/** Whether the kernel would change what is protected. */
function reachesProtected(answer: KernelAnswer, { type }: Asked, maze: Maze): boolean {
  if ("at" in answer) return maze.guarded.has(answer.at);
  if ("error" in answer) return false;
  const path = relativeTo(maze.root, answer.makes);
  if (path === null) return `${maze.root}/`.startsWith(`${answer.makes}/`);
  // A folder goes with what is in it.
  return protects(path) || (type === "file_delete" && holdsProtected(path));
}

function relativeTo(root: string, path: string): string | null {
  return path === root ? "" : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

/** Whether nobody could have anything against writing there: the name is plain both ways. */
function isHarmless(answer: KernelAnswer, asked: Asked, maze: Maze): boolean {
  const { type, cwd, path } = asked;
  if (type !== "file_write" || !("at" in answer)) return false;
  const plain = maze.plain.get(answer.at);
  if (plain === undefined || !/^[\w./-]*$/.test(path) || /\/proc|\/dev|^\/\//.test(path)) {
    return false;
  }
  if (/l-(?:cwd|procroot|fd)/.test(path)) return false;
  const base = cwd === null ? maze.root : cwd.startsWith("/") ? cwd : `${maze.root}/${cwd}`;
  const lexical = relativeTo(maze.root, fold(path.startsWith("/") ? path : `${base}/${path}`));
  return lexical !== null && !protects(lexical) && !lexical.toLowerCase().includes(".scalpel") &&
    !/\.env/i.test(lexical);
}

function fold(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function createJudge(maze: Maze): (asked: Asked) => string {
  const judge = judgeOnDisk(policyText, openDisk(maze.root, [`${maze.root}/.scalpel`]));
  return (asked) => judge(operationOf(asked, maze)).verdict;
}

/** What went wrong with each answer; at most ten are told. */
function judgeAnswers(
  asked: readonly Asked[],
  truth: readonly KernelAnswer[],
  { verdicts, maze }: { readonly verdicts: readonly string[]; readonly maze: Maze },
): { readonly faults: readonly string[]; readonly reached: number; readonly harmless: number } {
  const faults: string[] = [];
  let reached = 0;
  let harmless = 0;
  asked.forEach((one, i) => {
    const answer = truth[i] ?? { error: "none" };
    const verdict = verdicts[i] ?? "none";
    const text = `${verdict}: ${JSON.stringify(one)} is ${JSON.stringify(answer)}`;
    if (reachesProtected(answer, one, maze)) {
      reached++;
      if (verdict !== "deny" && verdict !== "refused") {
        faults.push(`reaches what is protected: ${text}`);
      }
    } else if (isHarmless(answer, one, maze)) {
      harmless++;
      if (verdict !== "allow") faults.push(`is harmless: ${text}`);
    }
  });
  return { faults, reached, harmless };
}

function assertFaultless(faults: readonly string[]): void {
  assertEquals(faults.slice(0, 10), [], `${faults.length} faults`);
}

describe("paths on a real disk", () => {
  it("PATH-47 PATH-04 PATH-11 PATH-15 deny whatever open(2) takes to a protected file", async () => {
    const draw = seeded(chooseSeed(`${compositions} paths`));
    const home = Deno.cwd();
    const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-maze-" }));
    try {
      const maze = createMaze(folder);
      const asked = Array.from({ length: compositions }, () => compose(draw, maze));
      const truth = await askKernel(asked, maze);
      // Another folder than the operations': what is this process's own must not count.
      Deno.chdir(`${maze.root}/src`);
      const verdicts = asked.map(createJudge(maze));
      const { faults, reached, harmless } = judgeAnswers(asked, truth, { verdicts, maze });
      assertFaultless(faults);
      // A maze that nobody gets through proves nothing.
      assert(reached > compositions / 20, `${reached} reach what is protected`);
      assert(harmless > compositions / 200, `${harmless} are harmless`);
      // deno-lint-ignore no-console -- what the numbers of a random test stand for
      console.log(`${reached} reach what is protected, ${harmless} are harmless`);
    } finally {
      Deno.chdir(home);
      Deno.removeSync(folder, { recursive: true });
    }
  });

  it("PATH-47 PATH-06 the binary answers the same, whatever folder it is started in", async () => {
    using project = new Project();
    await project.init();
    project.overwrite(".scalpel/policy.yaml", policyText);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    const maze = createMaze(project.folder);
    const draw = seeded(chooseSeed(`${throughBinary} paths`));
    const asked = Array.from({ length: throughBinary }, () => compose(draw, maze));
    const truth = await askKernel(asked, maze);
    const expected = asked.map(createJudge(maze));
    const stdin = asked.map((one) => `${JSON.stringify(operationOf(one, maze))}\n`).join("");
    const check = `exec "$0" check --batch --root "$1"`;
    const run = (start: string) => {
      const program = { name: "sh", command: ["sh", "-c", `${start} && ${check}`] };
      return project.run([binaryPath, project.root], { program, stdin });
    };
    for (const start of ["cd /", 'cd "$1/src"', 'cd "$1/.scalpel"']) {
      const { stdout, stderr } = await run(start);
      const verdicts = stdout.trim().split("\n").map((line) => verdictOf(JSON.parse(line)));
      assertEquals(verdicts.length, expected.length, stderr);
      const others = asked.filter((_, i) => verdicts[i] !== expected[i]);
      assertEquals(others, [], `${start}: other verdicts than in process`);
      assertFaultless(judgeAnswers(asked, truth, { verdicts, maze }).faults);
    }
    // The runtime does not start in a folder that is gone: no answer, and no status that allows.
    const gone = await run('mkdir "$1/gone" && cd "$1/gone" && rmdir "$1/gone"');
    assert(![0, 4].includes(gone.exit), `exit ${gone.exit}`);
    assertEquals(gone.stdout, "");
  });
});

interface Line {
  readonly decision?: string;
  readonly error?: unknown;
  readonly violations?: readonly { readonly code: string }[];
}

/** What the path alone comes to: that the same was denied before is another reason. */
function verdictOf({ decision = "none", error, violations = [] }: Line): string {
  if (error !== undefined) return "refused";
  const isRemembered = violations.length > 0 &&
    violations.every(({ code }) => code === "denied_before");
  return isRemembered ? "allow" : decision;
}
