/**
 * A call as rules about commands read it: git's options before its command are left out, so that
 * `git push *` also speaks of `git -C x push`.
 *
 * @module
 */
import type { ProgramCall } from "../effect_plan.ts";

/** Options of git that take the next word. */
const taking =
  /^(?:-[Cc]|--(?:git-dir|work-tree|namespace|exec-path|super-prefix|config-env|attr-source))$/;

/** The call itself, and where it says the same in fewer words, that one. */
export function callVariants(call: ProgramCall): readonly ProgramCall[] {
  const [program] = call;
  if (program === null || program === undefined || !/(?:^|\/)git$/.test(program)) return [call];
  let at = 1;
  for (let word = call[at]; word?.startsWith("-") === true; word = call[at]) {
    at += taking.test(word) ? 2 : 1;
  }
  return at === 1 ? [call] : [call, [program, ...call.slice(at)]];
}
