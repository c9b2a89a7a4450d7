import { hmacSha256 } from "../../src/core/integrity/sha256.ts";
import { LogFixture } from "./log_fixture.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const entries = 50_000;

/** Strict walk over the whole log against one native HMAC per line and nothing else. */
export async function benchVerify(): Promise<readonly BenchRow[]> {
  using fixture = new LogFixture();
  await fixture.fill(entries);
  const file = await fixture.open();
  const walks: number[] = [];
  const macs: number[] = [];
  const line = new Uint8Array(290);
  const key = new Uint8Array(32);
  for (let round = 0; round < 3; round++) {
    let start = performance.now();
    const report = await file.verifyAll();
    if (report.entries < entries) throw new Error(`verified ${report.entries} only`);
    walks.push(report.entries / (performance.now() - start));
    start = performance.now();
    for (let i = 0; i < entries; i++) hmacSha256(key, line);
    macs.push(entries / (performance.now() - start));
  }
  await file.close();
  const perSecond = 1_000 * median(walks);
  return [benchRow({
    name: "verify_strict",
    value: perSecond,
    unit: "entries/s",
    baseline: {
      name: "node:crypto createHmac per line",
      value: 1_000 * median(macs),
      unit: "per s",
    },
    target: ">= 800000 entries/s (needs the batch verifier of a later version)",
    met: perSecond >= 800_000,
  })];
}
