/**
 * What to try after an approval was refused, without saying what was wrong with it.
 *
 * @module
 */
import type { Proof } from "./approval.ts";

export function rejectionHint(kind: Proof["kind"]): string {
  switch (kind) {
    case "totp":
      return "look at the request again, wait for the next code, and retype both";
    case "recovery":
      return "look at the request again, and retype both; each recovery code counts once";
    case "ssh":
      return "sign anew, with -n sealward-override and a key that the policy names, what " +
        "`override show --to-sign` writes; give the same --justification, --kind and --pattern";
  }
}
