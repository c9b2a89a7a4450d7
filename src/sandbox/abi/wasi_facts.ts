/**
 * What a WASI command can learn about the world: two words, no environment, the time the operation
 * claims, and bytes that only look random. All of it follows from module and request.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import { CheckRandom, randomBlocks } from "./check_random.ts";
import { callUnits, copyUnits, hashUnits, randomBlockUnits } from "./host_costs.ts";
import { requestNanoseconds } from "./request_nanoseconds.ts";
import { errno, type WasiCaller } from "./wasi_caller.ts";

/** `check validate`, each with its NUL. */
const words = ["check", "validate"].map((word) => new TextEncoder().encode(`${word}\0`));
const wordBytes = words.reduce((sum, word) => sum + word.length, 0);
/** "clockid": realtime, monotonic, and the CPU times of process and thread. */
const clocks = 4;

/** Ends a run from inside the module, which cannot catch it. */
export class WasiExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status >>> 0;
  }
}

export class WasiFacts {
  readonly #caller: WasiCaller;
  readonly #request: Uint8Array;
  readonly #moduleHash: Uint8Array | null;
  #random: CheckRandom | null = null;
  #time: bigint | null = null;

  /** @param moduleHash SHA-256 of the module; null where it does not import `random_get`. */
  constructor(caller: WasiCaller, request: Uint8Array, moduleHash: Uint8Array | null) {
    this.#caller = caller;
    this.#request = request;
    this.#moduleHash = moduleHash;
  }

  argumentSizes(countAt: number, bytesAt: number): number {
    return this.#sizes(countAt, bytesAt, [words.length, wordBytes]);
  }

  arguments(pointersAt: number, bytesAt: number): number {
    this.#caller.charge(callUnits + wordBytes * copyUnits);
    const { memory } = this.#caller;
    let at = bytesAt >>> 0;
    for (const [index, word] of words.entries()) {
      memory.writeU32((pointersAt >>> 0) + 4 * index, at);
      memory.slice(at, word.length).set(word);
      at += word.length;
    }
    return errno.success;
  }

  environmentSizes(countAt: number, bytesAt: number): number {
    return this.#sizes(countAt, bytesAt, [0, 0]);
  }

  environment(): number {
    this.#caller.charge(callUnits);
    return errno.success;
  }

  /** The operation's own time, however often it is asked: 0 where it claims none. */
  time(clock: number, timeAt: number): number {
    this.#caller.charge(callUnits);
    if (clock >>> 0 >= clocks) return errno.inval;
    this.#caller.memory.writeU64(timeAt, this.#now());
    return errno.success;
  }

  random(at: number, length: number): number {
    const bytes = length >>> 0;
    this.#caller.charge(callUnits + randomBlocks(bytes) * randomBlockUnits);
    this.#source().fill(this.#caller.memory.slice(at, bytes));
    return errno.success;
  }

  exit(status: number): never {
    this.#caller.requireRequest();
    throw new WasiExit(status);
  }

  yield(): number {
    this.#caller.charge(callUnits);
    return errno.success;
  }

  #sizes(countAt: number, bytesAt: number, [count, bytes]: readonly [number, number]): number {
    this.#caller.charge(callUnits);
    this.#caller.memory.writeU32(countAt, count);
    this.#caller.memory.writeU32(bytesAt, bytes);
    return errno.success;
  }

  #now(): bigint {
    if (this.#time === null) {
      this.#caller.charge(this.#request.length * hashUnits);
      this.#time = requestNanoseconds(this.#request);
    }
    return this.#time;
  }

  #source(): CheckRandom {
    if (this.#moduleHash === null) throw new CheckFailure("sandbox_crash", "No hash to draw from");
    if (this.#random === null) {
      this.#caller.charge(this.#request.length * hashUnits);
      this.#random = new CheckRandom(this.#moduleHash, this.#request);
    }
    return this.#random;
  }
}
