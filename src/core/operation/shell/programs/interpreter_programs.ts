/**
 * Interpreters: code in a word, a script, a module, or whatever comes in.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { backupOf } from "./path_words.ts";
import { hasOption, type OptionsRead, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { readDeno } from "./read_deno.ts";
import { runPythonModule } from "./run_python_module.ts";
import { UseBuilder } from "./use_builder.ts";

interface Interpreter {
  readonly names: string;
  readonly language: string;
  /** Marks here: `:` for code is told by `code`, for scripts by `scripts`. */
  readonly options: string;
  /** Options (first alias) whose value is code, or a script. */
  readonly code: readonly string[];
  readonly scripts?: readonly string[];
}

const nodeOptions =
  "+ e,eval: p,print v,version r,require: import: loader,experimental-loader: -ic h,help " +
  "C,conditions: env-file< env-file-if-exists< input-type: title: inspect? inspect-brk? " +
  "max-old-space-size: cpu-prof heap-prof prof cpu-prof-dir+ heap-prof-dir+ diagnostic-dir+ redirect-warnings> " +
  "report-directory,report-dir+ report-filename> trace-event-file-pattern> logfile> tls-keylog> " +
  "cpu-prof-name> heap-prof-name> localstorage-file> openssl-config< icu-data-dir: test test-name-pattern: test-reporter: " +
  "test-reporter-destination> watch watch-path: check no-warnings experimental-strip-types " +
  "enable-source-maps trace-warnings expose-gc run: tls-cipher-list: stack-trace-limit: " +
  "unhandled-rejections: disable-warning: snapshot-blob> build-snapshot version help -v";

const interpreters: readonly Interpreter[] = [
  {
    names: "python python2 python3 pypy pypy3 python3.8 python3.9 python3.10 python3.11 " +
      "python3.12 python3.13 python3.14",
    language: "python",
    options: "+ c. m. W: X: Q: -bBdEhiIOPqsSuvVx? check-hash-based-pycs: version help",
    code: ["c"],
  },
  {
    names: "node nodejs",
    language: "javascript",
    options: nodeOptions,
    code: ["e", "p"],
    scripts: ["r", "import", "loader"],
  },
  {
    names: "ruby jruby",
    language: "ruby",
    options: "+ e: i? r: I: C: E: 0# F? K? T? W? x? l# -acdhlnpsSUvwy version verbose enable: " +
      "disable: encoding: external-encoding: internal-encoding: yjit jit",
    code: ["e"],
    scripts: ["r"],
  },
  {
    names: "perl perl5",
    language: "perl",
    options: "+ e: E: i? I: m? M? 0# l# C# D? d? F? x? V? -acfgnpsStTuUvwWX",
    code: ["e", "E"],
  },
  {
    names: "php",
    language: "php",
    options: "+ r: R: B: E: f: F: c< d: S: t: z: -aChHilmnqsvw rf: rc:",
    code: ["r", "R", "B", "E"],
    scripts: ["f", "F"],
  },
  {
    names: "lua luajit lua5.1 lua5.3 lua5.4 texlua",
    language: "lua",
    options: "+ e: l: -ivEWbjO",
    code: ["e"],
  },
  {
    names: "Rscript R r",
    language: "r",
    options: "+ e: f,file: vanilla no-save slave quiet no-environ",
    code: ["e"],
    scripts: ["f"],
  },
  { names: "osascript", language: "applescript", options: "+ e: l: s: -i", code: ["e"] },
  {
    names: "tclsh wish expect",
    language: "tcl",
    options: "+ c: f: -bdin",
    code: ["c"],
    scripts: ["f"],
  },
  {
    names: "julia",
    language: "julia",
    options: "+ e,eval: E,print: L,load: p: t,threads: J: C: O: project? -iqv",
    code: ["e", "E"],
    scripts: ["L"],
  },
  {
    names: "elixir iex",
    language: "elixir",
    options: "+ e,eval: r: S: pa: pz: rpc-eval2:",
    code: ["e", "rpc-eval"],
    scripts: ["r"],
  },
  {
    names: "guile racket sbcl clisp scheme",
    language: "lisp",
    options: "+ c: e,eval: l,load: s: x: f: r:",
    code: ["c", "e", "x"],
    scripts: ["l", "s", "f", "r"],
  },
  {
    names: "groovy scala kotlin swift ghci runghc runhaskell ocaml crystal dart nim escript raku",
    language: "script",
    options: "+ e: r: cp: classpath:",
    code: ["e"],
  },
  {
    names: "dc gnuplot octave maxima sage gawk-shell",
    language: "calculator",
    options: "+ e,expression: f,file: eval: -lqsiw",
    code: ["e", "eval"],
    scripts: ["f"],
  },
];

