/** Checks whose answer is a lie, a flood or no answer. */
import { answeringWat, nativeWat, watBytes } from "./check_jobs.ts";
import type { HostileCheck } from "./hostile_checks.ts";
import { assembleWat } from "./wat.ts";

/** `pointer << 32 | length`, both as written. */
const at = (pointer: string, length: string) =>
  `(i64.or (i64.shl (i64.extend_i32_u (i32.const ${pointer})) (i64.const 32))
    (i64.extend_i32_u (i32.const ${length})))`;

function pointing(
  title: string,
  code: HostileCheck["code"],
  pointer: string,
  length: string,
): HostileCheck {
  const wat = nativeWat(at(pointer, length));
  return { title: `WASM-03 answer ${title}`, code, build: () => assembleWat(wat) };
}

const pointers: readonly HostileCheck[] = [
  pointing("of 1 GB", "limit_exceeded", "0", "1073741824"),
  pointing("of 4 GiB less one byte", "limit_exceeded", "0", "-1"),
  pointing("of a negative length at a negative place", "limit_exceeded", "-1", "-1"),
  pointing("one byte past the memory", "bad_output", "65535", "2"),
  pointing("at the end of 32 bits", "bad_output", "-1", "1"),
  pointing("that ends where 32 bits do", "bad_output", "-16", "16"),
  pointing("of nothing", "bad_output", "0", "0"),
  pointing("of nothing, past the memory", "bad_output", "65536", "0"),
  pointing("of zeros", "bad_output", "0", "64"),
  pointing("that is the request itself", "bad_output", "32768", "40"),
  pointing("that begins within the request", "bad_output", "32760", "60"),
];

/** Where check_alloc says that there is room. */
function allocating(title: string, code: HostileCheck["code"], place: string): HostileCheck {
  const wat = `(module (memory (export "memory") 1)
    (func (export "check_alloc") (param i32) (result i32) (i32.const ${place}))
    (func (export "check_eval") (param i32 i32) (result i64) (i64.const 0)))`;
  return { title: `WASM-03 room ${title}`, code, build: () => assembleWat(wat) };
}

const rooms: readonly HostileCheck[] = [
  allocating("at 0, which is none", "trap", "0"),
  allocating("past the memory", "bad_output", "65536"),
  allocating("that ends past the memory", "bad_output", "65535"),
  allocating("at -1", "bad_output", "-1"),
];

const one = (fields: string) => `{"violations":[{"code":"a","message":"b"${fields}}]}`;
const many = (count: number) =>
  `{"violations":[${Array.from({ length: count }, () => '{"code":"a","message":"b"}').join()}]}`;

const texts: readonly (readonly [string, string])[] = [
  ["allow", '{"allow":true}'],
  ["a decision", '{"decision":"allow","violations":[]}'],
  ["allowed beside nothing found", '{"violations":[],"allowed":true}'],
  ["the word true", "true"],
  ["null", "null"],
  ["a list", "[]"],
  ["nothing as violations", "{}"],
  ["an object as violations", '{"violations":{}}'],
  ["violations twice", '{"violations":[{"code":"a","message":"b"}],"violations":[]}'],
  ["a key twice in another spelling", String.raw`{"violations":[1],"\u0076iolations":[]}`],
  ["a key of every object", '{"__proto__":{"violations":[]}}'],
  ["__proto__ beside nothing found", '{"violations":[],"__proto__":{}}'],
  ["a code twice", '{"violations":[{"code":"a","code":"b","message":"c"}]}'],
  ["a byte more", '{"violations":[]}x'],
  ["a second text", '{"violations":[]}{"violations":[]}'],
  ["a NUL behind it", '{"violations":[]}\0'],
  ["a mark of byte order", '\ufeff{"violations":[]}'],
  ["NaN", one(',"details":{"a":NaN}')],
  ["Infinity", one(',"details":{"a":-Infinity}')],
  ["a number without end", one(',"details":{"a":1e999}')],
  ["a comment", '{"violations":[]/**/}'],
  ["a comma at the end", '{"violations":[],}'],
  ["half a character", String.raw`{"violations":[{"code":"a","message":"\ud800"}]}`],
  ["101 violations", many(101)],
  ["2,000 violations", many(2_000)],
  ["lists in lists", `{"violations":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
  ["no code", '{"violations":[{"message":"b"}]}'],
  ["no message", '{"violations":[{"code":"a"}]}'],
  ["an empty message", '{"violations":[{"code":"a","message":""}]}'],
  ["a long message", `{"violations":[{"code":"a","message":"${"x".repeat(1_001)}"}]}`],
  ["long details", one(`,"details":{"a":"${"x".repeat(2_048)}"}`)],
  ["a severity of its own", one(',"severity":"NONE"')],
  ["a severity in small letters", one(',"severity":"low"')],
  ["a verdict in a violation", one(',"effect":"allow"')],
  ["a code that is no name", '{"violations":[{"code":"__proto__","message":"b"}]}'],
  ["a code with a line's end", String.raw`{"violations":[{"code":"a\n","message":"b"}]}`],
  ["a number as path", one(',"path":1')],
];

function answering(title: string, wat: () => string, more: Partial<HostileCheck> = {}) {
  return { title, code: "bad_output", build: () => assembleWat(wat()), ...more } as const;
}

function bytesWat(bytes: readonly number[]): string {
  return nativeWat(
    at("1024", `${bytes.length}`),
    `(data (i32.const 1024) "${watBytes(Uint8Array.from(bytes))}")`,
  );
}

const wrongBytes: readonly (readonly [string, readonly number[]])[] = [
  ["0xff", [0xff, 0xfe, 0xfd]],
  ["an overlong quote", [0x7b, 0xc0, 0xa2, 0x7d]],
  ["half a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ["a sequence cut short", [...new TextEncoder().encode('{"violations":[]}'), 0xe2, 0x82]],
  ["UTF-16", [...'{"violations":[]}'].flatMap((letter) => [letter.charCodeAt(0), 0])],
];

export const hostileAnswers: readonly HostileCheck[] = [
  ...pointers,
  ...rooms,
  ...texts.map(([title, text]) => answering(`WASM-10 says ${title}`, () => answeringWat(text))),
  ...wrongBytes.map(([title, bytes]) =>
    answering(`WASM-03 no UTF-8: ${title}`, () => bytesWat(bytes))
  ),
  answering("WASM-03 10,000 violations", () => largeAnswer(many(10_000)), {
    lines: "    limits: {output_bytes: 1048576}\n",
  }),
  answering(
    "WASM-03 10,000 violations, longer than an answer may be",
    () => largeAnswer(many(10_000)),
    { code: "limit_exceeded" },
  ),
];

/** Behind the request, in a larger memory. */
function largeAnswer(text: string): string {
  return `(module (memory (export "memory") 16) (data (i32.const 65536) "${
    watBytes(new TextEncoder().encode(text))
  }")
    (func (export "check_alloc") (param i32) (result i32) (i32.const 1024))
    (func (export "check_eval") (param i32 i32) (result i64) ${at("65536", `${text.length}`)}))`;
}
