/**
 * A labelled set for the check `secrets`: values made up at run time in the shape of real ones, put
 * where such values stand, and texts that only look like secrets. Nothing here is a key of anything.
 */
import { encodeBase64 } from "@std/encoding/base64";

export interface CorpusItem {
  /** What it is of: a kind of the check, or a family of harmless texts. */
  readonly family: string;
  /** The kind that must be found; null: nothing may be. */
  readonly kind: string | null;
  readonly text: string;
}

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const base62 = digits + upper + lower;
const base64 = base62 + "+/";
const urlSafe = base62 + "-_";
const hex = "0123456789abcdef";

/** xorshift32: the same seed, the same set. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % limit;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join("");
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** CRC-32 as IEEE 802.3 has it; written anew, so that the check is not tested with its own. */
function crc32(text: string): number {
  let rest = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    let row = (rest ^ byte) & 0xff;
    for (let bit = 0; bit < 8; bit++) row = row & 1 ? (row >>> 1) ^ 0xedb88320 : row >>> 1;
    rest = (rest >>> 8) ^ row;
  }
  return ~rest >>> 0;
}

/** 30 characters and what GitHub and npm put behind them: their CRC-32 in base 62. */
export function withChecksum(body: string): string {
  let sum = crc32(body);
  let tail = "";
  for (let place = 0; place < 6; place++) {
    tail = base62[sum % 62] + tail;
    sum = Math.floor(sum / 62);
  }
  return body + tail;
}

const bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function bech32Sum(values: readonly number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return values.reduce((sum, value) => {
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return generator.reduce((all, row, bit) => (sum >>> (25 + bit)) & 1 ? all ^ row : all, next);
  }, 1);
}

