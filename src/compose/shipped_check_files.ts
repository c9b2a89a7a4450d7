/**
 * Puts modules that come with the program where a policy can name them.
 *
 * @module
 */
import { isThere } from "../adapter/is_there.ts";
import { type Layout, proposalOf } from "../adapter/layout.ts";
import { readShippedCheck } from "../adapter/shipped_check_file.ts";
import type { ShippedCheckFiles } from "../edge/cli/shipped_checks.ts";

/** Where people edit: in a guarded install that is the proposal. */
export function shippedCheckFiles({ root }: Layout): ShippedCheckFiles {
  const folder = `${proposalOf(root).policyFolder}/checks`;
  return {
    folder,
    read: ({ folder }) => readShippedCheck(folder),
    readPlaced: (name) => {
      const path = `${folder}/${name}.wasm`;
      return isThere(path) ? Deno.readFileSync(path) : null;
    },
    write: (name, bytes) => {
      Deno.mkdirSync(folder, { recursive: true });
      const path = `${folder}/${name}.wasm`;
      // Made aside and renamed: a link planted in its place is replaced, not followed, and half a
      // module is never there.
      const aside = Deno.makeTempFileSync({ dir: folder });
      try {
        Deno.writeFileSync(aside, bytes);
        Deno.chmodSync(aside, 0o644);
        Deno.renameSync(aside, path);
      } catch (error) {
        Deno.removeSync(aside);
        throw error;
      }
    },
  };
}
