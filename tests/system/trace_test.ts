/** What one `check` asks of the kernel, as strace saw it. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, type Outcome, Project } from "../support/sealward.ts";

const operation = JSON.stringify({ type: "file_write", affected_files: ["src/app.ts"] });

/** Whatever a runtime might load or keep without being asked to. */
const plants = [
  ".env",
  ".npmrc",
  "deno.json",
  "deno.jsonc",
  "deno.lock",
  "import_map.json",
  "node_modules/hono/package.json",
  "node_modules/yaml/index.js",
  "package.json",
  "tsconfig.json",
];

interface Trace extends Outcome {
  /** One line per call, in the order of their start. */
  readonly calls: readonly string[];
}

async function trace(
  project: Project,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Trace> {
  const tracePath = `${project.folder}/trace`;
  const command = ["strace", "-f", "-qq", "-y", "-s", "0", "-o", tracePath, binaryPath];
  const program = { name: "strace", command };
  const outcome = await project.run(args, { program, stdin: operation, env });
  return { ...outcome, calls: Deno.readTextFileSync(tracePath).split("\n") };
}

/**
 * Index of the line on which the first call that `start` matches returned 0, or -1. A call during
 * which another thread called stands on two lines: `unfinished`, and `resumed` with the same pid.
 */
function indexOfReturn(calls: readonly string[], start: RegExp): number {
  const started = calls.findIndex((call) => start.test(call));
  const line = calls[started] ?? "";
  const pid = line.split(" ", 1)[0];
  const end = line.includes("<unfinished")
    ? calls.findIndex((call, i) => i > started && new RegExp(`^${pid} +<[.]{3} `).test(call))
    : started;
  return / = 0$/.test(calls[end] ?? "") ? end : -1;
}

function listFiles(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? [path, ...listFiles(path)] : [path];
  }).sort();
}

/** Paths of calls that could make, change or remove a file; `log/.d/mark` is what may be there. */
function changedPaths(calls: readonly string[]): readonly string[] {
  const opens = /openat\([^"]*"([^"]*)", [A-Z_|]*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)/;
  const changes =
    /\b(?:mkdir|unlink|rename|link|symlink|creat|truncate|chmod|chown|mknod)\w*\([^"]*"([^"]*)"/;
  return calls.flatMap((call) => opens.exec(call)?.[1] ?? changes.exec(call)?.[1] ?? []);
}

describe("check, traced", () => {
  it("A3 has the entry on the disk before the first byte of the answer", async () => {
    using project = new Project();
    await project.init();
    const { exit, calls } = await trace(project, ["check", "-", "--format", "json"]);
    assertEquals(exit, 0);
    const written = calls.findIndex((call) => /write\(\d+<[^>]*\/audit\.log>/.test(call));
    const synced = indexOfReturn(calls, /fdatasync\(\d+<[^>]*\/audit\.log>/);
    const answered = calls.findIndex((call) => /\bwritev?\(1</.test(call));
    assert(written >= 0 && written < synced && synced < answered, `${[written, synced, answered]}`);
  });

  it("BIN-06 after the first byte of the operation: no program, no connection, no file but the log's", async () => {
    using project = new Project();
    await project.init();
    const { exit, calls } = await trace(project, ["check", "-"]);
    assertEquals(exit, 0);
    const start = calls.findIndex((call) => /\bread\(\d+<pipe:/.test(call));
    assert(start > 0, "the operation was read");
    const after = calls.slice(start);
    const forbidden = /\b(?:execve|execveat|connect|bind|listen|socket)\(/;
    assertEquals(after.filter((call) => forbidden.test(call)), []);
    const own = [project.path(".scalpel/audit.log"), `${project.stateFolder()}/log/`];
    const foreign = changedPaths(after).filter((path) =>
      !own.some((each) => path.startsWith(each))
    );
    assertEquals(foreign, []);
    // The whole life: one program, this one, and no socket but the runtime's own pair.
    assertEquals(calls.filter((call) => /\bexecve\(/.test(call)).length, 1);
    assertEquals(calls.filter((call) => /\b(?:socket|connect)\(/.test(call)), []);
  });

  it("BIN-11 leaves nothing in the temporary, cache, home and working folders", async () => {
    using project = new Project();
    await project.init();
    const places = ["TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DENO_DIR"];
    const env = Object.fromEntries(places.map((name) => [name, `${project.folder}/${name}`]));
    for (const path of Object.values(env)) Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${project.folder}/trace`, "");
    const before = listFiles(project.folder);
    const { exit, calls } = await trace(project, ["check", "-"], env);
    assertEquals(exit, 0);
    assertEquals(listFiles(project.folder), before);
    const own = [project.path(".scalpel/audit.log"), `${project.stateFolder()}/log/`];
    const foreign = changedPaths(calls).filter((path) =>
      !own.some((each) => path.startsWith(each))
    );
    assertEquals(foreign, []);
  });

  it("CFG-04 BIN-16 never looks at files planted in the working folder", async () => {
    using project = new Project();
    await project.init();
    for (const name of plants) project.write(name, "{ planted");
    const { exit, calls } = await trace(project, ["check", "-"]);
    assertEquals(exit, 0);
    const names = plants.map((name) => name.split("/")[0] ?? name);
    const looked = calls.filter((call) => names.some((name) => call.includes(`${name}"`)));
    assertEquals(looked, []);
    assert(calls.some((call) => call.includes('/policy.yaml"')), "paths are in the trace");
  });
});
