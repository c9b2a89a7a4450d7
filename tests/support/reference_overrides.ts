/**
 * What requests, grants and guesses come to, written a second time from override/SPEC.md and not from
 * the product's code: plain loops over one list, no fold, no snapshot. Seconds since 1970.
 */

export type Word =
  | "pending"
  | "approved"
  | "used"
  | "revoked"
  | "denied"
  | "cancelled"
  | "expired";

/** How somebody shows who approves. `step` null: a code of no step near. */
export type ShownProof =
  | { readonly kind: "totp"; readonly person: string; readonly step: number | null }
  | { readonly kind: "recovery"; readonly person: string; readonly index: number };

export interface Terms {
  readonly policy: string;
  readonly grantSeconds: number;
  readonly requestSeconds: number;
  readonly perHour: number;
}

interface Request {
  readonly id: string;
  readonly what: string;
  readonly principal: string;
  readonly policy: string;
  readonly end: number;
  state: "pending" | "granted" | "used" | "revoked" | "denied" | "cancelled" | "timeout";
  until: number;
}

interface Bucket {
  level: number;
  anchor: number;
}

const stepSeconds = 30;

export class ReferenceOverrides {
  #clock: number;
  /** The newest time an entry has told. */
  #seen: number;
  #terms: Terms;
  readonly #requests: Request[] = [];
  readonly #opened: { readonly principal: string; at: number }[] = [];
  readonly #lastStep = new Map<string, number>();
  readonly #usedCodes = new Set<string>();
  readonly #inRow = new Map<string, { count: number; last: number }>();
  readonly #channels = new Map<string, Bucket>();

  constructor(terms: Terms, clock: number, people: readonly string[]) {
    this.#terms = terms;
    this.#clock = clock;
    this.#seen = clock;
    for (const name of people) this.#lastStep.set(name, 0);
  }

  setClock(clock: number): void {
    this.#clock = clock;
  }

