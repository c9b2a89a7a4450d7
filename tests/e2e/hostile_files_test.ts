/** Files of checks that are not what the policy pinned, or not even files; and policies they fail. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { answeringWat, nativeWat, watBytes } from "../support/check_jobs.ts";
import type { HostileCheck } from "../support/hostile_checks.ts";
import {
  accept,
  honest,
  honestFile,
  inHostileProject,
  inRacks,
  linesOf,
  place,
  writeTo,
} from "../support/hostile_project.ts";
import { processesIn } from "../support/process_tree.ts";
import { requireEntry, wantedWord, wordOf } from "../support/judge_hostile.ts";
import { Project } from "../support/sealward.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";
import { assembleWat } from "../support/wat.ts";
import { ask } from "./fixtures/ask.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { busySecondMs } from "../support/busy_second.ts";

const vectors = new URL("../vectors/wasm/", import.meta.url);
const read = (name: string) => Deno.readFileSync(new URL(`${name}/forbidden_word.wasm`, vectors));
const answer = '{"violations":[{"code":"seen","message":"x"}]}';

/** Finds something in every request, settings included. */
const strict: HostileCheck = {
  title: "strict",
  code: null,
  build: () => assembleWat(answeringWat(answer)),
};

function denyAll(checks: readonly HostileCheck[]): Promise<void> {
  return inRacks(checks, async ({ project, placed }) => {
    const first = performance.now();
    assertEquals((await ask(project, writeTo(honestFile))).exit, 0);
    const honestMs = performance.now() - first;
    for (const check of placed) {
      const start = performance.now();
      const { exit, decision } = await ask(project, writeTo(check.file));
      const ms = performance.now() - start;
      assert(ms <= honestMs + busySecondMs, `${check.title}: ${ms} ms`);
      assertEquals([check.title, exit, wordOf(decision)], [check.title, 2, wantedWord(check)]);
    }
    const entries = (await readEntries(project, ["--type", "audit.decision"])).slice(1);
    assertEquals(entries.length, placed.length);
    for (const [index, entry] of entries.entries()) {
      const check = placed[index];
      assert(check !== undefined);
      requireEntry(entry, check, "process");
    }
  });
}

describe("bytes that are no check", () => {
  it("WASM-03 truncated at lengths all over, two modules", async () => {
    const cut = ["c_native", "rust_wasi"].flatMap((name) => {
      const bytes = read(name);
      return Array.from({ length: 12 }, (_, part): HostileCheck => {
        const length = part < 6 ? part * 3 : Math.floor(bytes.length * (part - 5) / 7);
        return {
          title: `${name}, ${length} of ${bytes.length} bytes`,
          code: "invalid_module",
          abi: name === "c_native" ? "native-1" : "wasi-cmd",
          build: () => bytes.slice(0, length),
        };
      });
    });
    await denyAll(cut);
  });

  it("WASM-03 random bytes, with and without a header", async () => {
    const draw = seeded(chooseSeed("random modules"));
    const bytes = (length: number) => Uint8Array.from({ length }, () => draw(256));
    const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    const rows = Array.from({ length: 14 }, (_, index): HostileCheck => {
      const noise = bytes(2 ** index);
      // A section that nobody knows: whatever is in it, it may carry code.
      const first = 20 + draw(200);
      return {
        title: `${index % 2 === 0 ? "bare" : "headed"}, ${noise.length} bytes`,
        code: index % 2 === 0 ? "invalid_module" : "feature_refused",
        build: () => index % 2 === 0 ? noise : Uint8Array.from([...header, first, ...noise]),
      };
    });
    await denyAll(rows);
  });

  it("nothing at all, text, a script and another program", async () => {
    const texts = ["", "(module)", "#!/bin/sh\ntouch pwned\n", "\x7fELF\x02\x01\x01"];
    await denyAll(texts.map((text): HostileCheck => ({
      title: JSON.stringify(text),
      code: "invalid_module",
      build: () => new TextEncoder().encode(text),
    })));
  });
});

