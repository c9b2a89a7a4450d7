import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxCommandCharacters, maxShellCommands, maxShellDepth } from "../../../src/core/limits.ts";
import { planCommand } from "../../../src/core/operation/shell/plan_command.ts";
import type { ShellSurroundings } from "../../../src/core/operation/shell/surroundings.ts";

const files: Readonly<Record<string, string | null>> = {
  "/p": null,
  "/p/src": null,
  "/p/src/x.ts": "",
  "/p/.scalpel": null,
  "/p/.scalpel/policy.yaml": "",
  "/p/.env": "A=1",
  "/p/a.ts": "",
  "/p/b.ts": "",
  "/p/clean.sh": "echo > old.env\nfoo",
  "/p/written.sh": "echo > old.env\nunknown-program",
  "/p/drop.sh": 'echo > "$1$T"',
  "/p/tool.py": "#!/usr/bin/env python3\nopen('.env', 'w')",
  "/p/written.py": "#!/usr/bin/env python3\nopen('.env', 'w')",
};

const surroundings: ShellSurroundings = {
  root: "/p",
  home: "/home/u",
  realPath: (path) => path in files ? path : null,
  kindOf: (path) => files[path] === null ? "directory" : path in files ? "file" : "missing",
  listNames: (folder) =>
    files[folder] !== null ? null : Object.keys(files)
      .filter((path) => path.slice(0, path.lastIndexOf("/")) === folder && path !== folder)
      .map((path) => path.slice(path.lastIndexOf("/") + 1)),
  listBelow: (folder) => Object.keys(files).filter((path) => path.startsWith(`${folder}/`)),
  readText: (path) => files[path] ?? null,
  wasWritten: (path) => path.includes("/written."),
  isProtected: (path) => path.endsWith(".env"),
  trackedProtected: () => [".env"],
};

/** `write a, ?read b !unverified`: effects but for programs, then kinds of doubts. */
function plan(command: string, cwd: string | null = null): string {
  const { effects, doubts } = planCommand(command, cwd, surroundings, () => null);
  const shown = effects.filter(({ verb }) => verb !== "execute")
    .map(({ verb, resource, isPossible }) =>
      `${isPossible === true ? "?" : ""}${verb} ${resource}`
    );
  const kinds = [...new Set(doubts.map(({ kind }) => `!${kind}`))];
  return [shown.join(", "), ...kinds].filter((part) => part !== "").join(" ");
}

