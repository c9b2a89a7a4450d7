import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findSecrets, isSecretName } from "../../../src/core/integrity/find_secrets.ts";
import { Redaction, redactionOf, redactOperation } from "../../../src/core/integrity/redaction.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random, with every class of character twice at least, as tokens have. */
function random(length: number, from = alphabet): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  const text = [...bytes].map((byte) => from[byte % from.length]).join("");
  return from === alphabet ? `a7Z${text.slice(6)}q9K` : text;
}

function covered(text: string, kind: "words" | "names" = "words"): string {
  const redaction = new Redaction();
  redaction.learn(text, kind);
  return redaction.cover(text, kind);
}

/** Each has `%` where a generated secret stands. */
const hiding: readonly (readonly [text: string, length?: number])[] = [
  ["PASSWORD=%", 9],
  ["export DB_PASS='%'", 12],
  ['{"api_key": "%"}'],
  ['{\\"password\\": \\"%\\"}', 9],
  ['curl -d "{\\"password\\": \\"%\\"}" https://h', 9],
  ['{\\"password\\": \\"%\\\\\\"q\\", \\"user\\": \\"%', 7],
  ["client_secret: %"],
  ["run --token % --verbose"],
  ["run --password='%'"],
  ["AWS_SECRET_ACCESS_KEY=%", 40],
  ['curl -H "Authorization: Bearer %" https://h'],
  ["curl -H 'X-Api-Key: %' https://h"],
  ["Cookie: session=%; theme=dark"],
  ["git clone https://bot:%@example.org/r.git"],
  ["curl -u admin:% https://h", 10],
  ["sshpass -p % ssh h", 9],
  ["mysql -u root -p% db", 9],
  ["psql postgres://u:%@h/db", 9],
  ["//registry.example/:_authToken=%"],
  ["ghp_%", 36],
  ["xoxb-%", 24],
  ["sk-ant-api03-%", 32],
  ["glpat-%", 20],
  ["-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----", 64],
  ["-----BEGIN RSA PRIVATE KEY-----\n%", 64],
  ["eyJhbGciOiJIUzI1NiJ9.%.sig", 30],
];

describe("Redaction", () => {
  it("S1 AUD-21 covers nearly every long random word, wherever it stands", () => {
    let missed = 0;
    for (let round = 0; round < 1_000; round++) {
      const secret = random(40);
      if (covered(`echo ${secret} | base64`).includes(secret)) missed++;
    }
    // A guess by how often letters, capitals and digits change: one in two hundred looks like a name.
    assert(missed < 30, `${missed} of 1000`);
  });
  for (const [template, length = 24] of hiding) {
    it(`S1 AUD-21 covers ${JSON.stringify(template)}, as long and as many lines as before`, () => {
      for (let round = 0; round < 50; round++) {
        const secret = random(length);
        const text = template.replace("%", secret);
        const after = covered(text);
        assert(!after.includes(secret), `${text} -> ${after}`);
        assertEquals(after.length, text.length);
        assertEquals(after.split("\n").length, text.split("\n").length);
        assertEquals(covered(after), after);
      }
    });
  }

  it("S1 covers an AWS key id and 64 hex digits", () => {
    const id = `AKIA${random(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
    assertEquals(covered(`use ${id}`), `use ${"x".repeat(20)}`);
    assertEquals(covered(`key ${random(64, "0123456789abcdef")}`), `key ${"x".repeat(64)}`);
  });

  const harmless = [
    "ls -l src && grep -n token src/app.ts",
    "TOKEN=$(cat token.txt) deploy",
    'TOKEN="$GITHUB_TOKEN" deploy',
    "run --token-file /etc/token --password-stdin",
    "git show 9ba746312345678901234567890123456789abcd",
    "docker run -u 1000:1000 image",
    "docker pull image@sha256:abc",
    "git clone ssh://git@example.org/r.git",
    "deno test tests/unit/parse_utf8_to_base64_string_test.ts",
    "kubectl get pods -n my-long-namespace-name-v2-final",
    "id 123e4567-e89b-12d3-a456-426614174000",
    "max_tokens=4096",
    "const token = nextToken();",
    "PWD=/home/u ls",
    "// basic authentication and bearer tokens",
  ];
  for (const text of harmless) {
    it(`leaves ${JSON.stringify(text)}`, () => {
      assertEquals(covered(text), text);
      assertEquals(findSecrets(text, "words"), []);
    });
  }

  it("leaves long random names of files", () => {
    const name = `dist/chunk-${random(32)}.js`;
    assertEquals(covered(name, "names"), name);
    assert(covered(name) !== name);
  });

  it("covers a secret wherever it stands again, and where a text ends in the middle of it", () => {
    const secret = random(20);
    const redaction = redactionOf(parseOperation({
      type: "command",
      command: `run --password '${secret}' ./out/${secret}.txt`,
    }));
    assertEquals(redaction.cover(`rm ${secret}`, "names"), `rm ${"x".repeat(20)}`);
    const cut = redaction.coverCut(`it runs "${secret.slice(0, 11)}…`, "names");
    assertEquals(cut, `it runs "${"x".repeat(11)}…`);
  });

  it("covers what has a secret's name in a tool's input, however deep", () => {
    const secret = random(9);
    const operation = parseOperation({
      type: "tool_call",
      tool: {
        name: "t",
        input: { auth: { headers: { cookie: [secret, { value: secret }] } }, n: 1 },
      },
    });
    const { tool } = redactOperation(operation, redactionOf(operation));
    const hidden = "x".repeat(9);
    assertEquals(tool?.input, {
      auth: { headers: { cookie: [hidden, { value: hidden }] } },
      n: 1,
    });
  });

  it("keeps what a shell reads as its own", () => {
    assertEquals(covered("PASSWORD='a1 b;c$d|e&f' x"), "PASSWORD='xx x;x$x|x&x' x");
  });

  it("says whether it covered anything", () => {
    const redaction = new Redaction();
    redaction.cover("ls", "words");
    assertEquals(redaction.hasCovered, false);
    redaction.cover(`PASSWORD=${random(9)}`, "words");
    assertEquals(redaction.hasCovered, true);
  });

  it("DOS reads a megabyte of anything in bounded time", () => {
    const units = ["a", "token ", "password=", "A1b", "eyJaaaaaaaa.", "eyJaaaaaaaa-", "://a", "-"];
    const more = [
      "mysql ",
      "x-",
      "sk-",
      "token='",
      'token="',
      "-----BEGIN PRIVATE KEY-----",
      "_key",
    ];
    const texts = [...units, ...more].map((unit) => unit.repeat(1_000_000 / unit.length));
    for (const text of texts) {
      const start = performance.now();
      covered(text);
      const elapsedMs = performance.now() - start;
      assert(elapsedMs < 5_000, `${text.slice(0, 9)}: ${elapsedMs} ms`);
    }
  });
});

describe("isSecretName()", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["password", true],
    ["API_KEY", true],
    ["db.password", true],
    ["authorization", true],
    ["clientSecret", true],
    ["private_key", true],
    ["token_file", false],
    ["password_policy", false],
    ["path", false],
    ["tokens", false],
    ["compass", false],
  ];
  for (const [name, wanted] of rows) {
    it(`${name}: ${wanted}`, () => assertEquals(isSecretName(name), wanted));
  }
});