function ageKey(dice: Dice): string {
  const human = "age-secret-key-";
  const codes = [...human].map((letter) => letter.charCodeAt(0));
  const head = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const data = Array.from({ length: 52 }, () => dice.below(32));
  const sum = bech32Sum([...head, ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const tail = Array.from({ length: 6 }, (_, at) => (sum >>> (5 * (5 - at))) & 31);
  const body = [...data, ...tail].map((value) => bech32[value]).join("");
  return `${human}1${body}`.toUpperCase();
}

const pem = (name: string, dice: Dice, join = "\n"): string =>
  [
    `-----BEGIN ${name}-----`,
    ...Array.from({ length: 6 }, () => dice.text(base64, 64)),
    `-----END ${name}-----`,
  ].join(join);

function jwt(dice: Dice): string {
  const encode = (value: object) =>
    encodeBase64(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll(
      "/",
      "_",
    );
  const payload = { sub: dice.text(lower, 8), iat: 1_700_000_000 + dice.below(9_999_999) };
  return `${encode({ alg: "HS256", typ: "JWT" })}.${encode(payload)}.${dice.text(urlSafe, 43)}`;
}

type Make = (dice: Dice) => string;

/** Tokens by kind. A prefix is cut in two so that no file here holds the shape of a key. */
const tokens: Readonly<Record<string, Make>> = {
  aws_access_key_id: (dice) => "AKI" + "A" + dice.text(upper + "234567", 16),
  github_token: (dice) =>
    `gh${dice.one(["p", "o", "u", "s"])}_` + withChecksum(dice.text(base62, 30)),
  npm_token: (dice) => "npm" + "_" + withChecksum(dice.text(base62, 30)),
  gitlab_token: (dice) => "glpat" + "-" + dice.text(urlSafe, 20),
  slack_token: (dice) =>
    "xoxb" + `-${dice.text(digits, 12)}-${dice.text(digits, 12)}-${dice.text(base62, 24)}`,
  slack_webhook: (dice) =>
    `https://hooks.slack.com/services/T${dice.text(upper + digits, 8)}/B${
      dice.text(upper + digits, 10)
    }/${dice.text(base62, 24)}`,
  stripe_key: (dice) => "sk" + "_live_" + dice.text(base62, 24),
  stripe_test_key: (dice) => "sk" + "_test_" + dice.text(base62, 24),
  google_api_key: (dice) => "AIz" + "a" + dice.text(urlSafe, 34) + dice.text(base62, 1),
  google_oauth: (dice) => "GOCSPX" + "-" + dice.text(base62, 28),
  pypi_token: (dice) =>
    "pypi" + "-AgEIcHlwaS5vcmc" + dice.text(urlSafe, 120) + dice.text(base62, 1),
  jwt,
  sendgrid_key: (dice) => "SG" + `.${dice.text(base62, 22)}.${dice.text(base62, 43)}`,
  openai_key: (dice) => "sk" + `-proj-${dice.text(base62, 40)}T3BlbkFJ${dice.text(base62, 40)}`,
  anthropic_key: (dice) => "sk" + `-ant-api03-${dice.text(base62, 93)}AA`,
  huggingface_token: (dice) => "hf" + "_" + dice.text(upper + lower, 34),
  digitalocean_token: (dice) => "dop" + "_v1_" + dice.text(hex, 64),
  shopify_token: (dice) => "shpat" + "_" + dice.text(hex, 32),
  telegram_token: (dice) =>
    `${1 + dice.below(9)}${dice.text(digits, 9)}` + ":AA" + dice.text(base62, 33),
  vault_token: (dice) => "hvs" + "." + dice.text(base62, 24),
  docker_token: (dice) => "dckr" + "_pat_" + dice.text(base62, 27),
  databricks_token: (dice) => "dap" + "i" + dice.text(hex, 32),
  grafana_token: (dice) => "glsa" + `_${dice.text(base62, 32)}_${dice.text(hex, 8)}`,
  rubygems_key: (dice) => "rubygems" + "_" + dice.text(hex, 48),
  age_key: ageKey,
};

/** Where a token stands. */
const places: readonly ((token: string) => string)[] = [
  (token) => `TOKEN=${token}\n`,
  (token) => `export const client = connect("${token}");\n`,
  (token) => `{\n  "name": "x",\n  "value": "${token}"\n}\n`,
  (token) => `config:\n  value: ${token}\n`,
  (token) => `Use ${token}, then call the server.\n`,
  (token) => `curl -H 'X-Auth: ${token}' https://api.internal/\n`,
  (token) => `print("first\\n${token}")\n`,
];

/** Secrets that are none without what stands around them. */
const settings: readonly (readonly [kind: string, make: Make])[] = [
  ["private_key", (dice) => pem("RSA PRIVATE KEY", dice)],
  ["private_key", (dice) => pem("OPENSSH PRIVATE KEY", dice)],
  ["private_key", (dice) => JSON.stringify({ private_key: pem("PRIVATE KEY", dice) })],
  ["private_key", (dice) => `const key = "${pem("EC PRIVATE KEY", dice, "\\n")}";`],
  ["aws_secret_access_key", (dice) => `aws_secret_access_key = ${dice.text(base64, 39)}A\n`],
  ["aws_secret_access_key", (dice) => `"SecretAccessKey": "${dice.text(base64, 40)}",\n`],
  [
    "azure_key",
    (dice) =>
      `DefaultEndpointsProtocol=https;AccountName=store;AccountKey=${dice.text(base64, 86)}==;\n`,
  ],
  ["url_password", (dice) => `postgres://app:${dice.text(base62, 12)}@db.internal:5432/main\n`],
  ["url_password", (dice) => `git clone https://bot:${dice.text(base62, 20)}@git.internal/x.git\n`],
  [
    "connection_string",
    (dice) => `Server=db.internal;Database=main;User Id=app;Password=${dice.text(base62, 10)};\n`,
  ],
  ["assigned_secret", (dice) => `API_KEY=${dice.text(base62, 32)}\n`],
  ["assigned_secret", (dice) => `client_secret: "${dice.text(base62, 40)}"\n`],
  ["assigned_secret", (dice) => `const authToken: string = '${dice.text(hex, 40)}';\n`],
  ["assigned_secret", (dice) => `  "password": "${dice.text(base62 + "!#", 14)}",\n`],
  ["assigned_secret", (dice) => `run --api-key ${dice.text(base62, 32)} --verbose\n`],
  ["assigned_secret", (dice) => `Authorization: Bearer ${dice.text(base62, 40)}\n`],
  ["assigned_secret", (dice) => `static TOKEN: &str = "${dice.text(lower + digits, 32)}";\n`],
];

/** Texts with nothing in them, each like something that has. */
const harmless: readonly (readonly [family: string, make: Make])[] = [
  [
    "uuid",
    (dice) => `token: "${[8, 4, 4, 4, 12].map((length) => dice.text(hex, length)).join("-")}"\n`,
  ],
  ["hash", (dice) => `password_hash = "${dice.text(hex, 64)}"\n`],
  ["commit", (dice) => `commit ${dice.text(hex, 40)}\nindex ${dice.text(hex, 7)}\n`],
  ["integrity", (dice) => `"integrity": "sha512-${dice.text(base64, 86)}=="\n`],
  ["image", (dice) => `src="data:image/png;base64,${dice.text(base64, 400)}"\n`],
  ["placeholder", (dice) =>
    dice.one([
      "API_KEY=your_api_key_here_1234\n",
      'password: "changeme123"\n',
      `TOKEN=${"x".repeat(32)}\n`,
      `aws_access_key_id = ${"AKI" + "AIOSFODNN7EXAMPLE"}\n`,
      'api_key = "<insert your key 123456>"\n',
      `secret: ${"gh" + "p_" + "x".repeat(36)}\n`,
      'secret = "0123456789abcdef0123456789abcdef"\n',
    ])],
  ["template", (dice) =>
    dice.one([
      "DATABASE_URL=postgres://app:${DB_PASSWORD}@db/main\n",
      "password: {{ vault_password_1 }}\n",
      "token = os.environ['SERVICE_TOKEN_2']\n",
      'const token = process.env["API_TOKEN"] ?? readToken2(path);\n',
      "curl -u user:$PASSWORD_1 https://api.internal\n",
      "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n",
    ])],
  ["checksum", (dice) => `const token = read("${"gh" + "p_"}${dice.text(base62, 36)}");\n`],
  ["code", (dice) =>
    dice.one([
      "const nextPageToken = response.nextPageTokenV2;\n",
      "if (token.kind === SyntaxKind.CloseBraceToken1) return parseToken(lexer2);\n",
      'grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer2"\n',
      "this.passwordController2 = new TextEditingController();\n",
      'const secretName = "projects/main/secrets/database1";\n',
      "private readonly tokenService: TokenService2,\n",
      'tokenUrl: "https://login.internal/oauth2/v2.0/token",\n',
    ])],
  ["public", (dice) => `${pem("PUBLIC KEY", dice)}\n${pem("CERTIFICATE", dice)}\n`],
  [
    "ssh_public",
    (dice) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${dice.text(base64, 43)} me@host\n`,
  ],
  [
    "minified",
    (dice) =>
      `!function(e,t){var n=e.${dice.text(lower, 2)}?t:{k:"${
        dice.text(base62, 6)
      }",s:1};r(n)}(a,b);\n`,
  ],
  ["armour_only", () => "match(/-----BEGIN RSA PRIVATE KEY-----/); // then the body, then END\n"],
  ["bcrypt", (dice) => `password: "$2b$10$${dice.text(base62, 53)}"\n`],
];

/** Every kind in every place, and every harmless family, `rounds` times with other values. */
export function secretCorpus(seed: number, rounds: number): readonly CorpusItem[] {
  const dice = new Dice(seed);
  const items: CorpusItem[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [kind, make] of Object.entries(tokens)) {
      for (const place of places) items.push({ family: kind, kind, text: place(make(dice)) });
    }
    for (const [kind, make] of settings) items.push({ family: kind, kind, text: make(dice) });
    for (const [family, make] of harmless) items.push({ family, kind: null, text: make(dice) });
  }
  return items;
}

/** One value of a kind, for tests of a single thing. */
export function makeToken(kind: string, seed = 1): string {
  const make = tokens[kind];
  if (make === undefined) throw new Error(`No such token: ${kind}`);
  return make(new Dice(seed));
}

export function makePrivateKey(seed = 1): string {
  return pem("OPENSSH PRIVATE KEY", new Dice(seed));
}
