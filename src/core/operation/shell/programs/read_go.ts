/**
 * go: what its subcommands write and run.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { optionValues, readOptions } from "./read_options.ts";
import { known, UseBuilder } from "./use_builder.ts";

export function readGo(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [command, ...rest] = invocation.args;
  const action = command?.text ?? "";
  const options =
    "o> exec$ toolexec$ vettool$ coverprofile> cpuprofile> memprofile> blockprofile> " +
    "mutexprofile> trace> outputdir+ modfile> overlay< C: run: bench: count: timeout: " +
    "tags: ldflags: gcflags: p: mod: n: race v x cover short json benchtime: coverpkg: " +
    "parallel: u t d w compat: go: covermode: buildmode: failfast a work vet: fuzz: " +
    "fuzztime: list: shuffle: skip: m f e test deps";
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
