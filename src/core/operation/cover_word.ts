/**
 * Whether a pattern of single words says nothing that another does not say, and whether two can
 * mean the same word. For people who look after a policy; no decision depends on it.
 *
 * @module
 */

/** True only when every word `narrow` matches is matched by `wide` (word_glob.ts). */
export function coversWord(wide: string, narrow: string): boolean {
  // covered[j]: wide from `i` on covers narrow from `j` on.
  let covered = [...new Array<boolean>(narrow.length).fill(false), true];
  for (let i = wide.length - 1; i >= 0; i--) {
    const next = covered;
    covered = new Array<boolean>(narrow.length + 1).fill(false);
    for (let j = narrow.length; j >= 0; j--) {
      covered[j] = wide[i] === "*"
        ? next[j] === true || covered[j + 1] === true
        : narrow[j] !== "*" && wide[i] === narrow[j] && next[j + 1] === true;
    }
  }
  return covered[0] === true;
}

/** True when some word is matched by both. */
export function meetsWord(one: string, other: string): boolean {
  let meets = [...new Array<boolean>(other.length).fill(false), true];
  for (let j = other.length - 1; j >= 0; j--) meets[j] = other[j] === "*" && meets[j + 1] === true;
  for (let i = one.length - 1; i >= 0; i--) {
    const next = meets;
    meets = new Array<boolean>(other.length + 1).fill(false);
    for (let j = other.length; j >= 0; j--) {
      if (one[i] === "*") meets[j] = next[j] === true || meets[j + 1] === true;
      else if (other[j] === "*") meets[j] = meets[j + 1] === true || next[j] === true;
      else meets[j] = j < other.length && one[i] === other[j] && next[j + 1] === true;
    }
  }
  return meets[0] === true;
}
