/**
 * Request body → text, bounded in size and time.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { decodeUtf8 } from "../../core/strict_json.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  /** For the whole body, from the call on: the listener itself has no such limit. */
  readonly timeoutMs: number;
}

/**
 * Reads the whole body.
 *
 * @throws {EngineError} `request_too_large` at the first byte over the limit or when that many are
 * announced; `request_timeout`; `operation_invalid` when the body breaks off or is not UTF-8.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limits.maxBytes) throw tooLarge(limits);
  if (request.body === null) return "";
  const reader = request.body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => undefined);
  }, limits.timeoutMs);
  try {
    const bytes = await readAll(reader, limits);
    if (isLate) {
      const message = `Body did not arrive within ${limits.timeoutMs} ms`;
      throw new EngineError("request_timeout", message, { hint: "send the body at once" });
    }
    return decodeUtf8(bytes);
  } catch (thrown) {
    reader.cancel().catch(() => undefined);
    throw thrown instanceof EngineError ? thrown : invalid("Body broke off", thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limits: BodyLimits,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    // SECURITY: what is counted is what came; two Content-Length headers read "5, 5", which is NaN
    // and larger than nothing.
    sizeBytes += next.value.length;
    if (sizeBytes > limits.maxBytes) throw tooLarge(limits);
    chunks.push(next.value);
  }
  return join(chunks, sizeBytes);
}

function join(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function tooLarge(limits: BodyLimits): EngineError {
  return new EngineError("request_too_large", `Body is larger than ${limits.maxBytes} bytes`);
}

function invalid(message: string, cause?: unknown): EngineError {
  return new EngineError("operation_invalid", message, { cause });
}
