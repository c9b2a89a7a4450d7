/** Enrolling is a person's: a program that calls it gets a refusal, and nothing is made. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

describe("override enroll", () => {
  itOnBoth(
    "TOTP-15 TOTP-22 refuses without a terminal, whatever comes by pipe",
    async (program) => {
      using project = new Project();
      await project.init([], { program });
      const before = await readEntries(project);
      for (
        const args of [["enroll", "alice"], ["unenroll", "alice"], ["enroll", "alice", "--quiet"]]
      ) {
        const options = { program, stdin: "123456\ny\n", env: { SEALWARD_CODE: "123456" } };
        const { exit, stdout } = await project.run(["override", ...args, "--json"], options);
        assertEquals([exit, errorCode(JSON.parse(stdout))], [64, "usage"]);
        assertEquals(/otpauth|secret/.test(stdout), false);
      }
      assertThrows(
        () => Deno.lstatSync(`${project.stateFolder()}/keys/override`),
        Deno.errors.NotFound,
      );
      assertEquals((await readEntries(project)).length, before.length);
    },
  );
});
