/**
 * Compiles src/core/audit/batch/wasm/ (AssemblyScript) to the bytes of the line batch: the same
 * ones on every machine, since compiler and optimizer are pinned and run as WebAssembly themselves.
 */
import asc from "assemblyscript/asc";

const sources = new URL("../src/core/audit/batch/wasm/", import.meta.url);

/** 64 KiB each; layout.ts asks for no more. */
const pages = "80";

const options = [
  "line_batch.ts",
  "--outFile",
  "line_batch.wasm",
  "--textFile",
  "line_batch.wat",
  "--optimizeLevel",
  "3",
  "--shrinkLevel",
  "0",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--use",
  "abort=",
  "--enable",
  "simd",
  "--enable",
  "bulk-memory",
  "--initialMemory",
  pages,
  "--maximumMemory",
  pages,
];

/** @throws {Error} When the sources do not compile: with the compiler's own words. */
export async function compileBatch(): Promise<Uint8Array<ArrayBuffer>> {
  const written = new Map<string, Uint8Array | string>();
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => readSource(name),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  const bytes = written.get("line_batch.wasm");
  if (error !== null || !(bytes instanceof Uint8Array)) {
    throw new Error(`Cannot compile the line batch: ${error?.message}\n${stderr.toString()}`);
  }
  return Uint8Array.from(bytes);
}

function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, sources));
  } catch (error) {
    // The compiler asks for files that may be there.
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
