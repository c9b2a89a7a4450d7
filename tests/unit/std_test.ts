import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// The types in src/std.d.ts are written by hand: this is what keeps them honest.
const declared: Record<string, readonly string[]> = {
  "@std/assert": [
    "assert",
    "assertEquals",
    "assertNotEquals",
    "assertStrictEquals",
    "assertExists",
    "assertMatch",
    "assertStringIncludes",
    "assertThrows",
    "assertRejects",
    "fail",
  ],
  "@std/cli/parse-args": ["parseArgs"],
  "@std/crypto/timing-safe-equal": ["timingSafeEqual"],
  "@std/encoding/base32": ["encodeBase32", "decodeBase32"],
  "@std/encoding/base64": ["encodeBase64", "decodeBase64"],
  "@std/encoding/hex": ["encodeHex", "decodeHex"],
  "@std/json/canonicalize": ["canonicalize"],
  "@std/text/closest-string": ["closestString"],
  "@std/yaml": ["parse"],
};

const loaders: Record<string, () => Promise<Record<string, unknown>>> = {
  "@std/assert": () => import("@std/assert"),
  "@std/cli/parse-args": () => import("@std/cli/parse-args"),
  "@std/crypto/timing-safe-equal": () => import("@std/crypto/timing-safe-equal"),
  "@std/encoding/base32": () => import("@std/encoding/base32"),
  "@std/encoding/base64": () => import("@std/encoding/base64"),
  "@std/encoding/hex": () => import("@std/encoding/hex"),
  "@std/json/canonicalize": () => import("@std/json/canonicalize"),
  "@std/text/closest-string": () => import("@std/text/closest-string"),
  "@std/yaml": () => import("@std/yaml"),
};

describe("src/std.d.ts", () => {
  for (const [name, exports] of Object.entries(declared)) {
    it(`declares only what ${name} exports`, async () => {
      const loader = loaders[name];
      const module = loader === undefined ? {} : await loader();
      for (const symbol of exports) assertEquals(typeof module[symbol], "function", symbol);
    });
  }
});
