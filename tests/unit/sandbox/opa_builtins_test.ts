import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import type { BuiltinContext } from "../../../src/sandbox/abi/opa/opa_builtin.ts";
import { opaBuiltins } from "../../../src/sandbox/abi/opa/opa_builtins.ts";
import { isOpaArray, writeOpaValue } from "../../../src/sandbox/abi/opa/opa_value.ts";
import { parseOpaValue } from "../../../src/sandbox/abi/opa/parse_opa_value.ts";
import { refusedBuiltins } from "../../../src/sandbox/abi/opa/refused_builtins.ts";

let charged = 0;
const context: BuiltinContext = {
  charge: (units) => {
    assert(Number.isSafeInteger(units) && units >= 0, `${units}`);
    charged += units;
  },
  now: () => 1_795_370_400_123_456_789n,
  print: () => {},
};

/** Arguments and result as Rego writes them; null: undefined. */
function ask(name: string, args: string): string | null {
  const builtin = opaBuiltins.get(name);
  const values = parseOpaValue(`[${args}]`);
  assert(builtin !== undefined && isOpaArray(values), name);
  assertEquals(values.length, builtin.arity, `${name}(${args})`);
  const result = builtin.call(values, context);
  if (result === undefined) return null;
  const text = writeOpaValue(result);
  // What it gives, a module can read again.
  assertEquals(writeOpaValue(parseOpaValue(text)), text);
  return text;
}

function tell(name: string, cases: readonly (readonly [string, string | null])[]): void {
  for (const [args, wanted] of cases) assertEquals(ask(name, args), wanted, `${name}(${args})`);
}

const format = (cases: readonly (readonly [string, string])[]) =>
  tell("sprintf", cases.map(([args, wanted]) => [args, JSON.stringify(wanted)]));

describe("values of Rego", () => {
  it("come back as they were written", () => {
    const values = ["null", "true", "false", '"a\\"\\u0000é😀"', "0", "-1.50", "1e400", "[]", "{}"];
    values.push("set()", "{1,2}", '{"a":[1,{"b":set()}]}', "{1:2,[3]:{4}}", "12345678901234567890");
    for (const value of values) {
      const read = writeOpaValue(parseOpaValue(value));
      assertEquals(read, value.replace("\\u0000", "\\u0000"));
    }
    assertEquals(writeOpaValue(parseOpaValue(' { 1 , "a" } '), " "), '{1, "a"}');
    assertEquals(writeOpaValue(parseOpaValue('{"a":1,"b":[2,3]}'), " "), '{"a": 1, "b": [2, 3]}');
  });

  it("WASM-03 nest no deeper than their bound, and are refused in any other form", () => {
    assertEquals(writeOpaValue(parseOpaValue("[".repeat(64) + "]".repeat(64))).length, 128);
    for (const text of ["[".repeat(65) + "]".repeat(65), "[".repeat(1e6), "{1:2,3}", "{1,2:3}"]) {
      const error = assertThrows(() => parseOpaValue(text), CheckFailure);
      assertEquals(error.code, "trap");
    }
  });
});

