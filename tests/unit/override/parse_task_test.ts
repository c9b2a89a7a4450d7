import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Json, JsonObject } from "../../../src/core/operation/operation.ts";
import { overrideTask, statusOfTask } from "../../../src/core/override/override_task.ts";
import { endCauses } from "../../../src/core/override/override_views.ts";
import { overrideStatuses, parseTask } from "../../../src/core/override/parse_task.ts";
import { parseListing, parseShown, parseStatus } from "../../../src/core/override/parse_views.ts";
import { createFakeDesk, statusOf } from "../../support/fake_request_desk.ts";

const id = "0123456789abcdef".repeat(2);
const requestOf = (status: typeof overrideStatuses[number]) => ({
  id,
  principal: "token:agent",
  operationDigest: "sha256:x",
  status,
});
const wire = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));
const approved = wire(overrideTask(statusOf(requestOf("approved"))));
const without = (value: JsonObject, key: string): JsonObject => {
  const { [key]: _, ...rest } = value;
  return rest;
};

describe("parseTask()", () => {
  for (const status of overrideStatuses) {
    it(`reads the task of a request that is ${status}, and what it was made of`, () => {
      const made = statusOf(requestOf(status));
      const task = parseTask(wire(overrideTask(made)));
      assertEquals(task && statusOfTask(task), made);
    });
  }

  const broken: Readonly<Record<string, Json>> = {
    "nothing": null,
    "a list": [approved],
    "an unknown member": { ...approved, allowed: true },
    "an unknown status": { ...approved, status: "granted" },
    "an unknown engine status": { ...approved, override_status: "granted" },
    "approved that is used": { ...approved, override_status: "used" },
    "pending that is approved": { ...approved, status: "pending" },
    "approved without a result": without(approved, "result"),
    "a result that is over": {
      ...approved,
      result: { ...approved["result"] as JsonObject, mode: "none" },
    },
    "an unknown mode": {
      ...approved,
      result: { ...approved["result"] as JsonObject, mode: "allow" },
    },
    "more in the result": { ...approved, result: { ...approved["result"] as JsonObject, x: 1 } },
    "no id": without(approved, "id"),
    "a time that is none": { ...approved, expires_at: "soon" },
    "a pending one with a grant": { ...approved, status: "pending", override_status: "pending" },
  };
  for (const [name, value] of Object.entries(broken)) {
    it(`BIND-03 reads nothing from ${name}`, () => assertEquals(parseTask(value), null));
  }
});

describe("why a request ended", () => {
  it("is read back where it is known, and nothing else is", () => {
    const ended = statusOf(requestOf("expired"));
    for (const cause of endCauses) {
      const status = { ...ended, ended_because: cause };
      const task = wire(overrideTask(status));
      const parsed = parseTask(task);
      assertEquals(parsed && statusOfTask(parsed), status);
      assertEquals(parseTask({ ...task, ended_because: "other" }), null);
      assertEquals(parseStatus(wire(status)), status);
    }
    assertEquals("ended_because" in overrideTask(ended), false);
  });
});

describe("views of an approver", () => {
  const desk = createFakeDesk(() => undefined, { requests: [requestOf("pending")] });

  it("are read back whole", async () => {
    const shown = await desk.show(id, "server");
    assertEquals(parseShown(wire(shown)), shown);
    const listing = await desk.list();
    assertEquals(parseListing(wire(listing)), listing);
    const status = await desk.status(id, null);
    assertEquals(parseStatus(wire(status)), status);
  });

  it("BIND-07 show no text that could move a cursor", async () => {
    const shown = wire(await desk.show(id, "server"));
    for (const text of ["\u001b[2J", "a\rb", "a\u202eb", "a\tb", "\u00e9", ""]) {
      assertEquals(parseShown({ ...shown, text }), null);
    }
  });

  it("read nothing that lacks a member, each of them in turn", async () => {
    const rows = [
      [parseShown, wire(await desk.show(id, "server"))],
      [parseListing, wire(await desk.list())],
      [parseStatus, wire(await desk.status(id, null))],
    ] as const;
    for (const [parse, whole] of rows) {
      for (const key of Object.keys(whole)) {
        assertEquals(parse(without(whole, key)), null, key);
        assertEquals(parse({ ...whole, [key]: 1 }), null, key);
      }
    }
  });

  it("BIND-04 read no request whose document is another's", async () => {
    const shown = wire(await desk.show(id, "server"));
    const document = { ...shown["document"] as JsonObject, request: "0".repeat(32) };
    assertEquals(parseShown({ ...shown, document }), null);
  });
});
