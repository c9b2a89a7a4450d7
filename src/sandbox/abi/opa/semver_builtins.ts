/**
 * Built-ins about versions (Semantic Versioning 2.0.0).
 *
 * @module
 */
import { type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import { opaNumber } from "./opa_value.ts";

const maxCharacters = 256;
const whole = "(0|[1-9][0-9]*)";
const part = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
const grammar = new RegExp(
  `^${whole}\\.${whole}\\.${whole}(?:-(${part}(?:\\.${part})*))?(?:\\+[0-9A-Za-z.-]+)?$`,
);

interface Version {
  readonly numbers: readonly bigint[];
  /** Empty: a release. */
  readonly before: readonly string[];
}

function parseVersion(text: string): Version | null {
  const found = text.length > maxCharacters ? null : grammar.exec(text);
  if (found === null) return null;
  const [, major = "", minor = "", patch = "", before] = found;
  return { numbers: [major, minor, patch].map(BigInt), before: before?.split(".") ?? [] };
}

function compareVersions(left: Version, right: Version): number {
  for (const [at, number] of left.numbers.entries()) {
    const order = compare(number, right.numbers[at] ?? 0n);
    if (order !== 0) return order;
  }
  // A release comes after everything before it.
  if (left.before.length === 0 || right.before.length === 0) {
    return compare(right.before.length, left.before.length);
  }
  for (const [at, one] of left.before.entries()) {
    const other = right.before[at];
    if (other === undefined) return 1;
    const order = compareParts(one, other);
    if (order !== 0) return order;
  }
  return compare(left.before.length, right.before.length);
}

/** Numbers come before words. */
function compareParts(left: string, right: string): number {
  const [isLeft, isRight] = [left, right].map((one) => /^[0-9]+$/.test(one));
  if (isLeft && isRight) return compare(BigInt(left), BigInt(right));
  if (isLeft !== isRight) return isLeft ? -1 : 1;
  return compare(left, right);
}

function compare<T extends bigint | number | string>(left: T, right: T): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export const semverBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["semver.is_valid", {
    arity: 1,
    call: ([text]) => typeof text === "string" && parseVersion(text) !== null,
  }],
  [
    "semver.compare",
    textBuiltin(2, ([one, other]) => {
      const left = parseVersion(one);
      const right = parseVersion(other);
      if (left === null || right === null) return undefined;
      return opaNumber(compareVersions(left, right));
    }),
  ],
];
