/** Checks that want what nobody gives, or do not export what they must. */
import { answeringWat, nativeWat } from "./check_jobs.ts";
import type { HostileCheck } from "./hostile_checks.ts";
import { assembleWat } from "./wat.ts";

function importing(title: string, text: string, abi: "native-1" | "wasi-cmd"): HostileCheck {
  const wat = abi === "native-1"
    ? answeringWat('{"violations":[]}').replace("(module", `(module ${text}`)
    : `(module ${text} (memory (export "memory") 1) (func (export "_start")))`;
  return {
    title: `WASM-04 imports ${title}`,
    code: "import_refused",
    abi,
    build: () => assembleWat(wat),
  };
}

const preview1 = "wasi_snapshot_preview1";
/** What opens, connects, waits or starts, with parameters by their first letters. */
const reaching: readonly (readonly [string, string])[] = [
  ["path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"],
  ["path_create_directory", "i32 i32 i32"],
  ["path_unlink_file", "i32 i32 i32"],
  ["path_rename", "i32 i32 i32 i32 i32 i32"],
  ["path_symlink", "i32 i32 i32 i32 i32"],
  ["path_filestat_get", "i32 i32 i32 i32 i32"],
  ["fd_readdir", "i32 i32 i32 i64 i32"],
  ["fd_pread", "i32 i32 i32 i64 i32"],
  ["fd_pwrite", "i32 i32 i32 i64 i32"],
  ["fd_allocate", "i32 i64 i64"],
  ["fd_renumber", "i32 i32"],
  ["sock_accept", "i32 i32 i32"],
  ["sock_recv", "i32 i32 i32 i32 i32 i32"],
  ["sock_send", "i32 i32 i32 i32 i32"],
  ["sock_shutdown", "i32 i32"],
  ["poll_oneoff", "i32 i32 i32 i32"],
  ["proc_raise", "i32"],
  ["thread-spawn", "i32"],
];

const functions: readonly HostileCheck[] = [
  importing("a function of env", '(import "env" "exec" (func (param i32)))', "native-1"),
  importing(
    "WASI where there is none",
    `(import "${preview1}" "sched_yield" (func (result i32)))`,
    "native-1",
  ),
  importing("a memory", '(import "env" "more" (global i32))', "native-1"),
  importing("a table", '(import "env" "t" (table 1 funcref))', "native-1"),
  importing("a global", '(import "env" "g" (global (mut i32)))', "native-1"),
  importing("the meter's fuel", '(import "sealward:fuel" "fuel" (global (mut i64)))', "native-1"),
  importing(
    "strings of JavaScript",
    '(import "wasm:js-string" "length" (func (param externref) (result i32)))',
    "native-1",
  ),
  importing(
    "eval",
    '(import "globalThis" "eval" (func (param externref) (result externref)))',
    "native-1",
  ),
  importing("by a name without letters", '(import "" "" (func))', "native-1"),
  importing("__proto__", '(import "__proto__" "constructor" (func))', "native-1"),
  importing(
    "an older WASI",
    '(import "wasi_unstable" "sched_yield" (func (result i32)))',
    "wasi-cmd",
  ),
  importing("a memory for a command", '(import "env" "g" (global i32))', "wasi-cmd"),
  importing(
    "proc_exit as something else",
    `(import "${preview1}" "proc_exit" (func (param i64)))`,
    "wasi-cmd",
  ),
  importing("fd_write as a global", `(import "${preview1}" "fd_write" (global i32))`, "wasi-cmd"),
  ...reaching.map(([name, params]) =>
    importing(
      name,
      `(import "${preview1}" "${name}" (func (param ${params}) (result i32)))`,
      "wasi-cmd",
    )
  ),
];

function exporting(title: string, wat: string): HostileCheck {
  return {
    title: `WASM-03 exports ${title}`,
    code: "invalid_module",
    build: () => assembleWat(wat),
  };
}

const alloc = '(func (export "check_alloc") (param i32) (result i32) (i32.const 8))';
const evaluate = '(func (export "check_eval") (param i32 i32) (result i64) (i64.const 0))';
const memory = '(memory (export "memory") 1)';

const exports: readonly HostileCheck[] = [
  exporting("nothing", "(module)"),
  exporting("no memory", `(module ${alloc} ${evaluate})`),
  exporting("no check_alloc", `(module ${memory} ${evaluate})`),
  exporting("no check_eval", `(module ${memory} ${alloc})`),
  exporting("a function as memory", `(module (func (export "memory")) ${alloc} ${evaluate})`),
  exporting(
    "a check_eval that gives a float",
    `(module ${memory} ${alloc}
      (func (export "check_eval") (param i32 i32) (result f64) (f64.const nan)))`,
  ),
  exporting(
    "a check_eval that gives 32 bits",
    `(module ${memory} ${alloc}
      (func (export "check_eval") (param i32 i32) (result i32) (i32.const 2)))`,
  ),
  exporting(
    "a check_eval that gives two values",
    `(module ${memory} ${alloc}
      (func (export "check_eval") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 0)))`,
  ),
  exporting(
    "the meter's fuel",
    nativeWat("(i64.const 0)", '(global (export "sealward:fuel") (mut i64) (i64.const 1))'),
  ),
  exporting(
    "the name of the start function",
    nativeWat("(i64.const 0)", '(func (export "sealward:start"))'),
  ),
];

export const hostileImports: readonly HostileCheck[] = [...functions, ...exports];
