/** Policy files that want to hurt whoever reads them: one clear answer each, and it is no. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { Project } from "../support/sealward.ts";
import { ask, harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";

const path = ".scalpel/policy.yaml";
const head = 'version: "1.0"\n';

function sparse(file: string, bytes: number): void {
  using opened = Deno.openSync(file, { write: true, createNew: true });
  opened.truncateSync(bytes);
}

async function fifo(file: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [file] }).output();
}

/** Nine names, each nine times the one before. */
function laughs(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `a${i}: &a${i} [${Array(9).fill(i === 0 ? "lol" : `*a${i - 1}`).join(", ")}]\n`,
  );
  return head + levels.join("");
}

interface Bad {
  readonly name: string;
  readonly plant: (file: string) => void | Promise<void>;
  /** Of `policy lint` and `init`. */
  readonly exit: 1 | 3;
  readonly code: string;
}

const text = (content: string | Uint8Array<ArrayBuffer>) => (file: string) =>
  Deno.writeFileSync(
    file,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
const utf16 = (isBig: boolean) => {
  const units = [...`\ufeff${guidePolicy}`].map((character) => character.charCodeAt(0));
  return new Uint8Array(units.flatMap((unit) => isBig ? [0, unit] : [unit & 255, unit >> 8]));
};

const rows: readonly Bad[] = [
  { name: "YAML-03 billion laughs", plant: text(laughs()), exit: 3, code: "policy_syntax" },
  {
    name: "YAML-04 60,000 keys",
    plant: text(head + Array.from({ length: 60_000 }, (_, i) => `k${i}: 1\n`).join("")),
    exit: 3,
    code: "policy_too_large",
  },
  {
    name: "YAML-04 20,000 keys in one mapping",
    plant: text(head + Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join("")),
    exit: 3,
    code: "policy_syntax",
  },
  {
    name: "YAML-05 100,000 brackets",
    plant: text(`${head}a: ${"[".repeat(100_000)}`),
    exit: 3,
    code: "policy_syntax",
  },
  {
    name: "YAML-05 100,000 dashes",
    plant: text(`${head}a:\n${"- ".repeat(100_000)}x`),
    exit: 3,
    code: "policy_syntax",
  },
  { name: "YAML-15 UTF-16LE", plant: text(utf16(false)), exit: 3, code: "policy_syntax" },
  { name: "YAML-15 UTF-16BE", plant: text(utf16(true)), exit: 3, code: "policy_syntax" },
  {
    name: "YAML-15 Latin-1",
    plant: text(new Uint8Array([...new TextEncoder().encode(`${head}# caf`), 0xe9, 10])),
    exit: 3,
    code: "policy_syntax",
  },
  {
    name: "YAML-15 overlong UTF-8",
    plant: text(new Uint8Array([...new TextEncoder().encode(`${head}# `), 0xc0, 0xaf, 10])),
    exit: 3,
    code: "policy_syntax",
  },
  { name: "YAML-15 a BOM", plant: text(`\ufeff${guidePolicy}`), exit: 3, code: "policy_syntax" },
  {
    name: "YAML-22 10 MB",
    plant: text(`${guidePolicy}${"# x\n".repeat(2_500_000)}`),
    exit: 3,
    code: "policy_too_large",
  },
  {
    name: "YAML-22 100 MB",
    plant: (file) => sparse(file, 100_000_000),
    exit: 3,
    code: "policy_too_large",
  },
  {
    name: "YAML-22 a sparse 10 GB",
    plant: (file) => sparse(file, 10_000_000_000),
    exit: 3,
    code: "policy_too_large",
  },
  {
    name: "YAML-22 /dev/zero",
    plant: (file) => Deno.symlinkSync("/dev/zero", file),
    exit: 1,
    code: "policy_unreadable",
  },
  { name: "YAML-22 a FIFO nobody writes to", plant: fifo, exit: 1, code: "policy_unreadable" },
  {
    name: "FILE-06 a folder",
    plant: (file) => Deno.mkdirSync(file),
    exit: 1,
    code: "policy_unreadable",
  },
];

describe("a policy file that wants to hurt", () => {
  for (const { name, plant, exit, code } of rows) {
    it(`${name}: refused at once by every command, and everything is denied`, async () => {
      using project = new Project();
      await project.init();
      Deno.removeSync(project.path(path));
      await plant(project.path(path));
      const start = performance.now();
      const lint = await project.json(["policy", "lint"]);
      assertEquals(lint.exit, exit);
      // deno-lint-ignore no-explicit-any -- a report under test
      const told = (lint.value["findings"] as any[] | undefined)?.map((each) => each.code) ??
        [errorCode(lint.value)];
      assertEquals(told, [code]);
      const { exit: answer, decision, codes } = await ask(project, harmless);
      assertEquals([answer, decision.allowed, codes], [5, false, ["policy_tampered"]]);
      const accept = await project.json(["policy", "accept", "--yes"]);
      assertEquals([accept.exit, errorCode(accept.value)], [exit, code]);
      assertEquals((await ask(project, harmless)).exit, 5);
      assert(performance.now() - start < 20_000);
    });

    it(`${name}: init makes no install of it`, async () => {
      using project = new Project();
      project.write(".scalpel/x", "");
      await plant(project.path(path));
      const { exit: made, value } = await project.json(["init", "--yes"]);
      assertEquals([made, errorCode(value)], [exit, code]);
      const { exit: asked, value: answer } = await project.json(["check", ...harmless]);
      assertEquals([asked, answer["allowed"]], [1, false]);
      assertMatch(String(errorCode(answer)), /^not_initialized$/);
    });
  }
});
