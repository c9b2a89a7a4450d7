import { createHmac } from "node:crypto";
import { totpHmac } from "../../src/adapter/totp_hmac.ts";
import { findStep } from "../../src/core/override/totp.ts";
import { type TotpAlgorithm, totpAlgorithms } from "../../src/core/override/totp_parameters.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

const rounds = 5_000;
/** Before them: what is compiled late must not count. */
const warmUps = 1_000;

/** Microseconds of one answer, and of the three MACs that it cannot do without. */
function measure(algorithm: TotpAlgorithm): { readonly us: number; readonly macsUs: number } {
  const key = crypto.getRandomValues(new Uint8Array(20));
  const hash = algorithm.toLowerCase();
  const [answers, macs]: [number[], number[]] = [[], []];
  for (let round = -warmUps; round < rounds; round++) {
    const atUnixSeconds = 1_795_370_400 + round * 30;
    const code = String((round * 7_919 + 8_000_000) % 1_000_000).padStart(6, "0");
    const start = performance.now();
    findStep(code, { key, algorithm, atUnixSeconds, lastStep: -1, hmac: totpHmac });
    const between = performance.now();
    for (let i = 0; i < 3; i++) createHmac(hash, key).update(new Uint8Array(8)).digest();
    const end = performance.now();
    if (round < 0) continue;
    answers.push((between - start) * 1_000);
    macs.push((end - between) * 1_000);
  }
  return { us: median(answers), macsUs: median(macs) };
}

/** One code against the three steps of the window. */
export function benchTotp(): Promise<readonly BenchRow[]> {
  return Promise.resolve(totpAlgorithms.map((algorithm) => {
    const { us, macsUs } = measure(algorithm);
    return benchRow({
      name: `totp_verify_${algorithm.toLowerCase()}_p50`,
      value: us,
      unit: "us",
      baseline: { name: "three MACs of node:crypto", value: macsUs, unit: "us" },
      target: "<= 200 us",
      met: us <= 200,
    });
  }));
}
