import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { maxCommandCharacters } from "../../src/core/limits.ts";
import type { CommandPlan } from "../../src/core/operation/shell/command_plan.ts";
import { planCommand } from "../../src/core/operation/shell/plan_command.ts";
import { findProgram } from "../../src/core/operation/shell/programs/find_program.ts";
import type { ShellSurroundings } from "../../src/core/operation/shell/surroundings.ts";

const files: Readonly<Record<string, string | null>> = {
  "/p": null,
  "/p/src": null,
  "/p/src/a.ts": "",
  "/p/.env": "A=1",
  "/p/loop.sh": "sh loop.sh; . ./loop.sh; sh loop.sh",
};

const plain = (path: string) => path.replaceAll("/./", "/").replace(/\/\.?$/, "") || "/";

const surroundings: ShellSurroundings = {
  root: "/p",
  home: "/home/u",
  realPath: (path) => plain(path) in files ? plain(path) : null,
  kindOf: (path) => {
    const text = files[plain(path)];
    return text === null ? "directory" : text === undefined ? "missing" : "file";
  },
  listNames: (folder) => plain(folder) === "/p" ? ["src", ".env", "loop.sh"] : null,
  listBelow: (folder) => Object.keys(files).filter((path) => path.startsWith(`${plain(folder)}/`)),
  readText: (path) => files[plain(path)] ?? null,
  wasWritten: () => false,
  isProtected: (path) => path.endsWith(".env"),
  trackedProtected: () => [],
};

function plan(command: string): CommandPlan {
  return planCommand(command, null, surroundings, findProgram);
}

/** What it takes to stop a command: a change of the protected file, or a doubt. */
function isStopped(command: string): boolean {
  const { effects, doubts } = plan(command);
  return doubts.length > 0 ||
    effects.some(({ verb, resource }) => verb !== "read" && resource.endsWith(".env"));
}

const tokens = (
  "$( ) ` \" ' { } (( )) [[ ]] ; & | || && ${a ${a:- :- a .env rm * [a] {a,b} if then fi for in do " +
  "done while case esac x= $x eval sh -c \\ > < <( $(( function coproc ! -exec # ~ @( =( += trap set"
).split(" ");
const soup = fc.array(
  fc.constantFrom(...tokens, "\n", "\t", " ", " ", "<<A\n", "A\n", "f(){ ", "cd ..; ", "echo "),
  { maxLength: 400 },
).map((parts) => parts.join(""));

/** Commands that write the protected file, each in a way of its own. */
const hostile = fc.constantFrom(
  "rm .env",
  "echo x > .env",
  "tee .env < src/a.ts",
  "sed -i s/A/B/ .env",
  "cp src/a.ts .e'n'v",
  "mv .env gone",
  "find . -name .env -delete",
  "x=.env; rm $x",
  "rm .e?v",
);
const harmless = fc.constantFrom(
  "ls",
  "echo hi",
  "cat src/a.ts",
  "true",
  "x=1",
  "y=(1 2)",
  "f() { ls; }",
  "if true; then ls; fi",
  "for i in 1 2; do echo $i; done",
  "echo a | sort",
  "((n = 1))",
);

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const wraps: readonly ((text: string) => string)[] = [
  (text) => `( ${text} )`,
  (text) => `{ ${text}; }`,
  (text) => `eval ${quote(text)}`,
  (text) => `bash -c ${quote(text)}`,
  (text) => `f() { ${text}; }; f`,
  (text) => `if true; then ${text}; fi`,
  (text) => `for i in 1 2; do ${text}; done`,
  (text) => `echo $( ${text} )`,
  (text) => `cat <(${text})`,
  (text) => `true && ${text}`,
  (text) => `false || ${text}`,
  (text) => `echo ${quote(text)} | sh`,
  (text) => `trap ${quote(text)} EXIT`,
];