describe("sprintf", () => {
  it("writes whole numbers", () => {
    format([
      ['"%d",[42]', "42"],
      ['"%d",[-42]', "-42"],
      ['"%5d|%-5d|%05d",[42,42,-42]', "   42|42   |-0042"],
      ['"%+d % d",[1,2]', "+1  2"],
      ['"%x %X %#x %o %b",[255,255,255,8,5]', "ff FF 0xff 10 101"],
      ['"%c %U",[233,233]', "é U+00E9"],
      ['"%d",[123456789012345678901234567890]', "123456789012345678901234567890"],
      ['"%v %s",[7,7]', "7 %!s(int=7)"],
      ['"%.5d|%8.3d",[42,7]', "00042|     007"],
    ]);
  });

  it("writes other numbers", () => {
    format([
      ['"%v %v %v",[1.5,0.1,-2.25]', "1.5 0.1 -2.25"],
      ['"%f %.2f %8.3f|%-8.1f|",[1.5,3.14159,2.5,2.5]', "1.500000 3.14    2.500|2.5     |"],
      // Exact halves go to the even digit.
      ['"%.0f %.0f %.0f %.1f %.1f",[0.5,1.5,2.5,0.25,0.15]', "0 2 2 0.2 0.1"],
      ['"%e %E",[1234.5,1234.5]', "1.234500e+03 1.234500E+03"],
      ['"%v %g",[1.5e21,1.5e-7]', "1.5e+21 1.5e-07"],
      ['"%v %v",[123456.5,1234567.5]', "123456.5 1.2345675e+06"],
      ['"%.3g",[1234.5]', "1.23e+03"],
      ['"%v",[0.00012]', "0.00012"],
      ['"%d",[1.5]', "%!d(float64=1.5)"],
      ['"%v %v",[-1e400,-0.5]', "-1e400 -0.5"],
    ]);
  });

  it("writes texts, and all else as Rego does", () => {
    format([
      ['"%s %v %q",["a","b","c"]', 'a b "c"'],
      ['"%6s|%-6s|%.2s",["ab","ab","abc"]', "    ab|ab    |ab"],
      ['"%x",["hé"]', "68c3a9"],
      ['"%v %v %v",[true,null,[1,"a"]]', 'true null [1, "a"]'],
      ['"%v %s",[{"a":1},{2,3}]', '{"a": 1} {2, 3}'],
      ['"%d",["a"]', "%!d(string=a)"],
      ['"%t",[true]', "%!t(string=true)"],
      ['"100%%",[]', "100%"],
    ]);
  });

  it("says what is missing, too much, or no verb", () => {
    format([
      ['"%d %d",[1]', "1 %!d(MISSING)"],
      ['"x",[1,"a",1.5]', "x%!(EXTRA int=1, string=a, float64=1.5)"],
      ['"%",[]', "%!(NOVERB)"],
      ['"%z",[1]', "%!z(int=1)"],
      ['"$& $1 %s",["$&"]', "$& $1 $&"],
    ]);
    tell("sprintf", [["1,[]", null], ['"a","b"', null], ['"%9999999d",[1]', null]]);
  });

  it("WASM-01 pays for widths before it writes them", () => {
    charged = 0;
    assertEquals(ask("sprintf", '"%500000d",[1]')?.length, 500_002);
    assert(charged >= 500_000);
  });
});

describe("built-ins about text and bytes", () => {
  it("search", () => {
    tell("indexof_n", [
      ['"sad sad","sad"', "[0,4]"],
      ['"aaa","aa"', "[0,1]"],
      ['"é😀x😀","😀"', "[1,3]"],
      ['"a","b"', "[]"],
      ['"a",""', null],
      ['1,"a"', null],
    ]);
    tell("strings.count", [['"cheese","e"', "3"], ['"aaaa","aa"', "2"], ['"é😀",""', "3"]]);
    tell("strings.any_prefix_match", [
      ['"a/b/c","a/"', "true"],
      ['["x","a/b"],{"b","a"}', "true"],
      ['{"x"},["y"]', "false"],
      ['[],["y"]', "false"],
      ['[1],["y"]', null],
    ]);
    tell("strings.any_suffix_match", [['["a.ts"],[".js",".ts"]', "true"], ['"a","b"', "false"]]);
    tell("strings.reverse", [['"añ😀"', '"😀ña"'], ["1", null]]);
    tell("glob.quote_meta", [['"*.{a,b}[?]\\\\"', '"\\\\*.\\\\{a,b\\\\}\\\\[\\\\?\\\\]\\\\\\\\"']]);
  });

  it("write and read codings", () => {
    tell("hex.encode", [['"hé"', '"68c3a9"'], ['""', '""']]);
    tell("hex.decode", [['"68C3a9"', '"hé"'], ['"6"', null], ['"ff"', null], ['"zz"', null]]);
    tell("base64url.encode_no_pad", [['"a"', '"YQ"'], ['"??>"', '"Pz8-"']]);
    tell("urlquery.encode", [[`"a b&c=é'(!)*~"`, '"a+b%26c%3D%C3%A9%27%28%21%29%2A~"']]);
    tell("urlquery.decode", [['"a+b%26c%3D%C3%A9"', '"a b&c=é"'], ['"%"', null], ['"%ff"', null]]);
    tell("json.is_valid", [['"{}"', "true"], ['"{"', "false"], ["1", "false"]]);
  });

  it("hash", () => {
    // FIPS 180-4 and RFC 4231, test case 2.
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    tell("crypto.sha256", [['"abc"', `"${abc}"`], ["1", null]]);
    const keyed = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    tell("crypto.hmac.sha256", [['"what do ya want for nothing?","Jefe"', `"${keyed}"`]]);
    // RFC 1321, A.5; RFC 3174, 7.3; RFC 2202, test cases 2 and (with a long key) 6.
    tell("crypto.md5", [
      ['""', '"d41d8cd98f00b204e9800998ecf8427e"'],
      ['"message digest"', '"f96b697d7cb7938d525a2f31aaf161d0"'],
      [`"${"1234567890".repeat(8)}"`, '"57edf4a22be3c955ac49da2e2107b67a"'],
    ]);
    tell("crypto.sha1", [
      ['"abc"', '"a9993e364706816aba3e25717850c26c9cd0d89d"'],
      [
        '"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"',
        '"84983e441c3bd26ebaae4aa1f95129e5e54670f1"',
      ],
    ]);
    const jefe = '"what do ya want for nothing?","Jefe"';
    tell("crypto.hmac.md5", [[jefe, '"750c783e6ab0b503eaa86e310a5db738"']]);
    tell("crypto.hmac.sha1", [[jefe, '"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"']]);
    tell("crypto.hmac.equal", [['"a","a"', "true"], ['"a","b"', "false"]]);
  });
});

