/**
 * cargo: everyday commands, and those that are other programs.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { known, UseBuilder } from "./use_builder.ts";

const cargoCommands = new Set(
  ("build b test t run r check c clippy doc d bench clean update search publish " +
    "uninstall tree fetch " +
    "vendor metadata package login logout owner yank audit deny nextest expand outdated machete " +
    "llvm-cov miri xtask make tarpaulin hack semver-checks insta version help " +
    "locate-project pkgid " +
    "verify-project generate-lockfile rustdoc rustc info report sort udeps criterion flamegraph")
    .split(" "),
);

export function readCargo(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const words = invocation.args.filter(({ text }) => !text.startsWith("+"));
  const read = readOptions(
    words,
    "manifest-path< target-dir+ config* Z: C: p,package: F,features: j,jobs: target: " +
      "message-format: color: bin: example: test: bench: profile: exclude: root+ path: " +
      "git@ branch: tag: rev: version: out-dir+ artifact-dir+ registry: index@ edition: " +
      "name: vcs: -qvVrhin lib all workspace release all-features no-default-features fix! " +
      "allow-dirty allow-staged dev build dry-run locked offline frozen verbose " +
      "all-targets tests benches bins no-run no-fail-fast open no-deps check",
  );
  builder.options({ ...read, options: read.options.filter(({ mark }) => mark !== "!") });
  builder.folder = optionValues(read, "C").at(-1) ?? null;
  const [command, ...operands] = read.operands;
  const action = command?.text ?? "";
  const writes = /^fix$/.test(action) ||
    (action === "fmt" && !words.some(({ text }) => text === "--check")) ||
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
