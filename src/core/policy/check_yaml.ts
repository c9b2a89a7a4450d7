/**
 * The part of YAML a policy may use. Readers of YAML disagree about its corners; this refuses the
 * corners before any of them reads the text, so that what a person sees is what is in force. It
 * knows lines and tokens, nothing of policies. SPEC.md, "Text", lists the rules.
 *
 * @module
 */
import { maxDepth } from "../limits.ts";
import { type Token, YamlScanner } from "./yaml_scanner.ts";

/** Keys of one mapping. SECURITY: some readers take quadratic time to compare them. */
const maxKeys = 1_000;

/** Text to every reader: no number, null, boolean or merge key `<<`, nothing escaped. */
const keyText = /^[A-Za-z_\u0080-\uffff][^\\']*$/;
const noKeyText = /^(?:null|true|false)$/i;

const lineHint = "write the value on its key's line, a list item after its own dash";

/** An open mapping or list: a block by its column, or a flow collection by its bracket. */
interface Level {
  readonly opener: "block" | "[" | "{";
  readonly column: number;
  /** Each key in NFKC, with the offset it stands at. */
  readonly keys: Map<string, number>;
}

/**
 * Refuses text outside the subset. Linear in the text, no recursion.
 *
 * @throws {EngineError} `policy_syntax` with the location of the first offence.
 */
export function checkYaml(text: string, file: string): void {
  new YamlChecker(new YamlScanner(text, file)).check();
}

class YamlChecker {
  readonly #scanner: YamlScanner;
  readonly #levels: Level[] = [];
  /** How far right the next line may start: further right it would continue this line's text. */
  #maxColumn = 0;

  constructor(scanner: YamlScanner) {
    this.#scanner = scanner;
  }

  check(): void {
    const scanner = this.#scanner;
    for (let isFirst = true; !scanner.isAtEnd; scanner.skipLine()) {
      scanner.skipBlanks();
      if (scanner.isLineEnd()) continue;
      if (scanner.isMarker()) this.#checkMarker(isFirst);
      else this.#checkLine();
      isFirst = false;
    }
  }

  /** One `---` may stand before everything else. */
  #checkMarker(isFirst: boolean): void {
    const scanner = this.#scanner;
    if (!isFirst || scanner.character === ".") {
      scanner.refuse(
        scanner.at,
        "Cannot read more than one document",
        "keep one policy in one file",
      );
    }
    for (let i = 0; i < 3; i++) scanner.step();
    scanner.endLine();
  }

  /** `- ` any number of times, then `key:`, `key: value`, or a list item's value. */
  #checkLine(): void {
    const scanner = this.#scanner;
    if (scanner.column > this.#maxColumn) {
      scanner.refuse(scanner.at, "Cannot read a value over several lines", lineHint);
    }
    let dashColumn = -1;
    this.#openBlock();
    while (scanner.isDash()) {
      dashColumn = scanner.column;
      scanner.step();
      scanner.skipBlanks();
      if (scanner.isLineEnd()) {
        scanner.refuse(scanner.at, "Cannot read a list item that is not on its line", lineHint);
      }
      this.#openBlock();
    }
    const column = scanner.column;
    const token = this.#readNode();
    if (scanner.isColon()) return this.#checkPair(token, column);
    if (dashColumn < 0) scanner.refuse(token.start, "Cannot read a value without a key", lineHint);
    this.#maxColumn = dashColumn;
    scanner.endLine();
  }

  /** The rest of a line after a key; the cursor is on the colon. */
  #checkPair(key: Token, column: number): void {
    const scanner = this.#scanner;
    this.#addKey(key);
    scanner.step();
    scanner.skipBlanks();
    this.#maxColumn = Infinity;
    if (scanner.isLineEnd()) return;
    this.#maxColumn = column;
    this.#readNode();
    scanner.endLine();
  }

  #readNode(): Token {
    const { character, at } = this.#scanner;
    if (character !== "[" && character !== "{") return this.#scanner.readScalar(false);
    this.#checkFlow(character);
    return { kind: "flow", start: at, end: this.#scanner.at };
  }

  /** A flow collection over any number of lines; the cursor is on its bracket. */
  #checkFlow(bracket: "[" | "{"): void {
    const outside = this.#levels.length;
    this.#open(bracket);
    let next: "item" | "value" | "comma" = "item";
    while (this.#levels.length > outside) {
      this.#skipFlowSpace();
      const { character } = this.#scanner;
      if (next !== "value" && (character === "]" || character === "}")) {
        this.#close(character);
        next = "comma";
      } else if (next === "comma") {
        this.#checkComma();
        next = "item";
      } else if (this.#isKeyNext(next)) {
        this.#checkFlowKey();
        next = "value";
      } else if (character === "[" || character === "{") {
        this.#open(character);
        next = "item";
      } else {
        this.#scanner.readScalar(true);
        next = "comma";
      }
    }
  }

  #isKeyNext(next: "item" | "value"): boolean {
    return next === "item" && this.#levels.at(-1)?.opener === "{";
  }

  #checkFlowKey(): void {
    const scanner = this.#scanner;
    const { character, at } = scanner;
    if (character === "[" || character === "{") {
      scanner.refuse(at, "Cannot use a collection as a key", "write a word and a colon after it");
    }
    const key = scanner.readScalar(true);
    scanner.skipBlanks();
    if (scanner.character !== ":") scanner.refuse(at, "Cannot find a value for this key", lineHint);
    this.#addKey(key);
    scanner.step();
  }

  #checkComma(): void {
    const scanner = this.#scanner;
    if (scanner.character !== ",") {
      scanner.refuse(
        scanner.at,
        "Cannot find the comma or bracket wanted here",
        "close the bracket",
      );
    }
    scanner.step();
  }

  #skipFlowSpace(): void {
    const scanner = this.#scanner;
    for (scanner.skipBlanks(); scanner.isLineEnd() && !scanner.isAtEnd; scanner.skipBlanks()) {
      scanner.skipLine();
    }
  }

  /** Opens the block at this column and closes those further right. */
  #openBlock(): void {
    const { column } = this.#scanner;
    while ((this.#levels.at(-1)?.column ?? -1) > column) this.#levels.pop();
    if (this.#levels.at(-1)?.column !== column) this.#push("block");
  }

  #open(bracket: "[" | "{"): void {
    this.#push(bracket);
    this.#scanner.step();
  }

  #push(opener: Level["opener"]): void {
    const { at, column } = this.#scanner;
    if (this.#levels.length >= maxDepth) {
      this.#scanner.refuse(at, `Cannot read more than ${maxDepth} levels`, "nest less deeply");
    }
    this.#scanner.countValue();
    this.#levels.push({ opener, column, keys: new Map() });
  }

  #close(bracket: "]" | "}"): void {
    const opener = bracket === "]" ? "[" : "{";
    if (this.#levels.at(-1)?.opener !== opener) {
      this.#scanner.refuse(
        this.#scanner.at,
        `Cannot close with ${bracket} here`,
        `open with ${opener}`,
      );
    }
    this.#levels.pop();
    this.#scanner.step();
  }

  #addKey(token: Token): void {
    const scanner = this.#scanner;
    const written = scanner.textOf(token);
    const key = (token.kind === "quoted" ? written.slice(1, -1) : written).normalize("NFKC");
    const isPlainWord = token.kind !== "flow" && token.end === scanner.at &&
      keyText.test(key) && !noKeyText.test(key);
    if (!isPlainWord) {
      scanner.refuse(token.start, "Cannot use this as a key", "write a word and a colon after it");
    }
    const keys = this.#levels.at(-1)?.keys ?? new Map<string, number>();
    const first = keys.get(key);
    if (first !== undefined) {
      const message = `Cannot use one key twice: line ${scanner.lineOf(first)} has it too`;
      const hint = key === "checks"
        ? "write `checks:` once, with all its items (`- id: ...`) below it"
        : "remove one of the two";
      scanner.refuse(token.start, message, hint);
    }
    if (keys.size >= maxKeys) {
      scanner.refuse(token.start, `Cannot read more than ${maxKeys} keys`, "shorten the policy");
    }
    keys.set(key, token.start);
  }
}
