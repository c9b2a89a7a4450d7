import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { nameByDisk, nameByText } from "../../../src/core/check/name_file.ts";
import { operationRequest } from "../../../src/core/check/operation_request.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";

describe("names of files in requests", () => {
  it("WASM-10 by text: one name for every spelling", () => {
    const plain = nameByText(null);
    for (const written of ["src/a", "./src/a", "src//a", "lib/../src/a", "src/./a"]) {
      assertEquals(plain(written), ["src/a"], written);
    }
    assertEquals(nameByText("lib/x")("../../src/a"), ["src/a"]);
    assertEquals(nameByText("/p/lib")("../a"), ["/p/a"]);
    assertEquals([plain("/p/../a"), plain("."), plain("../a")], [["/a"], ["."], ["../a"]]);
    assertEquals(plain("a/../../src/a"), ["a/../../src/a"]);
  });

  it("WASM-10 by the disk: from the root, the linked file's own name second", () => {
    const view = (lexical: string, real: string | null) => ({ view: { lexical, real } });
    const paths = new Map([
      ["/p/src/a", view("/p/src/a", "/p/src/a")],
      ["l/a", view("/p/l/a", "/p/src/a")],
      ["out", view("/p/out", "/etc/x")],
      ["odd", view("/p/odd", null)],
      [".", view("/p", "/p")],
      ["/p-evil/a", view("/p-evil/a", null)],
    ]);
    const name = nameByDisk({ root: "/p", paths }, null);
    assertEquals([...paths.keys()].map(name), [
      ["src/a"],
      ["l/a", "src/a"],
      ["out", "/etc/x"],
      ["odd"],
      ["."],
      ["/p-evil/a"],
    ]);
    assertEquals(name("not/../seen"), ["seen"]);
  });

  it("WASM-10 stand in the request, each once", () => {
    const operation = parseOperation({
      type: "file_write",
      affected_files: ["./a", "b/../a", "l"],
    });
    const effects = ["./a", "l"].map((resource) => ({
      verb: "write" as const,
      kind: "path" as const,
      resource,
    }));
    const paths = new Map([["l", { view: { lexical: "/p/l", real: "/p/a" } }]]);
    const bytes = operationRequest(
      { id: "x", settings: {} },
      operation,
      effects,
      nameByDisk({ root: "/p", paths }, null),
    );
    const { operation: asked } = JSON.parse(new TextDecoder().decode(bytes));
    assertEquals(asked.affected_files, ["a", "l"]);
    assertEquals(asked.effects, [
      { verb: "write", kind: "path", resource: "a" },
      { verb: "write", kind: "path", resource: "l", real: "a" },
    ]);
  });
});
