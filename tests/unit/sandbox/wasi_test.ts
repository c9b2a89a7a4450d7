import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CheckOutcome } from "../../../src/core/check/check_job.ts";
import { hmacSha256, sha256 } from "../../../src/core/integrity/sha256.ts";
import { callUnits } from "../../../src/sandbox/abi/host_costs.ts";
import { wasiSignatures } from "../../../src/sandbox/abi/wasi_signatures.ts";
import {
  checkRequest,
  type JobOptions,
  loadWat,
  runWat,
  watBytes,
} from "../../support/check_jobs.ts";

const none = `{"violations":[]}`;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Imports all there is; `body` is `_start`; `none` lies at 1024 with its buffer at 1000. */
function command(body: string, parts = ""): string {
  const imports = wasiSignatures.imports.map(({ module, name, signature }) => {
    if (signature.kind !== "function") throw new Error(`${name} is no function`);
    const types = [...signature.params].join(" ");
    const results = signature.results.length > 0 ? `(result ${signature.results.join(" ")})` : "";
    return `(import "${module}" "${name}" (func $${name} (param ${types}) ${results}))`;
  });
  return `(module ${imports.join("\n")}
    (memory (export "memory") 1)
    (data (i32.const 1000) "\\00\\04\\00\\00${watBytes(Uint8Array.of(none.length, 0, 0, 0))}")
    (data (i32.const 1024) "${watBytes(bytesOf(none))}")
    (func $want (param i32) (param i32)
      (if (i32.ne (local.get 0) (local.get 1)) (then (call $proc_exit (local.get 0)) (unreachable))))
    ${parts}
    (func (export "_start") (local $i i32) ${body}))`;
}

const sayNone =
  "(call $want (call $fd_write (i32.const 1) (i32.const 1000) (i32.const 1) (i32.const 992)) (i32.const 0))";

async function run(body: string, options: JobOptions & { request?: Uint8Array } = {}) {
  return await runWat(command(body), { abi: "wasi-cmd", ...options });
}

function shown(outcome: CheckOutcome): string {
  return outcome.status === "ok" ? "ok" : `${outcome.code}: ${outcome.message}`;
}

async function failure(body: string, options: JobOptions = {}): Promise<string> {
  const outcome = await run(body, options);
  return outcome.status === "ok" ? "ok" : outcome.code;
}

/** Runs `call`, wants this errno, and that the rest goes well. */
async function errnoOf(call: string, wanted: number): Promise<void> {
  const outcome = await run(`(call $want ${call} (i32.const ${wanted})) ${sayNone}`);
  assertEquals(shown(outcome), "ok", call);
}

/** What lies from `at` on after `body`, which it prints on 2. */
async function memoryAfter(
  body: string,
  [at, length]: readonly [number, number],
  request?: Uint8Array,
) {
  const outcome = await run(
    `${body}
     (i32.store (i32.const 960) (i32.const ${at})) (i32.store (i32.const 964) (i32.const ${length}))
     (drop (call $fd_write (i32.const 2) (i32.const 960) (i32.const 1) (i32.const 992)))
     ${sayNone}`,
    request === undefined ? {} : { request },
  );
  assertEquals(shown(outcome), "ok");
  return outcome.status === "ok" ? outcome.log : "";
}

/** Reads all of the request in pieces of 7 bytes and writes it out. */
const echo = `
  (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 3))
  (i32.store (i32.const 8) (i32.const 103)) (i32.store (i32.const 12) (i32.const 4))
  (i32.store (i32.const 16) (i32.const 100))
  (loop $more
    (call $want (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 24)) (i32.const 0))
    (i32.store (i32.const 20) (i32.load (i32.const 24)))
    (call $want (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 28)) (i32.const 0))
    (br_if $more (i32.load (i32.const 24))))`;

