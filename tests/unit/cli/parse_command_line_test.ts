import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import type { ParsedArguments } from "../../../src/edge/cli/command.ts";
import { guessFormat, parseCommandLine } from "../../../src/edge/cli/parse_command_line.ts";
import { fakeCommands } from "./fake_commands.ts";

function run(...argv: string[]): ParsedArguments & { readonly path: string } {
  const line = parseCommandLine(argv, fakeCommands);
  if (line.kind !== "run") throw new Error(`got ${line.kind}, wanted run`);
  return { ...line.parsed, path: line.command.path.join(" ") };
}

function refusal(...argv: string[]): EngineError {
  const error = assertThrows(() => parseCommandLine(argv, fakeCommands), EngineError);
  assertEquals(error.code, "usage");
  assertEquals(error.exit, 64);
  return error;
}

describe("parseCommandLine()", () => {
  it("finds commands of one and two words", () => {
    assertEquals(run("check").path, "check");
    assertEquals(run("audit", "verify").path, "audit verify");
    assertEquals(run("inner").path, "inner");
  });

  it("reads --version as the command version", () => {
    assertEquals(run("--version").path, "version");
    assertEquals(run("--version", "--json").format, "json");
  });

  it("takes common flags before the command, between its words no flag", () => {
    const parsed = run("--root", "/srv", "--json", "audit", "verify");
    assertEquals([parsed.path, parsed.flags.text("root")], ["audit verify", "/srv"]);
    assertEquals(parsed.format, "json");
    assertEquals(run("--root=/srv", "check").flags.text("root"), "/srv");
    refusal("--type", "x", "check");
  });

  it("reads --flag value, --flag=value, -f value and -f=value alike", () => {
    for (const words of [["--type", "a=b"], ["--type=a=b"], ["-t", "a=b"], ["-t=a=b"]]) {
      assertEquals(run("check", ...words).flags.text("type"), "a=b");
    }
  });

  it("keeps numbers, booleans and dots as they were written", () => {
    for (const text of ["0x10", "007", "1e3", "true", "false", "-", "1", "a.b"]) {
      assertEquals(run("check", "--type", text).flags.text("type"), text);
      assertEquals(run("check", text).positionals, [text]);
      assertEquals(run("check", "--batch", text).positionals, [text]);
    }
    assertEquals(run("check", "--type=--batch").flags.text("type"), "--batch");
    assertEquals(run("check", "--note", "").flags.text("note"), "");
    assertEquals(run("check", "--note=\n").flags.text("note"), "\n");
  });

  it("collects only flags declared so, in order", () => {
    const parsed = run("check", "--file", "b", "x", "--file=a", "y");
    assertEquals(parsed.flags.texts("file"), ["b", "a"]);
    assertEquals(parsed.positionals, ["x", "y"]);
    assertEquals(run("check").flags.texts("file"), []);
  });

  it("keeps words after -- apart, or reads them as positionals", () => {
    const parsed = run("exec", "--quiet", "--", "rm", "-rf", "", "--", "--help");
    assertEquals(parsed.rest, ["rm", "-rf", "", "--", "--help"]);
    assertEquals(parsed.flags.isSet("quiet"), true);
    assertEquals(run("check", "a", "--", "--batch").positionals, ["a", "--batch"]);
    assertEquals(run("check", "--", "x").rest, []);
  });

  it("chooses the format by flag, alias, or the command's first", () => {
    assertEquals(run("check").format, "table");
    assertEquals(run("check", "--format", "jsonl").format, "jsonl");
    assertEquals(run("check", "--json").format, "json");
    assertEquals(run("exec", "--", "x").format, "table");
  });

  it("gives undeclared flags away as a bug", () => {
    const { flags } = run("check");
    for (const ask of [flags.text, flags.texts, flags.isSet]) {
      assertEquals(assertThrows(() => ask("tpye"), EngineError).code, "internal");
    }
  });

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ["an unknown command", ["chekc"]],
    ["an unknown word in a group", ["audit", "verfy"]],
    ["an unknown flag", ["check", "--tpye", "x"]],
    ["ARCH-05 help as the value of a flag", ["check", "--type", "file_write", "--file", "--help"]],
    ["ARCH-05 short help as the value of a flag", ["check", "--file", ".env", "--file", "-h"]],
    ["help among other arguments", ["check", "--quiet", "--help"]],
    ["an unknown flag without command", ["--bogus"]],
    ["an unknown short flag", ["check", "-z"]],
    ["a cluster of short flags", ["check", "-qt"]],
    ["a value glued to a short flag", ["check", "-tx"]],
    ["a negated flag", ["check", "--no-batch"]],
    ["a dotted flag", ["check", "--type.a=1"]],
    ["a prototype name", ["check", "--__proto__=1"]],
    ["a single dash flag word", ["check", "-type", "x"]],
    ["a triple dash", ["check", "---type", "x"]],
    ["a missing value at the end", ["check", "--type"]],
    ["a flag in place of a value", ["check", "--type", "--batch"]],
    ["a value that starts with a dash", ["check", "--type", "-1"]],
    ["a missing value before --", ["check", "--type", "--", "x"]],
    ["a missing value of a common flag", ["--root"]],
    ["an empty value", ["check", "--type", ""]],
    ["an empty value after =", ["check", "--type="]],
    ["a value for a boolean flag", ["check", "--batch=true"]],
    ["an empty value for a boolean flag", ["check", "--batch="]],
    ["a repeated single flag", ["check", "--type", "a", "--type", "a"]],
    ["a flag repeated by its short name", ["check", "--type", "a", "-t", "b"]],
    ["a repeated boolean flag", ["check", "--batch", "--batch"]],
    ["a common flag repeated around the command", ["--root", "a", "check", "--root", "b"]],
    ["a value outside the choices", ["check", "--format", "yaml"]],
    ["a choice in other case", ["check", "--format", "JSON"]],
    ["a format the command has not", ["audit", "verify", "--format", "jsonl"]],
    ["--format of a command without formats", ["exec", "--json", "--", "x"]],
    ["--json beside --format", ["check", "--json", "--format", "json"]],
    ["too many positionals", ["completion", "bash", "zsh"]],
    ["a positional where none is taken", ["version", "x"]],
    ["a missing positional", ["completion"]],
    ["a positional outside its choices", ["completion", "tcsh"]],
    ["an empty positional", ["check", ""]],
    ["an empty positional after --", ["check", "--", ""]],
    ["a missing command after --", ["exec", "--"]],
    ["a command before --", ["exec", "rm", "--", "rm"]],
    ["a lone surrogate", ["check", "\ud800"]],
    ["bytes that were not UTF-8", ["check", "--file", "a\ufffdb"]],
    ["bytes that were not UTF-8 after --", ["exec", "--", "\ufffd"]],
  ];
  for (const [name, argv] of refused) it(`UX-02 refuses ${name}`, () => void refusal(...argv));

  it("suggests the word that was meant, and nothing far away", () => {
    const hints: readonly (readonly [readonly string[], string | null])[] = [
      [["chekc"], '"check"'],
      [["audit", "verfy"], '"verify"'],
      [["check", "--tpye=x"], '"--type"'],
      [["check", "--colour", "never"], '"--color"'],
      [["completion", "bsh"], "give one of bash, zsh, fish"],
      [["check", "--secret-dor"], null],
      [["iner"], null],
      [["xyzzy"], null],
    ];
    for (const [argv, meant] of hints) {
      const hint = refusal(...argv).hint ?? "";
      assertEquals(meant === null ? hint.includes("Did you mean") : !hint.includes(meant), false);
    }
  });

  it("shows no control character of an argument", () => {
    const { message, hint } = refusal("\x1b[31mchec\n\u202ek");
    // deno-lint-ignore no-control-regex -- what must not be there
    assertEquals(/[\x00-\x1f\u202e]/.test(message + hint), false);
  });

  const asked: readonly (readonly [readonly string[], string | null, string, boolean, number])[] = [
    [[], null, "", false, 64],
    [["--quiet"], null, "", false, 64],
    [["audit"], null, "audit", false, 64],
    [["audit", "--json"], null, "audit", false, 64],
    [["-h"], null, "", false, 0],
    [["--help"], null, "", true, 0],
    [["audit", "--help"], null, "audit", true, 0],
    [["check", "-h"], "check", "check", false, 0],
    [["audit", "verify", "--help"], "audit verify", "audit verify", true, 0],
    [["--help", "check"], "check", "check", true, 0],
  ];
  for (const [argv, path, group, long, exit] of asked) {
    it(`UX-02 helps on "${argv.join(" ")}"`, () => {
      const line = parseCommandLine(argv, fakeCommands);
      if (line.kind !== "help") throw new Error("wanted help");
      assertEquals(line.command?.path.join(" ") ?? null, path);
      assertEquals([line.group.join(" "), line.long, line.exit], [group, long, exit]);
    });
  }
});

describe("guessFormat()", () => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[], "table"],
    [["chekc", "--json"], "json"],
    [["check", "--bogus", "--format", "json"], "json"],
    [["check", "--format=jsonl", "--bogus"], "jsonl"],
    [["check", "--format"], "table"],
    [["check", "--format", "yaml"], "table"],
    [["exec", "--", "--json"], "table"],
  ];
  for (const [argv, format] of rows) {
    it(`reads ${format} from "${argv.join(" ")}"`, () => assertEquals(guessFormat(argv), format));
  }
});
