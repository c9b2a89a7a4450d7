import { assert, assertEquals } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { compileBatch } from "../../scripts/compile_batch.ts";
import { lineModule } from "../../src/core/audit/batch/line_module.ts";

const sources = new URL("../../src/core/audit/batch/wasm/", import.meta.url);

describe("compileBatch()", () => {
  it("makes the embedded bytes from the sources, each time", async () => {
    const first = await compileBatch();
    assert(WebAssembly.validate(first));
    assertEquals(encodeBase64(first), lineModule);
    assertEquals(await compileBatch(), decodeBase64(lineModule));
  });

  it("uses no relaxed SIMD: its results may differ from machine to machine", () => {
    const names = [...Deno.readDirSync(sources)].map(({ name }) => name);
    assert(names.length >= 5);
    for (const name of names) {
      const text = Deno.readTextFileSync(new URL(name, sources));
      assertEquals(text.match(/relaxed\w*/g), null, name);
    }
  });
});
