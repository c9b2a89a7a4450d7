import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { codesOf, findingsOf, placesOf } from "./lint_findings.ts";

/** Two rules by their match, the effect behind a bar. */
function pair(one: string, other: string): string {
  const rule = (id: string, text: string) => {
    const [match, effect = "deny"] = text.split(" | ");
    return `  - id: ${id}\n    match: {${match}}\n    effect: ${effect}\n`;
  };
  return `rules:\n${rule("one", one)}${rule("two", other)}`;
}

describe("lint of rules", () => {
  const shadowed: readonly (readonly [wide: string, narrow: string])[] = [
    ['files: ["src/*"]', 'files: ["src/a", "src/*/b"]'],
    ['files: ["*.sql"]', 'files: ["a?.sql"], verbs: [delete] | ask'],
    ["verbs: [delete, chmod]", "verbs: [delete] | warn"],
    ["types: [command, file_delete] | ask", "types: [command], verbs: [delete] | ask"],
    ['commands: ["git *"]', 'commands: ["git push *"] | ask'],
    ['commands: ["git push *"] | ask', 'commands: ["git push --force"] | warn'],
    ['tools: ["mcp__*"] | warn', 'tools: ["mcp__db__*"] | warn'],
    ['tools: ["MCP__*"]', 'tools: ["MCP__db"] | ask'],
    ['principals: ["uid:*"]', 'principals: ["uid:1000"], commands: ["rm *"] | ask'],
  ];
  for (const [wide, narrow] of shadowed) {
    it(`says that ${wide} covers ${narrow}, in either order`, () => {
      assertEquals(codesOf(pair(wide, narrow)), ["rule_shadowed"]);
      assertEquals(placesOf(pair(wide, narrow)).includes("rule_shadowed 6:5"), true);
      assertEquals(placesOf(pair(narrow, wide)).includes("rule_shadowed 3:5"), true);
    });
  }

  const kept: readonly (readonly [string, string])[] = [
    // Less strict.
    ['files: ["src/"] | ask', 'files: ["src/a"]'],
    ['files: ["src/"] | warn', 'files: ["src/a"] | ask'],
    // A condition that the other has not.
    ['files: ["src/"], verbs: [delete]', 'files: ["src/a"]'],
    ["types: [command]", "verbs: [delete]"],
    // It guards the folder on the way while the file is not there.
    ['files: ["*.env"]', 'files: ["config/x.env"]'],
    ['files: ["**/b"]', 'files: ["a/b"]'],
    // Releases what it names; the wider one names nothing of the kind.
    ["verbs: [write, create] | ask", 'files: ["//tmp/"], verbs: [write] | ask'],
    ["types: [tool_call] | warn", 'tools: ["mcp__x"], types: [tool_call] | warn'],
    // Open words, and fewer of them.
    ['commands: ["git push"]', 'commands: ["git push *"] | ask'],
    ['commands: ["push *"]', 'commands: ["git push *"] | ask'],
    // Programs: the last name counts where something is forbidden.
    ['commands: ["a*"]', 'commands: ["a/b"] | ask'],
    ['tools: ["mcp__db"]', 'tools: ["mcp__*"] | ask'],
    ['principals: ["uid:1"]', 'principals: ["uid:1*"] | ask'],
  ];
  for (const [one, other] of kept) {
    it(`says nothing of ${one} beside ${other}`, () => {
      assertEquals(codesOf(pair(one, other)), []);
    });
  }

  it("says that rules have the same conditions, of the weaker or the later one", () => {
    const [one, other] = [
      'files: ["a/b", "c"], verbs: [write]',
      'verbs: [write], files: ["c", "a/b"]',
    ];
    assertEquals(placesOf(pair(one, other)).slice(1), ["rule_repeated 6:5"]);
    assertEquals(placesOf(pair(`${one} | ask`, other)).slice(1), ["rule_repeated 3:5"]);
  });

  it("says that protected denies what a rule is about", () => {
    const rule = (match: string, effect = "ask") =>
      `rules:\n  - id: r\n    match: {${match}}\n    effect: ${effect}\n`;
    const guard = 'protected:\n  files: ["secrets/*"]\n  secret_files: ["*.pem"]\n' +
      "  operations: [file_delete]\n";
    assertEquals(codesOf(guard + rule('files: ["secrets/a"], verbs: [write]')), ["rule_shadowed"]);
    assertEquals(codesOf(guard + rule('files: ["a*.pem"]')), ["rule_shadowed"]);
    assertEquals(codesOf(guard + rule("types: [file_delete]", "warn")), ["rule_shadowed"]);
    // Protected files may be read; an approval of opaque commands is a rule's to refuse.
    assertEquals(codesOf(guard + rule('files: ["secrets/a"]', "deny")), []);
    assertEquals(codesOf(guard + rule("types: [file_delete, chmod]")), []);
    const opaque = "commands: {opaque: ask}\n";
    assertEquals(
      codesOf(guard + opaque + rule('files: ["secrets/a"], verbs: [write]', "deny")),
      [],
    );
  });

  it("says which rules cannot match, and which hardly", () => {
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ['files: ["a"], verbs: [call, execute]', ["rule_unreachable"]],
      ['files: ["a"], verbs: [call, write]', []],
      ["types: [file_read], verbs: [delete]", ["rule_unlikely"]],
      ["types: [file_rename], verbs: [delete]", []],
      ['types: [file_write], commands: ["rm *"]', ["rule_unlikely"]],
      ['types: [command], tools: ["x"]', ["rule_unlikely"]],
      ['types: [command, tool_call], tools: ["x"]', []],
      ["types: [network], verbs: [connect]", []],
    ];
    for (const [match, codes] of rows) {
      assertEquals(codesOf(`rules: [{id: r, match: {${match}}}]\n`), codes, match);
    }
    const custom = "operations:\n  custom:\n    deploy: [execute]\n";
    const rule = 'rules: [{id: r, match: {files: ["a"], verbs: [execute]}}]\n';
    assertEquals(codesOf(custom + rule), []);
  });

  it("warns of a rule that denies everything of a kind", () => {
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ['files: ["**"]', ["rule_covers_all"]],
      ['commands: ["*"]', ["rule_covers_all"]],
      ['tools: ["*"]', ["rule_covers_all"]],
      ['files: ["**"], verbs: [delete]', []],
      ['files: ["**"], commands: ["rm *"]', []],
    ];
    for (const [match, codes] of rows) {
      assertEquals(codesOf(`rules: [{id: r, match: {${match}}}]\n`), codes, match);
    }
    assertEquals(codesOf('rules: [{id: r, match: {files: ["**"]}, effect: warn}]\n'), []);
  });

  it("warns of words that mean something to a shell, and of principals nobody is", () => {
    const rule = (match: string) => `rules: [{id: r, match: {${match}}}]\n`;
    for (const command of ["'git push'", "a && b", "a | b", "A=1 b", "a; b", "a > b", "sh -c 'x"]) {
      const codes = codesOf(rule(`commands: [${JSON.stringify(command)}]`));
      assertEquals(codes, ["command_syntax"], command);
    }
    for (const command of ["git push *", "npm run deploy:*", "a --b=c", "*"]) {
      const codes = codesOf(rule(`verbs: [write], commands: [${JSON.stringify(command)}]`));
      assertEquals(codes.filter((code) => code === "command_syntax"), [], command);
    }
    assertEquals(codesOf(rule("principals: [agent]")), ["principal_unknown"]);
    assertEquals(codesOf(rule('principals: ["uid:1000"]')), []);
    assertEquals(codesOf(rule('principals: ["*:agent"]')), []);
  });

  it("says what repeats in the lists of a rule", () => {
    const text = `rules:\n  - id: r\n    match:\n      types: [tool_call, tool_call]\n` +
      `      tools: ["mcp__\uff41", "mcp__*"]\n      commands: ["git *", "git push"]\n`;
    assertEquals(placesOf(text).slice(1), [
      "condition_repeated 5:26",
      "condition_covered 6:15",
      "rule_unlikely 7:17",
      "condition_covered 7:27",
    ]);
  });

  it("says when everything is denied", () => {
    const denies = "enforcement: {default: deny}\n";
    assertEquals(codesOf(denies), ["default_denies_all"]);
    assertEquals(codesOf(`${denies}rules: [{id: r, match: {verbs: [read]}, effect: ask}]\n`), [
      "default_denies_all",
    ]);
    const files = 'rules: [{id: r, match: {files: ["src/"]}, effect: warn}]\n';
    assertEquals(codesOf(denies + files), []);
    assertEquals(codesOf("limits: {max_files_per_operation: 0}\n"), ["limit_denies_all"]);
    assertEquals(codesOf("limits: {max_files_per_operation: 1}\n"), []);
  });

  it("stays quick for the largest policy there is", () => {
    const items = Array.from({ length: 256 }, (_, i) => JSON.stringify(`src/d${i}/*${i}.sql`));
    const rule = (i: number) => `  - {id: r${i}, match: {files: [${items[i]}, "x${i}/*/y"]}}\n`;
    const text = `rules:\n${items.map((_, i) => rule(i)).join("")}`;
    const start = performance.now();
    assertEquals(codesOf(text), []);
    assert(performance.now() - start < 5_000);
  });
});

