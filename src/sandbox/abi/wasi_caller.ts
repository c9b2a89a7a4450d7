/**
 * What the functions of a WASI host share: the caller's memory and purse.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { Spending } from "./abi_host.ts";
import { GuestMemory } from "./guest_memory.ts";

/** Numbers of WASI preview 1, "errno". */
export const errno = { success: 0, badf: 8, inval: 28, spipe: 70 } as const;

export class WasiCaller {
  readonly #spend: Spending;
  #memory: GuestMemory | null = null;

  constructor(spend: Spending) {
    this.#spend = spend;
  }

  /** Until then every pointer is refused: a start section has nothing to ask the host. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = new GuestMemory(memory, "trap");
  }

  get memory(): GuestMemory {
    return this.requireRequest();
  }

  /** @throws {CheckFailure} `trap`, from within a start section. */
  requireRequest(): GuestMemory {
    if (this.#memory !== null) return this.#memory;
    throw new CheckFailure("trap", "Start section called the host, which has no request yet");
  }

  /** @throws {CheckFailure} `fuel_exhausted` */
  charge(units: number): void {
    this.#spend.charge(units);
  }
}
