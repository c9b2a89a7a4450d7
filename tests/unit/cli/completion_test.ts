import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { renderCompletion, shells } from "../../../src/edge/cli/completion.ts";
import { fakeCommands as commands } from "./fake_commands.ts";

const scriptOf = (shell: typeof shells[number]): string =>
  renderCompletion(shell, commands, "sealward");

describe("renderCompletion()", () => {
  for (const shell of shells) {
    it(`${shell} knows every visible word and no hidden one`, () => {
      const script = scriptOf(shell);
      for (const { path, flags, hidden } of commands) {
        const route = `' ${path.join(" ")}'`;
        assertEquals(script.includes(route), hidden !== true, route);
        for (const flag of hidden === true ? [] : flags) {
          const isShown = script.includes(shell === "fish" ? `-l ${flag.name}` : `--${flag.name}`);
          assertEquals(isShown, flag.hidden !== true, flag.name);
        }
      }
    });
  }

  const lines: readonly (readonly [typeof shells[number], string])[] = [
    ["bash", "' check --file') compopt -o default; return ;;"],
    ["bash", "' check --root') compopt -o dirnames; return ;;"],
    [
      "bash",
      "' check --format') COMPREPLY=($(compgen -W 'table json jsonl' -- \"$cur\")); return ;;",
    ],
    ["bash", "' check --type'|' check -t') return ;;"],
    ["bash", "' audit') words='verify query'"],
    ["bash", "' completion') words='bash zsh fish'"],
    ["bash", "complete -F _sealward sealward\n"],
    ["zsh", "'*--file=[Affected file]:FILE:_files'"],
    ["zsh", "'--root=[Project root]:DIR:_files -/'"],
    ["zsh", "'--format=[Form of the answer]:FORMAT:(table json jsonl)'"],
    ["zsh", "'--note=[It'\\''s \\[a\\] label\\: free text]:VALUE: '"],
    ["fish", "complete -c sealward -n \"__sealward_at ' check'\" -l file -d 'Affected file' -r -F"],
    ["fish", "-l root -d 'Project root' -x -a '(__fish_complete_directories)'"],
    ["fish", "complete -c sealward -n \"__sealward_at ' completion'\" -a 'bash zsh fish'"],
    ["fish", "-s q -l quiet -d 'Answer by exit status only'"],
  ];
  for (const [shell, line] of lines) {
    it(`${shell} says ${line.trim().slice(0, 60)}`, () =>
      assertStringIncludes(scriptOf(shell), line));
  }

  it("names its function after the program", () => {
    assertStringIncludes(
      renderCompletion("bash", commands, "my-ward"),
      "complete -F _my_ward my-ward",
    );
  });
  it("zsh begins with the line its autoloader looks for", () => {
    assertEquals(scriptOf("zsh").startsWith("#compdef sealward\n"), true);
  });
});
