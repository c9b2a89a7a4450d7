/**
 * What the shell walker says a word becomes, against what bash makes of it: random words on a real
 * folder. A word the walker does not know proves nothing; one it knows must be bash's, byte by byte.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { createShellView } from "../../src/core/decision/shell_view.ts";
import { planCommand } from "../../src/core/operation/shell/plan_command.ts";
import { findProgram } from "../../src/core/operation/shell/programs/find_program.ts";
import { compilePolicy } from "../../src/core/policy/compile_policy.ts";
import { chooseSeed } from "../support/seeded.ts";

const files = [
  "a.ts",
  "b.ts",
  "ab c",
  ".env",
  ".e2",
  "[x]",
  "d/one.t",
  "d/two.t",
  "d/.h",
  "e/one.t",
];
const setup = `set -- 'p 1' '' 'q*'; x='m n'; y=; z='*.ts'; l=(k 'l o' '.e*'); s=one.t; n=a.b.c`;
const pieces = [
  "a",
  "b",
  ".",
  "/",
  "d/",
  "\\*",
  "\\ ",
  "'*'",
  '"*"',
  "' s '",
  '""',
  "$'\\x41\\t'",
  '$"loc"',
  "*",
  "?",
  "*.t",
  ".e*",
  "[ab]",
  "[!a]",
  "[a-c]*",
  "[",
  "]",
  "{a,b}",
  "{a,,c}",
  "{1..3}",
  "{c..a}",
  "{01..3}",
  "{x}",
  "{a,{b,c}}",
  "{'a,b',c}",
  "{",
  "}",
  ",",
  "$x",
  '"$x"',
  "$y",
  '"$y"',
  "$z",
  '"$z"',
  "${x}",
  "${x%n}",
  "${n#*.}",
  "${n##*.}",
  "${n%.*}",
  "${n%%.*}",
  "${n/./-}",
  "${n//./-}",
  "${n/#a/z}",
  "${n/%c/z}",
  "${x^}",
  "${x^^}",
  "${y:-d e}",
  '"${y:-d e}"',
  "${x:+w}",
  "${y:+w}",
  "$1",
  "$2",
  "$3",
  '"$@"',
  "$@",
  '"$*"',
  "${l[1]}",
  '"${l[@]}"',
  "${l[*]}",
  "$l",
  "$(echo 'v  w')",
  '"$(echo "v  w")"',
  "`echo u`",
  "$(printf 'a\\nb\\n\\n')",
  "~",
  "~/k",
  "${s%.t}",
  "\\\n",
  "#",
  "é",
];

function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomWords(random: (below: number) => number): string {
  const count = 1 + random(3);
  return Array.from({ length: count }, () => {
    const length = 1 + random(4);
    return Array.from({ length }, () => pieces[random(pieces.length)] ?? "").join("");
  }).join(" ");
}

/** NUL ends a word, two of them with a marker between a line. */
async function askBash(root: string, lines: readonly string[]): Promise<readonly string[][]> {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const script = lines.map((line) =>
    `(${setup}; w() { printf '%s\\0' "$@"; }; eval ${quote(`w ${line}\n`)}); printf '%s\\0' '<end>'`
  ).join("\n");
  const scriptPath = `${root}.sh`;
  Deno.writeTextFileSync(scriptPath, script);
  const command = new Deno.Command("bash", {
    args: ["--norc", scriptPath],
    cwd: root,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", HOME: `${root}/home`, LC_ALL: "C.UTF-8" },
    stdin: "null",
    stderr: "null",
  });
  const { stdout } = await command.output();
  Deno.removeSync(scriptPath);
  const answers: string[][] = [[]];
  for (const word of new TextDecoder().decode(stdout).split("\0")) {
    if (word === "<end>") answers.push([]);
    else answers.at(-1)?.push(word);
  }
  return answers;
}

function askWalker(root: string, line: string): readonly (string | null)[] | null {
  const disk = openDisk(root, [], `${root}/home`);
  const policy = compilePolicy({ version: "1.0" });
  const view = createShellView({ disk, policy, wasWritten: () => false });
  const { calls, doubts } = planCommand(`${setup}; w ${line}\n`, null, view, findProgram);
  if (doubts.some(({ kind, reason }) => kind === "unverified" && !reason.includes("nobody"))) {
    return null;
  }
  return calls.find(([name]) => name === "w")?.slice(1) ?? null;
}

describe("words of the shell walker", () => {
  it("CMD-05 are bash's own wherever they are known", async () => {
    const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-words-" }));
    const seed = chooseSeed("CMD-05");
    try {
      for (const file of files) {
        const path = `${root}/${file}`;
        Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        Deno.writeTextFileSync(path, "");
      }
      const random = createRandom(seed);
      const lines = Array.from({ length: 3_000 }, () => randomWords(random));
      const answers = await askBash(root, lines);
      let compared = 0;
      for (const [index, line] of lines.entries()) {
        const ours = askWalker(root, line);
        // A line that bash refuses has no answer at all; the walker must doubt it.
        const theirs = answers[index] ?? [];
        if (ours === null || ours.includes(null)) continue;
        compared++;
        assertEquals(ours.length === 0 ? [""] : ours, theirs, JSON.stringify(line));
      }
      assert(compared > lines.length / 3, `only ${compared} of ${lines.length} were known`);
    } finally {
      Deno.removeSync(root, { recursive: true });
    }
  });
});
