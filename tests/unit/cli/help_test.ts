import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError, errorTable } from "../../../src/core/errors.ts";
import { renderHelp, renderHelpFor } from "../../../src/edge/cli/help.ts";
import { topics } from "../../../src/edge/cli/topics.ts";
import { fakeCommands as commands } from "./fake_commands.ts";

const plain = { style: { colour: false, unicode: true }, width: 40 };

const goldenLong = `sealward check: Decides one operation

Examples
  # May I read it?
  sealward check --type file_read --file a.ts

Usage
  sealward check [FLAGS] [FILE...]

Reads one operation from flags or from a
file.

Answers after it is recorded.

Arguments
  FILE  JSON files

Flags
  -t, --type TYPE      Operation type
      --file FILE      Affected file (may be repeated)
      --note VALUE     It's [a] label: free text
      --batch          Read JSON lines
      --format FORMAT  Form of the answer: table, json, jsonl
      --json           Same as --format json
  -h, --help           Show help; --help shows all of it
      --color WHEN     Colour the output: auto, always, never
  -q, --quiet          Answer by exit status only
      --root DIR       Project root

Exit status
  0  allow
  2  deny
`;

const goldenGroup = `Usage
  sealward audit COMMAND [FLAGS]

Commands
  audit verify  Verifies the log
  audit query   Lists entries

Run "sealward audit COMMAND --help" for more.
`;

describe("renderHelp()", () => {
  const check = commands[0] ?? null;
  it("--help begins with examples and leaves nothing out", () => {
    assertEquals(renderHelp(check, { ...plain, long: true, commands }), goldenLong);
  });
  it("-h is the long help without examples and exit codes", () => {
    const short = renderHelp(check, { ...plain, long: false, commands });
    for (const title of ["Examples", "Exit status", "Answers after"]) {
      assertEquals(short.includes(title), false, title);
    }
    assertStringIncludes(short, "--type TYPE");
    assertStringIncludes(short, '"sealward check --help"');
  });
  it("names every visible command of the program, and no hidden one", () => {
    const text = renderHelp(null, { ...plain, long: true, commands });
    for (const { path, summary, hidden } of commands) {
      assertEquals(text.includes(`  ${path.join(" ")} `), hidden !== true);
      assertEquals(text.includes(summary), hidden !== true);
    }
    for (const { name } of topics) assertStringIncludes(text, `  ${name} `);
    assertEquals(text.includes("secret-door"), false);
  });
  it("lists a group", () => {
    const text = renderHelp(null, { ...plain, long: false, commands, group: ["audit"] });
    assertEquals(text, goldenGroup);
  });
  it("shows required words and what follows --", () => {
    const usageOf = (i: number): string =>
      renderHelp(commands[i] ?? null, { ...plain, long: false, commands }).split("\n")[3] ?? "";
    assertEquals(usageOf(1), "  sealward exec [FLAGS] -- CMD...");
    assertEquals(usageOf(4), "  sealward completion [FLAGS] SHELL");
  });
  it("paints titles only when asked", () => {
    const style = { colour: true, unicode: true };
    const text = renderHelp(null, { ...plain, style, long: false, commands });
    assertStringIncludes(text, "\x1b[1mUsage\x1b[0m");
    assertEquals(renderHelp(null, { ...plain, long: false, commands }).includes("\x1b"), false);
  });
});

describe("renderHelpFor()", () => {
  it("shows topic, command, group or program", () => {
    const shows = (...words: string[]): string => renderHelpFor(words, commands, plain);
    assertStringIncludes(shows("exit-codes"), "EXIT STATUSES");
    assertEquals(shows("check"), goldenLong);
    assertEquals(shows("audit"), goldenGroup);
    assertStringIncludes(shows("audit", "verify"), "sealward audit verify: Verifies the log");
    assertStringIncludes(shows(), "Topics");
  });
  it("refuses other words", () => {
    for (const words of [["exit-code"], ["audit", "check"], ["check", "verify"], [""]]) {
      const error = assertThrows(() => renderHelpFor(words, commands, plain), EngineError);
      assertEquals(error.code, "usage", words.join(" "));
    }
  });
});

describe("topics", () => {
  it("UX-01 exit-codes lists every error code under its status", () => {
    const text = topics.find(({ name }) => name === "exit-codes")?.render() ?? "";
    let status = NaN;
    const listed: Record<string, number> = {};
    for (const line of (text.split("ERROR CODES BY EXIT STATUS")[1] ?? "").trim().split("\n")) {
      const [, number, code = ""] = /^ *(\d*) +(\w+)$/.exec(` ${line}`) ?? [];
      if (number !== undefined && number !== "") status = Number(number);
      listed[code] = status;
    }
    const wanted = Object.entries(errorTable).map(([code, { exit }]) => [code, exit] as const);
    assertEquals(listed, Object.fromEntries(wanted));
  });
  it("says of commands and hosts what this build does", () => {
    const textOf = (wanted: string) => topics.find(({ name }) => name === wanted)?.render() ?? "";
    assertEquals(/in this version/.test(textOf("operations")), false);
    for (const word of ["unverified", "opaque", "possible", "match.commands", "exit 4"]) {
      assertStringIncludes(textOf("operations"), word);
    }
    assertStringIncludes(textOf("formats"), "--format html");
    const named = [...textOf("agents").matchAll(/^ {2}sealward ((?:hook )?[a-z]+)/gm)];
    const wired = new Set(named.map(([, command]) => command));
    for (const command of ["hook install", "hook status", "explain", "hook uninstall", "report"]) {
      assertEquals(wired.has(command), true, command);
    }
  });
  for (const { name, summary, render } of topics) {
    it(`${name} is ASCII, fits 80 columns and ends without a line end`, () => {
      const lines = [summary, ...render().split("\n")];
      for (const line of lines) {
        assertEquals([line.length <= 80, /^[ -~]*$/.test(line)], [true, true], line);
      }
      assertEquals(lines.at(-1) === "" || lines.length < 5, false);
    });
  }
});
