/**
 * Compiles tests/vectors/wasm/ with compilers that others make. The same compiler gives the same
 * bytes; AssemblyScript is pinned by npm, the rest are the ones of Debian 12.
 */
import asc from "assemblyscript/asc";
import { out, type WasmFixture } from "./wasm_fixture.ts";

export const wasmFixtures: readonly WasmFixture[] = [
  {
    name: "c_native",
    source: "forbidden_word.c",
    command: [
      "clang-14",
      "--target=wasm32",
      "-O2",
      "-nostdlib",
      "-ffreestanding",
      "-fno-builtin",
      "-Wall",
      "-Werror",
      "-Wl,--no-entry",
      "-Wl,--strip-all",
      "-o",
      out,
      "forbidden_word.c",
    ],
    version: "Debian clang version 14.0.6",
    packages: ["clang-14", "lld-14"],
  },
  {
    name: "c_wasi",
    source: "forbidden_word.c",
    command: [
      "clang-14",
      "--target=wasm32-wasi",
      "-O2",
      "-Wall",
      "-Werror",
      "-Wl,--strip-all",
      "-o",
      out,
      "forbidden_word.c",
    ],
    version: "Debian clang version 14.0.6",
    packages: ["clang-14", "lld-14", "wasi-libc", "libclang-rt-14-dev-wasm32"],
  },
  {
    name: "rust_wasi",
    source: "forbidden_word.rs",
    command: [
      "/usr/bin/rustc",
      "--target=wasm32-wasi",
      "--edition=2021",
      "-O",
      "-Cpanic=abort",
      "-Cstrip=symbols",
      "-Clto",
      "-o",
      out,
      "forbidden_word.rs",
    ],
    version: "rustc 1.63.0",
    packages: ["rustc", "libstd-rust-dev-wasm32", "lld-14", "wasi-libc"],
  },
  {
    name: "assemblyscript_native",
    source: "forbidden_word.ts",
    command: null,
    // Else it imports a function to abort with.
    options: ["--use", "abort="],
    version: "",
    packages: [],
  },
];

export function fixtureFolder(name: string): URL {
  return new URL(`../tests/vectors/wasm/${name}/`, import.meta.url);
}

/** Null when the very compiler is there; else what to install. */
export async function missingCompiler(fixture: WasmFixture): Promise<string | null> {
  const [program] = fixture.command ?? [];
  if (program === undefined) return null;
  const wanted = `${fixture.version} (Debian: ${fixture.packages.join(" ")})`;
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    const version = new TextDecoder().decode(stdout).split("\n")[0] ?? "";
    return version.startsWith(fixture.version) ? null : `${wanted}: got ${version}`;
  } catch {
    return wanted;
  }
}

/** @throws {Error} When the source does not compile: with the compiler's own words. */
export async function compileWasmFixture(
  fixture: WasmFixture,
  folder = fixtureFolder(fixture.name),
): Promise<Uint8Array<ArrayBuffer>> {
  if (fixture.command === null) return await compileAssemblyScript(fixture);
  const target = await Deno.makeTempFile({ suffix: ".wasm" });
  try {
    const [program = "", ...args] = fixture.command.map((word) => word === out ? target : word);
    const cwd = folder.pathname;
    const { success, stderr } = await new Deno.Command(program, { args, cwd }).output();
    if (!success) {
      throw new Error(`Cannot compile ${fixture.name}:\n${new TextDecoder().decode(stderr)}`);
    }
    return await Deno.readFile(target);
  } finally {
    await Deno.remove(target);
  }
}

async function compileAssemblyScript(fixture: WasmFixture): Promise<Uint8Array<ArrayBuffer>> {
  const options = [
    fixture.source,
    "--outFile",
    out,
    "-O",
    "--runtime",
    "stub",
    ...fixture.options ?? [],
  ];
  let written: Uint8Array | string = "";
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => readSource(fixture, name),
    writeFile: (_name, contents) => void (written = contents),
    listFiles: () => [],
  });
  const bytes: Uint8Array | string = written;
  if (error !== null || typeof bytes === "string") {
    throw new Error(`Cannot compile ${fixture.name}: ${error?.message}\n${stderr.toString()}`);
  }
  return Uint8Array.from(bytes);
}

function readSource(fixture: WasmFixture, name: string): string | null {
  // The compiler asks for files that may be there.
  return name === fixture.source
    ? Deno.readTextFileSync(new URL(name, fixtureFolder(fixture.name)))
    : null;
}
