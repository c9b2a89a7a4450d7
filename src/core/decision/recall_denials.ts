/**
 * What an operation would do that its principal was denied before. Memory only adds: a finding, or
 * to a finding the denial it repeats. SPEC.md, "Denial memory".
 *
 * @module
 */
import type { Denial, PrincipalDenials } from "../audit/denial_state.ts";
import type { Effect, Verb } from "../operation/effect.ts";
import type { PathView } from "../operation/path.ts";
import type { Finding, Reference } from "./decision.ts";
import { type DeniedEffect, nameMarks, parseDenialKey, pathMarks } from "./denial_key.ts";
import { callThing, deniedThings } from "./denied_things.ts";
import type { Question } from "./question.ts";

interface Remembered {
  readonly effect: DeniedEffect;
  readonly denial: Denial;
}

/** An effect that meets what was denied. */
interface Met {
  readonly effect: Effect;
  /** The oldest of them. */
  readonly denial: Denial;
  /** No approval lifts one of them. */
  readonly isHard: boolean;
  /** What lies in the folder the effect names; null where the effect names it itself. */
  readonly through: string | null;
  readonly isPossible: boolean;
}

/** The findings, and what the memory adds to them. */
export function recallDenials(
  findings: readonly Finding[],
  question: Question,
): readonly Finding[] {
  const { denials } = question;
  if (denials === null) return findings;
  const index = indexDenials(denials);
  const met = [
    ...question.plan.effects.flatMap((effect) => meetEffect(effect, index, question)),
    ...question.plan.calls.flatMap((call) => {
      const { effect, marks } = callThing(call);
      return meet(effect, [{ marks, view: null }], index, question);
    }),
  ];
  return met.length === 0 ? findings : addDenials(findings, met, question);
}

/** A sentence for every answer while denials are not remembered; none otherwise. */
export function denialNotices({ denials }: Question): readonly string[] {
  if (denials === null || denials.lost === 0) return [];
  return [`the memory of denials is full: ${denials.lost} later ones are not remembered`];
}

const indexes = new WeakMap<PrincipalDenials, ReadonlyMap<number, readonly Remembered[]>>();

/** Once for each state of the memory. */
function indexDenials(denials: PrincipalDenials): ReadonlyMap<number, readonly Remembered[]> {
  const known = indexes.get(denials);
  if (known !== undefined) return known;
  const index = new Map<number, Remembered[]>();
  for (const denial of denials.denied) {
    for (const key of denial.keys) {
      const effect = parseDenialKey(key);
      if (effect === null) continue;
      const same = index.get(effect.mark);
      if (same === undefined) index.set(effect.mark, [{ effect, denial }]);
      else same.push({ effect, denial });
    }
  }
  indexes.set(denials, index);
  return index;
}

type Index = ReturnType<typeof indexDenials>;

interface Place {
  readonly marks: readonly number[];
  readonly view: PathView | null;
}

function meetEffect(effect: Effect, index: Index, question: Question): readonly Met[] {
  if (effect.kind !== "path") {
    return meet(effect, [{ marks: nameMarks(effect), view: null }], index, question);
  }
  const fact = question.facts.paths.get(effect.resource);
  if (fact === undefined) return [];
  const places = [fact.view, ...fact.below].map((view) => ({ marks: pathMarks(view), view }));
  return meet(effect, places, index, question);
}

function remembered({ marks }: Place, index: Index): readonly Remembered[] {
  return marks.flatMap((mark) => index.get(mark) ?? []);
}

function meet(
  effect: Effect,
  places: readonly Place[],
  index: Index,
  question: Question,
): readonly Met[] {
  let oldest: { readonly denial: Denial; readonly place: Place } | null = null;
  let isHard = false;
  for (const place of places) {
    for (const { effect: denied, denial } of remembered(place, index)) {
      if (!amountsTo(denied.verb, effect, place.view, question)) continue;
      isHard ||= denied.isHard;
      if (oldest === null || denial.seq < oldest.denial.seq) oldest = { denial, place };
    }
  }
  if (oldest === null) return [];
  const { denial, place } = oldest;
  const isItself = place === places[0];
  const fact = question.facts.paths.get(effect.resource);
  const isPossible = effect.isPossible === true ||
    (effect.unlessFolder === true && fact?.isFolder === true && !isItself);
  const through = isItself ? null : place.view?.written ?? null;
  return [{ effect, denial, isHard, through, isPossible }];
}

