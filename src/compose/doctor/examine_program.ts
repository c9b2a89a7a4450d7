/**
 * The program itself: which bytes run, on which base, and who could replace them.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { startNativeHash } from "../../adapter/native_hash.ts";
import { toEngineError } from "../../core/errors.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** @param build What `sealward version` prints. */
export async function examineProgram(build: Record<string, unknown>): Promise<readonly Finding[]> {
  return [examineBase(build), ...(Deno.build.standalone ? [await examineBytes()] : [])];
}

function examineBase(build: Record<string, unknown>): Finding {
  const subject = "runtime";
  if (build["evaluation"] === true) {
    const message = `base ${build["base"]}: lacks permission fixes of later releases`;
    return { level: "WARN", subject, message, fix: "install a release build" };
  }
  return { level: "OK", subject, message: `base ${build["base"]}` };
}

const chunkBytes = 1_048_576;

/** A hash for people to compare with the release's: a changed program would not tell on itself. */
async function examineBytes(): Promise<Finding> {
  const subject = "program";
  const path = Deno.execPath();
  try {
    using file = await Deno.open(path, { read: true });
    const hash = startNativeHash();
    const chunk = new Uint8Array(chunkBytes);
    for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
      hash.update(chunk.subarray(0, read));
    }
    const message = `${path} is sha256:${encodeHex(hash.digest())}: compare with the release's`;
    return { level: "OK", subject, message };
  } catch (error) {
    return { level: "WARN", subject, message: `cannot be read: ${toEngineError(error).message}` };
  }
}