describe("built-ins about collections, versions, units and blocks", () => {
  it("collections", () => {
    tell("array.reverse", [["[1,2,3]", "[3,2,1]"], ["{1}", null]]);
    tell("object.keys", [['{"a":1,"b":2}', '{"a","b"}'], ["{}", "set()"], ["[1]", null]]);
    tell("object.subset", [
      ['{"a":{"b":1,"c":2},"d":3},{"a":{"c":2}}', "true"],
      ['{"a":1},{"a":2}', "false"],
      ['{"a":1},{"b":1}', "false"],
      ["{1,2,3},{3,1}", "true"],
      ["{1,2,3},{4}", "false"],
      ["[1,2,3,4],[2,3]", "true"],
      ["[1,2,3,4],[2,4]", "false"],
      ["[1,2,3],{3,1}", "true"],
      ["[1],[]", "true"],
      ["{1},[1]", null],
      ["1,2", null],
    ]);
    tell("object.union_n", [
      ['[{"a":1,"c":{"x":1}},{"b":2,"c":{"y":2}},{"a":3}]', '{"a":3,"c":{"x":1,"y":2},"b":2}'],
      ["[]", "{}"],
      ["[1]", null],
    ]);
    tell("numbers.range_step", [
      ["1,5,2", "[1,3,5]"],
      ["5,1,2", "[5,3,1]"],
      ["1,1,9", "[1]"],
      ["1,5,0", null],
      ["1,5,-1", null],
      ["1.5,5,1", null],
      ["1,100000000000,1", null],
    ]);
  });

  it("versions, in the order of Semantic Versioning 2.0.0, 11", () => {
    const order = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta"];
    order.push("1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1");
    for (const [at, left] of order.entries()) {
      for (const [other, right] of order.entries()) {
        const wanted = String(Math.sign(at - other));
        assertEquals(ask("semver.compare", `"${left}","${right}"`), wanted, `${left} ${right}`);
      }
    }
    tell("semver.compare", [['"1.0.0+a","1.0.0+b"', "0"], ['"1","1.0.0"', null]]);
    tell("semver.is_valid", [
      ['"1.2.3"', "true"],
      ['"1.2"', "false"],
      ['"01.2.3"', "false"],
      ['"1.2.3-01"', "false"],
      ['"v1.2.3"', "false"],
      ["1", "false"],
    ]);
  });

  it("units", () => {
    tell("units.parse", [
      ['"10K"', "10000"],
      ['"10Ki"', "10240"],
      ['"1.5M"', "1500000"],
      ['"100m"', "0.1"],
      ['"0.0001"', "0.0001"],
      ['"1Gi"', "1073741824"],
      ['"x"', null],
      ['"1Q"', null],
      ['""', null],
    ]);
    tell("units.parse_bytes", [
      ['"10"', "10"],
      ['"10KB"', "10000"],
      ['"10kib"', "10240"],
      ['"1.5Mi"', "1572864"],
      ['"0.0001k"', "0"],
      ['"1 k"', null],
    ]);
  });

  it("blocks of addresses", () => {
    tell("net.cidr_is_valid", [
      ['"10.0.0.0/8"', "true"],
      ['"10.0.0.0/33"', "false"],
      ['"10.0.0.0"', "false"],
      ['"2001:db8::/32"', "true"],
      ['"::ffff:1.2.3.4/128"', "true"],
      ['"1::2::3/64"', "false"],
      ['"010.0.0.0/8"', "false"],
      ['"a/8"', "false"],
    ]);
    tell("net.cidr_contains_matches", [
      ['"1.1.1.0/24","1.1.1.128"', '{["1.1.1.0/24","1.1.1.128"]}'],
      ['["1.1.1.0/24","1.1.2.0/24"],{"1.1.1.1"}', '{[0,"1.1.1.1"]}'],
      ['{"x":["1.1.0.0/16","note"]},["1.1.2.3","2.2.2.2"]', '{["x",0]}'],
      ['"::/0","1.1.1.1"', "set()"],
      ['"no","1.1.1.1"', null],
    ]);
  });
});

