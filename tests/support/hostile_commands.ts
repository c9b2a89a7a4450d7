/** Commands of WASI that go wrong on purpose. */
import { watBytes } from "./check_jobs.ts";
import type { HostileCheck } from "./hostile_checks.ts";
import { assembleWat } from "./wat.ts";

const nothingFound = '{"violations":[]}';
const preview1 = "wasi_snapshot_preview1";
const signatures: Readonly<Record<string, string>> = {
  fd_read: "(param i32 i32 i32 i32) (result i32)",
  fd_write: "(param i32 i32 i32 i32) (result i32)",
  fd_close: "(param i32) (result i32)",
  fd_prestat_get: "(param i32 i32) (result i32)",
  fd_seek: "(param i32 i64 i32 i32) (result i32)",
  clock_time_get: "(param i32 i64 i32) (result i32)",
  random_get: "(param i32 i32) (result i32)",
  proc_exit: "(param i32)",
  sched_yield: "(result i32)",
};

/** A command of 8 pages; at 8 an answer in a list of one buffer, at 1024 its text. */
function command(
  title: string,
  code: HostileCheck["code"],
  body: string,
  { text = nothingFound, pages = 8, lines = "" } = {},
): HostileCheck {
  const bytes = new TextEncoder().encode(text);
  const imports = Object.entries(signatures).map(([name, type]) =>
    `(import "${preview1}" "${name}" (func $${name} ${type}))`
  );
  const buffer = watBytes(new Uint8Array(Uint32Array.of(1_024, bytes.length).buffer));
  const wat = `(module ${imports.join("\n")} (memory (export "memory") ${pages})
    (data (i32.const 8) "${buffer}") (data (i32.const 1024) "${watBytes(bytes)}")
    (func $say (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))
    (func (export "_start") ${body}))`;
  const more = lines === "" ? {} : { lines };
  return { title, code, abi: "wasi-cmd", build: () => assembleWat(wat), ...more };
}

const forEver = (call: string) => `(loop $on (drop ${call}) (br $on))`;
const buffers = "(i32.const 65536) (i32.const 1024) (i32.const 0)";

export const hostileCommands: readonly HostileCheck[] = [
  command("WASM-03 command that ends without a word", "bad_output", ""),
  command(
    "WASM-03 command that ends well without a word",
    "bad_output",
    "(call $proc_exit (i32.const 0))",
  ),
  command(
    "WASM-03 command that answers and ends with 1",
    "nonzero_exit",
    "(call $say) (call $proc_exit (i32.const 1))",
  ),
  command(
    "WASM-03 command that answers and ends with -1",
    "nonzero_exit",
    "(call $say) (call $proc_exit (i32.const -1))",
  ),
  command("WASM-03 command that answers and traps", "trap", "(call $say) (unreachable)"),
  command("WASM-10 command that answers twice", "bad_output", "(call $say) (call $say)"),
  command("WASM-10 command that says allow", "bad_output", "(call $say)", {
    text: '{"allow":true}',
  }),
  command(
    "WASM-03 command that shuts its mouth first",
    "bad_output",
    "(drop (call $fd_close (i32.const 1))) (call $say)",
  ),
  command("WASM-01 command that yields for ever", "fuel_exhausted", forEver("(call $sched_yield)")),
  command(
    "WASM-01 command that reads for ever",
    "fuel_exhausted",
    forEver("(call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 0))"),
  ),
  command(
    "WASM-01 command that reads into 1,024 buffers for ever",
    "fuel_exhausted",
    forEver(`(call $fd_read (i32.const 0) ${buffers})`),
  ),
  command(
    "WASM-01 command that looks at the clock for ever",
    "fuel_exhausted",
    forEver("(call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0))"),
  ),
  command(
    "WASM-01 command that draws bytes for ever",
    "fuel_exhausted",
    forEver("(call $random_get (i32.const 0) (i32.const 65536))"),
  ),
  command(
    "WASM-01 command that draws all its memory at once",
    "fuel_exhausted",
    "(drop (call $random_get (i32.const 0) (i32.const 33554432)))",
    { pages: 512 },
  ),
  command("WASM-02 flood of answers", "limit_exceeded", "(loop $on (call $say) (br $on))", {
    text: "x".repeat(4_000),
  }),
  command(
    "WASM-02 1,024 times all of its memory as an answer",
    "fuel_exhausted",
    `(local $at i32) (local.set $at (i32.const 16384))
    (loop $on
      (i32.store (local.get $at) (i32.const 0))
      (i32.store offset=4 (local.get $at) (i32.const 33554432))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $on (i32.lt_u (local.get $at) (i32.const 24576))))
    (drop (call $fd_write (i32.const 1) (i32.const 16384) (i32.const 1024) (i32.const 0)))`,
    { pages: 512 },
  ),
  command(
    "WASM-02 flood of talk beside",
    "fuel_exhausted",
    forEver("(call $fd_write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 0))"),
    { text: "x".repeat(4_000) },
  ),
  command(
    "WASM-04 command that writes to descriptors it does not have, and looks for folders",
    null,
    `(local $fd i32) (local.set $fd (i32.const 3))
    (loop $on
      (if (i32.ne (i32.const 8)
          (call $fd_write (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 0)))
        (then (unreachable)))
      (if (i32.ne (i32.const 8) (call $fd_prestat_get (local.get $fd) (i32.const 0)))
        (then (unreachable)))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $on (i32.lt_u (local.get $fd) (i32.const 300))))
    (call $say)`,
  ),
  command(
    "WASM-03 command whose buffers lie past the memory",
    "trap",
    "(drop (call $fd_write (i32.const 1) (i32.const -8) (i32.const 2) (i32.const 0)))",
  ),
  command(
    "WASM-03 command whose list is longer than any",
    "bad_output",
    "(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const -1) (i32.const 0)))",
  ),
  command(
    "WASM-03 command that wants to hear the count past the memory",
    "trap",
    "(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const -2)))",
  ),
];
