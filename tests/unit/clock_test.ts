import { assert } from "@std/assert";
import { nowMicros } from "../../src/adapter/clock.ts";

Deno.test("the clock follows the system's, also after it was set, and runs evenly between", () => {
  const real = Date.now;
  const isNear = (wallMs: number) => Math.abs(nowMicros() / 1000 - wallMs) <= 5;
  try {
    for (const movedMs of [0, 3_600_000, -86_400_000, 10, -10, 315_360_000_000]) {
      Date.now = () => real() + movedMs;
      assert(isNear(Date.now()), `moved by ${movedMs} ms`);
    }
  } finally {
    Date.now = real;
  }
  let last = nowMicros();
  for (let i = 0; i < 10_000; i++) {
    const now = nowMicros();
    assert(now >= last, "went back");
    last = now;
  }
});