type Break = (path: string, project: Project) => void;
const grow = (path: string) => Deno.truncateSync(path, 104_857_600);

const toLink: Break = (path, project) => {
  Deno.renameSync(path, project.path("real.wasm"));
  Deno.symlinkSync(project.path("real.wasm"), path);
};

/** What becomes of the file, and how `policy accept` ends; null: it accepts, and deciding denies. */
const breaks: readonly (readonly [string, Break, number | null])[] = [
  ["a symbolic link", toLink, 1],
  ["a link to a device", (path) => {
    Deno.removeSync(path);
    Deno.symlinkSync("/dev/zero", path);
  }, 1],
  ["a second name", (path, project) => Deno.linkSync(path, project.path("real.wasm")), 1],
  ["a FIFO", (path) => {
    Deno.removeSync(path);
    new Deno.Command("mkfifo", { args: [path] }).outputSync();
  }, 1],
  ["a folder", (path) => {
    Deno.removeSync(path);
    Deno.mkdirSync(path);
  }, null],
  ["missing", (path) => Deno.removeSync(path), null],
  ["100 MB", grow, 3],
  ["beside one of 100 MB", (path) => {
    Deno.writeTextFileSync(`${path}.txt`, "");
    grow(`${path}.txt`);
  }, 3],
  ["one byte longer", (path) => Deno.writeTextFileSync(path, "\0", { append: true }), null],
  ["empty", (path) => Deno.truncateSync(path, 0), null],
];

async function inOneCheck(
  body: (project: Project, path: string, policy: string) => Promise<void>,
): Promise<void> {
  using project = new Project();
  await project.init();
  const placed = await place(project, honest, { id: "c0", file: honestFile });
  const policy = `version: "1.0"\nchecks:\n${linesOf(placed)}`;
  await body(project, project.path(".scalpel/checks/c0.wasm"), policy);
}

describe("a pinned file that is", () => {
  for (const [what, change, accepted] of breaks) {
    it(`MAN-01 ${what} when a person accepts it, denies`, async () => {
      await inOneCheck(async (project, path, policy) => {
        change(path, project);
        project.overwrite(".scalpel/policy.yaml", policy);
        const start = performance.now();
        const { exit } = await project.run(["policy", "accept", "--yes"]);
        assertEquals(exit, accepted ?? 0);
        const asked = await ask(project, writeTo(honestFile));
        assert(performance.now() - start < 2 * busySecondMs);
        assertEquals(asked.exit, accepted === null ? 2 : 5);
        if (accepted === null) assertEquals(wordOf(asked.decision), "hash_mismatch");
        else assertEquals(asked.codes, ["policy_tampered"]);
      });
    });

    it(`MAN-01 ${what} after it was accepted, denies as tampering`, async () => {
      await inOneCheck(async (project, path, policy) => {
        await accept(project, policy);
        assertEquals((await ask(project, writeTo(honestFile))).exit, 0);
        change(path, project);
        const start = performance.now();
        const { exit, codes } = await ask(project, writeTo(honestFile));
        assert(performance.now() - start < busySecondMs);
        assertEquals([exit, codes], [5, ["policy_tampered"]]);
        assertEquals(processesIn(project.root), []);
      });
    });
  }

  it("RACE-01 replaced while it is hashed and run, never runs as another", async () => {
    await inHostileProject([strict], async ({ project, placed: [check] }) => {
      assert(check !== undefined);
      const path = project.path(`.scalpel/checks/${check.id}.wasm`);
      Deno.copyFileSync(project.path(".scalpel/checks/c0.wasm"), `${project.folder}/other`);
      Deno.copyFileSync(path, `${project.folder}/own`);
      // In place and by renaming, as fast as a shell can.
      const script = 'while :; do cat "$1/other" >"$2"; cat "$1/own" >"$2"; ' +
        'cp "$1/other" "$1/new"; mv "$1/new" "$2"; cp "$1/own" "$1/new"; mv "$1/new" "$2"; done';
      const racer = new Deno.Command("/bin/sh", {
        args: ["-c", script, "sh", project.folder, path],
        stderr: "null",
      }).spawn();
      const seen = new Map<string, number>();
      try {
        for (let round = 0; round < 40; round++) {
          const { decision, exit, codes } = await ask(project, writeTo(check.file));
          assertEquals(decision.allowed, false, "the other module would have found nothing");
          assert(exit === 2 || exit === 5);
          seen.set(codes.join(), (seen.get(codes.join()) ?? 0) + 1);
        }
      } finally {
        racer.kill("SIGKILL");
        await racer.status;
      }
      for (const codes of seen.keys()) {
        assert(["check_violated", "policy_tampered"].includes(codes), codes);
      }
      // What ran was the pinned module each time.
      for (const { details } of await readEntries(project, ["--type", "audit.decision"])) {
        const [line] = (details["checks"] ?? []) as readonly Record<string, unknown>[];
        if (line !== undefined) assertEquals(line["module"], check.sha256.slice(0, 16));
      }
    });
  });
});

