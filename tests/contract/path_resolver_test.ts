import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { EngineError } from "../../src/core/errors.ts";
import { builtinPatternSet } from "../../src/core/operation/builtin_patterns.ts";
import { viewPath } from "../../src/core/operation/path.ts";
import type { Disk, ResolvedPath } from "../../src/core/ports.ts";

/** A project with a protected file, a source file and the links that attacks are made of. */
function withProject(body: (disk: Disk, root: string, outside: string) => void): void {
  const base = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-path-" }));
  try {
    const root = `${base}/proj`;
    const outside = `${base}/outside`;
    for (const folder of ["proj/.scalpel", "proj/src/deep", "outside/sub", "proj-evil"]) {
      Deno.mkdirSync(`${base}/${folder}`, { recursive: true });
    }
    Deno.writeTextFileSync(`${root}/.scalpel/policy.yaml`, "version");
    Deno.writeTextFileSync(`${root}/src/app.ts`, "1234");
    const links: readonly (readonly [string, string])[] = [
      [".scalpel/policy.yaml", "notes.txt"],
      [".scalpel", "folder"],
      ["notes.txt", "second"],
      ["second", "third"],
      ["../.scalpel/new.yaml", "src/dangling"],
      [`${outside}/sub`, "out"],
      ["loop-b", "loop-a"],
      ["loop-a", "loop-b"],
    ];
    for (const [target, link] of links) Deno.symlinkSync(target, `${root}/${link}`);
    body(openDisk(root), root, outside);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

function isProtected(disk: Disk, written: string, cwd: string | null = null): boolean {
  const { forms } = viewPath(disk.resolve(written, cwd), disk.root);
  return builtinPatternSet().match(forms).length > 0;
}

function assertFailure(resolved: ResolvedPath, failure: string): void {
  assertEquals([resolved.real, resolved.kind, resolved.failure], [null, "unknown", failure]);
}

describe("openDisk()", () => {
  it("makes the root real, and refuses what is no folder", () => {
    withProject((_, root) => {
      Deno.symlinkSync(root, `${root}-link`);
      assertEquals(openDisk(`${root}-link`).root, root);
      for (const bad of [`${root}/missing`, `${root}/src/app.ts`, `${root}/loop-a`]) {
        assertEquals(assertThrows(() => openDisk(bad), EngineError).code, "usage");
      }
    });
  });

  it("reads absolute paths by the root's other name as inside it", () => {
    withProject((_, root) => {
      Deno.symlinkSync(root, `${root}-link`);
      const disk = openDisk(`${root}-link/`);
      assertEquals(disk.resolve(`${root}-link/src/app.ts`, null).lexical, `${root}/src/app.ts`);
      assertEquals(disk.resolve(`${root}-linked`, null).lexical, `${root}-linked`);
    });
  });
});

describe("Disk.resolve()", () => {
  it("says everything of a file, a folder and nothing", () => {
    withProject((disk, root) => {
      const info = Deno.statSync(`${root}/src/app.ts`);
      assertEquals(disk.resolve("src/app.ts", null), {
        written: "src/app.ts",
        lexical: `${root}/src/app.ts`,
        real: `${root}/src/app.ts`,
        kind: "file",
        sizeBytes: 4,
        linkCount: 1,
        identity: `${info.dev}:${info.ino}`,
        failure: null,
      });
      const folder = disk.resolve("src/", null);
      assertEquals([folder.kind, folder.sizeBytes, folder.linkCount], ["directory", null, null]);
      const missing = disk.resolve("src/new/a.ts", null);
      assertEquals([missing.kind, missing.real], ["missing", `${root}/src/new/a.ts`]);
      assertEquals([missing.identity, missing.failure], [null, null]);
      assertEquals(disk.resolve("/dev/null", null).kind, "other");
    });
  });

  it("PATH-01 PATH-02 PATH-03 finds the protected file under every spelling", () => {
    withProject((disk, root) => {
      const spellings = ["src/../.scalpel/policy.yaml", "./.scalpel/./policy.yaml"]
        .concat([".scalpel//policy.yaml", `${root}/.scalpel/policy.yaml`, `/${root}/.scalpel`])
        .concat(["../proj/.scalpel/policy.yaml"]);
      for (const written of spellings) assert(isProtected(disk, written), written);
      for (const written of [".scalpel/policy.yaml/", ".scalpel/policy.yaml/."]) {
        assert(isProtected(disk, written), written);
        assertFailure(disk.resolve(written, null), "ENOTDIR");
      }
    });
  });

  it("PATH-04 keeps the lexical and the kernel's answer where they differ", () => {
    withProject((disk, root, outside) => {
      assert(isProtected(disk, "nonexistent/../.scalpel/policy.yaml"));
      const climbing = disk.resolve("out/../secret", null);
      assertEquals([climbing.lexical, climbing.real], [`${root}/secret`, `${outside}/secret`]);
      assert(!viewPath(climbing, root).insideRoot);
      // Also where both are there: Deno itself would fold the path before the kernel sees it.
      Deno.symlinkSync(`${root}/.scalpel/checks`, `${root}/src/deep/up`);
      Deno.mkdirSync(`${root}/.scalpel/checks`);
      Deno.writeTextFileSync(`${root}/src/deep/policy.yaml`, "");
      const both = disk.resolve("src/deep/up/../policy.yaml", null);
      assertEquals(both.lexical, `${root}/src/deep/policy.yaml`);
      assertEquals(both.real, `${root}/.scalpel/policy.yaml`);
      assertEquals(disk.resolve("policy.yaml", "src/deep/up/..").real, both.real);
      // What is missing is folded by text, but a link behind it is followed again.
      assertEquals(disk.resolve("none/../folder/x", null).real, `${root}/.scalpel/x`);
    });
  });

  it("PATH-05 a relative path starts in cwd, and a cwd that is no folder is a failure", () => {
    withProject((disk, root) => {
      assert(isProtected(disk, "policy.yaml", ".scalpel"));
      assert(isProtected(disk, "policy.yaml", `${root}/.scalpel`));
      assert(isProtected(disk, "policy.yaml", "folder"));
      assert(isProtected(disk, "../.scalpel/policy.yaml", "src"));
      assertEquals(disk.resolve("etc/x", "/").lexical, "/etc/x");
      assertEquals(disk.resolve("a", "").lexical, `${root}/a`);
      assertFailure(disk.resolve("a", "missing"), "ENOENT");
      assertFailure(disk.resolve("a", "src/app.ts"), "ENOTDIR");
      assertFailure(disk.resolve(`${root}/src/app.ts`, "missing"), "ENOENT");
    });
  });

  it("PATH-06 answers do not depend on the working folder of the process", () => {
    withProject((disk, root) => {
      const before = disk.resolve("src/app.ts", null);
      const home = Deno.cwd();
      try {
        for (const folder of ["/", `${root}/src`]) {
          Deno.chdir(folder);
          assertEquals(disk.resolve("src/app.ts", null), before);
        }
      } finally {
        Deno.chdir(home);
      }
    });
  });

  it("PATH-07 PATH-09 names the root and what contains it", () => {
    withProject((disk, root) => {
      for (const written of [".", "./", "src/..", root, `${root}/`]) {
        assertEquals(viewPath(disk.resolve(written, null), root).forms[0], "", written);
      }
      assertEquals(disk.resolve("..", null).real, root.slice(0, root.lastIndexOf("/")));
      assertEquals(disk.resolve("/", null).real, "/");
    });
  });

  it("PATH-08 a sibling that starts like the root is outside", () => {
    withProject((disk, root) => {
      assert(!viewPath(disk.resolve("../proj-evil/x", null), root).insideRoot);
      assert(!viewPath(disk.resolve(`${root}-evil`, null), root).insideRoot);
    });
  });

  it("PATH-11 follows links: to a file, a folder, through three, into nothing", () => {
    withProject((disk, root) => {
      for (const written of ["notes.txt", "folder/policy.yaml", "folder/new", "third"]) {
        assert(isProtected(disk, written), written);
      }
      const dangling = disk.resolve("src/dangling", null);
      assertEquals([dangling.kind, dangling.real], ["missing", `${root}/.scalpel/new.yaml`]);
      assert(!viewPath(disk.resolve("out/x", null), root).insideRoot);
    });
  });

  it("PATH-13 PATH-19 what the kernel refuses is a failure, never the parent's answer", () => {
    withProject((disk, root) => {
      assertFailure(disk.resolve("loop-a", null), "ELOOP");
      assertFailure(disk.resolve("loop-a/x", null), "ELOOP");
      assertFailure(disk.resolve("src/app.ts/x", null), "ENOTDIR");
      assertFailure(disk.resolve("src/app.ts/../x", null), "ENOTDIR");
      assertFailure(disk.resolve("n".repeat(256), null), "ENAMETOOLONG");
      assertFailure(disk.resolve("a\0b", null), "EINVAL");
      for (let i = 0; i < 41; i++) {
        Deno.symlinkSync(i === 0 ? "nothing" : `chain${i - 1}`, `${root}/chain${i}`);
      }
      assertEquals(disk.resolve("chain39", null).real, `${root}/nothing`);
      assertFailure(disk.resolve("chain40", null), "ELOOP");
    });
  });

  it("PATH-47 a link that each process has its own of leads nowhere", () => {
    withProject((disk, root) => {
      const own: readonly (readonly [string, string])[] = [
        ["/proc/self/cwd", "cwd"],
        ["/proc/self/root", "slash"],
        ["/proc/thread-self/cwd", "thread"],
        ["/dev/fd", "fd"],
        [`/proc/${Deno.pid}/cwd`, "pid"],
        ["cwd", "chained"],
      ];
      const home = Deno.cwd();
      try {
        Deno.chdir(`${root}/src`);
        for (const [target, link] of own) {
          Deno.symlinkSync(target, `${root}/${link}`);
          for (const path of [link, `${link}/app.ts`, `${link}/none`, `${link}/0`, target]) {
            const { real, failure } = disk.resolve(path, null);
            assertEquals([real, failure], [null, "a place in /proc, /dev or /sys"], path);
          }
          assertEquals(disk.resolve("app.ts", link).real, null, `cwd ${link}`);
        }
      } finally {
        Deno.chdir(home);
      }
    });
  });

  it("RACE-06 what became a link since it was resolved is followed", () => {
    withProject((disk, root) => {
      const real = Deno.realPathSync;
      const swap = (path: string | URL) => {
        const answer = real(path);
        if (answer === `${root}/src/app.ts`) {
          Deno.removeSync(answer);
          Deno.symlinkSync("../.scalpel/policy.yaml", answer);
        }
        return answer;
      };
      try {
        Deno.realPathSync = swap;
        assertEquals(disk.resolve("src/app.ts", null).real, `${root}/.scalpel/policy.yaml`);
      } finally {
        Deno.realPathSync = real;
      }
    });
  });

  it("PATH-13 a folder that may not be searched is EACCES", async () => {
    const base = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-path-" }));
    try {
      Deno.mkdirSync(`${base}/shut/in`, { recursive: true });
      Deno.chmodSync(`${base}/shut`, 0);
      Deno.chmodSync(base, 0o777);
      const failures = Deno.uid() === 0
        ? await resolveAsNobody(base, ["shut/in", "shut/none/x"])
        : ["shut/in", "shut/none/x"].map((path) => openDisk(base).resolve(path, null).failure);
      assertEquals(failures, ["EACCES", "EACCES"]);
    } finally {
      Deno.chmodSync(`${base}/shut`, 0o700);
      Deno.removeSync(base, { recursive: true });
    }
  });

  it("PATH-15 a hard link has the identity of the file it is", () => {
    withProject((disk, root) => {
      Deno.linkSync(`${root}/.scalpel/policy.yaml`, `${root}/copy.txt`);
      const copy = disk.resolve("copy.txt", null);
      assertEquals(copy.linkCount, 2);
      assertEquals(copy.identity, disk.resolve(".scalpel/policy.yaml", null).identity);
    });
  });
});

describe("Disk.listBelow()", () => {
  it("lists files, folders and links, and follows no link", () => {
    withProject((disk, root) => {
      const listed = disk.listBelow(root, 100)?.map((path) => path.slice(root.length + 1)).sort();
      assertEquals(listed, [
        ".scalpel",
        ".scalpel/policy.yaml",
        "folder",
        "loop-a",
        "loop-b",
        "notes.txt",
        "out",
        "second",
        "src",
        "src/app.ts",
        "src/dangling",
        "src/deep",
        "third",
      ]);
    });
  });

  it("answers null when there is more than the limit, or nothing to read", () => {
    withProject((disk, root) => {
      assertEquals(disk.listBelow(root, 13)?.length, 13);
      assertEquals(disk.listBelow(root, 12), null);
      assertEquals(disk.listBelow(`${root}/missing`, 10), null);
      assertEquals(disk.listBelow(`${root}/src/app.ts`, 10), null);
      assertEquals(disk.listBelow(`${root}/src/deep`, 0), []);
    });
  });
});

/** Root may search every folder: the question is asked by a process that may not. */
async function resolveAsNobody(root: string, paths: readonly string[]): Promise<readonly string[]> {
  for (
    const file of ["adapter/path_resolver.ts", "core/errors.ts", "core/limits.ts", "core/ports.ts"]
  ) {
    Deno.mkdirSync(`${root}/${file.slice(0, file.indexOf("/"))}`, { recursive: true });
    Deno.copyFileSync(new URL(`../../src/${file}`, import.meta.url), `${root}/${file}`);
    // A checkout made under umask 077 is for its owner alone.
    Deno.chmodSync(`${root}/${file}`, 0o644);
  }
  const code = `import { openDisk } from "./adapter/path_resolver.ts";
    const disk = openDisk(${JSON.stringify(root)});
    const failures = ${JSON.stringify(paths)}.map((path) => disk.resolve(path, null).failure);
    console.log(JSON.stringify(failures));`;
  Deno.writeTextFileSync(`${root}/ask.ts`, code);
  // The runtime may lie where that user cannot go.
  Deno.copyFileSync(Deno.execPath(), `${root}/deno`);
  Deno.chmodSync(`${root}/deno`, 0o755);
  const { stdout } = await new Deno.Command(`${root}/deno`, {
    args: ["run", "--no-config", "--no-check", "--allow-read", `${root}/ask.ts`],
    cwd: root,
    uid: 65534,
    gid: 65534,
    env: { DENO_DIR: `${root}/cache`, HOME: root },
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout) || "[]");
}
