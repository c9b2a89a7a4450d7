/**
 * How the modules of src/checks/ are compiled, and what says that source and module belong together.
 */
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../src/core/integrity/sha256.ts";
import { out, type WasmFixture } from "./wasm_fixture.ts";

const root = new URL("../src/checks/", import.meta.url);

const stack = "stack-size=65536";

function fromC(name: string): WasmFixture {
  return {
    name,
    source: `${name}.c`,
    command: [
      "clang-14",
      "--target=wasm32",
      "-std=c11",
      "-Os",
      "-nostdlib",
      "-ffreestanding",
      "-fno-builtin",
      "-mbulk-memory",
      "-Wall",
      "-Wextra",
      "-Werror",
      // Headers define what not every module uses.
      "-Wno-unused-function",
      "-Wl,--no-entry",
      "-Wl,--strip-all",
      // Below the data: a stack that is too deep traps and writes over nothing.
      "-Wl,--stack-first",
      `-Wl,-z,${stack}`,
      "-o",
      out,
      `${name}.c`,
    ],
    version: "Debian clang version 14.0.6",
    packages: ["clang-14", "lld-14"],
  };
}

export const shippedModules: readonly WasmFixture[] = [
  fromC("secrets"),
  fromC("complexity"),
  {
    name: "licence_header",
    source: "licence_header.rs",
    command: [
      "/usr/bin/rustc",
      "--target=wasm32-unknown-unknown",
      "--edition=2021",
      "--crate-type=cdylib",
      "-Copt-level=s",
      "-Cpanic=abort",
      "-Cstrip=symbols",
      "-Clto",
      "-Dwarnings",
      "-Clink-arg=--stack-first",
      `-Clink-arg=-z${stack}`,
      "-o",
      out,
      "licence_header.rs",
    ],
    version: "rustc 1.63.0",
    packages: ["rustc", "libstd-rust-dev-wasm32", "lld-14"],
  },
];

export function checkFolder(name: string): URL {
  return new URL(`${name}/`, root);
}

export function moduleUrl(name: string): URL {
  return new URL(`${name}/${name}.wasm`, root);
}

/** The file that says of which sources the kept modules were made. */
export const recordUrl = new URL("built.json", root);

/** SHA-256 by file, in order, of modules and of all that goes into them. */
export function recordModules(): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  for (const folder of ["native", ...shippedModules.map(({ name }) => name)].sort()) {
    const files = [...Deno.readDirSync(checkFolder(folder))].filter(({ isFile }) => isFile);
    for (const name of files.map(({ name }) => name).sort()) {
      if (!/\.(?:c|h|rs|wasm)$/.test(name)) continue;
      const bytes = Deno.readFileSync(new URL(name, checkFolder(folder)));
      record[`${folder}/${name}`] = encodeHex(sha256(bytes));
    }
  }
  return record;
}
