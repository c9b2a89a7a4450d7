// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Runs the WebAssembly specification's test suite on every module twice, with and without metering,
 * and compares every result, every trap and every state that can be seen from outside.
 *
 *   SEALWARD_WASM_SPEC=FOLDER task test:wasm-spec [NAME...]
 *
 * FOLDER holds the `.wast` files of a checkout of https://github.com/WebAssembly/spec, branch
 * `wg-2.0` (`test/core`), which is what the gate lets through, or of
 * https://github.com/WebAssembly/testsuite (Apache-2.0). `wast2json` is in Debian's `wabt`.
 */
import {
  emptyCount,
  SpecComparison,
  type SpecCount,
} from "../tests/support/wasm_spec/compare_lanes.ts";
import type { SpecCommand } from "../tests/support/wasm_spec/spec_command.ts";

const folder = Deno.env.get("SEALWARD_WASM_SPEC");
const count = emptyCount();
const files = { all: 0, unconverted: [] as string[] };

/** All .wast files below a folder, proposals left out: the gate refuses what they propose. */
function findScripts(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory) {
      return /^(?:proposals|legacy)$/.test(entry.name) ? [] : findScripts(inner);
    }
    return entry.name.endsWith(".wast") ? [inner] : [];
  });
}

/** wabt 1.0.32 does not know that the index of a table may be left out. */
function nameTables(text: string): string {
  return text.replace(/\(table\.(get|set|fill|grow|size)(?=\s*[()])/g, "(table.$1 0")
    .replace(/(?<![($])\btable\.size(?=\s*\))/g, "table.size 0");
}

async function convert(script: string, place: string): Promise<boolean> {
  Deno.writeTextFileSync(`${place}/script.wast`, nameTables(Deno.readTextFileSync(script)));
  const { success } = await new Deno.Command("wast2json", {
    args: ["--enable-all", "script.wast", "-o", "script.json"],
    cwd: place,
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function runScript(script: string): Promise<void> {
  const place = Deno.makeTempDirSync({ prefix: "wasm_spec_" });
  try {
    files.all++;
    const name = script.split("/").at(-1) ?? script;
    if (!await convert(script, place)) {
      files.unconverted.push(name);
      return;
    }
    const { commands } = JSON.parse(Deno.readTextFileSync(`${place}/script.json`)) as {
      commands: readonly SpecCommand[];
    };
    new SpecComparison(name, (file) => Deno.readFileSync(`${place}/${file}`), count).run(commands);
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
}

async function missing(): Promise<string | null> {
  if (folder === undefined) {
    return "set SEALWARD_WASM_SPEC to a folder with the .wast files of WebAssembly/spec or testsuite";
  }
  const { success } = await new Deno.Command("sh", { args: ["-c", "command -v wast2json"] })
    .output();
  return success ? null : "wast2json is not there (Debian: wabt)";
}

function report({ refused, differences, unexpected, ...rest }: SpecCount): void {
  for (const [why, times] of [...refused].sort((a, b) => b[1] - a[1])) {
    console.log(`refused ${String(times).padStart(4)}  ${why}`);
  }
  for (const line of unexpected) console.log(`unexpected   ${line}`);
  for (const line of differences) console.log(`DIFFERENCE   ${line}`);
  if (files.unconverted.length > 0) {
    console.log(`not converted by wast2json: ${files.unconverted.join(", ")}`);
  }
  const refusedModules = [...refused.values()].reduce((sum, times) => sum + times, 0);
  console.log(JSON.stringify({
    files: files.all,
    converted: files.all - files.unconverted.length,
    ...rest,
    refused: refusedModules,
    unexpected: unexpected.length,
    differences: differences.length,
  }));
}

const why = await missing();
if (why !== null || folder === undefined) {
  console.error(`wasm_spec: error: ${why}`);
  Deno.exit(1);
}
const wanted = Deno.args;
for (const script of findScripts(folder)) {
  if (wanted.length === 0 || wanted.some((name) => script.endsWith(`/${name}.wast`))) {
    await runScript(script);
  }
}
report(count);
Deno.exit(count.differences.length > 0 || count.assertions === 0 ? 1 : 0);
