/**
 * Interpreters: code in a word, a script, a module, or whatever comes in.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, type OptionsRead, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, UseBuilder } from "./use_builder.ts";

interface Interpreter {
  readonly names: string;
  readonly language: string;
  /** Marks here: `:` for code is told by `code`, for scripts by `scripts`. */
  readonly options: string;
  /** Options (first alias) whose value is code, or a script. */
  readonly code: readonly string[];
  readonly scripts?: readonly string[];
}

const nodeOptions = "+ e,eval: p,print: r,require: import: loader,experimental-loader: -ich " +
  "C,conditions: env-file< env-file-if-exists< input-type: title: inspect? inspect-brk? " +
  "max-old-space-size: cpu-prof-dir> heap-prof-dir> diagnostic-dir> redirect-warnings> " +
  "report-directory> openssl-config< icu-data-dir: test test-name-pattern: test-reporter: " +
  "test-reporter-destination> watch watch-path: check no-warnings experimental-strip-types " +
  "enable-source-maps trace-warnings expose-gc run: tls-cipher-list: stack-trace-limit: " +
  "unhandled-rejections: disable-warning: snapshot-blob> build-snapshot";

const interpreters: readonly Interpreter[] = [
  {
    names: "python python2 python3 pypy pypy3 python3.8 python3.9 python3.10 python3.11 " +
      "python3.12 python3.13 python3.14",
    language: "python",
    options: "+ c: m: W: X: Q: -bBdEhiIOPqsSuvVx? check-hash-based-pycs: version help",
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
    names: "bc dc gnuplot octave maxima sage gawk-shell",
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
    if (scripts.includes(name) && isFileName(value)) builder.script(language, value);
    if (name === "M" || (name === "m" && language === "perl")) readPerlModule(builder, value);
  }
  const changesFolder = read.options.find(({ name }) => name === "C" && language === "ruby");
  if (changesFolder?.value) builder.folder = changesFolder.value;
  const hasCode = hasOption(read, ...code, "run");
  if (hasOption(read, "i") && /^(?:perl|ruby)$/.test(language)) editInPlace(builder, read);
  else if (language === "perl" || language === "ruby") {
    // `perl -ne CODE FILE` reads its operands.
    if (hasCode) builder.touchAll("read", read.operands);
  }
  if (!hasCode) runMain(builder, language, read);
  return builder.end();
}

function runMain(builder: UseBuilder, language: string, read: OptionsRead): void {
  const module = language === "python" ? read.options.find(({ name }) => name === "m") : undefined;
  const [file] = read.operands;
  if (module?.value) runPythonModule(builder, module.value, read.operands);
  else if (file !== undefined && file.text !== "-") builder.script(language, file);
  else if (file === undefined && hasOption(read, "version", "V", "v", "h", "help", "scripts")) {
    return;
  } else builder.run({ kind: "input", language });
}

