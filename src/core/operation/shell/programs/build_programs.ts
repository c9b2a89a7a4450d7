/**
 * Compilers and build tools: what they write, and the file that says what they run.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { readCompiler } from "./read_compiler.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { readCargo } from "./read_cargo.ts";
import { readGo } from "./read_go.ts";
import { known, show, UseBuilder } from "./use_builder.ts";

export const buildPrograms: readonly ProgramEntry[] = [
  [
    "gcc g++ cc c++ clang clang++ cpp tcc icc emcc gfortran nvcc ld gold lld mold as " +
    "nasm yasm ghc ocamlopt ocamlc fpc gnat javac kotlinc scalac swiftc dmd ldc2 valac",
    readCompiler,
  ],
  ["rustc", readCompiler],
  ["make gmake bmake remake", readMake],
  [
    "just",
    readTask(
      "just",
      "justfile",
      "f,justfile< d,working-directory: c,command* set2: shell* E,dotenv-path< shell-arg: " +
        "-nlquv list dry-run yes summary",
    ),
  ],
  [
    "task go-task",
    readTask("task", "Taskfile.yml", "t,taskfile< d,dir: o: c -lagnpsvwx list list-all"),
  ],
  ["rake", readTask("rake", "Rakefile", "f,rakefile< e* E* p* r* R: -nTPqstvAWj")],
  ["rails", readTask("rails", "bin/rails", "+ e: p: b: -h")],
  ["gulp grunt", readTask("javascript", "gulpfile.js", "f,gulpfile< cwd: gruntfile< tasks")],
  ["invoke fab", readTask("python", "tasks.py", "c: r: f<")],
  ["ant", readTask("ant", "build.xml", "+ f,file,buildfile< lib*")],
  [
    "mvn mvnw",
    readTask("maven", "pom.xml", "f,file< s,settings< gs< t* l,log-file> P: pl: D: T: -qXUoBeNVv"),
  ],
  [
    "gradle gradlew",
    readTask(
      "gradle",
      "build.gradle",
      "b,build-file< c,settings-file< I,init-script* p,project-dir: g: D: P: x: -qdits",
    ),
  ],
  [
    "bazel bazelisk buck2 pants sbt lein mix rebar3 cabal stack dune opam zig meson " +
    "scons waf xmake premake xcodebuild flutter",
    readTask("build", "BUILD", "+ run_under* script_path> o> bazelrc*"),
  ],
  ["ninja samu", readTask("ninja", "build.ninja", "f< C: j: k: l: t: d: w: -nv")],
  ["cmake", readCmake],
  ["ctest cpack", readTask("cmake", "CMakeLists.txt", "+ S,script* O> C: j: R: E: L:")],
  ["cargo", readCargo],
  ["go", readGo],
  ["dotnet msbuild", readTask("dotnet", "Directory.Build.props", "o,output+ c: f: r: v: p:")],
  ["java", readJava],
  [
    "configure autoreconf autoconf automake aclocal libtool pkg-config pkgconf",
    readTask("shell", "configure.ac", "+ prefix:"),
  ],
];

function readMake(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "C,directory: f,file,makefile: I,include-dir: j? jobs? l? O? output-sync? " +
      "o,old-file: W,what-if,new-file: E,eval* debug? -bBdehikLmnpqrRsStvw silent quiet " +
      "keep-going always-make dry-run just-print question touch no-print-directory " +
      "print-directory version warn-undefined-variables no-builtin-rules trace " +
      "ignore-errors environment-overrides",
  );
  builder.options(read);
  for (const folder of optionValues(read, "C")) {
    builder.folder = builder.folder === null ? folder : {
      text: `${builder.folder.text}/${folder.text}`,
      isKnown: builder.folder.isKnown && folder.isKnown,
    };
  }
  const files = optionValues(read, "f");
  for (const file of files.length > 0 ? files : [known("Makefile")]) {
    if (file.text === "-" && file.isKnown) builder.opaque("make reads its makefile from a pipe");
    else builder.script("make", file);
  }
  for (const word of [...read.operands, ...read.guesses]) {
    // SECURITY: a variable may be the shell, or a program every rule runs.
    if (
      /^(?:SHELL|\.SHELLFLAGS|MAKEFLAGS|MAKEFILES|MAKE|GNUMAKEFLAGS)\s*[:+?!]*=/.test(word.text)
    ) {
      builder.unverified(`${show(word)} changes what make runs`);
    } else if (/^[\w.]+[:+?!]*=/.test(word.text) && /\$\(|`|[;&|<>]/.test(word.text)) {
      builder.opaque(`${show(word)} may run in a rule`);
    } else if (!word.isKnown && !word.text.includes("=")) {
      builder.unverified("a goal of make is not known");
    }
    if (/^(?:un)?install$/.test(word.text)) builder.mayTouch("write", known("."));
  }
  return builder.end();
}

/** Runs what a file of the project says. */
function readTask(
  language: string,
  file: string,
  options: string,
): (invocation: Invocation) => ProgramUse {
  return (invocation) => {
    const builder = new UseBuilder(invocation);
    const read = readOptions(invocation.args, options);
    builder.options(read);
    const [action, ...rest] = read.operands;
    if (action?.text === "exec") builder.argv(rest[0]?.text === "--" ? rest.slice(1) : rest);
    if (
      /^(?:r|runner)$/.test(action?.text ?? "") && rest[0] !== undefined &&
      invocation.name === "rails"
    ) {
      builder.run({ kind: "code", language: "ruby", text: rest[0] });
    }
    const folder = read.options.find(({ name, mark }) =>
      mark === ":" && /^(?:d|C|cwd|p|project-dir)$/.test(name)
    );
    if (folder?.value && !/^(?:rails|fab|dotnet)/.test(invocation.name)) {
      builder.folder = folder.value;
    }
    const files = read.options.filter(({ mark }) => mark === "<").flatMap(({ value }) =>
      value ?? []
    );
    for (const script of files.length > 0 ? files : [known(file)]) builder.script(language, script);
    return builder.end();
  };
}