  get now(): number {
    return Math.max(this.#clock, this.#seen);
  }

  /** Another policy ends what was open under the one before. */
  setPolicy(terms: Terms): void {
    if (terms.policy !== this.#terms.policy) this.#endAll();
    this.#terms = terms;
  }

  /** Somebody says that the clock is right. */
  acceptClock(): void {
    const now = this.#clock;
    this.#endAll();
    for (const one of this.#opened) {
      one.at = one.at > this.#seen - 3_600 ? Math.min(one.at, now) : -Infinity;
    }
    this.#seen = now;
    for (const row of this.#inRow.values()) row.last = Math.min(row.last, now);
    for (const bucket of this.#channels.values()) bucket.anchor = Math.min(bucket.anchor, now);
  }

  #endAll(): void {
    for (const request of this.#requests) {
      if (request.state === "pending") request.state = "cancelled";
      if (request.state === "granted") request.state = "revoked";
    }
  }

  /** More than a minute: then nobody knows what is over. */
  get isClockBack(): boolean {
    return this.#clock < this.#seen - 60;
  }

  /** What a protected operation comes to; `id` is what the product calls a request it opens. */
  ask(
    what: string,
    principal: string,
  ): "allow" | "clock_back" | "too_many" | "new" | { readonly same: string } {
    const { now } = this;
    if (this.isClockBack) return "clock_back";
    this.#seen = now;
    const mine = this.#requests.filter((one) =>
      one.what === what && one.principal === principal && one.policy === this.#terms.policy
    );
    const granted = mine.find((one) => this.#wordOf(one) === "approved");
    if (granted !== undefined) {
      granted.state = "used";
      return "allow";
    }
    const open = mine.find((one) => this.#wordOf(one) === "pending");
    if (open !== undefined) return { same: open.id };
    const waiting = this.#requests.filter((one) => this.#wordOf(one) === "pending");
    const inHour = this.#opened.filter((one) =>
      one.principal === principal && one.at > now - 3_600
    );
    const isFull = waiting.length >= 64 ||
      waiting.filter((one) => one.principal === principal).length >= 16;
    return isFull || inHour.length >= this.#terms.perHour ? "too_many" : "new";
  }

  /** The request that `ask` called new. */
  open(id: string, what: string, principal: string): void {
    const { now } = this;
    this.#opened.push({ principal, at: now });
    const { policy, requestSeconds } = this.#terms;
    const end = now + requestSeconds;
    this.#requests.push({ id, what, principal, policy, end, state: "pending", until: 0 });
  }

  approve(
    id: string,
    { channel, proof, hasPhrase }: {
      readonly channel: string;
      readonly proof: ShownProof;
      readonly hasPhrase: boolean;
    },
  ): "approved" | "override_rejected" | "override_locked" | "override_refused" {
    const { now } = this;
    const { person } = proof;
    const isKnown = this.#lastStep.has(person);
    if (this.isClockBack) return "override_refused";
    if (this.#isLocked(channel, person, now)) return "override_locked";
    this.#count(channel, isKnown ? person : null, now);
    this.#seen = now;
    const request = this.#requests.find((one) => one.id === id);
    if (!isKnown || !this.#fits(proof) || !hasPhrase || request === undefined) {
      return "override_rejected";
    }
    const isOpen = this.#wordOf(request) === "pending" && request.policy === this.#terms.policy;
    if (!isOpen) return "override_rejected";
    request.state = "granted";
    request.until = now + this.#terms.grantSeconds;
    if (proof.kind === "totp") this.#lastStep.set(person, proof.step ?? 0);
    else this.#usedCodes.add(`${person} ${proof.index}`);
    this.#inRow.delete(`${channel} ${person}`);
    const bucket = this.#channels.get(channel);
    if (bucket !== undefined) bucket.level = Math.max(0, bucket.level - 1);
    return "approved";
  }

  deny(id: string): "denied" | "override_unknown" {
    const request = this.#requests.find((one) => one.id === id);
    if (request === undefined) return "override_unknown";
    if (this.#wordOf(request) !== "pending") return "override_unknown";
    this.#seen = this.now;
    request.state = "denied";
    return "denied";
  }

  withdraw(id: string, why: "cancelled" | "timeout"): void {
    const request = this.#requests.find((one) => one.id === id);
    if (request?.state !== "pending") return;
    this.#seen = this.now;
    request.state = why;
  }

  revoke(id: string): "revoked" | "override_unknown" {
    const request = this.#requests.find((one) => one.id === id);
    if (request === undefined || this.#wordOf(request) !== "approved") return "override_unknown";
    this.#seen = this.now;
    request.state = "revoked";
    return "revoked";
  }

  word(id: string): Word | null {
    const request = this.#requests.find((one) => one.id === id);
    return request === undefined ? null : this.#wordOf(request);
  }

  #wordOf({ state, end, until }: Request): Word {
    if (state === "pending") return this.now < end ? "pending" : "expired";
    if (state === "granted") return this.now < until ? "approved" : "expired";
    return state === "timeout" ? "expired" : state;
  }

  #fits(proof: ShownProof): boolean {
    if (proof.kind === "recovery") return !this.#usedCodes.has(`${proof.person} ${proof.index}`);
    if (proof.step === null) return false;
    const isNear = Math.abs(proof.step - Math.floor(this.#clock / stepSeconds)) <= 1;
    return isNear && proof.step > (this.#lastStep.get(proof.person) ?? Infinity);
  }

  #count(channel: string, person: string | null, now: number): void {
    if (person !== null) {
      const count = this.#inRow.get(`${channel} ${person}`)?.count ?? 0;
      this.#inRow.set(`${channel} ${person}`, { count: count + 1, last: now });
    }
    const bucket = this.#drained(channel, now);
    bucket.level++;
    this.#channels.set(channel, bucket);
  }

  #isLocked(channel: string, person: string, now: number): boolean {
    if (this.#drained(channel, now).level >= 20) return true;
    const row = this.#inRow.get(`${channel} ${person}`);
    if (row === undefined || row.count < 5) return false;
    let seconds = 30;
    for (let i = 5; i < row.count; i++) seconds = Math.min(3_600, seconds * 2);
    return now < row.last + seconds;
  }

  #drained(channel: string, now: number): Bucket {
    const bucket = { ...this.#channels.get(channel) ?? { level: 0, anchor: now } };
    while (bucket.level > 0 && now - bucket.anchor >= 180) {
      bucket.level--;
      bucket.anchor += 180;
    }
    if (bucket.level === 0) bucket.anchor = now;
    return bucket;
  }
}
