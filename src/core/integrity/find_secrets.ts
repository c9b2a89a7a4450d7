/**
 * Where a text holds what looks like a secret. Wrong in both directions by nature: it is a net under
 * the log, no promise.
 *
 * SECURITY: every repetition is bounded, or a text could keep the engine from answering.
 *
 * @module
 */

/** Half open, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * `words` also takes a long random word for a secret; `names` (paths, labels) does not: files and
 * sessions are called so, and the log is about them.
 */
export type TextKind = "words" | "names";

const name = [
  "passw(?:or)?d|passphrase|passcode|(?<![a-z])pass(?![a-z])|(?<=_)(?:pwd|auth)(?![a-z])",
  "secret(?:[_-]?key)?|token|jwt|(?<![a-z])t?otp(?![a-z])|credentials?",
  "(?:api|access|private|encryption|decryption|signing|master|deploy|account|storage|service)" +
  "[_-]?key",
  "(?:session|webhook|hmac|jwt|aes|rsa|ssh|license)[_-]?key|session[_-]?id",
].join("|");
const header = "(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,32}(?:key|token|auth)";
const suffix = "(?:[_-][\\w-]{0,32}|\\d{1,4})?";

const secretName = new RegExp(`(?:${name}|${header})${suffix}$`, "i");
/** Names that speak about a secret: where it lies, how long it is. */
const aboutSecret =
  /(?:file|path|dir|folder|name|url|uri|type|ttl|count|length|size|limit|policy|expiry|env)s?$/i;

/** Whether what stands under this name is a secret: `API_KEY`, `db.password`, `Cookie`. */
export function isSecretName(text: string): boolean {
  return secretName.test(text) && !aboutSecret.test(text);
}

/** Most texts hold nothing of the kind and are looked at once. */
const suspicious = new RegExp(
  `${name}|authorization|cookie|bearer|basic |x-[a-z-]{0,32}(?:key|token|auth)|://[^\\s/]*@|-----BEGIN|` +
    "(?:AK|AS|AB|AC)[IC]A|AIza|gh[pousr]_|_pat_|xox|glpat|sk[-_]|[rp]k_|eyJ|npm_|hf_|ya29|SG\\.|" +
    "-u|--user|-p|[A-Za-z0-9_+-]{24}",
  "i",
);

/** Quoted inside a quoted text, where each `"` is `\"`; in quotes of its own; or bare. */
const value = '(?:\\\\"((?:[^"\\\\\\n]|\\\\\\\\(?:\\\\.|[^"\\\\\\n])){1,8192})\\\\"|' +
  "\\\\?(?:\"((?:[^\"\\\\\\n]|\\\\.){1,8192})\"|'([^'\\n]{1,8192})'|`([^`\\n]{1,8192})`|" +
  "([^\\s\"'`;&|<>(){}\\[\\],]{1,8192})))";
const assignment = new RegExp(
  `((?:${name})${suffix})\\\\?["']?\\s{0,3}(?:=>|:=|=|:)\\s{0,3}${value}`,
  "gid",
);
const flagged = new RegExp(
  `((?:${name})${suffix})\\s{1,8}(?!-)${value}`,
  "gid",
);
const headerLine = new RegExp(
  `(?:${header})\\\\?["']?\\s{0,3}[:=]\\s{0,3}([^"'\`\\n\\r]{1,8192})`,
  "gid",
);