const rows: readonly (readonly [cases: string, command: string, expected: string])[] = [
  // Redirections.
  ["CMD-06", "echo x > .env", "write .env"],
  ["CMD-06", "echo x >> .env", "write .env"],
  ["CMD-06", "echo x >| .env", "write .env"],
  ["CMD-06", "echo x &> .env", "write .env"],
  ["CMD-06", "echo x &>> .env", "write .env"],
  ["CMD-06", "echo x >& .env", "write .env"],
  ["CMD-06", "echo x 2> .env", "write .env"],
  ["CMD-06", "exec 3<> .env", "write .env"],
  ["CMD-06", "exec {fd}> .env", "write .env"],
  ["CMD-06", "> .env echo x", "write .env"],
  ["CMD-06", "echo x 2>&1", ""],
  ["CMD-06", "echo x > /dev/null 2>&1", ""],
  ["CMD-06", "{ echo a; echo b; } > .env", "write .env"],
  ["CMD-06", "f() { echo; } > .env; f", "write .env"],
  ["CMD-06", "while false; do :; done > .env", "write .env"],
  ["CMD-06", ": <(echo > .env)", "write .env"],
  ["CMD-06", "echo > $(echo .env)", "write .env"],
  ["CMD-06", "echo > .e*", "write .env"],
  ["CMD-06", "echo > /dev/tcp/example.com/80", "connect example.com"],
  ["", ": < .env", "read .env"],
  ["", "echo > $X", "!unverified"],
  ["", "echo > src/$X", "!unverified"],
  ["", ": < $X", "!unknown_read"],
  [
    "CMD-06",
    "exec 2>&-; cd .scalpel; cd ../src >&2; echo > policy.yaml",
    "write /p/src/policy.yaml !unverified",
  ],
  ["CMD-06", "exec 3>&-", ""],
  // Chains and structure.
  ["CMD-01", "echo; echo > .env", "write .env"],
  ["CMD-01", "true && echo > .env", "write .env"],
  ["CMD-01", "true || echo > .env", "write .env"],
  ["CMD-01", "true | echo > .env", "write .env"],
  ["CMD-01", "true & echo > .env", "write .env"],
  ["CMD-01", "true\necho > .env", "write .env"],
  ["CMD-01", "(echo > .env)", "write .env"],
  ["CMD-01", "if true; then echo > .env; fi", "write .env"],
  ["CMD-01", "case x in x) echo > .env ;; esac", "write .env"],
  ["CMD-01", "for i in 1; do echo > .env; done", "write .env"],
  ["CMD-01", "for ((i=0;i<1;i++)); do echo > .env; done", "write .env"],
  ["CMD-01", "until echo > .env; do :; done", "write .env"],
  ["CMD-01", "coproc echo > .env", "write .env"],
  ["CMD-01", "time echo > .env", "write .env"],
  ["CMD-01", "! echo > .env", "write .env"],
  ["CMD-01", "f() { echo > $1; }; f .env", "write .env"],
  ["CMD-01", "true; echo $(echo > .env)", "write .env"],
  ["CMD-01", "x=$(echo > .env)", "write .env"],
  ["CMD-01", ": ${x:-$(echo > .env)}", "write .env"],
  ["CMD-01", ": $(( $(echo > .env) + 1 ))", "write .env"],
  ["CMD-01", ": <<E\n$(echo > .env)\nE", "write .env"],
  ["CMD-01", ": <<'E'\n$(echo > .env)\nE", ""],
  ["CMD-01", "a[$(echo > .env)]=1", "write .env !unverified"],
  ["CMD-01", "[[ -v a[$(echo > .env)] ]]", "write .env !unverified"],
  // Quoting.
  ["CMD-03", "e\\\ncho > .env", "write .env"],
  ["CMD-03", "echo\t>\t.env", "write .env"],
  ["CMD-04", "echo a\rb", "!unverified"],
  ["CMD-05", "$'\\x65cho' > .env", "write .env"],
  ["CMD-05", "e''ch\"o\" > '.e'n\"v\"", "write .env"],
  ["CMD-05", "echo > {a,.env}.x", "write a.x, write .env.x"],
  ["CMD-05", "x=.env; echo > $x", "write .env"],
  ["CMD-05", "x=.env; y=x; echo > ${!y}", "!unverified"],
  ["CMD-05", "x=.envx; echo > ${x%x}", "write .env"],
  ["CMD-05", "set -- .env; echo > $1", "write .env"],
  ["CMD-05", "l=(a .env); echo > ${l[1]}", "write .env"],
  ["CMD-05", "printf -v x '%s' .env; echo > $x", "write .env"],
  ["CMD-05", "echo > ~/x", "write /home/u/x"],
  ["CMD-05", "x=a; xy=.env; echo > $x\\\ny", "write ay !unverified"],
  // What the shell runs itself.
  ["CMD-08", "eval 'echo > .env'", "write .env"],
  ["CMD-08", 'eval "$X"', "!unverified"],
  ["CMD-08", "trap 'echo > .env' EXIT", "write .env"],
  ["CMD-08", "x=a; trap 'echo > $x' EXIT; x=.env", "write a !unverified"],
  ["CMD-08", "x=a; trap 'echo > $x' DEBUG; x=.env", "!unverified"],
  ["CMD-08", "command echo > .env", "write .env"],
  ["CMD-08", "builtin eval 'echo > .env'", "write .env"],
  ["CMD-08", "export PATH=.:$PATH", "!unverified"],
  ["CMD-08", "LD_PRELOAD=./x.so true", "!unverified"],
  ["CMD-08", "export NODE_ENV=test", ""],
  ["CMD-08", "PAGER=cat true", ""],
  ["CMD-08", "PAGER='sh -c x' true", "!unverified"],
  ["CMD-08", "alias ls=rm", "!unverified"],
  ["CMD-08", "enable -f ./x.so x", "!unverified"],
  ["CMD-08", "hash -p ./x ls", "!unverified"],
  ["CMD-08", "shopt -s expand_aliases", "!unverified"],
  ["CMD-08", "shopt -s nullglob", ""],
  ["CMD-08", "declare -n r=x", "!unverified"],
  ["CMD-08", "x='a[$(echo > .env)]'; echo $((x))", "!unverified"],
  ["CMD-08", "echo ${x@P}", "!unverified"],
  ["CMD-08", "f() { echo > $x; }; x=ok; x=.env f", "write .env"],
  ["CMD-08", "set -euo pipefail", ""],
  ["CMD-08", "mapfile -C 'echo' x", "!unverified"],
  // Folders.
  ["", "cd .scalpel && echo > policy.yaml", "write /p/.scalpel/policy.yaml"],
  ["", "cd src; echo > x", "write /p/src/x"],
  ["", "cd none; echo > x", "write /p/none/x, write x"],
  ["", "cd none && echo > x", "write /p/none/x"],
  ["", "cd none || exit 1; echo > x", "write /p/none/x"],
  ["", "pushd .scalpel; echo > policy.yaml", "write /p/.scalpel/policy.yaml"],
  ["", "(cd src); echo > x", "write x"],
  ["", "cd src; cd ..; echo > x", "write x"],
  ["", "cd $X; echo > x", "!unverified"],
  ["", "cd && echo > x", "write /home/u/x"],
  ["", "if true; then cd src; fi; echo > x", "write /p/src/x, write x"],
  ["", "while true; do cd src; echo > x; done", "!unverified"],
  // Programs.
  ["CMD-21", "\uff52m .env", "!unverified"],
  ["", "$X .env", "!unverified"],
  ["", "mystery .env", "?write .env !opaque"],
  ["", "mystery --file=.env", "?write .env !opaque"],
  // Scripts.
  ["CMD-15", "./clean.sh", "read /p/clean.sh, write old.env"],
  ["CMD-15", "./written.sh", "read /p/written.sh, write old.env !opaque"],
  ["CMD-15", "./drop.sh .env", "read /p/drop.sh !unverified"],
  ["CMD-15", "./drop.sh", "read /p/drop.sh"],
  ["CMD-15", "./drop.sh $X", "read /p/drop.sh !unverified"],
  ["CMD-15", "T=.env ./drop.sh x", "read /p/drop.sh !unverified"],
  ["CMD-15", "echo .env | ./drop.sh x", "read /p/drop.sh !unverified"],
  ["CMD-15", ". ./clean.sh", "read /p/clean.sh, write old.env"],
  ["CMD-15", "./tool.py", "read /p/tool.py, ?write .env"],
  ["CMD-15", "./written.py", "read /p/written.py, write .env !opaque"],
  ["CMD-15", "echo 'rm .env' > x.sh; ./x.sh", "write x.sh !opaque"],
  ["CMD-15", ". <(echo x)", "!unverified"],
  // Loops forget what they may set.
  ["", "x=ok; while :; do x=$y; done; echo > $x", "!unverified"],
  ["", 'for f in *.ts; do echo > "$f"; done', "write a.ts, write b.ts"],
  ["", "for f in a .env; do echo > $f; done", "write a, write .env"],
  ["", "x=.env; for i in 1 2; do if true; then break; fi; x=ok; done; echo > $x", "!unverified"],
  ["", "if $X; then x=a; else x=.env; fi; echo > $x", "!unverified"],
  // Odd ends.
  ["CMD-19", "echo 'unclosed", "!unverified"],
  ["CMD-19", "if true; then", "!unverified"],
  ["CMD-19", "echo > .env\nif", "write .env !unverified"],
  ["CMD-19", "echo # > .env", ""],
  ["CMD-19", "# nothing", ""],
];

