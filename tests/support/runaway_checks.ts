/** Checks that want all the time, all the stack or all the memory there is. */
import { checkCeilings } from "../../src/core/check/check_limits.ts";
import { answeringWat, nativeWat } from "./check_jobs.ts";
import type { HostileCheck } from "./hostile_checks.ts";
import { assembleWat } from "./wat.ts";

const forEver = "(loop $on (br $on))";
const nothingFound = '{"violations":[]}';

function row(
  title: string,
  code: HostileCheck["code"],
  wat: string,
  more: Partial<HostileCheck> = {},
): HostileCheck {
  return { title, code, build: () => assembleWat(wat), ...more };
}

/** What it does again and again; a page of data to copy from. */
function again(instructions: string, parts = ""): string {
  return nativeWat(`(loop $on ${instructions} (br $on)) (i64.const 0)`, parts);
}

const time: readonly HostileCheck[] = [
  row("WASM-01 endless loop", "fuel_exhausted", nativeWat(`${forEver} (i64.const 0)`)),
  row(
    "WASM-01 endless loop before it has the request",
    "fuel_exhausted",
    `(module (memory (export "memory") 1)
      (func (export "check_alloc") (param i32) (result i32) ${forEver} (i32.const 8))
      (func (export "check_eval") (param i32 i32) (result i64) (i64.const 0)))`,
  ),
  row(
    "WASM-06 endless loop in the start section",
    "fuel_exhausted",
    nativeWat("(i64.const 0)", `(func $start ${forEver}) (start $start)`),
  ),
  row(
    "WASM-06 endless loop in _initialize",
    "fuel_exhausted",
    nativeWat("(i64.const 0)", `(func (export "_initialize") ${forEver})`),
  ),
  row(
    "WASM-06 trap in the start section",
    "trap",
    nativeWat("(i64.const 0)", "(func $start (unreachable)) (start $start)"),
  ),
  row(
    "WASM-01 endless loop of a br_table",
    "fuel_exhausted",
    nativeWat(`(loop $on (br_table $on $on $on (i32.const 7))) (i64.const 0)`),
  ),
  row(
    "WASM-01 endless loop with every unit of fuel a policy can give",
    "deadline",
    nativeWat(`${forEver} (i64.const 0)`),
    {
      isDeadly: true,
      lines: `    limits: {fuel: ${checkCeilings.fuel}, fuel_per_input_byte: ` +
        `${checkCeilings.fuelPerInputByte}}\n`,
    },
  ),
];

const deep = (body: string, parts = "") =>
  nativeWat("(call $down) (i64.const 0)", `${parts} ${body}`);
const stack: readonly HostileCheck[] = [
  row("WASM-01 endless recursion", "stack_exhausted", deep("(func $down (call $down))")),
  row(
    "WASM-01 endless recursion of two, through a table",
    "stack_exhausted",
    deep(
      `(table 2 funcref) (elem (i32.const 0) $down $other) (type $t (func))
      (func $down (call_indirect (type $t) (i32.const 1)))
      (func $other (call_indirect (type $t) (i32.const 0)))`,
    ),
  ),
  row(
    "WASM-01 endless recursion of large frames",
    "stack_exhausted",
    deep(`(func $down (local ${"i64 ".repeat(900)}) (local.set 899 (i64.const 1)) (call $down)
      (drop (local.get 899)))`),
  ),
  row(
    "WASM-01 endless recursion with all the depth a policy can give",
    "stack_exhausted",
    deep(`(func $down (local ${"i64 ".repeat(900)}) (call $down))`),
    { lines: `    limits: {call_depth: ${checkCeilings.callDepth}}\n` },
  ),
  row(
    "WASM-01 recursion that doubles at each turn",
    "fuel_exhausted",
    nativeWat(
      "(call $both (i32.const 60)) (i64.const 0)",
      `(func $both (param i32) (if (i32.eqz (local.get 0)) (then (return)))
        (call $both (i32.sub (local.get 0) (i32.const 1)))
        (call $both (i32.sub (local.get 0) (i32.const 1))))`,
    ),
  ),
  row(
    "WASM-06 endless recursion in the start section",
    "stack_exhausted",
    nativeWat("(i64.const 0)", "(func $down (call $down)) (start $down)"),
  ),
];

