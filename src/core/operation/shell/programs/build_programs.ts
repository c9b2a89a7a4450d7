/**
 * Compilers and build tools: what they write, and the file that says what they run.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { readCompiler } from "./read_compiler.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, show, UseBuilder } from "./use_builder.ts";

export const buildPrograms: readonly ProgramEntry[] = [
  [
    "gcc g++ cc c++ clang clang++ cpp tcc icc emcc gfortran nvcc ld gold lld mold as nasm yasm ghc ocamlopt ocamlc fpc gnat javac kotlinc scalac swiftc dmd ldc2 valac",
    readCompiler,
  ],
  ["rustc", readCompiler],
  ["make gmake bmake remake", readMake],
  [
    "just",
    readTask(
      "just",
      "justfile",
      "f,justfile< d,working-directory: c,command* set2: shell* E,dotenv-path< shell-arg: -nlquv list dry-run yes summary",
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
    "bazel bazelisk buck2 pants sbt lein mix rebar3 cabal stack dune opam zig meson scons waf xmake premake xcodebuild flutter",
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
    "C,directory: f,file,makefile: I,include-dir: j? jobs? l? O? output-sync? o,old-file: W,what-if,new-file: E,eval* debug? -bBdehikLmnpqrRsStvw silent quiet keep-going always-make dry-run just-print question touch no-print-directory print-directory version warn-undefined-variables no-builtin-rules trace ignore-errors environment-overrides",
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
    "% S: B+ C* P: D: U: G: T: A: build: install: prefix: target: t: config: j: parallel: preset: toolchain: graphviz> trace-redirect> profiling-output> workflow open: L LA N version",
  );
  builder.options(read);
  for (const file of optionValues(read, "P")) builder.script("cmake", file);
  if (hasOption(read, "install")) {
    builder.mayTouch("write", optionValues(read, "prefix")[0] ?? known("."));
  }
  if (!hasOption(read, "build", "install", "P")) builder.script("cmake", known("CMakeLists.txt"));
  return builder.end();
}

const cargoCommands = new Set(
  ("build b test t run r check c clippy doc d bench clean update search publish uninstall tree fetch " +
    "vendor metadata package login logout owner yank audit deny nextest expand outdated machete " +
    "llvm-cov miri xtask make tarpaulin hack semver-checks insta version help locate-project pkgid " +
    "verify-project generate-lockfile rustdoc rustc info report sort udeps criterion flamegraph")
    .split(" "),
);

function readCargo(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const words = invocation.args.filter(({ text }) => !text.startsWith("+"));
  const read = readOptions(
    words,
    "manifest-path< target-dir+ config* Z: C: p,package: F,features: j,jobs: target: message-format: color: bin: example: test: bench: profile: exclude: root+ path: git@ branch: tag: rev: version: out-dir+ artifact-dir+ registry: index@ edition: name: vcs: -qvVrhin lib all workspace release all-features no-default-features fix! allow-dirty allow-staged dev build dry-run locked offline frozen verbose all-targets tests benches bins no-run no-fail-fast open no-deps check",
  );
  builder.options({ ...read, options: read.options.filter(({ mark }) => mark !== "!") });
  builder.folder = optionValues(read, "C").at(-1) ?? null;
  const [command, ...operands] = read.operands;
  const action = command?.text ?? "";
  const writes = /^fix$/.test(action) || (action === "fmt" && !hasOption(read, "check")) ||
    hasOption(read, "fix");
  if (writes) builder.mayTouch("write", known("."), "*.rs");
  if (/^(?:add|remove|rm)$/.test(action)) {
    for (const file of ["Cargo.toml", "Cargo.lock"]) {
      builder.touch("write", known(file), { isPossible: true });
    }
  }
  if (action === "new") builder.touchAll("create", operands.slice(0, 1));
  if (/^(?:add|update|install|search|publish|fetch)$/.test(action)) builder.connectAnywhere();
  if (action === "watch") { for (const word of operands) builder.shell(word); }
  const isKnown = cargoCommands.has(action) ||
    /^(?:|fmt|fix|add|remove|rm|new|init|install|watch)$/.test(action);
  if (!isKnown) builder.opaque(`cargo ${action} may be any program`);
  return builder.end();
}

function readGo(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [command, ...rest] = invocation.args;
  const action = command?.text ?? "";
  const options =
    "o> exec$ toolexec$ vettool$ coverprofile> cpuprofile> memprofile> blockprofile> mutexprofile> trace> outputdir+ modfile> overlay< C: run: bench: count: timeout: tags: ldflags: gcflags: p: mod: n: race v x cover short json benchtime: coverpkg: parallel: u t d w compat: go: covermode: buildmode: failfast a work vet: fuzz: fuzztime: list: shuffle: skip: m f e test deps";
  const read = readOptions(rest, `% ${options}`);
  builder.options(read);
  builder.folder = optionValues(read, "C").at(-1) ?? null;
  if (action === "fmt") builder.mayTouch("write", known("."), "*.go");
  if (action === "fix") builder.mayTouch("write", known("."), "*.go");
  if (action === "generate") builder.opaque("go generate runs what comments say");
  if (action === "env" && rest.some(({ text }) => /^-[wu]$/.test(text))) {
    builder.unverified("go env -w changes what go runs");
  }
  if (/^(?:get|mod|work|install)$/.test(action)) {
    builder.connectAnywhere();
    for (const file of ["go.mod", "go.sum", "go.work"]) {
      builder.touch("write", known(file), { isPossible: true });
    }
  }
  if (action === "run") {
    for (const file of read.operands.slice(0, 1)) {
      builder.script("go", file);
    }
  }
  if (
    !/^(?:|build|test|run|fmt|fix|generate|env|get|mod|work|install|vet|list|version|doc|clean|tool|help|bug|telemetry)$/
      .test(action)
  ) builder.opaque(`go ${action} is not known`);
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
