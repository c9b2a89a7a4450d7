/** The check `complexity` beside tools that others wrote: pmccabe for C, radon for Python. */
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileWrite, openShippedCheck } from "../support/shipped_check.ts";

const check = openShippedCheck("complexity", { inputBytes: 4_194_304 });

function measure(file: string): number {
  const operation = fileWrite(Deno.readTextFileSync(file), file);
  const [violation] = check.find(operation, { max_complexity: 0 });
  return Number(violation?.details?.["complexity"] ?? 0);
}

async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(program, { args: [...args] }).output();
  assert(success, program);
  return new TextDecoder().decode(stdout);
}

function* filesBelow(folder: string, ending: string): Iterable<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path, ending);
    if (isFile && name.endsWith(ending)) yield path;
  }
}

/** How many agree to the number, and within one or a tenth. */
function compare(pairs: readonly (readonly [file: string, wanted: number])[]) {
  const distances = pairs.map(([file, wanted]) => {
    return Math.abs(measure(file) - wanted) / Math.max(1, wanted * 0.1);
  });
  const share = (limit: number) => distances.filter((it) => it <= limit).length / pairs.length;
  return { files: pairs.length, same: share(0), near: share(1) };
}

/** Of a function, its closures and methods. */
interface Block {
  readonly type: string;
  readonly complexity: number;
  readonly closures?: readonly Block[];
  readonly methods?: readonly Block[];
}

function worstOf(blocks: readonly Block[]): number {
  const own = blocks.filter(({ type }) => type !== "class").map(({ complexity }) => complexity);
  const inner = blocks.map(({ closures = [], methods = [] }) => worstOf([...closures, ...methods]));
  return Math.max(0, ...own, ...inner);
}

describe("the check complexity beside tools of others", () => {
  it("agrees with radon on 7 of 10 files of Python's library, nearly on 9", async () => {
    const library = await outputOf("/usr/bin/python3", ["-c", "import os; print(os.__file__)"]);
    const folder = library.trim().replace(/\/os\.py$/, "");
    const folders = [
      "asyncio",
      "email",
      "http",
      "json",
      "logging",
      "multiprocessing",
      "urllib",
      "xml",
    ];
    const report: Record<string, readonly Block[]> = JSON.parse(
      await outputOf("radon", ["cc", "-j", ...folders.map((name) => `${folder}/${name}`)]),
    );
    const pairs = Object.entries(report)
      .filter(([, blocks]) => Array.isArray(blocks) && worstOf(blocks) > 0)
      .map(([file, blocks]) => [file, worstOf(blocks)] as const);
    const { files, same, near } = compare(pairs);
    assert(files > 80 && same >= 0.7 && near >= 0.9, JSON.stringify({ files, same, near }));
  });

  it("agrees with pmccabe on 3 of 4 headers of C and more", async () => {
    const pairs: (readonly [string, number])[] = [];
    // What pmccabe is told by a name it takes for C.
    const folder = await Deno.makeTempDir();
    try {
      const root = new URL("../../src/checks/", import.meta.url).pathname;
      for (const ending of [".h", ".c"]) {
        for (const file of filesBelow(root, ending)) {
          const copy = `${folder}/${pairs.length}_${file.replace(/\W+/g, "_")}.c`;
          await Deno.copyFile(file, copy);
          const lines = (await outputOf("pmccabe", [copy])).trim().split("\n");
          const worst = Math.max(0, ...lines.map((line) => Number(line.split("\t")[1] ?? 0)));
          if (worst > 0) pairs.push([copy, worst]);
        }
      }
      const { files, same, near } = compare(pairs);
      assert(files >= 10 && same >= 0.75 && near >= 0.75, JSON.stringify({ files, same, near }));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
