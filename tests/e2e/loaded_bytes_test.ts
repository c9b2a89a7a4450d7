/**
 * How much of the program a one-shot loads: each byte is read and compiled before the answer. Every
 * chunk of the bundle says that it was loaded.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bundled, type Program, Project } from "../support/sealward.ts";

const stage = new URL("../../dist/stage", import.meta.url).pathname;

/** A copy of the bundle that tells, and the bytes of each chunk of the bundle itself. */
interface Telling {
  readonly program: Program;
  readonly bytes: ReadonlyMap<string, number>;
}

function copyTelling(folder: string): Telling {
  const bytes = new Map<string, number>();
  Deno.mkdirSync(folder);
  for (const { name } of Deno.readDirSync(stage)) {
    const chunk = Deno.readFileSync(`${stage}/${name}`);
    if (name.endsWith(".js")) bytes.set(name, chunk.length);
    const tells = name.endsWith(".js") ? `console.error("chunk ${name}");` : "";
    Deno.writeTextFileSync(`${folder}/${name}`, tells);
    Deno.writeFileSync(`${folder}/${name}`, chunk, { append: true });
  }
  const command = bundled.command.with(-1, `${folder}/main.js`);
  return { program: { name: "telling", command }, bytes };
}

function loadedBytes(stderr: string, { bytes }: Telling): number {
  const names = new Set([...stderr.matchAll(/^chunk (\S+)$/gm)].map(([, name = ""]) => name));
  assert(names.has("main.js"), stderr);
  return [...names].reduce((sum, name) => sum + (bytes.get(name) ?? NaN), 0);
}

const write = { type: "file_write", affected_files: ["src/a.ts"] };
const toolCall = { type: "tool_call", tool: { name: "mcp__files__get", input: { path: "a" } } };
const hookCall = {
  session_id: "s",
  cwd: ".",
  hook_event_name: "PreToolUse",
  tool_name: "Write",
  tool_input: { file_path: "src/a.ts", content: "x\n" },
};

interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly input: (root: string) => unknown;
  /** About what it loads today: to be raised for nothing that a call can do without. */
  readonly maxBytes: number;
}

const calls: readonly Call[] = [
  { name: "a check of a file", args: ["check"], input: () => write, maxBytes: 288_294 },
  {
    name: "a check of a command",
    args: ["check"],
    input: () => ({ type: "command", command: "ls src" }),
    maxBytes: 511_091,
  },
  {
    name: "a hook's call about a file",
    args: ["hook", "claude-code"],
    input: (root) => ({ ...hookCall, cwd: root }),
    maxBytes: 329_670,
  },
];

describe("bytes of program that are loaded", () => {
  it("are no more than stated for a one-shot, and more for what is rare", async () => {
    using project = new Project();
    const telling = copyTelling(`${project.folder}/telling`);
    await project.init();
    const run = async (args: readonly string[], input: unknown) => {
      const stdin = JSON.stringify(input);
      const { exit, stderr } = await project.run(args, { program: telling.program, stdin });
      return { exit, loaded: loadedBytes(stderr, telling) };
    };
    const found: number[] = [];
    for (const { name, args, input, maxBytes } of calls) {
      const { exit, loaded } = await run(args, input(project.root));
      assertEquals(exit, 0, name);
      const advice = "load what is rarely needed by await import() (see " +
        "src/pdp/load_readers.ts), or state the new number here and say why in the commit";
      assert(loaded <= maxBytes, `${name} loads ${loaded} bytes, not ${maxBytes}: ${advice}`);
      found.push(loaded);
    }
    // The measure itself: what reads tools is not there until a tool is called.
    const { exit, loaded } = await run(["check"], toolCall);
    assertEquals(exit, 2);
    assert(loaded > (found[0] ?? Infinity));
  });
});