describe("wasi-cmd", () => {
  it("reads the request on 0 and takes the answer from 1", async () => {
    assertEquals(shown(await run(sayNone)), "ok");
    const one = `{"violations":[{"code":"a","message":"twelve or more"}]}`;
    const outcome = await run(echo, { request: bytesOf(one) });
    assertEquals(outcome.status === "ok" && outcome.violations[0]?.message, "twelve or more");
  });

  it("wants exit 0: by return or by proc_exit, at any depth", async () => {
    assertEquals(await failure(`${sayNone} (call $proc_exit (i32.const 0)) (unreachable)`), "ok");
    for (const status of [1, 2, 255, 256, -1]) {
      assertEquals(
        await failure(`${sayNone} (call $proc_exit (i32.const ${status}))`),
        "nonzero_exit",
      );
    }
  });

  it("WASM-03 denies an exit before the answer, or in the midst of it", async () => {
    assertEquals(await failure(""), "bad_output");
    assertEquals(await failure("(call $proc_exit (i32.const 0))"), "bad_output");
    assertEquals(
      await failure(`(i32.store (i32.const 1004) (i32.const 9)) ${sayNone}`),
      "bad_output",
    );
    assertEquals(await failure(`${sayNone} ${sayNone}`), "bad_output");
    assertEquals(await failure(`${sayNone} (unreachable)`), "trap");
  });

  it("keeps what is printed on 2 as log, and cuts it in silence", async () => {
    const talk = sayNone.replace(
      "(i32.const 1) (i32.const 1000)",
      "(i32.const 2) (i32.const 1000)",
    );
    const outcome = await run(`${talk} ${sayNone} ${talk}`, { limits: { logBytes: 20 } });
    assertEquals(outcome.status === "ok" && outcome.log, `${none}{"v`);
    const silent = await run(`${talk} ${sayNone}`, { limits: { logBytes: 0 } });
    assertEquals(silent.status === "ok" && silent.log, "");
  });

  it("WASM-03 ends a flood on 1 at outputBytes, one on 2 at its fuel", async () => {
    const flood = (fd: number) =>
      `(loop $on (drop (call $fd_write (i32.const ${fd}) (i32.const 1000) (i32.const 1) (i32.const 992))) (br $on))`;
    assertEquals(await failure(flood(1)), "limit_exceeded");
    assertEquals(await failure(flood(2), { limits: { fuel: 100_000 } }), "fuel_exhausted");
    const limits = { outputBytes: none.length };
    assertEquals(await failure(sayNone, { limits }), "ok");
    assertEquals(await failure(sayNone, { limits: { outputBytes: 16 } }), "limit_exceeded");
  });

  it("WASM-01 takes fuel for what the host does: calls, buffers, bytes, randomness", async () => {
    const limits = { fuel: 1_000_000, fuelPerInputByte: 0 };
    const times = (call: string) =>
      `(loop $on (drop ${call}) (br_if $on (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000)))) ${sayNone}`;
    const bare = (await run(times("(i32.const 0)"))).fuel;
    const calls = [
      "(call $fd_read (i32.const 0) (i32.const 8) (i32.const 0) (i32.const 992))",
      "(call $fd_write (i32.const 7) (i32.const 8) (i32.const 0) (i32.const 992))",
      "(call $fd_close (i32.const 3))",
      "(call $fd_seek (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0))",
      "(call $fd_fdstat_get (i32.const 0) (i32.const 0))",
      "(call $fd_prestat_get (i32.const 3) (i32.const 0))",
      "(call $fd_prestat_dir_name (i32.const 3) (i32.const 0) (i32.const 0))",
      "(call $args_get (i32.const 0) (i32.const 100))",
      "(call $args_sizes_get (i32.const 0) (i32.const 100))",
      "(call $environ_get (i32.const 0) (i32.const 100))",
      "(call $environ_sizes_get (i32.const 0) (i32.const 100))",
      "(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0))",
      "(call $random_get (i32.const 0) (i32.const 1))",
      "(call $sched_yield)",
    ];
    for (const call of calls) {
      const outcome = await run(times(call));
      assertEquals(shown(outcome), "ok", call);
      assertEquals(outcome.fuel >= bare + 1_000 * callUnits, true, call);
    }
    assertEquals(
      await failure("(drop (call $random_get (i32.const 0) (i32.const 65536)))", { limits }),
      "fuel_exhausted",
    );
    // 1,024 buffers of all the memory each.
    const wide = `(loop $fill
      (i32.store (i32.add (i32.const 8192) (i32.mul (local.get $i) (i32.const 8))) (i32.const 0))
      (i32.store (i32.add (i32.const 8196) (i32.mul (local.get $i) (i32.const 8))) (i32.const 65536))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024))))
      (drop (call $fd_write (i32.const 2) (i32.const 8192) (i32.const 1024) (i32.const 992)))`;
    assertEquals(await failure(wide, { limits }), "fuel_exhausted");
  });

  it("WASM-03 traps on pointers out of memory, in every place one can stand", async () => {
    for (const at of ["-1", "65536", "65533", "0x80000000"]) {
      const far = `(i32.const ${at})`;
      const near = "(i32.const 0)";
      const list = (pointer: string, length: string) =>
        `(i32.store (i32.const 0) ${pointer}) (i32.store (i32.const 4) (i32.const ${length}))`;
      const bodies = [
        `(drop (call $fd_read ${near} ${far} (i32.const 1) ${near}))`,
        `(drop (call $fd_read ${near} ${near} (i32.const 0) ${far}))`,
        `(drop (call $fd_write (i32.const 1) ${far} (i32.const 1) ${near}))`,
        `(drop (call $fd_write (i32.const 2) ${near} (i32.const 0) ${far}))`,
        `${list(far, "4")} (drop (call $fd_read ${near} ${near} (i32.const 1) (i32.const 8)))`,
        `${
          list(far, "4")
        } (drop (call $fd_write (i32.const 2) ${near} (i32.const 1) (i32.const 8)))`,
        `${
          list(near, "-1")
        } (drop (call $fd_write (i32.const 2) ${near} (i32.const 1) (i32.const 8)))`,
        `(drop (call $fd_fdstat_get ${near} ${far}))`,
        `(drop (call $args_get ${far} ${near}))`,
        `(drop (call $args_get ${near} ${far}))`,
        `(drop (call $args_sizes_get ${near} ${far}))`,
        `(drop (call $environ_sizes_get ${far} ${near}))`,
        `(drop (call $clock_time_get ${near} (i64.const 0) ${far}))`,
        `(drop (call $random_get ${far} (i32.const 8)))`,
      ];
      for (const body of bodies) assertEquals(await failure(body), "trap", body);
    }
  });

  it("answers other descriptors with EBADF, lists beyond IOV_MAX with EINVAL, seeks with ESPIPE", async () => {
    const [badf, inval, spipe] = [8, 28, 70];
    for (const fd of [3, 4, -1, 2_147_483_647]) {
      const at = `(i32.const ${fd})`;
      await errnoOf(`(call $fd_read ${at} (i32.const 0) (i32.const 0) (i32.const 0))`, badf);
      await errnoOf(`(call $fd_write ${at} (i32.const 0) (i32.const 0) (i32.const 0))`, badf);
      await errnoOf(`(call $fd_close ${at})`, badf);
      await errnoOf(`(call $fd_seek ${at} (i64.const 0) (i32.const 0) (i32.const 0))`, badf);
      await errnoOf(`(call $fd_fdstat_get ${at} (i32.const 0))`, badf);
      await errnoOf(`(call $fd_prestat_get ${at} (i32.const 0))`, badf);
      await errnoOf(`(call $fd_prestat_dir_name ${at} (i32.const 0) (i32.const 0))`, badf);
    }
    const zeros = "(i32.const 0) (i32.const 0) (i32.const 0)";
    await errnoOf(`(call $fd_read (i32.const 1) ${zeros})`, badf);
    await errnoOf(`(call $fd_write (i32.const 0) ${zeros})`, badf);
    await errnoOf(
      "(call $fd_read (i32.const 0) (i32.const 0) (i32.const 1025) (i32.const 0))",
      inval,
    );
    await errnoOf(
      "(call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0))",
      inval,
    );
    for (const fd of [0, 1, 2]) {
      await errnoOf(
        `(call $fd_seek (i32.const ${fd}) (i64.const 0) (i32.const 2) (i32.const 0))`,
        spipe,
      );
    }
    await errnoOf("(call $clock_time_get (i32.const 4) (i64.const 0) (i32.const 0))", inval);
    const closed = "(drop (call $fd_close (i32.const 0)))";
    assertEquals(await failure(`${closed} ${echo}`), "nonzero_exit");
  });

  it("says 0 can be read, 1 and 2 be written, and none is a terminal", async () => {
    for (const [fd, rights] of [[0, 2], [1, 64], [2, 64]]) {
      const status = await memoryAfter(
        `(call $want (call $fd_fdstat_get (i32.const ${fd}) (i32.const 200)) (i32.const 0))`,
        [200, 24],
      );
      const wanted = new Uint8Array(24);
      wanted[8] = rights ?? 0;
      assertEquals(bytesOf(status), wanted);
    }
  });

  it("WASM-04 gives two words as arguments and no environment", async () => {
    const words = await memoryAfter(
      `(call $want (call $args_sizes_get (i32.const 200) (i32.const 204)) (i32.const 0))
       (call $want (i32.load (i32.const 200)) (i32.const 2))
       (call $want (i32.load (i32.const 204)) (i32.const 15))
       (call $want (call $args_get (i32.const 208) (i32.const 300)) (i32.const 0))
       (call $want (i32.load (i32.const 208)) (i32.const 300))
       (call $want (i32.load (i32.const 212)) (i32.const 306))
       (call $want (call $environ_sizes_get (i32.const 220) (i32.const 224)) (i32.const 0))
       (call $want (i32.or (i32.load (i32.const 220)) (i32.load (i32.const 224))) (i32.const 0))
       (call $want (call $environ_get (i32.const 220) (i32.const 224)) (i32.const 0))`,
      [300, 15],
    );
    assertEquals(words, "check\0validate\0");
  });

  it("WASM-04 has no clock but the time the operation claims", async () => {
    const ask = (clock: number) =>
      `(call $want (call $clock_time_get (i32.const ${clock}) (i64.const 1) (i32.const 200)) (i32.const 0))`;
    const times: readonly (readonly [string | null, bigint])[] = [
      [null, 0n],
      ["2026-11-22T18:00:00.123456Z", 1_795_370_400_123_456_000n],
      ["2026-11-22T20:00:00+02:00", 1_795_370_400_000_000_000n],
      ["1969-12-31T23:59:59Z", 0n],
      ["9999-12-31T23:59:59Z", 2n ** 64n - 1n],
    ];
    for (const [now, wanted] of times) {
      for (const clock of [0, 1, 2, 3]) {
        const hex = Array.from({ length: 8 }, (_, at) => Number((wanted >> BigInt(8 * at)) & 255n));
        const check = hex.map((byte, at) =>
          `(call $want (i32.load8_u (i32.const ${200 + at})) (i32.const ${byte}))`
        );
        const body = `${ask(clock)} ${check.join(" ")} ${sayNone}`;
        assertEquals(shown(await run(body, { request: checkRequest({ now }) })), "ok", `${now}`);
      }
    }
  });

  it("WASM-04 draws the same bytes for the same module and request, others for others", async () => {
    // Answers 100 bytes in two draws as hex digits of its message.
    const body = `
      (call $want (call $random_get (i32.const 200) (i32.const 33)) (i32.const 0))
      (call $want (call $random_get (i32.const 233) (i32.const 67)) (i32.const 0))
      (loop $next
        (i32.store8 (i32.add (i32.const 400) (i32.mul (local.get $i) (i32.const 2)))
          (i32.add (i32.const 65) (i32.shr_u (i32.load8_u (i32.add (i32.const 200) (local.get $i))) (i32.const 4))))
        (i32.store8 (i32.add (i32.const 401) (i32.mul (local.get $i) (i32.const 2)))
          (i32.add (i32.const 65) (i32.and (i32.load8_u (i32.add (i32.const 200) (local.get $i))) (i32.const 15))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))`;
    const request = checkRequest();
    const drawn = await memoryAfter(body, [400, 200], request);
    assertEquals(await memoryAfter(body, [400, 200], request), drawn);
    assertNotEquals(await memoryAfter(body, [400, 200], checkRequest({ now: "x" })), drawn);
    assertNotEquals(await memoryAfter(`(nop) ${body}`, [400, 200], request), drawn);
    assertEquals(new Set(drawn.match(/../g)).size > 60, true);
  });

  it("draws as it is written down: HMAC-SHA-256 over a counter", async () => {
    const { CheckRandom } = await import("../../../src/sandbox/abi/check_random.ts");
    const [hash, request] = [sha256(bytesOf("module")), bytesOf("request")];
    const drawn = new Uint8Array(80);
    const random = new CheckRandom(hash, request);
    random.fill(drawn.subarray(0, 5));
    random.fill(drawn.subarray(5, 5));
    random.fill(drawn.subarray(5));
    const seed = sha256(
      Uint8Array.of(...bytesOf("sealward check random 1\0"), ...hash, ...sha256(request)),
    );
    const blocks = [0, 1, 2].flatMap((
      n,
    ) => [...hmacSha256(seed, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, n))]);
    assertEquals(drawn, Uint8Array.from(blocks.slice(0, 80)));
  });

  it("sees memory as it is after it grew", async () => {
    const body = `(drop (call $sched_yield)) (drop (memory.grow (i32.const 1)))
      (call $want (call $random_get (i32.const 65536) (i32.const 8)) (i32.const 0)) ${sayNone}`;
    assertEquals(await failure(body), "ok");
  });

  it("gives every run a world of its own", async () => {
    const check = await loadWat(command(echo), { abi: "wasi-cmd" });
    const runs = [none, "x", none].map((text) => check.run(bytesOf(text)));
    assertEquals(runs.map(({ status }) => status), ["ok", "failed", "ok"]);
    assertEquals(runs[0], runs[2]);
  });
});
