import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Breaker } from "../../../src/adapter/sandbox/breaker.ts";

function openBreaker() {
  const clock = { ms: 0 };
  return { clock, breaker: new Breaker(() => clock.ms) };
}

describe("Breaker", () => {
  it("WASM-01 opens at the third death within a minute, and lets one try after 30 s", () => {
    const { clock, breaker } = openBreaker();
    for (const ms of [0, 30_000]) {
      clock.ms = ms;
      breaker.died();
      assertEquals(breaker.state, "closed");
    }
    clock.ms = 59_999;
    breaker.died();
    assertEquals(breaker.state, "open");
    clock.ms += 29_999;
    assertEquals(breaker.state, "open");
    clock.ms += 1;
    assertEquals(breaker.state, "half_open");
    breaker.lived();
    assertEquals(breaker.state, "closed");
    breaker.died();
    assertEquals(breaker.state, "closed");
  });

  it("stays closed while deaths are a minute apart, and is not mended by work while open", () => {
    const { clock, breaker } = openBreaker();
    for (let death = 0; death < 10; death++) {
      breaker.died();
      clock.ms += 30_001;
      assertEquals(breaker.state, "closed");
    }
    breaker.died();
    breaker.died();
    breaker.lived();
    assertEquals(breaker.state, "open");
  });

  it("opens again at once when the one that tried died", () => {
    const { clock, breaker } = openBreaker();
    for (let death = 0; death < 3; death++) breaker.died();
    clock.ms = 100_000;
    assertEquals(breaker.state, "half_open");
    breaker.died();
    assertEquals(breaker.state, "open");
    clock.ms += 30_000;
    assertEquals(breaker.state, "half_open");
  });
});
