import { McpClient } from "../support/mcp_client.ts";
import { McpProject } from "../support/mcp_project.ts";
import { compiled } from "../support/sealward.ts";
import { type BenchRow, benchRow, median, quantile } from "./row.ts";

const settleMs = 3_000;
const warmUp = 50;
const calls = 300;
const rounds = 3;

/** A call of a tool through the proxy, durable and judged, against the same call without it. */
export async function benchMcp(): Promise<readonly BenchRow[]> {
  using given = new McpProject(compiled);
  await given.init();
  // A policy that was changed a moment ago is read each time.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const bare: number[] = [];
  const proxied: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(...await measure(given.startBare()));
    proxied.push(...await measure(given.start()));
  }
  const row = (name: string, share: number, target: string, maxMs: number) => {
    const without = quantile(bare, share);
    const added = quantile(proxied, share) - without;
    return benchRow({
      ...{ name, value: added, unit: "ms added", target, met: added <= maxMs },
      baseline: { name: "the call without it", value: without, unit: "ms" },
    });
  };
  return [
    row("mcp_call_p50", 0.5, "<= 2 ms", 2),
    row("mcp_call_p99", 0.99, "none", Infinity),
  ];
}

async function measure(client: McpClient): Promise<readonly number[]> {
  await client.begin();
  await client.ask("tools/list");
  const samples: number[] = [];
  for (let i = 0; i < warmUp + calls; i++) {
    const startedMs = performance.now();
    const answer = await client.call("echo", { message: "m" });
    if (answer.result?.isError === true) throw new Error(JSON.stringify(answer));
    if (i >= warmUp) samples.push(performance.now() - startedMs);
  }
  await client.end();
  if (median(samples) <= 0) throw new Error("nothing was measured");
  return samples;
}