describe("built-ins about time", () => {
  it("know the request's time and no other", () => {
    assertEquals(ask("time.now_ns", ""), "1795370400123456789");
  });

  it("read", () => {
    tell("time.parse_rfc3339_ns", [
      ['"2026-11-22T18:00:00Z"', "1795370400000000000"],
      ['"2026-11-22T20:00:00.123456789+02:00"', "1795370400123456789"],
      ['"1969-12-31T23:59:59.5Z"', "-500000000"],
      ['"2026-02-29T00:00:00Z"', null],
      ['"2026-11-22T24:00:00Z"', null],
      ['"2026-11-22"', null],
      ['"9999-01-01T00:00:00Z"', null],
    ]);
    tell("time.parse_duration_ns", [
      ['"1h15m30.5s"', "4530500000000"],
      ['"-1.5ms"', "-1500000"],
      ['"2us3µs"', "5000"],
      ['"0"', "0"],
      ['"1"', null],
      ['""', null],
      ['"1h "', null],
      ['"."', null],
      ['"999999999h"', null],
    ]);
  });

  it("tell parts of a moment, in UTC only", () => {
    const moment = "1795370400123456789";
    tell("time.date", [[moment, "[2026,11,22]"], [`[${moment},"UTC"]`, "[2026,11,22]"]]);
    tell("time.clock", [[moment, "[18,0,0]"], ["-1", "[23,59,59]"], ['"a"', null], ["1.5", null]]);
    tell("time.weekday", [[moment, '"Sunday"'], ["0", '"Thursday"']]);
    tell("time.add_date", [
      [`${moment},0,1,10`, "1798826400123456789"],
      ["0,0,0,-1", "-86400000000000"],
      ["0,1000,0,0", null],
      ["0,1.5,0,0", null],
      ["0,99999999999999999999,0,0", null],
    ]);
    const error = assertThrows(() => ask("time.clock", `[${moment},"Local"]`), CheckFailure);
    assertEquals(error.code, "builtin_refused");
  });
});

describe("the list of built-ins", () => {
  it("is closed, and shares nothing with what is refused", () => {
    for (const name of refusedBuiltins.keys()) assertEquals(opaBuiltins.has(name), false, name);
  });

  it("WASM-03 gives undefined or a value for arguments of every kind, and throws nothing else", () => {
    const kinds = ["null", "true", "-1", "1.5", '"a"', '"%d"', "[]", '["a",1]', "{}", "set()"];
    kinds.push('{"a":{"b":[]}}', "{1,[2]}", '"1.0.0"', "1e300", "99999999999999999999");
    for (const [name, { arity }] of opaBuiltins) {
      for (let round = 0; round < 400; round++) {
        const args = Array.from(
          { length: arity },
          (_, at) => kinds[(round * (at + 1) * 7 + at * 3 + Math.floor(round / 15)) % kinds.length],
        );
        ask(name, args.join(","));
      }
    }
  });
});
