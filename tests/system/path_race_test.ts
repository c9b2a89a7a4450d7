/** Links that are flipped while the engine resolves. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import type { ResolvedPath } from "../../src/core/ports.ts";
import { judgeOnDisk } from "../support/judge_on_disk.ts";

const flips = 10_000;
const policy = 'version: "1.0"\nprotected:\n  files: ["conf/app.key"]\n';

interface Flipped {
  readonly allowed: number;
  readonly denied: number;
  /** Allowed though what was resolved was the protected file. */
  readonly faults: readonly ResolvedPath[];
}

/** Asks about `path` as long as another process flips `link`. */
async function askWhileFlipping(
  link: string,
  targets: readonly [string, string],
  path: string,
): Promise<Flipped> {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-race-" }));
  try {
    for (const folder of ["conf", "safe"]) {
      Deno.mkdirSync(`${root}/${folder}`);
      Deno.writeTextFileSync(`${root}/${folder}/app.key`, folder);
    }
    Deno.symlinkSync(targets[0], `${root}/${link}`);
    const { dev, ino } = Deno.statSync(`${root}/conf/app.key`);
    const disk = openDisk(root);
    let last: ResolvedPath | null = null;
    const watched = {
      ...disk,
      resolve: (written: string, cwd: string | null) => last = disk.resolve(written, cwd),
    };
    const judge = judgeOnDisk(policy, watched);
    const script = new URL("../support/flip_link.py", import.meta.url).pathname;
    const args = [script, `${root}/${link}`, String(flips), ...targets];
    const child = new Deno.Command("python3", { args }).spawn();
    let isFlipping = true;
    const ended = child.status.then(({ success }) => {
      isFlipping = false;
      assert(success);
    });
    const counts = { allowed: 0, denied: 0 };
    const faults: ResolvedPath[] = [];
    while (isFlipping) {
      for (let i = 0; i < 50; i++) {
        const { verdict } = judge({ type: "file_write", affected_files: [path] });
        const found = last as ResolvedPath | null;
        counts[verdict === "allow" ? "allowed" : "denied"]++;
        if (verdict === "allow" && found?.identity === `${dev}:${ino}`) faults.push(found);
      }
      // Lets the other process's end be noticed.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await ended;
    return { ...counts, faults };
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function assertFlipped({ allowed, denied, faults }: Flipped): void {
  assertEquals(faults, []);
  assert(allowed > 10 && denied > 10, `${allowed} allowed, ${denied} denied`);
}

describe("10,000 flips", () => {
  it("RACE-05 of a link never let a write to the file it led to be allowed as another", async () => {
    const targets = ["conf/app.key", "safe/app.key"] as const;
    assertFlipped(await askWhileFlipping("flip", targets, "flip"));
  });

  it("RACE-06 of a folder on the way never let parts of two answers be one", async () => {
    assertFlipped(await askWhileFlipping("flip", ["conf", "safe"], "flip/app.key"));
  });
});
