/** The guide's examples against the library, as a user's program runs them. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AuditLog } from "../../src/mod.ts";
import { type Program, Project } from "../support/sealward.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const program: Program = {
  name: "library",
  command: [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--frozen",
    `--config=${root}/deno.json`,
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    `${root}/tests/e2e/fixtures/guide.ts`,
  ],
};

describe("SEED-15 the guide's examples", () => {
  it("do what the guide says", async () => {
    using project = new Project();
    await project.init();
    // The package cache lies in the caller's home.
    const home = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
    const { exit, stdout, stderr } = await project.run([], { program, env: { DENO_DIR: home } });
    assertEquals([exit, stderr], [0, ""]);
    assertEquals(JSON.parse(stdout), {
      quickStart: {
        lockedMode: 0o444,
        isIntact: true,
        prevented: "PolicyModificationError",
        isLogIntact: true,
      },
      customEvents: {
        details: {
          policy: "custom_security_check",
          result: "passed",
          metadata: { check_version: "1.0" },
          recorded_by: "library",
        },
        severity: "MEDIUM",
        counts: [1, 0, 0],
        reserved: ["EngineError", "EngineError", "EngineError"],
      },
      batchChecks: {
        // Protected files only, then the whole policy.
        prevented: [["file_write", true], ["file_write", false], ["file_delete", true]],
        checked: [true, false, false],
      },
      guarded: { result: 1, runs: 1, code: "path_protected" },
      humanOverride: {
        hasProceeded: false,
        reason: "Nobody can approve this: the policy names no approver",
        denied: false,
        made: false,
        outOfBounds: "EngineError",
      },
      mcpServer: { unprotected: "returned", protected: "PolicyModificationError" },
      agentFramework: {
        done: "built",
        failed: "RangeError",
        events: ["TASK_EXECUTION", "TASK_SUCCESS", "TASK_EXECUTION", "TASK_FAILURE"],
      },
      misuse: ["operation_invalid", "operation_invalid", "operation_invalid"],
      tampering: {
        verified: "TamperDetectedError",
        prevented: "TamperDetectedError",
        checked: "TamperDetectedError",
        log: "audit_tampered",
        events: "TamperDetectedError",
      },
    });
    assertEquals((await project.run(["audit", "verify"])).exit, 5);
  });
});

describe("AuditLog", () => {
  it("SEED-06 offers nothing that takes entries away", () => {
    const offered = Object.getOwnPropertyNames(AuditLog.prototype).sort();
    const expected = ["close", "constructor", "getEvents", "recordEvent", "verifyIntegrity"];
    assertEquals(offered, expected);
  });
});
