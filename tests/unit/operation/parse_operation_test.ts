import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import {
  maxFilesPerOperation,
  maxLabelCharacters,
  maxOperationBytes,
} from "../../../src/core/limits.ts";
import { encodeOperation } from "../../../src/core/operation/encode_operation.ts";
import { operationTypes } from "../../../src/core/operation/operation.ts";
import { parseOperation, parseOperationText } from "../../../src/core/operation/parse_operation.ts";
import refused from "../../vectors/operation/refused.json" with { type: "json" };

function codeOf(input: unknown): string {
  return assertThrows(() => parseOperation(input), EngineError).code;
}

const write = { type: "file_write", affected_files: ["src/app.ts"] };

describe("parseOperation()", () => {
  it("fills in what is absent", () => {
    assertEquals(parseOperation(write), {
      type: "file_write",
      affectedFiles: ["src/app.ts"],
      metadata: {},
      timestamp: null,
      content: null,
      diff: null,
      command: null,
      cwd: null,
      tool: null,
      agent: null,
      correlationId: null,
    });
  });

  it("takes null and undefined for absent, and an agent without names too", () => {
    const absent = {
      content: null,
      cwd: undefined,
      tool: null,
      agent: { name: null },
      metadata: null,
    };
    assertEquals(parseOperation({ ...write, ...absent }), parseOperation(write));
  });

  it("has its vectors", () => {
    assertEquals(refused.rows.length, refused.count);
    assert(refused.rows.length >= 70);
  });

  for (const { name, text, code } of refused.rows) {
    it(`refuses ${name}`, () => {
      assertEquals(assertThrows(() => parseOperationText(text), EngineError).code, code);
    });
  }

  it("PATH-40 wants a file for every file type and two for every two-path type", () => {
    const minimums = operationTypes.map((type) => {
      const counts = [0, 1, 2].filter((count) => {
        const affected_files = ["a", "b"].slice(0, count);
        try {
          parseOperation({ type, affected_files, command: "ls", tool: { name: "t" } });
          return true;
        } catch {
          return false;
        }
      });
      return `${type} ${counts[0]}`;
    });
    assertEquals(minimums, [
      "file_read 1",
      "file_write 1",
      "file_create 1",
      "file_delete 1",
      "file_rename 2",
      "file_copy 2",
      "file_link 2",
      "chmod 1",
      "chown 1",
      "code_modification 1",
      "command 0",
      "tool_call 0",
      "network 0",
    ]);
  });

  it("PATH-40 takes 10,000 files and refuses 10,001", () => {
    const files = Array.from({ length: maxFilesPerOperation }, (_, index) => `f${index}`);
    assertEquals(parseOperation({ ...write, affected_files: files }).affectedFiles.length, 10_000);
    assertEquals(codeOf({ ...write, affected_files: [...files, "x"] }), "operation_invalid");
  });

  it("PATH-41 refuses the whole list for one bad name among 999 good and names its place", () => {
    const files = Array.from({ length: 1_000 }, (_, index) => index === 700 ? "a\0b" : `f${index}`);
    const thrown = assertThrows(
      () => parseOperation({ ...write, affected_files: files }),
      EngineError,
    );
    assertEquals(thrown.code, "operation_invalid");
    assert(thrown.message.includes("affected_files[700]"), thrown.message);
  });

  it("GLOB-19 keeps unknown, well-formed type names for the policy to know or not", () => {
    for (const type of ["delete", "unlink", "rm", "db.query", "a:b-c", "constructor"]) {
      assertEquals(parseOperation({ type }).type, type);
    }
    assertEquals(parseOperationText('{"type":"de\\u006cete"}').type, "delete");
  });

  it("a type name ends at 64 characters", () => {
    assertEquals(parseOperation({ type: "x".repeat(64) }).type.length, 64);
    assertEquals(codeOf({ type: "x".repeat(65) }), "operation_invalid");
  });

  it("a label ends at its limit", () => {
    const label = "x".repeat(maxLabelCharacters);
    assertEquals(parseOperation({ ...write, correlation_id: label }).correlationId, label);
    assertEquals(codeOf({ ...write, correlation_id: `${label}x` }), "operation_invalid");
  });

  it("tool_call is content with a tool or with files", () => {
    assertEquals(parseOperation({ type: "tool_call", affected_files: ["a"] }).tool, null);
    assertEquals(parseOperation({ type: "tool_call", tool: { name: "t" } }).tool, {
      name: "t",
      input: {},
    });
    assertEquals(codeOf({ type: "tool_call" }), "operation_invalid");
  });

  for (const zone of ["Z", "+00:00", "-07:30"]) {
    it(`takes a timestamp with the zone ${zone}`, () => {
      const timestamp = `2026-11-22T18:00:00.123456${zone}`;
      assertEquals(parseOperation({ ...write, timestamp }).timestamp, timestamp);
    });
  }
});

