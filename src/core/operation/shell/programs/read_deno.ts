/**
 * deno: scripts, code, tasks, and the files it formats.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, readOptions } from "./read_options.ts";
import { known, UseBuilder } from "./use_builder.ts";

const denoOptions =
  "c,config< L,log-level: import-map< lock< cert< env-file? r,reload? A,allow-all " +
  "allow-read? allow-write? allow-net? allow-env? allow-run? allow-sys? allow-ffi? " +
  "location: seed: " +
  "preload: o,output> coverage> junit-path> ext: watch? inspect? unstable? v8-flags? cwd: " +
  "f,filter: P? -qNRWES quiet no-check check no-lock frozen? cached-only no-prompt no-remote doc";

export function readDeno(invocation: Invocation): ProgramUse {
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
    if (file?.text === "-") builder.run({ kind: "input", language: "javascript" });
    else if (/^(?:npm|jsr|https?|data):/.test(file?.text ?? "")) {
      builder.opaque("nobody has read the module that deno runs");
    } else if (file !== undefined) builder.script("javascript", file);
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