const cmakeTools: Readonly<Record<string, readonly string[]>> = {
  rm: ["rm"],
  remove: ["rm"],
  remove_directory: ["rm", "-r"],
  copy: ["cp"],
  copy_if_different: ["cp"],
  copy_directory: ["cp", "-rT"],
  copy_directory_if_different: ["cp", "-rT"],
  rename: ["mv"],
  touch: ["touch"],
  touch_nocreate: ["touch"],
  make_directory: ["mkdir"],
  create_symlink: ["ln", "-s"],
  create_hardlink: ["ln"],
  env: ["env"],
  time: ["nohup"],
  tar: ["tar"],
  cat: ["cat"],
  compare_files: ["cmp"],
  echo: ["yes"],
  echo_append: ["yes"],
  sleep: ["sleep"],
  capabilities: ["yes"],
  environment: ["printenv"],
};

function readCmake(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [first, second, ...rest] = invocation.args;
  if (first?.text === "-E") {
    const tool = cmakeTools[second?.text ?? ""];
    if (tool !== undefined) builder.argv([...tool.map(known), ...rest]);
    else if (second?.text === "chdir" && rest[0] !== undefined) {
      builder.run({ kind: "argv", argv: rest.slice(1), folder: rest[0] });
    } else builder.opaque(`cmake -E ${show(second ?? known(""))} is not known`);
    return builder.end();
  }
  const read = readOptions(
    invocation.args,
    "% S: B+ C* P: D: U: G: T: A: build: install: prefix: target: t: config: j: " +
      "parallel: preset: toolchain: graphviz> trace-redirect> profiling-output> workflow " +
      "open: L LA N version",
  );
  builder.options(read);
  for (const file of optionValues(read, "P")) builder.script("cmake", file);
  if (hasOption(read, "install")) {
    builder.mayTouch("write", optionValues(read, "prefix")[0] ?? known("."));
  }
  if (!hasOption(read, "build", "install", "P")) builder.script("cmake", known("CMakeLists.txt"));
  return builder.end();
}

function readJava(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "% jar: cp: classpath: p: m: javaagent: agentpath: agentlib: D: version help",
  );
  const [jar] = optionValues(read, "jar");
  const isAgent = invocation.args.some(({ text }) =>
    /^-(?:javaagent|agent|XX:On\w+=|XX:Flags)/.test(text)
  );
  if (isAgent) builder.opaque("java runs an agent");
  const [main] = read.operands;
  if (jar !== undefined) builder.script("java", jar);
  else if (main !== undefined && main.text.endsWith(".java")) builder.script("java", main);
  return builder.end();
}