describe("parseOperation() from a library", () => {
  const cyclic: Record<string, unknown> = { ...write };
  cyclic["metadata"] = { cyclic };
  let wide: unknown = "x";
  for (let level = 0; level < 30; level++) wide = [wide, wide];
  const hidden = Object.defineProperty({ ...write }, "content", { value: "x", enumerable: false });
  const rows: readonly (readonly [string, unknown, string?])[] = [
    ["nothing", undefined],
    ["null", null],
    ["a string", "file_write"],
    ["a list", [write]],
    [
      "a class instance",
      new (class Op {
        type = "file_write";
      })(),
    ],
    ["a Map", new Map(Object.entries(write))],
    ["a Date for a timestamp", { ...write, timestamp: new Date(0) }],
    ["a getter", {
      get type() {
        return "file_read";
      },
    }],
    ["a hidden property", hidden],
    ["a symbol key", { ...write, [Symbol("x")]: 1 }],
    ["JSON-07 a toJSON function", { ...write, metadata: { toJSON: () => "x" } }],
    ["JSON-07 an array-like", { ...write, affected_files: { length: 1, 0: "a" } }],
    ["a typed array", { ...write, affected_files: new Uint8Array(1) }],
    ["a subclass of Array", { ...write, affected_files: new (class extends Array {})() }],
    ["an array with a hole", { ...write, affected_files: ["a", , "b"] }],
    ["an array with undefined", { ...write, affected_files: ["a", undefined] }],
    ["an array with a name on it", { ...write, affected_files: Object.assign(["a"], { x: 1 }) }],
    ["a bigint", { ...write, metadata: { complexity: 1n } }],
    ["JSON-12 NaN", { ...write, metadata: { complexity: Number.NaN } }],
    ["JSON-12 Infinity", { ...write, metadata: { complexity: Infinity } }],
    ["JSON-12 an unsafe integer", { ...write, metadata: { complexity: 2 ** 53 } }],
    ["JSON-04 a lone surrogate in content", { ...write, content: "\ud800" }],
    ["JSON-04 a lone surrogate in a metadata key", { ...write, metadata: { "\udc00": 1 } }],
    ["JSON-02 an own __proto__", { ...write, metadata: JSON.parse('{"__proto__":{}}') }],
    ["JSON-02 an inherited field", Object.create(write)],
    ["JSON-03 a cycle", cyclic],
    ["JSON-08 a graph of 2^30 paths", { ...write, metadata: { wide } }, "operation_too_large"],
    ["JSON-08 10 MB of text", { ...write, content: "x".repeat(10_000_000) }, "operation_too_large"],
    [
      "JSON-08 a million items",
      { ...write, metadata: { a: Array(1_100_000).fill(0) } },
      "operation_too_large",
    ],
  ];
  for (const [name, input, code = "operation_invalid"] of rows) {
    it(`refuses ${name}`, () => assertEquals(codeOf(input), code));
  }

  it("copies: a later edit changes nothing", () => {
    const input = { ...write, affected_files: ["a"], metadata: { list: [1] } };
    const operation = parseOperation(input);
    input.affected_files[0] = ".env";
    input.metadata.list.push(2);
    assertEquals([operation.affectedFiles, operation.metadata], [["a"], { list: [1] }]);
  });

  it("asks a changing object once", () => {
    let asked = 0;
    const lying = new Proxy({ ...write }, {
      getOwnPropertyDescriptor(target, key) {
        if (key === "type") asked++;
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      get: () => "file_read",
    });
    assertEquals(parseOperation(lying).type, "file_write");
    assertEquals(asked, 1);
  });

  it("JSON-02 stores metadata as inert data", () => {
    const metadata = JSON.parse('{"constructor":{"prototype":1},"toString":"x"}');
    assertEquals(parseOperation({ ...write, metadata }).metadata, metadata);
  });
});

describe("parseOperationText()", () => {
  const frame = JSON.stringify({ ...write, content: "" }).length;

  it("JSON-08 takes exactly 1 MiB in UTF-8 and not a byte more", () => {
    const room = maxOperationBytes - frame;
    const fits = JSON.stringify({ ...write, content: "\u00e9".repeat(Math.floor(room / 2)) });
    assertEquals(parseOperationText(fits).type, "file_write");
    const over = JSON.stringify({ ...write, content: "\u00e9".repeat(Math.floor(room / 2) + 1) });
    assertEquals(
      assertThrows(() => parseOperationText(over), EngineError).code,
      "operation_too_large",
    );
  });

  it("JSON-08 refuses 10 MB before it parses", () => {
    assertEquals(
      assertThrows(() => parseOperationText("[".repeat(10_000_000)), EngineError).code,
      "operation_too_large",
    );
  });

  it("takes whatever JSON fits in the cap, however dense", () => {
    const list = `[${"0,".repeat(500_000)}0]`;
    const text = `{"type":"network","metadata":{"a":${list}}}`;
    assertEquals(parseOperationText(text).type, "network");
  });
});

describe("encodeOperation()", () => {
  it("gives back what was parsed", () => {
    const wire = {
      ...write,
      metadata: { complexity: 7 },
      timestamp: "2026-11-22T18:00:00Z",
      content: "",
      diff: "-",
      command: "ls",
      cwd: "src",
      tool: { name: "Write", input: { a: [1] } },
      agent: { name: "n", session: "s" },
      correlation_id: "c",
    };
    assertEquals(encodeOperation(parseOperation(wire)), wire);
  });

  it("leaves absent fields out", () => {
    const wire = { ...write, metadata: {}, agent: { session: "s" } };
    assertEquals(encodeOperation(parseOperation(wire)), wire);
  });
});
