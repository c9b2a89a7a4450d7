/** WebAssembly's text format to bytes, by WABT: tests only, loaded when first asked. */

type Wabt = Awaited<ReturnType<typeof loadWabt>>;
let loading: Promise<Wabt> | null = null;

/** @throws {Error} With WABT's own words, where the text is no module. */
export async function assembleWat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await (loading ??= loadWabt());
  const parsed = wabt.parseWat("test.wat", text);
  try {
    return Uint8Array.from(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}

async function loadWabt() {
  const { default: createWabt } = await import("wabt");
  return await createWabt();
}
