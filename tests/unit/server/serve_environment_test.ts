import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { assertServeEnvironment } from "../../../src/edge/server/serve_environment.ts";

describe("assertServeEnvironment()", () => {
  it("BIN-01 BIN-02 removes both variables and no other", () => {
    const env = new Map([
      ["DENO_SERVE_ADDRESS", "duplicate,tcp:0.0.0.0:1"],
      ["DENO_TRUST_PROXY_HEADERS", "1"],
      ["HOME", "/root"],
    ]);
    assertServeEnvironment(env);
    assertEquals([...env.keys()], ["HOME"]);
  });

  for (const name of ["DENO_SERVE_ADDRESS", "DENO_TRUST_PROXY_HEADERS"]) {
    it(`BIN-01 BIN-02 refuses to go on when ${name} remains`, () => {
      const env = {
        get: (asked: string) => asked === name ? "" : undefined,
        delete: () => undefined,
      };
      assertEquals(codeOf(env), "environment_unsafe");
    });
  }

  it("refuses to go on when the environment cannot be looked at", () => {
    const refuse = (): never => {
      throw new Error("not capable");
    };
    assertEquals(codeOf({ get: refuse, delete: () => undefined }), "environment_unsafe");
    assertEquals(codeOf({ get: () => undefined, delete: refuse }), "environment_unsafe");
  });
});

function codeOf(env: Parameters<typeof assertServeEnvironment>[0]): string {
  return assertThrows(() => assertServeEnvironment(env), EngineError).code;
}
