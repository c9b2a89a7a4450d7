import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../../support/fast_check.ts";
import type { Argument, Input } from "../../../src/core/operation/shell/program_use.ts";
import {
  findProgram,
  programNames,
} from "../../../src/core/operation/shell/programs/find_program.ts";

const word: fc.Arbitrary<Argument> = fc.oneof(
  fc.constantFrom(
    ..."-rf - -- -o -o/x --output --output=a --out=b -i -e -c -C -t -x -f a b/c . .. / .env {} ; + $ ::: of=x"
      .split(" "),
    "rm x",
    "s/a/b/",
    "w f",
    "install",
    "run",
    "",
  ).map((text) => ({ text, isKnown: true })),
  fc.string({ maxLength: 12 }).map((text) => ({ text, isKnown: true })),
  fc.string({ maxLength: 3 }).map((text) => ({ text, isKnown: false })),
  fc.constant({ text: "", isKnown: false, found: { folder: "d", name: "*.c" } }),
);
const input: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { kind: "none" },
    { kind: "unknown" },
    { kind: "found", found: { folder: ".", name: null } },
  ),
  fc.string().map((text): Input => ({ kind: "text", text })),
);

describe("findProgram()", () => {
  const names = programNames();

  it("knows more than 300 programs, each once", () => {
    assert(names.length > 300, `${names.length}`);
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    assertEquals(twice, []);
  });

  it("knows nobody else", () => {
    for (const name of ["", "nothing", "RM", "ｒｍ", "constructor", "__proto__", "rm "]) {
      assertEquals(findProgram(name), null);
    }
  });

  it("reads any words without a fault, and the same words the same way", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(word, { maxLength: 8 }),
        input,
        (name, args, stdin) => {
          const read = findProgram(name);
          assert(read !== null);
          const use = read({ name, args, input: stdin });
          assertEquals(JSON.stringify(read({ name, args, input: stdin })), JSON.stringify(use));
          for (const { argument } of use.touches) assert(typeof argument.text === "string");
        },
      ),
      { numRuns: 4_000 },
    );
  });

  it("reads the worst 16 KiB in no more than linear time", () => {
    const pieces = [
      "[[:",
      "\\",
      "s/",
      '"',
      "/",
      "{}",
      " ",
      "a=",
      "-",
      "%output{",
      "'",
      "(",
      "--a=",
      "\n",
      "\n;.",
    ];
    for (const name of names) {
      for (const piece of pieces) {
        const text = piece.repeat(16_384 / piece.length);
        const startMs = performance.now();
        for (const before of [[], ["-c"], ["-e"], ["-S"]]) {
          findProgram(name)?.({
            name,
            args: [...before, text, `${text}a`].map((each) => ({ text: each, isKnown: true })),
            input: { kind: "text", text },
          });
        }
        const tookMs = performance.now() - startMs;
        assert(tookMs < 500, `${name} took ${tookMs} ms on ${piece}`);
      }
    }
  });

  // The words that are certain to be operands: nothing an option may take for its value.
  const operand = fc.stringMatching(/^[a-z.][a-z./_]{0,8}[a-z]$/);
  for (const name of ["rm", "cp", "mv", "tee", "chmod", "ln", "touch", "shred", "chown"]) {
    it(`CMD-12 touches every operand of ${name}, wherever options stand`, () => {
      const flags = fc.constantFrom("-f", "-v", "--frob", "--frob=x", "-Z", "-QQ", "--");
      fc.assert(
        fc.property(
          fc.array(operand, { minLength: 3, maxLength: 5 }),
          flags,
          fc.nat(4),
          (words, flag, at) => {
            const first = name.startsWith("ch") ? ["u+x"] : [];
            const args = [...first, ...words.slice(0, at), flag, ...words.slice(at)];
            const use = findProgram(name)?.({
              name,
              args: args.map((text) => ({ text, isKnown: true })),
              input: { kind: "none" },
            });
            const touched = new Set(use?.touches.map(({ argument }) => argument.text));
            assertEquals(
              words.filter((text) => !touched.has(text) && !touched.has(`./${text}`)),
              [],
            );
          },
        ),
        { numRuns: 300 },
      );
    });
  }
});
