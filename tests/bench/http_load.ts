/**
 * A load of identical requests over kept-alive raw connections, bounded in count; prints one JSON
 * line. Arguments: port, connections, requests, request file.
 */
const [port, connections, total, file] = Deno.args;
const request = await Deno.readFile(file ?? "");
let left = Number(total);
const latenciesMs: number[] = [];
const statuses = new Map<string, number>();
const decoder = new TextDecoder("latin1");

async function readAnswer(connection: Deno.TcpConn, buffer: Uint8Array): Promise<string> {
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("connection closed");
    text += decoder.decode(buffer.subarray(0, count));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length >= end + 4 + length) return text.slice(9, 12);
  }
}

async function drive(): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  while (left-- > 0) {
    const start = performance.now();
    await connection.write(request);
    const status = await readAnswer(connection, buffer);
    latenciesMs.push(performance.now() - start);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  connection.close();
}

const start = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, drive));
const seconds = (performance.now() - start) / 1000;
latenciesMs.sort((a, b) => a - b);
const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
// deno-lint-ignore no-console -- this line is the result
console.log(JSON.stringify({
  perSecond: latenciesMs.length / seconds,
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  statuses: Object.fromEntries(statuses),
}));
