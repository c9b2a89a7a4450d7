/**
 * Wrong guesses: how many, and until when nobody may guess. override/SPEC.md, "The answer".
 *
 * @module
 */

/** Of one approver on one channel; `approver` "*" is the channel as a whole. */
export interface LockState {
  readonly approver: string;
  readonly channel: string;
  /** In a row; of a whole channel what has not leaked away yet. */
  readonly failures: number;
  /** When the last one was, seconds since 1970. */
  readonly last: number;
}

/** A code that is about to be compared, or that fitted. */
export interface Attempt {
  readonly at: number;
  readonly channel: string;
  readonly approver: string;
  /** Whether there is such an approver: names nobody has take no room. */
  readonly isKnown: boolean;
}

/** Failures in a row before the first lock, its length, and the longest. */
const freeFailures = 5;
const firstLockSeconds = 30;
const longestLockSeconds = 3_600;
/** Of a whole channel: this many, and then one in so many seconds. */
const channelFailures = 20;
const leakSeconds = 180;
const wholeChannel = "*";

/** Until when codes are refused, seconds since 1970; 0 or a time that is over: they are not. */
export function lockedUntil(
  locks: readonly LockState[],
  { channel, approver }: Pick<Attempt, "channel" | "approver">,
): number {
  const own = locks.find((lock) => lock.channel === channel && lock.approver === approver);
  const all = locks.find((lock) => lock.channel === channel && lock.approver === wholeChannel);
  return Math.max(own === undefined ? 0 : ownLock(own), all === undefined ? 0 : channelLock(all));
}

function ownLock({ failures, last }: LockState): number {
  if (failures < freeFailures) return 0;
  // Beyond 2^7 it is the longest anyway, and 2^1000 is no number of seconds.
  const doublings = Math.min(failures - freeFailures, 7);
  return last + Math.min(firstLockSeconds * 2 ** doublings, longestLockSeconds);
}

function channelLock({ failures, last }: LockState): number {
  return failures < channelFailures ? 0 : last + (failures - channelFailures + 1) * leakSeconds;
}

/** Counts the attempt as a failure: before it is known whether it is one. */
export function foldAttempt(locks: readonly LockState[], attempt: Attempt): readonly LockState[] {
  const { approver, channel, isKnown, at } = attempt;
  const counted = isKnown
    ? change(locks, { approver, channel }, ({ failures }) => ({ failures: failures + 1, last: at }))
    : locks;
  return change(counted, { approver: wholeChannel, channel }, (lock) => {
    const { failures, last } = leak(lock, at);
    return { failures: failures + 1, last };
  });
}

/** Takes back what foldAttempt counted: it was none. Others' failures stay. */
export function foldProven(locks: readonly LockState[], attempt: Attempt): readonly LockState[] {
  const { approver, channel } = attempt;
  const cleared = locks.filter((lock) => lock.channel !== channel || lock.approver !== approver);
  return change(cleared, { approver: wholeChannel, channel }, ({ failures, last }) => ({
    failures: Math.max(0, failures - 1),
    last,
  }));
}

/** Time takes one failure after the other away. */
function leak({ failures, last }: Pick<LockState, "failures" | "last">, at: number) {
  if (failures === 0) return { failures, last: at };
  const gone = Math.max(0, Math.floor((at - last) / leakSeconds));
  return gone >= failures
    ? { failures: 0, last: at }
    : { failures: failures - gone, last: last + gone * leakSeconds };
}

function change(
  locks: readonly LockState[],
  key: Pick<LockState, "approver" | "channel">,
  change: (lock: LockState) => Pick<LockState, "failures" | "last">,
): readonly LockState[] {
  const isMeant = (lock: LockState) =>
    lock.approver === key.approver && lock.channel === key.channel;
  const known = locks.find(isMeant) ?? { ...key, failures: 0, last: 0 };
  return [...locks.filter((lock) => lock !== known), { ...key, ...change(known) }]
    .filter(({ failures }) => failures > 0)
    .sort((a, b) => `${a.channel} ${a.approver}` < `${b.channel} ${b.approver}` ? -1 : 1);
}