/**
 * Whether an effect does what was denied as `denied`. What is moved or deleted, or gets another
 * name, can be changed and read under that: `delete` and `link` count as every verb.
 */
function amountsTo(
  denied: Verb,
  effect: Effect,
  view: PathView | null,
  question: Question,
): boolean {
  const { verb } = effect;
  if (verb === denied || verb === "delete" || verb === "link") return true;
  if (isWriting(denied)) return isWriting(verb);
  if (denied !== "delete" || view?.kind === "missing") return false;
  return verb === "create" || (verb === "write" && !showsRest(view, question));
}

function isWriting(verb: Verb): boolean {
  return verb === "write" || verb === "create";
}

/** Whether the operation shows that something is left of the file it writes. */
function showsRest(
  view: PathView | null,
  { operation: { content, diff, command, tool }, facts }: Question,
): boolean {
  // What a command or a tool leaves of a file nobody sees: `sed -i d` deletes all there was.
  if (command !== null || tool !== null) return false;
  if (content !== null) return content !== "";
  if (diff === null || view === null) return false;
  const growth = facts.growthBytes.get(view.real ?? view.lexical);
  return growth !== undefined && (view.sizeBytes ?? 0) + growth > 0;
}

function addDenials(
  findings: readonly Finding[],
  met: readonly Met[],
  question: Question,
): readonly Finding[] {
  const referred = [...findings];
  const denied = findings.map((finding) => effectsDenied(finding, question));
  for (const one of met) {
    let isSaid = false;
    denied.forEach((effects, at) => {
      const finding = referred[at];
      if (finding === undefined || !effects.has(textOf(one.effect))) return;
      referred[at] = refer(finding, one.denial);
      isSaid ||= !one.isHard || !finding.overridable;
    });
    if (isSaid) continue;
    if (!one.isPossible) referred.push(deniedBefore(one));
    else referred.push(...maybeDeniedBefore(one, referred, question));
  }
  return referred;
}

function effectsDenied(finding: Finding, question: Question): ReadonlySet<string> {
  return new Set(deniedThings(finding, question).map(({ effect }) => textOf(effect)));
}

function textOf({ kind, verb, resource, isPossible }: Effect): string {
  return `${kind} ${verb} ${isPossible === true} ${resource}`;
}

/** The oldest denial it repeats. */
function refer(finding: Finding, { id, seq }: Denial): Finding {
  const isOlder = finding.reference !== undefined && finding.reference.seq <= seq;
  return isOlder ? finding : { ...finding, reference: { decision_id: id, seq } };
}

function deniedBefore(met: Met): Finding {
  return {
    policy: "builtin.denial_memory",
    code: "denied_before",
    severity: "HIGH",
    message: `Cannot ${describe(met)}: it was denied before, in decision ${met.denial.id} ` +
      `(audit #${met.denial.seq}), and stays denied by any other route`,
    effect: { verb: met.effect.verb, resource: met.effect.resource },
    sourceKey: null,
    verdict: "deny",
    overridable: !met.isHard,
    reference: referenceTo(met.denial),
  };
}

/** As uncertain as elsewhere: what `commands.opaque` makes of a protected file. */
function maybeDeniedBefore(
  met: Met,
  findings: Finding[],
  { policy: { commands: { opaque } } }: Question,
): readonly Finding[] {
  const { effect, denial } = met;
  findings.forEach((finding, at) => {
    const isSame = finding.code === "command_opaque" && finding.effect?.verb === effect.verb &&
      finding.effect.resource === effect.resource;
    if (isSame) findings[at] = refer(finding, denial);
  });
  if (opaque === "allow" && !met.isHard) return [];
  // Law D1: beside one that says the same, the stricter of the two stays.
  return [{
    policy: "commands.opaque",
    code: "command_opaque",
    severity: "MEDIUM",
    message: `It may ${describe(met)}, which was denied before, in decision ${denial.id} ` +
      `(audit #${denial.seq})`,
    effect: { verb: effect.verb, resource: effect.resource },
    sourceKey: "commands.opaque",
    verdict: opaque === "allow" ? "ask" : opaque,
    overridable: true,
    reference: referenceTo(denial),
  }];
}

function describe({ effect, through }: Met): string {
  const inside = through === null ? "" : ` (through "${through}")`;
  return `${effect.verb} "${effect.resource}"${inside}`;
}

function referenceTo({ id, seq }: Denial): Reference {
  return { decision_id: id, seq };
}