/** What grows past all bounds where nobody counts: 16 KiB of each. */
const floods: Readonly<Record<string, string>> = {
  "open brackets": "(".repeat(maxCommandCharacters),
  "open braces": "{".repeat(maxCommandCharacters),
  "open tests": "[[".repeat(maxCommandCharacters / 2),
  "substitutions in substitutions": `${"$(".repeat(5_000)}x${")".repeat(5_000)}`,
  "arithmetic without an end": "$((".repeat(5_000),
  "a long sum": `((${"x+".repeat(8_000)}1))`,
  "quotes and substitutions": '"$('.repeat(5_000),
  "heredocs": "cat <<A\n".repeat(2_000),
  "globs": `ls ${"* ".repeat(8_000)}`,
  "one glob": `ls ${"*a".repeat(8_000)}`,
  "braces that multiply": `echo ${"{a,b}".repeat(3_000)}`,
  "braces that never close": `echo ${"{a,".repeat(5_000)}`,
  "many sequences": `echo ${"{1..900} ".repeat(1_800)}`,
  "a value that doubles": `a=xx;${"a=$a$a;".repeat(2_000)}`,
  "a list that doubles": `a=(1 2);${'a=("${a[@]}" "${a[@]}");'.repeat(500)}`,
  "arguments that double": `set -- a b;${'set -- "$@" "$@";'.repeat(900)}`,
  "functions that call one another": `${
    Array.from({ length: 500 }, (_, i) => `f${i}(){ f${i + 1};f${i + 1};}`).join(";")
  };f0`,
  "a function that calls itself twice": "f(){ f|f& };f",
  "a script that runs itself": "sh loop.sh",
  "loops in loops": `${"for i in {1..30}; do ".repeat(6)}x=$i$i;${"done;".repeat(6)}`,
  "texts that name texts": `x=${"y+".repeat(3_000)}1;y=${"z+".repeat(2_000)}1;z=${
    "w+".repeat(500)
  }1;((x))`,
  "variables joined and joined": Array.from({ length: 1_800 }, (_, i) => `a${i}=1`).join("&&"),
  "evals": `${"eval ".repeat(3_000)}ls`,
  "traps": "trap ls EXIT;".repeat(1_000),
  "semicolons": ";".repeat(maxCommandCharacters),
  "lone surrogates": "\ud800".repeat(maxCommandCharacters),
};

/** A walk that has lost its bounds takes minutes; a busy machine takes less than this. */
const generousMs = 5_000;

describe("planCommand() property", () => {
  it("CMD-19 gives a plan for any bytes", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 600 }), (command) => {
      assert(Array.isArray(plan(command).effects));
    }));
  });

  it("CMD-19 gives a plan for any soup of the shell's own signs", () => {
    fc.assert(
      fc.property(soup, (command) => {
        assert(Array.isArray(plan(command).doubts));
      }),
      { numRuns: 500 },
    );
  });

  it("CMD-01 stops what it stops alone in every wrapping", () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(fc.constantFrom(...wraps), { maxLength: 3 }),
        (command, around) => {
          assert(isStopped(command));
          const wrapped = around.reduce<string>((text, wrap) => wrap(text), command);
          assert(isStopped(wrapped), wrapped);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("CMD-01 stops it wherever it stands in a list", () => {
    const separator = fc.constantFrom("; ", "\n", " && ", " || ", " & ");
    fc.assert(
      fc.property(
        fc.array(harmless, { maxLength: 5 }),
        hostile,
        fc.array(harmless, { maxLength: 5 }),
        separator,
        (before, command, after, between) => {
          const list = [...before, command, ...after].join(between);
          assert(isStopped(list), list);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps every effect and doubt of a command when another follows it", () => {
    fc.assert(fc.property(hostile, harmless, (command, next) => {
      const [alone, both] = [plan(command), plan(`${command}; ${next}`)];
      const shown = ({ effects, doubts }: CommandPlan) => [
        ...effects.map(({ verb, resource }) => `${verb} ${resource}`),
        ...doubts.map(({ reason }) => reason),
      ];
      const all = shown(both);
      assertEquals(shown(alone).filter((one) => !all.includes(one)), []);
    }));
  });

  for (const [name, command] of Object.entries(floods)) {
    it(`CMD-02 ends soon with ${name}, and forgets nothing before it`, () => {
      const start = performance.now();
      assert(isStopped(`rm .env\n${command}`.slice(0, maxCommandCharacters)));
      assert(performance.now() - start < generousMs);
    });
  }
});
