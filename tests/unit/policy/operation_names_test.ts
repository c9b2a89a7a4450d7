import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verbs } from "../../../src/core/operation/effect.ts";
import { operationTypes } from "../../../src/core/operation/operation.ts";
import {
  operationNames,
  parseProtectedOperation,
} from "../../../src/core/policy/operation_names.ts";

describe("parseProtectedOperation()", () => {
  it("knows every verb and every operation type under its own name", () => {
    for (const verb of verbs) assertEquals(parseProtectedOperation(verb)?.verbs, [verb], verb);
    for (const type of operationTypes) {
      assertEquals(parseProtectedOperation(type)?.types, [type], type);
    }
  });

  it("GLOB-19 gives other words the meaning of the verb or type", () => {
    const rows: Record<string, readonly string[]> = {
      delete: ["unlink", "unlinkat", "rm", "remove", "rmdir"],
      write: ["truncate", "ftruncate"],
      chmod: ["fchmod", "fchmodat", "setfacl", "chattr"],
      chown: ["lchown", "chgrp"],
      link: ["symlink", "ln", "hardlink"],
      execute: ["exec", "run"],
    };
    for (const [verb, words] of Object.entries(rows)) {
      for (const word of words) {
        assertEquals<unknown>(parseProtectedOperation(word)?.verbs, [verb], word);
      }
    }
    for (const word of ["rename", "move", "mv"]) {
      assertEquals(parseProtectedOperation(word)?.types, ["file_rename"], word);
    }
  });

  it("gives every name a meaning, and the name back", () => {
    for (const name of operationNames) {
      const known = parseProtectedOperation(name);
      assertEquals(known?.name, name);
      assert(known !== null && known.verbs.length + known.types.length > 0, name);
    }
    assertEquals(new Set(operationNames).size, operationNames.length);
  });

  it("GLOB-19 knows nothing but the exact name", () => {
    for (
      const name of [
        "",
        "Delete",
        "DELETE",
        " delete",
        "delete ",
        "delete\u200b",
        "d\u0435lete",
        "__proto__",
        "constructor",
      ]
    ) {
      assertEquals(parseProtectedOperation(name), null, JSON.stringify(name));
    }
    assertEquals(parseProtectedOperation("de\u006cete")?.verbs, ["delete"]);
  });
});
