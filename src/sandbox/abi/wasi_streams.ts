/**
 * The three streams of a WASI command: the request on 0, the answer on 1, talk on 2. There are no
 * other descriptors and no way to open one.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckLimits } from "../../core/check/check_limits.ts";
import type { HostAnswer } from "./abi_host.ts";
import { BoundedBytes } from "./bounded_bytes.ts";
import { bufferUnits, callUnits, copyUnits } from "./host_costs.ts";
import { errno, type WasiCaller } from "./wasi_caller.ts";

/** A list of buffers; Linux's IOV_MAX. */
const maxBuffers = 1_024;
/** "fdstat": type unknown, so that nobody takes it for a terminal; no flags. */
const fdstatBytes = 24;
const rightRead = 1n << 1n;
const rightWrite = 1n << 6n;

export class WasiStreams {
  readonly #caller: WasiCaller;
  readonly #request: Uint8Array;
  readonly #output: BoundedBytes;
  readonly #log: BoundedBytes;
  readonly #isOpen = [true, true, true];
  #readBytes = 0;

  constructor(caller: WasiCaller, request: Uint8Array, limits: CheckLimits) {
    this.#caller = caller;
    this.#request = request;
    this.#output = new BoundedBytes(limits.outputBytes);
    this.#log = new BoundedBytes(limits.logBytes);
  }

  answer(): HostAnswer {
    return { output: this.#output.toBytes(), log: this.#log.toBytes() };
  }

  read(fd: number, list: number, count: number, readAt: number): number {
    this.#caller.charge(callUnits);
    if (fd !== 0 || !this.#isOpen[0]) return errno.badf;
    const buffers = this.#buffers(list, count);
    if (buffers === null) return errno.inval;
    const before = this.#readBytes;
    for (const buffer of buffers) {
      const piece = this.#request.subarray(this.#readBytes, this.#readBytes + buffer.length);
      buffer.set(piece);
      this.#readBytes += piece.length;
    }
    const total = this.#readBytes - before;
    this.#caller.charge(total * copyUnits);
    this.#caller.memory.writeU32(readAt, total);
    return errno.success;
  }

  write(fd: number, list: number, count: number, writtenAt: number): number {
    this.#caller.charge(callUnits);
    if ((fd !== 1 && fd !== 2) || !this.#isOpen[fd]) return errno.badf;
    const buffers = this.#buffers(list, count);
    if (buffers === null) return errno.inval;
    const total = buffers.reduce((sum, { length }) => sum + length, 0);
    this.#caller.charge(total * copyUnits);
    for (const buffer of buffers) this.#append(fd, buffer);
    this.#caller.memory.writeU32(writtenAt, total);
    return errno.success;
  }

  close(fd: number): number {
    this.#caller.charge(callUnits);
    if (!this.#isOpen[fd]) return errno.badf;
    this.#isOpen[fd] = false;
    return errno.success;
  }

  seek(fd: number): number {
    this.#caller.charge(callUnits);
    return this.#isOpen[fd] ? errno.spipe : errno.badf;
  }

  status(fd: number, statusAt: number): number {
    this.#caller.charge(callUnits);
    if (!this.#isOpen[fd]) return errno.badf;
    const { memory } = this.#caller;
    memory.slice(statusAt, fdstatBytes).fill(0);
    memory.writeU64((statusAt >>> 0) + 8, fd === 0 ? rightRead : rightWrite);
    return errno.success;
  }

  /** No descriptor is a folder. */
  noFolder(): number {
    this.#caller.charge(callUnits);
    return errno.badf;
  }

  #append(fd: number, piece: Uint8Array): void {
    // What it prints beside is cut in silence: nobody depends on it.
    if (fd === 2) this.#log.append(piece);
    else if (!this.#output.append(piece)) {
      throw new CheckFailure("limit_exceeded", "Answer is too long: got more than outputBytes");
    }
  }

  /** Null: more of them than anybody needs. */
  #buffers(list: number, count: number): readonly Uint8Array[] | null {
    if (count >>> 0 > maxBuffers) return null;
    this.#caller.charge(count * bufferUnits);
    const { memory } = this.#caller;
    const buffers: Uint8Array[] = [];
    for (let at = list >>> 0, left = count; left > 0; left--, at += 8) {
      buffers.push(memory.slice(memory.readU32(at), memory.readU32(at + 4)));
    }
    return buffers;
  }
}
