/**
 * What was recorded for one policy, asked for another: answers that the policy of then had a part in
 * are no answers, and what was not asked is not known. decision/SPEC.md, section 9.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { checkMeaning } from "../check/check_meaning.ts";
import type { DecisionInput } from "../decision/decision_input.ts";
import type { Evidence } from "../decision/evidence.ts";
import { sha256 } from "../integrity/sha256.ts";
import { InputMissing } from "./input_missing.ts";

/** Which answers do not depend on the policy after all: it speaks of no name the other did not. */
export interface KnownNames {
  /** Of hard links: protected and secret files. */
  readonly links: boolean;
  /** Of files that git tracks: protected files. */
  readonly tracked: boolean;
}

/** Evidence that throws InputMissing where playEvidence would answer with less than the truth. */
export function strictEvidence(
  evidence: Evidence,
  input: DecisionInput,
  known: KnownNames,
): Evidence {
  const spent = new Set(
    (input.below ?? []).flatMap(([folder, , times]) => times === undefined ? [] : [folder]),
  );
  return {
    ...evidence,
    disk: {
      ...evidence.disk,
      listBelow: (folder, limit) => {
        // Another policy looks through other folders first: nobody knows which would be too many.
        if (spent.has(folder)) throw new InputMissing(`there was too much below "${folder}"`);
        return evidence.disk.listBelow(folder, limit);
      },
    },
    findLinks: (written, find) => {
      if (!known.links) {
        throw new InputMissing(`other names of "${written}" were looked for under another policy`);
      }
      return evidence.findLinks(written, find);
    },
    runCheck: strictChecks(evidence, input),
    watchShell: (surroundings) => {
      const watched = evidence.watchShell(surroundings);
      return {
        ...watched,
        get home() {
          if (input.home === undefined) throw new InputMissing("the home folder was not asked for");
          return input.home;
        },
        trackedProtected: () => {
          if (!known.tracked) {
            throw new InputMissing("git's index was read under another policy");
          }
          return watched.trackedProtected();
        },
      };
    },
  };
}

/** Nothing is run for a candidate: another module, or another request, may come to anything. */
function strictChecks(evidence: Evidence, input: DecisionInput): Evidence["runCheck"] {
  return (check, request) => {
    const kept = input.checks?.find(({ id }) => id === check.id);
    const isSame = kept?.meaning === checkMeaning(check) &&
      kept.request === encodeHex(sha256(request()));
    if (isSame) return evidence.runCheck(check, request);
    throw new InputMissing(`the check "${check.id}" was another one, or was not asked this`);
  };
}
