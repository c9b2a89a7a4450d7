/** One shell for all commands: what a command leaves behind, the next one would find. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { planCommand } from "../../../src/core/operation/shell/plan_command.ts";
import { findProgram } from "../../../src/core/operation/shell/programs/find_program.ts";
import type { ShellSurroundings } from "../../../src/core/operation/shell/surroundings.ts";

const folders = ["/p", "/p/src", "/p/.scalpel"];
const surroundings: ShellSurroundings = {
  root: "/p",
  home: "/home/u",
  realPath: (path) => folders.includes(path) ? path : null,
  kindOf: (path) => folders.includes(path) ? "directory" : "missing",
  listNames: () => [],
  listBelow: () => [],
  readText: (path) => path === "/p/venv.sh" ? "deactivate() { :; }\n" : null,
  wasWritten: () => false,
  isProtected: () => false,
  trackedProtected: () => [],
};

function doubtsOf(command: string, isKept: boolean, cwd: string | null = null): readonly string[] {
  const { doubts } = planCommand(command, cwd, surroundings, findProgram, isKept);
  return doubts.map(({ reason }) => reason.replace(/ stays for later commands.*/, ""));
}

const folder = "the working folder it changes to";
const rows: readonly (readonly [command: string, left: string | null])[] = [
  ["cd .scalpel", folder],
  ["cd src && ls", folder],
  ["c\\d src", folder],
  ['"cd" src; ls', folder],
  ["builtin cd src", folder],
  ["eval 'cd src'", folder],
  ["pushd src", folder],
  ["cd nowhere || true", folder],
  ["cd src && cd -", folder],
  ["true && cd /p/.scalpel && exit", folder],
  // Where ls fails it stays there.
  ["cd src && ls && cd ..", folder],
  ["{ cd src; }", folder],
  ["for i in a b; do cd src; done", folder],
  ["go() { cd src; }; go", folder],
  ["ls() { rm .env; }", "a function it defines"],
  [". ./venv.sh", "a function it defines"],
  ["set -- .env", "what it sets $1 to"],
  ["readonly X=1", "a variable that cannot be set again"],
  ["ls", null],
  ["(cd src && ls)", null],
  ["cd /p && ls", null],
  ["cd src; ls; cd ..", null],
  ["X=1; echo $X", null],
  ["for i in a b; do echo $i; done", null],
  ["export X=1", null],
];

describe("planCommand() in a shell that is kept", () => {
  for (const [command, left] of rows) {
    it(`CMD-15 ${command}`, () => {
      assertEquals(doubtsOf(command, true).filter((each) => each === left), left ? [left] : []);
      if (left === null) assertEquals(doubtsOf(command, true), doubtsOf(command, false));
    });
  }

  it("leaves it where the operation says that it is", () => {
    assertEquals(doubtsOf("cd /p/src && ls", true, "/p/src"), []);
    assertEquals(doubtsOf("cd /p && ls", true, "src"), [folder]);
  });

  it("asks nothing of a shell that ends with its command", () => {
    assertEquals(doubtsOf("cd src && ls", false), []);
  });
});
