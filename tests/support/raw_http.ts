/**
 * HTTP/1.1 as bytes: what fetch would normalise, refuse or repair goes out as it is written.
 */
const timeoutMs = 2_000;

export interface RawAnswer {
  /** 0 when the server closed the connection, or said nothing in time. */
  readonly status: number;
  readonly text: string;
}

/** Sends `text` on a fresh connection and reads one answer's head and body. */
export async function sendRaw(port: number, text: string): Promise<RawAnswer> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let isOpen = true;
  const close = (): void => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  const timer = setTimeout(close, timeoutMs);
  try {
    await connection.write(new TextEncoder().encode(text));
    const answer = await readAnswer(connection);
    return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0), text: answer };
  } catch {
    return { status: 0, text: "" };
  } finally {
    clearTimeout(timer);
    close();
  }
}

async function readAnswer(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let answer = "";
  while (!isWhole(answer)) {
    const count = await connection.read(buffer);
    if (count === null) break;
    answer += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return answer;
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/^content-length: (\d+)\r$/im.exec(answer)?.[1] ?? 0);
  return answer.length >= end + 4 + length;
}
