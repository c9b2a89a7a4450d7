/**
 * Collects what a program does. Words of one letter in tables:
 *
 * `<` read, `f` read unless it is plainly a folder, `>` write, `+` create, `x` delete, `m` chmod, `o` chown, `l` link, `@` connect,
 * `t` write it or, of a folder, any file in it, `$` shell text, `*` nobody knows what, `-` and anything else nothing.
 *
 * @module
 */
import type { Verb } from "../../effect.ts";
import type { Doubt } from "../../effect_plan.ts";
import type { Argument, Input, Invocation, ProgramUse, Run, Touch } from "../program_use.ts";
import { hostOf } from "./host_of.ts";
import type { OptionsRead } from "./read_options.ts";
import { trimSlashes } from "./trim_slashes.ts";

const verbByMark: Readonly<Record<string, Verb>> = {
  "<": "read",
  ">": "write",
  "+": "create",
  "x": "delete",
  "m": "chmod",
  "o": "chown",
  "l": "link",
};

/** Reading or writing these changes no file. */
const devices = /^\/dev\/(?:null|zero|u?random|tty)$/;
const streams = /^\/dev\/(?:std(?:in|out|err)|fd\/\d+)$/;

export function known(text: string): Argument {
  return { text, isKnown: true };
}

/** A word of which only the beginning is known. */
export function unknown(text = ""): Argument {
  return { text, isKnown: false };
}

/** Every path below a folder, or those whose last name matches. */
export function foundBelow(folder: string, name: string | null = null): Argument {
  return { text: "", isKnown: false, found: { folder, name } };
}

export class UseBuilder {
  readonly invocation: Invocation;
  readonly #touches: Touch[] = [];
  readonly #seen = new Set<string>();
  readonly #runs: Run[] = [];
  readonly #doubts: Doubt[] = [];
  folder: Argument | null = null;

  constructor(invocation: Invocation) {
    this.invocation = invocation;
  }

  touch(verb: Verb, argument: Argument, more: Omit<Touch, "verb" | "argument"> = {}): void {
    const { text, isKnown } = argument;
    if (isKnown && (text === "" || text === "-")) return;
    if (isKnown && (verb === "read" || verb === "write") && devices.test(text)) return;
    if (isKnown && verb === "read" && streams.test(text)) return;
    const key = JSON.stringify([verb, argument, more]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#touches.push({ verb, argument, ...more });
  }

  touchAll(verb: Verb, args: readonly Argument[]): void {
    for (const argument of args) this.touch(verb, argument);
  }

  /** What may happen to any file below a folder, or to those of one name. */
  mayTouch(verb: Verb, folder: Argument, name: string | null = null): void {
    const place = trimSlashes(folder.text);
    const argument = folder.isKnown ? foundBelow(place, name) : folder;
    this.touch(verb, argument, { isPossible: true });
  }

  /** The path is changed; where it is a folder, anything in it may be. */
  touchTree(verb: Verb, argument: Argument, name: string | null = null): void {
    if (/[*?[{]/.test(argument.text) && argument.isKnown) {
      const [folder = ""] = /^[^*?[{]*\//.exec(argument.text) ?? [];
      this.mayTouch(verb, known(trimSlashes(folder) || "."), name);
      return;
    }
    if (!isFolder(argument)) this.touch(verb, argument, { unlessFolder: true });
    this.mayTouch(verb, argument, name);
  }

  /** A host, a URL, `user@host:path`; a URL of a file is a file. */
  connect(argument: Argument): void {
    if (/^file:/i.test(argument.text)) {
      const text = argument.text.replace(/^file:(?:\/\/[^/]*)?/i, "");
      this.touch("read", { ...argument, text });
    } else this.touch("connect", hostOf(argument), { kind: "host" });
  }

  connectAnywhere(): void {
    this.touch("connect", known("*"), { kind: "host" });
  }

  run(run: Run): void {
    this.#runs.push(run);
  }

  argv(argv: readonly Argument[]): void {
    if (argv.length > 0) this.run({ kind: "argv", argv });
  }

  shell(text: Argument): void {
    this.run({ kind: "shell", text });
  }

  get runsShell(): boolean {
    return this.#runs.some(({ kind }) => kind === "shell");
  }

  script(language: string, file: Argument): void {
    this.run({ kind: "script", language, file });
  }

  opaque(reason: string): void {
    this.#doubt("opaque", reason);
  }

  unverified(reason: string): void {
    this.#doubt("unverified", reason);
  }

  /** Does to a word what a mark says. */
  mark(mark: string, argument: Argument): void {
    const verb = verbByMark[mark];
    if (verb !== undefined) this.touch(verb, argument);
    else if (mark === "f" && !isHere(argument)) this.touch("read", argument);
    else if (mark === "@") this.connect(argument);
    else if (mark === "&") this.connectAnywhere();
    else if (mark === "$") this.shell(argument);
    else if (mark === "*") this.opaque(`nobody reads ${show(argument)} of ${this.invocation.name}`);
  }

  /** The options whose marks say all there is to them. */
  options(read: OptionsRead): void {
    for (const { mark, value } of read.options) if (value !== null) this.mark(mark, value);
    const [word] = read.dynamic;
    if (!read.canWrite || word === undefined) return;
    // SECURITY: `curl $X` with X=-o.env writes.
    this.unverified(`${show(word)} may be an option of ${this.invocation.name}`);
  }

  /**
   * One mark per operand, the last one for all that follow.
   *
   * @param glob Names of files that a program looks for in folders it is given.
   */
  operands(read: OptionsRead, marks: string, glob: string | null = null): void {
    const own = read.isFirstGiven ? marks.slice(1) : marks;
    const isWritten = read.options.some(({ mark }) => mark === "!");
    const isRead = read.options.some(({ mark }) => mark === "=");
    const all = distinctMarks(own);
    for (const [at, operand] of [...read.operands, ...read.guesses].entries()) {
      const isGuess = at >= read.operands.length;
      const mark = own[Math.min(at, own.length - 1)] ?? "";
      for (const each of read.isSure ? mark : all) {
        const isTree = each === "t" || (isWritten && each !== "-");
        if (isTree && !isRead) this.touchTree("write", operand, glob);
        // What only reads keeps its flags to itself: `--color=auto` is no file.
        else if (!"<f".includes(each) || !isGuess || /[./]/.test(operand.text)) {
          this.mark(each === "t" ? "f" : each, operand);
        }
      }
    }
  }

  end(output: Input | null = null): ProgramUse {
    return {
      touches: this.#touches,
      runs: this.#runs,
      doubts: this.#doubts,
      ...this.folder === null ? {} : { folder: this.folder },
      ...output === null ? {} : { output },
    };
  }

  #doubt(kind: Doubt["kind"], reason: string): void {
    this.#doubts.push({ kind, reason });
  }
}

/** A word as people see it. */
export function show({ text, isKnown }: Argument): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(isKnown ? shown : `${shown}…`);
}

/** Whether the text alone says that it is a folder. */
export function isFolder({ text, isKnown }: Argument): boolean {
  return isKnown && /(?:^|\/)\.{0,2}$/.test(text) && text !== "";
}

function isHere({ text, isKnown }: Argument): boolean {
  return isKnown && /^[./]*$/.test(text);
}

function distinctMarks(marks: string): string {
  // What is written need not also be read.
  const distinct = [...new Set(marks)].join("");
  return /[>+xmolt]/.test(distinct) ? distinct.replace(/[<f]/g, "") : distinct;
}