describe("planCommand()", () => {
  for (const [cases, command, expected] of rows) {
    it(`${cases} plans ${JSON.stringify(command)}`.trim(), () => {
      assertEquals(plan(command), expected);
    });
  }

  it("reads names from the working folder it is given", () => {
    assertEquals(plan("echo > policy.yaml", ".scalpel"), "write /p/.scalpel/policy.yaml");
    assertEquals(plan("echo > x", "/elsewhere"), "write /elsewhere/x");
    assertEquals(plan("cd ..; echo > x", "src"), "write /p/x");
  });

  for (const count of [51, maxShellCommands + 1, 3_000]) {
    it(`CMD-02 a bad command after ${count} harmless ones is never let through`, () => {
      const found = plan(`${"true;".repeat(count)} echo > .env`);
      assert(found.includes("write .env") || found.includes("!unverified"), found.slice(0, 200));
    });
  }

  it("CMD-02 takes 100,000 commands and a megabyte for unverified", () => {
    assertEquals(plan("a;".repeat(100_000)), "!unverified");
    assertEquals(plan(`echo ${"x".repeat(1_048_576)}`), "!unverified");
    assertEquals(plan(`echo ${"x".repeat(maxCommandCharacters)}`), "!unverified");
  });

  it("ends at its depth, in scripts, functions and substitutions alike", () => {
    const nest = (times: number) => {
      let text = "echo > .env";
      for (let i = 0; i < times; i++) text = `eval ${quote(text)}`;
      return text;
    };
    assertStringIncludes(plan(nest(maxShellDepth - 1)), "write .env");
    assertEquals(plan(nest(maxShellDepth + 1)), "!unverified");
    assertEquals(plan("f() { f; }; f"), "!unverified");
    assertEquals(plan(`${"$(".repeat(300)}true${")".repeat(300)}`), "!unverified");
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