/** Grows as far as it goes, touches every page, and then answers. */
const growAndTouch = `(local $page i32)
  (block $full (loop $on
    (br_if $full (i32.eq (memory.grow (i32.const 1)) (i32.const -1))) (br $on)))
  (loop $on
    (i32.store8 (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
    (local.set $page (i32.add (local.get $page) (i32.const 1)))
    (br_if $on (i32.lt_u (local.get $page) (memory.size))))`;

const memory: readonly HostileCheck[] = [
  row("WASM-02 all the memory there is", null, answeringWat(nothingFound, growAndTouch)),
  row(
    "WASM-02 4 GiB at once, and a trap if it gets them",
    null,
    answeringWat(
      nothingFound,
      "(if (i32.ne (memory.grow (i32.const 65535)) (i32.const -1)) (then (unreachable)))",
    ),
  ),
  row("WASM-02 endless growth", "fuel_exhausted", again("(drop (memory.grow (i32.const 1)))")),
  row(
    "WASM-02 endless growth by nothing",
    "fuel_exhausted",
    again("(drop (memory.grow (i32.const 0)))"),
  ),
  row(
    "WASM-02 32 MiB filled for ever",
    "fuel_exhausted",
    nativeWat(`(drop (memory.grow (i32.const 511)))
      (loop $on (memory.fill (i32.const 0) (i32.const 1) (i32.const 33554432)) (br $on))
      (i64.const 0)`),
  ),
  row(
    "WASM-02 32 MiB copied for ever",
    "fuel_exhausted",
    nativeWat(`(drop (memory.grow (i32.const 511)))
      (loop $on (memory.copy (i32.const 1) (i32.const 0) (i32.const 33554431)) (br $on))
      (i64.const 0)`),
  ),
  row(
    "WASM-02 4 GiB filled",
    "fuel_exhausted",
    nativeWat(`(memory.fill (i32.const 0) (i32.const 1) (i32.const -1)) (i64.const 0)`),
  ),
  row(
    "WASM-02 data copied in for ever",
    "fuel_exhausted",
    again(
      "(memory.init $all (i32.const 0) (i32.const 0) (i32.const 30000))",
      `(data $all "${"x".repeat(30_000)}")`,
    ),
  ),
  row(
    "WASM-02 endless growth of a table",
    "fuel_exhausted",
    again("(drop (table.grow $t (ref.null func) (i32.const 1)))", "(table $t 0 funcref)"),
  ),
  row(
    "WASM-02 4 billion entries of a table, and a trap if it gets them",
    null,
    answeringWat(
      nothingFound,
      `(if (i32.ne (table.grow $t (ref.null func) (i32.const -1)) (i32.const -1))
        (then (unreachable)))`,
    ).replace("(module", "(module (table $t 0 funcref)"),
  ),
  row(
    "WASM-02 a table filled for ever",
    "fuel_exhausted",
    again(
      "(table.fill $t (i32.const 0) (ref.null func) (i32.const 10000))",
      "(table $t 10000 funcref)",
    ),
  ),
];

const traps: readonly HostileCheck[] = [
  ["unreachable", "(unreachable)"],
  ["division by zero", "(drop (i32.div_u (i32.const 1) (i32.const 0)))"],
  ["overflow of a division", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"],
  ["NaN made an integer", "(drop (i32.trunc_f64_s (f64.const nan)))"],
  ["a load past the memory", "(drop (i64.load (i32.const 65529)))"],
  ["a store past the memory", "(i32.store8 (i32.const -1) (i32.const 1))"],
  ["a call of nothing", "(call_indirect (i32.const 0))"],
  ["a call past the table", "(call_indirect (i32.const -1))"],
  ["a call of another type", "(call_indirect (i32.const 1))"],
].map(([title, body]) =>
  row(
    `WASM-03 trap: ${title}`,
    "trap",
    nativeWat(
      `${body} (i64.const 0)`,
      "(table 2 funcref) (elem (i32.const 1) $other) (func $other (param i32))",
    ),
  )
);

const segments: readonly HostileCheck[] = [
  row(
    "WASM-03 data past the memory",
    "trap",
    nativeWat("(i64.const 0)", '(data (i32.const 65536) "x")'),
  ),
  row(
    "WASM-03 elements past the table",
    "trap",
    nativeWat("(i64.const 0)", "(table 1 funcref) (elem (i32.const 1) $f) (func $f)"),
  ),
];

export const runawayChecks: readonly HostileCheck[] = [
  ...time,
  ...stack,
  ...memory,
  ...traps,
  ...segments,
];