/** A bare name is a package, which somebody installed. */
function isFileName({ text, isKnown }: Argument): boolean {
  return !isKnown || /[./]/.test(text);
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

/** Where `-iSUFFIX` leaves the file as it was: `*` in the suffix is the file's own name. */
export function backupOf(file: Argument, suffix: Argument): Argument {
  if (!file.isKnown) return file;
  if (!suffix.text.includes("*")) {
    return { text: `${file.text}${suffix.text}`, isKnown: suffix.isKnown };
  }
  const slash = file.text.lastIndexOf("/") + 1;
  const name = suffix.text.replaceAll("*", () => file.text.slice(slash));
  const folder = suffix.text.includes("/") ? "" : file.text.slice(0, slash);
  return { text: folder + name, isKnown: suffix.isKnown };
}

/** Modules that are programs, under the names they have as such. */
const pythonPrograms: ReadonlySet<string> = new Set(
  ("pytest pip mypy black ruff flake8 isort pylint coverage build twine tox nox virtualenv poetry " +
    "pipx uvicorn gunicorn flask django ipython jupyter autopep8 yapf bandit pyright mkdocs sphinx " +
    "pre_commit pydoc celery alembic").split(" "),
);
const quietModules: ReadonlySet<string> = new Set(
  "unittest site this sysconfig platform doctest http.server calendar tabnanny ensurepip pyclbr ast tokenize dis inspect"
    .split(" "),
);

function runPythonModule(
  builder: UseBuilder,
  module: Argument,
  operands: readonly Argument[],
): void {
  const { text, isKnown } = module;
  const name = text.split(".")[0] ?? "";
  if (isKnown && pythonPrograms.has(name)) return builder.argv([known(name), ...operands]);
  if (isKnown && quietModules.has(text)) return;
  if (text === "venv") {
    return builder.touchAll(
      "create",
      operands.filter((word) => !word.text.startsWith("-")),
    );
  }
  if (text === "json.tool") return readJsonTool(builder, operands);
  if (text === "compileall" || text === "py_compile") return;
  if (/^(?:zipfile|tarfile)$/.test(text)) {
    builder.touchAll("write", operands.filter((word) => !word.text.startsWith("-")));
    return builder.opaque(`${text} unpacks names nobody has read`);
  }
  if (/^(?:timeit|pdb|cProfile|profile|trace|runpy)$/.test(text)) {
    return builder.opaque(`python module ${text} runs code`);
  }
  if (!isKnown) return builder.unverified("the module python runs is not known");
  // A module of the project, or one somebody installed.
  const path = text.replaceAll(".", "/");
  builder.script("python", known(`${path}.py`));
  builder.script("python", known(`${path}/__main__.py`));
}

function readJsonTool(builder: UseBuilder, operands: readonly Argument[]): void {
  const [source, target] = operands.filter((word) => !word.text.startsWith("-"));
  if (source !== undefined) builder.touch("read", source);
  if (target !== undefined) builder.touch("write", target);
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

const denoOptions =
  "c,config< L,log-level: import-map< lock< cert< env-file? r,reload? A,allow-all " +
  "allow-read? allow-write? allow-net? allow-env? allow-run? allow-sys? allow-ffi? location: seed: " +
  "preload: o,output> coverage> junit-path> ext: watch? inspect? unstable? v8-flags? cwd: " +
  "f,filter: P? -qNRWES quiet no-check check no-lock frozen? cached-only no-prompt no-remote doc";

function readDeno(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [command, ...rest] = invocation.args;
  const name = command?.text ?? "";
  const style = /^(?:run|eval|task|serve|compile|install|i)$/.test(name) ? "+ " : "";
  const read = readOptions(rest, style + denoOptions);
  builder.options(read);
  const [first, second] = read.operands;
  const isCheck = rest.some(({ text }) => text === "--check");
  if (name === "run" || name === "serve" || name === "compile" || /[./]/.test(name)) {
    const file = /[./]/.test(name) ? command : first;
    if (file !== undefined) builder.script("javascript", file);
    if (name === "compile" && !hasOption(read, "o")) builder.touch("write", known("a.out"));
  } else if (name === "eval" && first !== undefined) {
    builder.run({ kind: "code", language: "javascript", text: first });
  } else if (name === "task") builder.script("deno", known("deno.json"));
  else if (name === "bundle" && second !== undefined) builder.touch("write", second);
  else if (name === "fmt" && !isCheck) {
    // Of all it formats, what is not code is mostly protected by being well formed.
    for (const word of read.operands) builder.touchTree("write", word, "*.[jt]s*");
    if (read.operands.length === 0) builder.mayTouch("write", known("."), "*.[jt]s*");
  } else if (/^(?:repl)?$/.test(name)) builder.run({ kind: "input", language: "javascript" });
  else if (/^(?:add|remove|install|i|uninstall|outdated|update)$/.test(name)) {
    builder.connectAnywhere();
    for (const file of ["deno.json", "deno.lock", "package.json"]) {
      builder.touch("write", known(file), { isPossible: true });
    }
  } else if (/^(?:x|upgrade|init|jupyter|deploy|publish)$/.test(name)) {
    builder.opaque(`deno ${name} runs what it fetches`);
  }
  return builder.end();
}