describe("a policy whose check", () => {
  const refuses: readonly (readonly [string, HostileCheck["code"], string])[] = [
    ["refuses its settings", "settings_refused", "    settings: {a: 1}\n"],
    [
      "fails its own test",
      "self_test_failed",
      "    tests: [{operation: {type: command, command: ls}, expect: []}]\n",
    ],
    ["gets a request longer than it takes", "limit_exceeded", "    limits: {input_bytes: 10}\n"],
    ["is longer than it may be", "limit_exceeded", "    limits: {module_bytes: 8}\n"],
    ["begins with more memory than it may", "limit_exceeded", "    limits: {memory_pages: 1}\n"],
    ["has no fuel", "fuel_exhausted", "    limits: {fuel: 1, fuel_per_input_byte: 0}\n"],
  ];
  it("WASM-02 WASM-09 does not fit it, denies", async () => {
    const twoPages = nativeWat("(i64.const 0)").replace(
      '(export "memory") 1',
      '(export "memory") 2',
    );
    await denyAll(refuses.map(([title, code, lines]): HostileCheck => ({
      ...strict,
      title,
      code,
      lines,
      ...(title.includes("memory") ? { build: () => assembleWat(twoPages) } : {}),
    })));
  });

  it("WASM-09 prints escapes of a terminal, is told in plain characters", async () => {
    const evil = "\u001b[2J\u001b]0;x\u0007\u202eALLOW\r\nallow  src\u2028\u0085\u009b31m";
    const found = { code: "a", message: evil, path: evil, details: { [evil]: evil } };
    const bytes = new TextEncoder().encode(JSON.stringify({ violations: [found] }));
    const wat = nativeWat(
      `(i64.or (i64.shl (i64.const 1024) (i64.const 32)) (i64.const ${bytes.length}))`,
      `(data (i32.const 1024) "${watBytes(bytes)}")`,
    );
    const importing = `(module (import "\\1b[2J\\e2\\80\\ae" "\\0d\\0a\\07" (func)))`;
    const checks = [wat, importing].map((text): HostileCheck => ({
      title: "evil",
      code: null,
      build: () => assembleWat(text),
    }));
    await inHostileProject(checks, async ({ project, placed }) => {
      for (const { file } of placed) {
        const stdin = JSON.stringify(writeTo(file));
        assertEquals((await project.run(["check", "-"], { stdin })).exit, 2);
      }
      const commands = [
        ...placed.map(({ file }) => ["check", "--type", "file_write", "--file", file]),
        ["audit", "query"],
        ["explain", "3"],
        ["replay", "3", "--checks"],
        ["replay", "4", "--checks"],
        ["report"],
      ];
      for (const args of commands) {
        const { stdout, stderr } = await project.run(args);
        // deno-lint-ignore no-control-regex -- what must not be there
        const bad = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/.exec(stdout + stderr);
        assertEquals([args, bad], [args, null]);
      }
    });
  });
});