/** Group 1 is the secret, or all of it where there is none. */
const tokens: readonly RegExp[] = [
  /\b(?:A[KS]IA|AB[IA]A|ACCA)[A-Z0-9]{16}\b/gd,
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{16,255}|glpat-[\w-]{16,255})/gd,
  /\bxox[a-z]-[\w-]{8,255}/gd,
  /\b[spr]k[-_](?=[\w-]{0,255}\d)[\w-]{16,255}/gd,
  /\b(?:AIza[\w-]{30,64}|ya29\.[\w-]{16,2048}|(?:npm|hf)_[A-Za-z0-9]{24,64})/gd,
  /\bSG\.[\w-]{12,64}\.[\w-]{12,64}/gd,
  /\beyJ[\w-]{8,1024}\.[\w-]{8,8192}(?:\.[\w-]{0,8192}){0,3}/gd,
  /\bbearer\s{1,4}([\w.~+/=-]{6,8192})/gid,
  /\bbasic\s{1,4}([A-Za-z0-9+/]{6,8192}={0,2})/gid,
  /(?:^|\s)(?:-u|--user)[ =]?["']?[^\s:"']{0,128}:([^\s"']{1,256})/gd,
  /\bsshpass\s{1,4}-p\s{0,4}["']?([^\s"']{1,256})/gd,
  /\b(?:mysql|mysqldump|mariadb)\b[^\n;|&]{0,200}?\s-p([^\s"';|&]{1,256})/gd,
];
const userInfo = /\b[a-z][a-z0-9+.-]{1,20}:\/\/([^\s/@"'`<>]{1,512})@/gid;
const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g;
const longWord = /[A-Za-z0-9+][A-Za-z0-9_+-]{23,8191}={0,2}/g;

/** Finds secrets, in no order; spans may overlap. */
export function findSecrets(text: string, kind: TextKind): readonly Span[] {
  if (!suspicious.test(text)) return [];
  const spans: Span[] = [];
  for (const match of text.matchAll(assignment)) addValue(spans, text, match);
  for (const match of text.matchAll(flagged)) {
    const before = text.slice(Math.max(0, match.index - 48), match.index);
    if (/(?:^|[\s"'])--?[\w-]*$/.test(before)) addValue(spans, text, match);
  }
  for (const { indices } of text.matchAll(headerLine)) add(spans, indices?.[1]);
  for (const pattern of tokens) {
    for (const { indices } of text.matchAll(pattern)) addToken(spans, text, indices);
  }
  for (const match of text.matchAll(userInfo)) addUserInfo(spans, match);
  addPrivateKeys(spans, text);
  if (kind === "words") addLongWords(spans, text);
  return spans;
}

function add(spans: Span[], at: readonly [number, number] | undefined): void {
  if (at !== undefined && at[1] > at[0]) spans.push({ start: at[0], end: at[1] });
}

const harmless =
  /^(?:true|false|yes|no|null|none|nil|undefined|string|number|boolean|required|x+)$/i;

function addValue(spans: Span[], text: string, { indices, 1: key = "" }: RegExpMatchArray): void {
  if (aboutSecret.test(key)) return;
  const group = [2, 3, 4, 5, 6].find((index) => indices?.[index] !== undefined) ?? 6;
  const [start, end] = indices?.[group] ?? [0, 0];
  const found = text.slice(start, end);
  // A variable is no secret, and what the shell would put in its place is not here.
  const dollar = group === 4 ? -1 : found.search(/[$`]/);
  const isCall = group === 6 &&
    (text[end] === "(" || /^(?:process|os|env|self|this)\./.test(found));
  if (harmless.test(found) || isCall || dollar === 0) return;
  add(spans, [start, dollar === -1 ? end : start + dollar]);
}

function addToken(
  spans: Span[],
  text: string,
  indices: RegExpIndicesArray | undefined,
): void {
  const at = indices?.[1] ?? indices?.[0];
  const found = at === undefined ? "" : text.slice(...at);
  // `docker -u 1000:1000`, and "basic authentication" in a sentence.
  if (
    /^\d*$/.test(found) ||
    (indices?.[1] !== undefined && /^[a-z]+$/.test(found) && isProse(text, at))
  ) {
    return;
  }
  add(spans, at);
}

function isProse(text: string, at: readonly [number, number] | undefined): boolean {
  return /(?:basic|bearer)\s{1,4}$/i.test(text.slice(Math.max(0, (at?.[0] ?? 0) - 12), at?.[0])) &&
    !/authorization/i.test(text);
}

function addUserInfo(spans: Span[], { indices, 1: found = "" }: RegExpMatchArray): void {
  const [start, end] = indices?.[1] ?? [0, 0];
  const colon = found.indexOf(":");
  // A user alone is a name, unless it is as long as a token.
  if (colon === -1 && found.length < 16) return;
  if (!found.slice(colon + 1).startsWith("$")) add(spans, [start + colon + 1, end]);
}

function addPrivateKeys(spans: Span[], text: string): void {
  for (const { index, 0: begin } of text.matchAll(privateKey)) {
    const start = index + begin.length;
    const end = text.indexOf("-----END", start);
    add(spans, [start, end === -1 ? text.length : end]);
    if (end === -1) return;
  }
}

function addLongWords(spans: Span[], text: string): void {
  for (const { index, 0: word } of text.matchAll(longWord)) {
    if (looksRandom(word)) add(spans, [index, index + word.length]);
  }
}

/**
 * Random words change between small letters, capitals and digits at every second character; names
 * that people give do so at word ends. Object names of git, checksums that say so and UUIDs are
 * names.
 */
function looksRandom(word: string): boolean {
  if (/^[0-9a-f]+$/i.test(word)) return word.length >= 32 && word.length !== 40;
  if (/^sha\d+-/.test(word) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)) {
    return false;
  }
  const classes = [...word].map(classOf);
  const count = (wanted: number) => classes.filter((each) => each === wanted).length;
  let changes = 0;
  let pairs = 0;
  for (let i = 1; i < classes.length; i++) {
    if (classes[i] === other || classes[i - 1] === other) continue;
    pairs++;
    if (classes[i] !== classes[i - 1]) changes++;
  }
  const hasAll = count(small) > 1 && count(capital) > 1 && count(digit) > 1;
  const isMixed = count(digit) * 6 >= word.length && count(other) === 0;
  return pairs >= 20 && changes >= pairs * (hasAll ? 0.42 : 0.3) && (hasAll || isMixed);
}

const [small, capital, digit, other] = [0, 1, 2, 3];

function classOf(character: string): number {
  if (character >= "a" && character <= "z") return small;
  if (character >= "A" && character <= "Z") return capital;
  return character >= "0" && character <= "9" ? digit : other;
}
