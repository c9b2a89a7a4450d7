/** The folders of a policy: a link in their place would take checks from where nobody protects them. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { EngineError } from "../../src/core/errors.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { checkLines, inChecksProject, policyOf } from "../support/checks_project.ts";
import { fakeSandbox, finding } from "../support/fake_sandbox.ts";
import { Project } from "../support/sealward.ts";

const lure = { type: "file_write", affected_files: ["outer/scan.wasm"], content: "x" };

/** Moves the folder out of the policy and leaves a link. */
function moveOut(project: Project, folder: string): void {
  Deno.renameSync(project.path(`.scalpel/${folder}`), project.path("outer"));
  Deno.symlinkSync(project.path("outer"), project.path(`.scalpel/${folder}`));
}

describe("folders of a policy", () => {
  for (const folder of ["checks", "checks/inner", "tests", "tests/inner"]) {
    it(`WASM-08 ${folder} is not read behind a link`, () => {
      using project = new Project();
      project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
      project.write(`.scalpel/${folder}/scan.wasm`, "scan");
      const read = openPolicyStore({ policyFolder: project.path(".scalpel") });
      read("signed");
      moveOut(project, folder);
      const { code, hint } = assertThrows(() => read("signed"), EngineError);
      assertEquals(code, "policy_unreadable");
      assertStringIncludes(hint ?? "", "copy the file itself");
    });
  }

  for (const folder of ["checks", "tests"]) {
    it(`${folder} as a file, or a FIFO, is refused at once`, () => {
      using project = new Project();
      project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
      const read = openPolicyStore({ policyFolder: project.path(".scalpel") });
      const path = project.path(`.scalpel/${folder}`);
      project.write(`.scalpel/${folder}`, "x");
      const refused = () => assertThrows(() => read("signed"), EngineError).code;
      assertEquals(refused(), "policy_unreadable");
      Deno.removeSync(path);
      new Deno.Command("mkfifo", { args: [path] }).outputSync();
      assertEquals(refused(), "policy_unreadable");
    });
  }

  for (const folder of ["checks", "checks/inner"]) {
    it(`WASM-08 MAN-06 everything is denied, and nothing runs, when ${folder} became a link`, async () => {
      const { load, asked } = fakeSandbox({ scan: () => finding() });
      const policy = policyOf(
        checkLines("w", "scan").replace("scan.wasm", `${folder}/scan.wasm`.slice(7)),
      );
      const files = { [`.scalpel/${folder}/scan.wasm`]: "scan" };
      await inChecksProject(
        { policy, names: [], load, files },
        async ({ check, open, project, accept }) => {
          assertEquals((await check(lure)).decision, "allow");
          const before = asked.length;
          moveOut(project, folder);
          const fresh = await open(load);
          const again = await fresh.check([parseOperation(lure)], "uid:1");
          for (const decision of [await check(lure), ...again]) {
            assertEquals([decision.decision, decision.violations[0]?.code, decision.overridable], [
              "deny",
              "policy_tampered",
              false,
            ]);
          }
          assertEquals(asked.length, before);
          const error = await accept(policy).catch((error) => error);
          assertEquals(error.code, "policy_unreadable");
        },
      );
    });
  }
});
