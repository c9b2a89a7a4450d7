/**
 * Every key at hand for one log: the root secrets of its past and present, or one epoch's secret.
 *
 * @module
 */
import { maxSegments } from "../limits.ts";
import type { HmacSha256 } from "../ports.ts";
import {
  commitEpoch,
  type EpochKeys,
  type EpochSecret,
  evolveEpoch,
  firstEpoch,
  keysOfEpoch,
} from "./keys.ts";

/** Derives what is asked for and keeps it: a log is walked epoch by epoch. */
export class KeyRing {
  readonly #hmac: HmacSha256;
  #origins: readonly [EpochSecret, ...EpochSecret[]];
  /** By kid: the epoch asked for last, from which the next is one step away. */
  readonly #reached = new Map<string, EpochSecret>();
  #keys = new Map<string, EpochKeys>();
  #findOlder: (() => readonly EpochSecret[]) | null = null;

  /**
   * @param origins The writer's first. An origin that is not epoch 0 leads to no earlier epoch:
   *   lines of those cannot be verified with this ring.
   */
  constructor(origins: readonly [EpochSecret, ...EpochSecret[]], hmac: HmacSha256) {
    this.#origins = origins;
    this.#hmac = hmac;
  }

  /** Of root secrets: the one in use, then those it replaced. */
  static ofRoots(
    [current, ...older]: readonly [Uint8Array, ...Uint8Array[]],
    logId: string,
    hmac: HmacSha256,
  ): KeyRing {
    const origin = (secret: Uint8Array) => firstEpoch(secret, logId, hmac);
    return new KeyRing([origin(current), ...older.map(origin)], hmac);
  }

  /** Of one epoch's secret, with root secrets it did not come from, if any. */
  static ofEpoch(
    epoch: EpochSecret,
    roots: readonly Uint8Array[],
    logId: string,
    hmac: HmacSha256,
  ): KeyRing {
    return new KeyRing([epoch, ...roots.map((secret) => firstEpoch(secret, logId, hmac))], hmac);
  }

  /** Where more origins are found, once, when a name comes up that none of these has. */
  onMiss(find: () => readonly EpochSecret[]): void {
    this.#findOlder = find;
  }

  /** Whose name new lines carry. */
  get kid(): string {
    return this.#origins[0].kid;
  }

  /**
   * Keys of an epoch; null when no secret at hand leads there.
   *
   * @param kid As a line or record claims it. SECURITY: an epoch no log reaches is not derived, or a
   *   made-up number would keep us busy for hours.
   */
  find(kid: string, epoch: number): EpochKeys | null {
    const name = `${kid}.${epoch}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const secret = this.secretOf(kid, epoch);
    if (secret === null) return null;
    const keys = keysOfEpoch(secret, this.#hmac);
    this.#keys.set(name, keys);
    return keys;
  }

  /** Keys of the writer's earliest epoch: what a log is held against that tells nothing itself. */
  first(): EpochKeys {
    return keysOfEpoch(this.#origins[0], this.#hmac);
  }

  /** The secret of an epoch; null as in `find`. */
  secretOf(kid: string, epoch: number): EpochSecret | null {
    if (!Number.isSafeInteger(epoch) || epoch >= maxSegments) return null;
    if (this.#findOlder !== null && this.#origins.every((one) => one.kid !== kid)) {
      this.#origins = [...this.#origins, ...this.#findOlder()];
      this.#findOlder = null;
    }
    const near = [this.#reached.get(kid), ...this.#origins.filter((one) => one.kid === kid)]
      .find((one) => one !== undefined && one.epoch <= epoch);
    if (near === undefined) return null;
    const secret = evolveEpoch(near, epoch, this.#hmac);
    this.#reached.set(kid, secret);
    return secret;
  }

  /** See commitEpoch; null as in `find`. */
  commit(kid: string, epoch: number): string | null {
    const secret = this.secretOf(kid, epoch);
    return secret === null ? null : commitEpoch(secret, this.#hmac);
  }

  /** Whether the writer's own secret is still one of an epoch before. */
  isBefore(kid: string, epoch: number): boolean {
    const [own] = this.#origins;
    return own.kid === kid && own.epoch < epoch;
  }

  /**
   * Forgets everything older than an epoch. What remains in memory until it is collected is out of
   * our hands, and on a journalling disk an erased file may be too: SPEC.md says so.
   */
  forgetBefore(kid: string, epoch: number): void {
    const secret = this.secretOf(kid, epoch);
    if (secret === null) return;
    this.#origins = [secret];
    this.#reached.clear();
    this.#keys = new Map();
  }
}
