/**
 * Keys of a log from the secrets at hand, with WebCrypto alone. SPEC.md, "Keys".
 */
type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers of segments are below it. */
export const maxSegments = 100_000;
const maxRemembered = 20_000;
const utf8 = new TextEncoder();

export interface EpochSecret {
  readonly kid: string;
  readonly epoch: number;
  readonly secret: Bytes;
}

/** The keys of one epoch, as the two functions they are for. */
export interface Keys {
  readonly kid: string;
  readonly epoch: number;
  readonly entryKey: Bytes;
  readonly headKey: Bytes;
  /** MAC of a line's body, hex. */
  readonly macEntry: (body: string) => Promise<string>;
  /** MAC of a record's body, hex. */
  readonly macHead: (body: string) => Promise<string>;
  readonly commitment: string;
}

export async function hmac(key: Bytes, text: string): Promise<Bytes> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(text)));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(digits: string): Bytes {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** E(0) of a root secret, with the name it gives to keys. */
export async function deriveOrigin(rootSecret: Bytes, logId: string): Promise<EpochSecret> {
  const imported = await crypto.subtle.importKey("raw", rootSecret, "HKDF", false, ["deriveBits"]);
  const info = utf8.encode("audit/v1/epoch");
  const parameters = { name: "HKDF", hash: "SHA-256", salt: unhex(logId), info };
  const secret = new Uint8Array(await crypto.subtle.deriveBits(parameters, imported, 256));
  const kid = hex((await hmac(secret, "audit/v1/kid")).subarray(0, 4));
  return { kid, epoch: 0, secret };
}

/** E(i) on; the epochs of one origin, each derived once. */
export class Secrets {
  readonly #origins: readonly EpochSecret[];
  readonly #reached = new Map<string, EpochSecret[]>();
  readonly #keys = new Map<string, Promise<Keys>>();

  constructor(origins: readonly EpochSecret[]) {
    this.#origins = origins;
  }

  /** Whose name a log without a readable line would carry. */
  get kid(): string {
    return this.#origins[0]?.kid ?? "";
  }

  /** Null when no secret at hand leads to the epoch. */
  async find(kid: string, epoch: number): Promise<Keys | null> {
    const origin = this.#origins.find((one) => one.kid === kid && one.epoch <= epoch);
    if (origin === undefined || epoch >= maxSegments) return null;
    const name = `${kid}.${epoch}`;
    const known = this.#keys.get(name) ?? this.#evolve(origin, epoch).then(toKeys);
    this.#keys.set(name, known);
    return await known;
  }

  async #evolve(origin: EpochSecret, epoch: number): Promise<EpochSecret> {
    const chain = this.#reached.get(origin.kid) ?? [origin];
    this.#reached.set(origin.kid, chain);
    let last = chain.at(-1) ?? origin;
    while (last.epoch < epoch) {
      const secret = await hmac(last.secret, "audit/v1/evolve");
      last = { kid: origin.kid, epoch: last.epoch + 1, secret };
      chain.push(last);
    }
    return chain.find((one) => one.epoch === epoch) ?? last;
  }
}

async function toKeys({ kid, epoch, secret }: EpochSecret): Promise<Keys> {
  const entryKey = await hmac(secret, "audit/v1/entry");
  const headKey = await hmac(secret, "audit/v1/head");
  const commitment = hex(await hmac(secret, "audit/v1/commit"));
  return {
    kid,
    epoch,
    entryKey,
    headKey,
    commitment,
    macEntry: await remember(entryKey),
    macHead: await remember(headKey),
  };
}

/** A mutation leaves most lines as they were: their MACs are computed once. */
async function remember(key: Bytes): Promise<(body: string) => Promise<string>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const macs = new Map<string, string>();
  return async (body) => {
    const known = macs.get(body);
    if (known !== undefined) return known;
    const mac = await crypto.subtle.sign("HMAC", imported, utf8.encode(body));
    if (macs.size >= maxRemembered) macs.clear();
    macs.set(body, hex(new Uint8Array(mac)));
    return hex(new Uint8Array(mac));
  };
}