describe("lint and secrets", () => {
  // Made here: the text of this file must not hold one.
  const token = `ghp_${"a1B2".repeat(6)}`;

  it("S1 points at a secret and repeats it nowhere", () => {
    const rows: readonly string[] = [
      `# token: ${token}\n`,
      `rules: [{id: r, match: {principals: ["${token}"]}}]\n`,
      `rules: [{id: r, match: {commands: ["'curl -H ${token}"]}, reason: "x"}]\n`,
      `protected: {files: ["${token}", "${token}"]}\n`,
      `enforcement: {mode: "${token}"}\n`,
    ];
    for (const row of rows) {
      const findings = findingsOf(row);
      assertEquals(JSON.stringify(findings).includes(token), false, row);
      const isError = findings.some(({ severity }) => severity === "error");
      const secret = findings.find(({ code }) => code === "secret_in_policy");
      if (!isError) assertEquals(secret?.location?.line, 2, row);
    }
    assertStringIncludes(JSON.stringify(findingsOf(rows[4] ?? "")), "[secret]");
  });

  it("takes patterns and words about secrets for none", () => {
    const text = 'protected: {files: ["*token*", "secrets/api_key.txt"]}\n' +
      'rules: [{id: r, match: {commands: ["npm login --token *"]}, reason: "no password here"}]\n';
    assertEquals(codesOf(text), []);
  });
});
