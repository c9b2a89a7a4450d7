/**
 * Modules that toolchains made, to be gated and broken in tests.
 */
import { decodeBase64 } from "@std/encoding/base64";
import { lineModule } from "../../src/core/audit/batch/line_module.ts";

export interface WasmFixture {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const folder = new URL("../vectors/wasm/", import.meta.url);

/** The compiled modules beside their sources in tests/vectors/wasm, and the log's own. */
export function readWasmFixtures(): readonly WasmFixture[] {
  const found: WasmFixture[] = [{
    name: "line_batch",
    bytes: Uint8Array.from(decodeBase64(lineModule)),
  }];
  for (const directory of entriesOf("")) {
    if (!directory.isDirectory) continue;
    for (const file of entriesOf(`${directory.name}/`)) {
      if (!file.name.endsWith(".wasm")) continue;
      const path = `${directory.name}/${file.name}`;
      found.push({ name: path, bytes: Deno.readFileSync(new URL(path, folder)) });
    }
  }
  return found.sort((one, other) => one.name < other.name ? -1 : 1);
}

function entriesOf(path: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(new URL(path, folder))];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
