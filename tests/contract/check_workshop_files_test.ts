/** Files that people try as checks, and the policy that `checks pin --write` changes. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readModuleFile } from "../../src/compose/read_module_file.ts";
import { replacePolicyFile } from "../../src/compose/replace_policy_file.ts";
import { EngineError } from "../../src/core/errors.ts";
import { Project } from "../support/sealward.ts";
import { busySecondMs } from "../support/busy_second.ts";

function timed(act: () => unknown): EngineError {
  const start = performance.now();
  const error = assertThrows(act, EngineError);
  assert(performance.now() - start < busySecondMs);
  return error;
}

describe("a file to try", () => {
  it("WASM-06 is refused where it is no regular file, without waiting", () => {
    using project = new Project();
    Deno.symlinkSync("loop", project.path("loop"));
    new Deno.Command("mkfifo", { args: [project.path("fifo")] }).outputSync();
    for (const name of ["missing", "src", "loop", "fifo", "src/x/y", "policy/../missing"]) {
      assertEquals(timed(() => readModuleFile(project.path(name), 100)).code, "check_unreadable");
    }
    assertEquals(timed(() => readModuleFile("/dev/zero", 100)).code, "check_unreadable");
  });

  it("WASM-06 is refused above the limit before it is read whole", () => {
    using project = new Project();
    project.write("large", "");
    Deno.truncateSync(project.path("large"), 100_000_000);
    assertEquals(
      timed(() => readModuleFile(project.path("large"), 8_388_608)).code,
      "check_refused",
    );
  });

  it("may be a link, as build tools make them", () => {
    using project = new Project();
    project.write("module", "abc");
    Deno.symlinkSync("module", project.path("link"));
    Deno.linkSync(project.path("module"), project.path("second"));
    for (const name of ["module", "link", "second"]) {
      assertEquals(readModuleFile(project.path(name), 3), new TextEncoder().encode("abc"));
    }
  });
});

describe("a policy that is replaced", () => {
  const name = ".scalpel/policy.yaml";

  it("is whole, and keeps its mode", () => {
    using project = new Project();
    project.write(name, "before");
    Deno.chmodSync(project.path(name), 0o640);
    replacePolicyFile(project.path(name), "before", "after");
    assertEquals(project.read(name), "after");
    assertEquals((Deno.statSync(project.path(name)).mode ?? 0) & 0o777, 0o640);
    assertEquals([...Deno.readDirSync(project.path(".scalpel"))].length, 1);
  });

  it("stays where it changed, is locked, is a link, or something lies in the way", () => {
    using project = new Project();
    const replace = () =>
      timed(() => replacePolicyFile(project.path(name), "before", "after")).code;
    project.write(name, "other");
    assertEquals(replace(), "output_unwritable");
    assertEquals(project.read(name), "other");
    project.write(name, "before");
    Deno.chmodSync(project.path(name), 0o444);
    assertEquals(replace(), "output_unwritable");
    Deno.chmodSync(project.path(name), 0o644);
    project.write(`${name}.new`, "somebody's");
    assertEquals(replace(), "output_unwritable");
    assertEquals([project.read(name), project.read(`${name}.new`)], ["before", "somebody's"]);
    Deno.removeSync(project.path(`${name}.new`));
    Deno.renameSync(project.path(name), project.path("elsewhere"));
    Deno.symlinkSync(project.path("elsewhere"), project.path(name));
    assertEquals(replace(), "output_unwritable");
    assertEquals(project.read("elsewhere"), "before");
  });
});