export const interpreterPrograms: readonly ProgramEntry[] = [
  ...interpreters.map((interpreter): ProgramEntry => [
    interpreter.names,
    (invocation) => readInterpreter(invocation, interpreter),
  ]),
  ["deno", readDeno],
  ["ts-node tsx bun-node swc-node esno jiti vite-node", readNodeLike],
];

function readInterpreter(invocation: Invocation, interpreter: Interpreter): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, interpreter.options);
  const { language, code, scripts = [] } = interpreter;
  builder.options(read);
  if (!read.isSure) builder.opaque(`${invocation.name} has an option nobody here knows`);
  for (const { name, value } of read.options) {
    if (value === null) continue;
    if (code.includes(name)) builder.run({ kind: "code", language, text: value });
    const isNamed = language !== "javascript" && language !== "ruby";
    if (scripts.includes(name) && (isNamed || isFileName(value))) builder.script(language, value);
    if (name === "M" || (name === "m" && language === "perl")) readPerlModule(builder, value);
  }
  const changesFolder = read.options.find(({ name }) => name === "C" && language === "ruby");
  if (changesFolder?.value) builder.folder = changesFolder.value;
  const hasCode = read.options.some(({ name, value }) => code.includes(name) && value !== null) ||
    hasOption(read, "run");
  if (hasOption(read, "i") && /^(?:perl|ruby)$/.test(language)) editInPlace(builder, read);
  else if (language === "perl" || language === "ruby") {
    // `perl -ne CODE FILE` reads its operands.
    if (hasCode) builder.touchAll("read", read.operands);
  }
  if (!hasCode) runMain(builder, language, read);
  // SECURITY: then it reads what a person would type.
  else if (hasOption(read, "i") && /^(?:python|javascript)$/.test(language)) {
    builder.run({ kind: "input", language });
  }
  return builder.end();
}

function runMain(builder: UseBuilder, language: string, read: OptionsRead): void {
  const module = language === "python" ? read.options.find(({ name }) => name === "m") : undefined;
  const [file] = read.operands;
  // `node -p CODE`, `node --test`.
  if (hasOption(read, "p") && file !== undefined) {
    return builder.run({ kind: "code", language, text: file });
  }
  if (hasOption(read, "test") && file === undefined) return;
  if (module?.value) runPythonModule(builder, module.value, read.operands);
  else if (file !== undefined && file.text !== "-") builder.script(language, file);
  else if (file === undefined && hasOption(read, "version", "V", "v", "h", "help", "scripts")) {
    return;
  } else builder.run({ kind: "input", language });
}

/** A bare name is a package, which somebody installed; `data:` is code. */
function isFileName({ text, isKnown }: Argument): boolean {
  return !isKnown || /^[./~]|:/.test(text);
}

function readPerlModule(builder: UseBuilder, value: Argument): void {
  // SECURITY: `-MFoo;CODE` and `-M'Foo=...;'` are code.
  if (!value.isKnown || /[^\w:=,-]/.test(value.text)) {
    builder.run({ kind: "code", language: "perl", text: value });
  }
}

function editInPlace(builder: UseBuilder, read: OptionsRead): void {
  builder.touchAll("write", read.operands);
  for (const { name, value } of read.options) {
    if (name !== "i" || value === null || value.text === "") continue;
    for (const operand of read.operands) builder.touch("write", backupOf(operand, value));
  }
}

function readNodeLike(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    `${nodeOptions} P,project< T,transpile-only files esm watch`,
  );
  const [first, second] = read.operands;
  for (const { name, value } of read.options) {
    if (value === null) continue;
    if (name === "e" || name === "p") {
      builder.run({ kind: "code", language: "javascript", text: value });
    }
    if (name === "r" && isFileName(value)) builder.script("javascript", value);
  }
  const file = first?.text === "watch" ? second : first;
  if (file !== undefined) builder.script("javascript", file);
  return builder.end();
}
