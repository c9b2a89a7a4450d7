/**
 * The functions an OPA module may call: abort, print, and the built-ins it says it needs.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckLimits } from "../../core/check/check_limits.ts";
import type { Spending } from "./abi_host.ts";
import { BoundedBytes } from "./bounded_bytes.ts";
import { GuestMemory } from "./guest_memory.ts";
import { builtinUnits, callUnits, copyUnits, hashUnits } from "./host_costs.ts";
import type { BuiltinContext, OpaBuiltin } from "./opa/opa_builtin.ts";
import type { OpaValue } from "./opa/opa_value.ts";
import type { OpaGuest } from "./opa_guest.ts";
import { opaDispatchers, opaModule } from "./opa_signatures.ts";
import { requestNanoseconds } from "./request_nanoseconds.ts";

/** What `opa_abort` may say. */
const maxAbortBytes = 1_000;
const newline = Uint8Array.of(0x0a);

/** By the numbers the module gave them. */
export type BoundBuiltins = ReadonlyMap<number, OpaBuiltin>;

export interface OpaCallerParts {
  readonly memory: WebAssembly.Memory;
  readonly limits: CheckLimits;
  readonly builtins: BoundBuiltins;
  readonly request: Uint8Array;
}

export class OpaCaller {
  readonly #spend: Spending;
  readonly #parts: OpaCallerParts;
  readonly #memory: GuestMemory;
  readonly #log: BoundedBytes;
  readonly #context: BuiltinContext;
  #guest: OpaGuest | null = null;
  #isInside = false;

  constructor(spend: Spending, parts: OpaCallerParts) {
    this.#spend = spend;
    this.#parts = parts;
    this.#memory = new GuestMemory(parts.memory, "trap");
    this.#log = new BoundedBytes(parts.limits.logBytes);
    this.#context = {
      charge: (units) => spend.charge(units),
      now: () => this.#now(),
      print: (line) => this.#print(new TextEncoder().encode(line)),
    };
  }

  /** From here on built-ins can be called: before, there is nobody to read their arguments. */
  attach(guest: OpaGuest): void {
    this.#guest = guest;
  }

  get log(): Uint8Array {
    return this.#log.toBytes();
  }

  imports(): WebAssembly.Imports {
    const functions: Record<string, WebAssembly.ImportValue> = {
      memory: this.#parts.memory,
      opa_abort: (at: number) => this.#abort(at),
      opa_println: (at: number) => this.#println(at),
    };
    for (const name of opaDispatchers) {
      functions[name] = (id: number, _context: number, ...args: number[]) => this.#call(id, args);
    }
    // SECURITY: without a prototype there is nothing to be found that was not put here.
    const frozen = Object.freeze(Object.assign(Object.create(null), functions));
    return Object.freeze(Object.assign(Object.create(null), { [opaModule]: frozen }));
  }

  #abort(at: number): never {
    this.#spend.charge(callUnits);
    const { bytes } = this.#memory.readTerminated(at, maxAbortBytes);
    throw new CheckFailure("abort", `Policy aborted: ${new TextDecoder().decode(bytes)}`);
  }

  #println(at: number): void {
    this.#spend.charge(callUnits);
    this.#print(this.#memory.readTerminated(at, this.#parts.limits.logBytes).bytes);
  }

  #print(line: Uint8Array): void {
    this.#spend.charge((line.length + newline.length) * copyUnits);
    this.#log.append(line);
    this.#log.append(newline);
  }

  #call(id: number, args: readonly number[]): number {
    this.#spend.charge(builtinUnits);
    const guest = this.#guest;
    const builtin = this.#parts.builtins.get(id);
    // SECURITY: reading arguments runs code of the module. If that could ask for built-ins again,
    // the host's stack would grow with them, and depth does not count the host's.
    if (guest === null || this.#isInside) return refuse("at a time it may not");
    if (builtin?.arity !== args.length) return refuse(`that it did not name: number ${id}`);
    this.#isInside = true;
    const values = args.map((at) => guest.readValue(at));
    const result: OpaValue | undefined = builtin.call(values, this.#context);
    const at = result === undefined ? 0 : guest.writeValue(result);
    this.#isInside = false;
    return at;
  }

  #now(): bigint {
    const { request } = this.#parts;
    this.#spend.charge(request.length * hashUnits);
    const now = requestNanoseconds(request);
    if (now > 0n) return now;
    throw new CheckFailure("builtin_refused", "time.now_ns: the request has no time");
  }
}

function refuse(what: string): never {
  throw new CheckFailure("trap", `Module called a built-in ${what}`);
}
