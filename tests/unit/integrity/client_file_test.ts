import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import {
  encodeClientFile,
  type GuardedInstall,
  maxGuardedInstalls,
  parseClientFile,
} from "../../../src/core/integrity/client_file.ts";

const install: GuardedInstall = {
  id: "0123456789abcdef0123456789abcdef",
  root: "/srv/app",
  port: 8787,
  serverKey: `${"A".repeat(43)}=`,
  tokenFile: "/etc/sealward/0123456789abcdef0123456789abcdef.agent.token",
  engineUser: "sealward",
  engineUid: 999,
  agentUid: 1000,
  agentHome: "/home/agent",
};

// deno-lint-ignore no-explicit-any -- hostile values have any shape
type Change = (file: any) => unknown;

function edited(change: Change): string {
  const file = JSON.parse(encodeClientFile([install]));
  const other = change(file);
  return JSON.stringify(other === undefined ? file : other);
}

const member = (name: string, value: unknown): [string, Change] => [
  `${name} = ${JSON.stringify(value)}`,
  (file) => void (file.installs[0][name] = value),
];

const hostile: readonly [string, Change][] = [
  ["a list", (file) => file.installs],
  ["null", () => null],
  ["another version", (file) => void (file.schema_version = 2)],
  ["a version in text", (file) => void (file.schema_version = "1")],
  ["no installs", (file) => void (delete file.installs)],
  ["installs as an object", (file) => void (file.installs = { 0: file.installs[0] })],
  ["a member too many", (file) => void (file.fallback = "local")],
  ["a member of an install too many", (file) => void (file.installs[0].observe = true)],
  ["a member of an install missing", (file) => void (delete file.installs[0].agent_uid)],
  ["an install that is null", (file) => void (file.installs[0] = null)],
  ["the same install twice", (file) => void file.installs.push(file.installs[0])],
  [
    "too many installs",
    (file) => void (file.installs = Array(maxGuardedInstalls + 1).fill(file.installs[0])),
  ],
  ...["", "../../x", "0123456789ABCDEF0123456789ABCDEF", "0".repeat(31), "0".repeat(33), 1, null]
    .map((value) => member("id", value)),
  ...["srv", "/srv/", "/srv//app", "/srv/../etc", "/srv/./app", "/", "/a\0b", null, ["/srv"]]
    .map((value) => member("root", value)),
  ...[
    "http://127.0.0.1",
    "http://127.0.0.1:0",
    "http://127.0.0.1:65536",
    "http://127.0.0.1:08787",
    "http://127.0.0.1:8787/",
    "http://localhost:8787",
    "http://10.0.0.1:8787",
    "https://127.0.0.1:8787",
    "http://127.0.0.1:8787@evil.example:80",
    "http://127.0.0.1:8787\n",
    8787,
  ].map((value) => member("server", value)),
  ...["", "A".repeat(44), `${"A".repeat(42)}B=`, `${"A".repeat(39)}=`, null]
    .map((value) => member("server_key", value)),
  ...["", "token", "/etc/sealward/../token", null].map((value) => member("token_file", value)),
  ...["", "-x", "Root", "a b", "a".repeat(40), "a\n", 0].map((value) =>
    member("engine_user", value)
  ),
  ...[0, -1, 1.5, 4_294_967_295, "999", null, 1e300].map((value) => member("engine_uid", value)),
  ...[0, -1, 4_294_967_295, "1000", null].map((value) => member("agent_uid", value)),
  ...["", "home", "/home/..", 1].map((value) => member("agent_home", value)),
];

describe("parseClientFile()", () => {
  it("reads what encodeClientFile() wrote, an unknown home included", () => {
    const other = { ...install, id: "f".repeat(32), root: "", port: 1, agentHome: null };
    assertEquals(parseClientFile(encodeClientFile([install, other])), [install, other]);
    assertEquals(parseClientFile(encodeClientFile([])), []);
  });

  it("CFG-07 refuses every other shape: half a file must not look like nothing guarded", () => {
    for (const [name, change] of hostile) {
      const error = assertThrows(() => parseClientFile(edited(change)), EngineError, "", name);
      assertEquals(error.code, "guard_unsafe", name);
    }
  });

  it("CFG-07 refuses what two readers could read differently", () => {
    const text = encodeClientFile([install]);
    const broken = [
      "",
      "{}",
      text.slice(0, -3),
      `${text}x`,
      `\ufeff${text}`,
      text.replace(`"port"`, `"port"`).replace(`"id":`, `"root": "/x", "id":`),
      text.replace(`"schema_version": 1`, `"schema_version": 1, "schema_version": 1`),
    ];
    for (const each of broken) {
      assertEquals(assertThrows(() => parseClientFile(each), EngineError).code, "guard_unsafe");
    }
  });
});
