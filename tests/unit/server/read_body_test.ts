import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { readBody } from "../../../src/edge/server/read_body.ts";

const limits = { maxBytes: 100, timeoutMs: 1_000 };

function requestOf(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
  return new Request("http://127.0.0.1/", init);
}

async function codeOf(request: Request, timeoutMs = limits.timeoutMs): Promise<string> {
  const reading = readBody(request, { ...limits, timeoutMs });
  return (await assertRejects(() => reading, EngineError)).code;
}

describe("readBody()", () => {
  it("joins chunks, across a split character", async () => {
    const bytes = new TextEncoder().encode("\u4e2d\u6587");
    const chunks = [bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4)];
    assertEquals(await readBody(requestOf(ReadableStream.from(chunks)), limits), "\u4e2d\u6587");
  });

  it("reads no body as an empty text", async () => {
    assertEquals(await readBody(requestOf(null), limits), "");
  });

  it("HTTP-18 takes the limit and refuses one byte more", async () => {
    assertEquals((await readBody(requestOf("x".repeat(100)), limits)).length, 100);
    assertEquals(await codeOf(requestOf("x".repeat(101))), "request_too_large");
  });

  it("HTTP-18 stops an endless body at the limit and closes it", async () => {
    let isCancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(60)),
      cancel: () => {
        isCancelled = true;
      },
    });
    assertEquals(await codeOf(requestOf(endless)), "request_too_large");
    assert(isCancelled);
  });

  for (const length of ["1", "5, 5", "-1", "NaN", "+5", ""]) {
    it(`HTTP-18 counts bytes whatever Content-Length "${length}" says`, async () => {
      const request = requestOf("x".repeat(101), { "content-length": length });
      assertEquals(await codeOf(request), "request_too_large");
    });
  }

  it("HTTP-18 refuses an announced size unread", async () => {
    const unread = new ReadableStream({
      pull: () => {
        throw new Error("read");
      },
    }, { highWaterMark: 0 });
    const request = requestOf(unread, { "content-length": "1000000000" });
    assertEquals(await codeOf(request), "request_too_large");
  });

  it("HTTP-18 M-04 gives up on a slow body", async () => {
    let isCancelled = false;
    const slow = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
      cancel: () => {
        isCancelled = true;
      },
    });
    assertEquals(await codeOf(requestOf(slow), 20), "request_timeout");
    assert(isCancelled);
  });

  it("HTTP-18 refuses a body that breaks off", async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new TypeError("connection reset")),
    });
    assertEquals(await codeOf(requestOf(broken)), "operation_invalid");
  });

  it("refuses bytes that are not UTF-8", async () => {
    assertEquals(await codeOf(requestOf(new Uint8Array([0xc3]))), "operation_invalid");
  });
});
