/**
 * Tokens of the part of YAML a policy may use (SPEC.md, "Text"). Which token may stand where is
 * check_yaml.ts.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxPolicyNodes } from "../limits.ts";
import { locationAt } from "./location_at.ts";

/** Characters that begin something else than text, and what we call it. */
const indicators: Readonly<Record<string, string>> = {
  "&": "an anchor",
  "*": "an alias",
  "!": "a tag",
  "|": "a block of text",
  ">": "a block of text",
  "%": "a directive",
  "@": "a reserved character",
  "`": "a reserved character",
  "?": "a complex key",
  ":": "an empty key",
  "-": "a list item here",
  ",": "a comma here",
  "]": "a closing bracket here",
  "}": "a closing brace here",
  "#": "a comment without a blank before it",
};

/** SECURITY: what an editor hides cannot be reviewed; a lone CR or NEL hides a line break. */
const hidden =
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/;

/** Octal, hex, sexagesimal, dates, underscores: 012 is 10 to one reader and 12 to another. */
const numberLike = /^[-+]?(?:[0-9]|\.[0-9_])[0-9a-fA-FxXoO_.:+-]*$/;
const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
/** Booleans of YAML 1.1, text in 1.2: the country code of Norway. */
const oldBoolean = /^(?:y|n|yes|no|on|off)$/i;

export interface Token {
  readonly kind: "plain" | "quoted" | "flow";
  readonly start: number;
  readonly end: number;
}

/** A cursor over the text. Every method that reads throws `policy_syntax` at what it cannot. */
export class YamlScanner {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #lineStart = 0;
  #values = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    const found = text.search(hidden);
    if (found >= 0) {
      const code = text.charCodeAt(found).toString(16).padStart(4, "0").toUpperCase();
      this.refuse(found, `Cannot read the character U+${code}`, hiddenHint(code));
    }
  }

  get at(): number {
    return this.#at;
  }

  /** Columns to the left of the cursor on its line. */
  get column(): number {
    return this.#at - this.#lineStart;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The character under the cursor, empty at the end. */
  get character(): string {
    return this.#text[this.#at] ?? "";
  }

  textOf(token: Token): string {
    return this.#text.slice(token.start, token.end);
  }

  lineOf(offset: number): number {
    return locationAt(this.#text, offset, this.#file).line;
  }

  step(): void {
    this.#at++;
  }

  skipBlanks(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  /** True where nothing but a comment follows on the line. */
  isLineEnd(): boolean {
    const before = this.#text[this.#at - 1] ?? "\n";
    if (this.character === "#") return before === " " || before === "\n";
    return this.isAtEnd || this.character === "\n" || this.character === "\r";
  }

  /** Moves to the first character of the next line. */
  skipLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#lineStart = this.#at;
  }

  /** Demands that the line ends here. */
  endLine(): void {
    this.skipBlanks();
    if (!this.isLineEnd()) this.refuse(this.#at, "Cannot read the rest of this line", quotesHint);
  }

  /** `---` or `...` alone at the start of the line. */
  isMarker(): boolean {
    return this.column === 0 &&
      /^(?:---|\.\.\.)(?:[ \r\n]|$)/.test(this.#text.slice(this.#at, this.#at + 4));
  }

  /** `-` and a blank: the start of a list item. */
  isDash(): boolean {
    return this.character === "-" && isBlank(this.#text[this.#at + 1]);
  }

  /** `:` and a blank, perhaps after blanks: what was read is a key. */
  isColon(): boolean {
    this.skipBlanks();
    return this.character === ":" && isBlank(this.#text[this.#at + 1]);
  }

  /**
   * Counts texts, keys, lists and mappings. SECURITY: empty lists cost two characters each, and the
   * reader behind this takes its time for every one.
   */
  countValue(): void {
    if (++this.#values <= maxPolicyNodes) return;
    this.refuse(this.#at, `Cannot read over ${maxPolicyNodes} values`, "write a shorter policy");
  }

  /** Reads quoted or plain text, which ends on its line. */
  readScalar(isInFlow: boolean): Token {
    this.countValue();
    if (this.isLineEnd()) this.refuse(this.#at, "Cannot find a value here", "close the bracket");
    const first = this.character;
    if (first === '"' || first === "'") return this.#readQuoted(first);
    const meaning = indicators[first];
    const isWord = "?:-".includes(first) && !/[\s,[\]{}]/.test(this.#text[this.#at + 1] ?? "\n");
    if (meaning !== undefined && !isWord) {
      this.refuse(this.#at, `Cannot use ${meaning}`, quotesHint);
    }
    return this.#readPlain(isInFlow);
  }

  /** Throws at `offset`. */
  refuse(offset: number, message: string, hint: string): never {
    const location = locationAt(this.#text, offset, this.#file);
    throw new EngineError("policy_syntax", message, { hint, location });
  }

  #readQuoted(quote: string): Token {
    const pattern = quote === '"' ? /"(?:[^"\\\r\n]|\\[^\r\n])*"/y : /'(?:[^'\r\n]|'')*'/y;
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) {
      this.refuse(this.#at, "Cannot find the closing quote", "close the text on its own line");
    }
    return this.#token("quoted", pattern.lastIndex);
  }

  #readPlain(isInFlow: boolean): Token {
    const stop = isInFlow ? /[\r\n,[\]{}]| #|:(?=[\s,[\]{}]|$)/g : /[\r\n]| #|:(?=\s|$)/g;
    stop.lastIndex = this.#at;
    let end = stop.exec(this.#text)?.index ?? this.#text.length;
    while (this.#text[end - 1] === " ") end--;
    const token = this.#token("plain", end);
    const word = this.textOf(token);
    const isNumber = numberLike.test(word) && !jsonNumber.test(word);
    if (isNumber || oldBoolean.test(word)) {
      const message = `Cannot read ${oneLine(word, 40)}: YAML readers disagree about it`;
      this.refuse(token.start, message, "write true, false, a plain decimal number, or use quotes");
    }
    return token;
  }

  #token(kind: Token["kind"], end: number): Token {
    const start = this.#at;
    this.#at = end;
    return { kind, start, end };
  }
}

const quotesHint = 'put text that begins with or holds such characters into quotes: "*.env"';

function hiddenHint(code: string): string {
  if (code === "0009") return "use spaces, not tabs";
  return "save the file as UTF-8 without BOM and with LF line ends; write odd characters as \\u escapes";
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || /\s/.test(character);
}
