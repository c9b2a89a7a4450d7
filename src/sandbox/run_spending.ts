/**
 * The fuel of one run: first the start's, then the request's own.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { Spending } from "./abi/abi_host.ts";
import { optionalFunction } from "./abi/exported.ts";
import { startName } from "./export_start.ts";
import { depthLeft, fuelLeft, type MeteredModule, setDepth, setFuel } from "./metered.ts";

/** Serves one run, then is done with. */
export class RunSpending implements Spending {
  readonly #metered: MeteredModule;
  readonly #limits: CheckLimits;
  readonly #requestFuel: number;
  #instance: WebAssembly.Instance | null = null;
  #memory: WebAssembly.Memory | null = null;
  #budget = 0;
  #spentBefore = 0;
  #isHandedOver = false;

  constructor(metered: MeteredModule, limits: CheckLimits, requestBytes: number) {
    this.#metered = metered;
    this.#limits = limits;
    this.#requestFuel = limits.fuel + limits.fuelPerInputByte * requestBytes;
  }

  start(imports: WebAssembly.Imports): WebAssembly.Instance {
    const instance = instantiate(this.#metered.module, imports);
    this.#instance = instance;
    this.#memory = memoryOf(instance, imports, this.#metered);
    this.#grant(instance, this.#limits.startFuel);
    optionalFunction(instance, startName)?.();
    return instance;
  }

  handOver(): void {
    const instance = this.#started();
    this.#spentBefore = this.spent();
    this.#isHandedOver = true;
    this.#grant(instance, this.#requestFuel);
  }

  charge(units: number): void {
    const instance = this.#started();
    const left = fuelLeft(instance) - units;
    setFuel(instance, Math.max(left, -1));
    if (left < 0) throw this.outOfFuel(" in the host");
  }

  /** Says what there was, and which limits it came from: the same on every machine. */
  outOfFuel(where = ""): CheckFailure {
    const limits = this.#isHandedOver
      ? "limits.fuel and limits.fuel_per_input_byte"
      : "limits.start_fuel";
    return new CheckFailure(
      "fuel_exhausted",
      `Fuel ran out${where}: there were ${this.#budget} units, by ${limits}; ` +
        "`sealward checks bench` shows what it takes",
    );
  }

  /** Units so far, start included; never more than was given. */
  spent(): number {
    if (this.#instance === null) return 0;
    return this.#spentBefore + this.#budget - Math.max(fuelLeft(this.#instance), 0);
  }

  /** Which limit of the module's own a trap stands for; null: none, it trapped by itself. */
  exhausted(): "fuel_exhausted" | "stack_exhausted" | null {
    if (this.#instance === null) return null;
    if (fuelLeft(this.#instance) < 0) return "fuel_exhausted";
    return depthLeft(this.#instance) < 0 ? "stack_exhausted" : null;
  }

  /** Bytes of linear memory that the run took. */
  memoryBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  #grant(instance: WebAssembly.Instance, units: number): void {
    this.#budget = units;
    setFuel(instance, units);
    setDepth(instance, this.#limits.callDepth);
  }

  #started(): WebAssembly.Instance {
    if (this.#instance !== null) return this.#instance;
    throw new CheckFailure("trap", "Module called its host before it was there");
  }
}

/** The one it has, its own or the one it was given; null where it has none, or shows none. */
function memoryOf(
  instance: WebAssembly.Instance,
  imports: WebAssembly.Imports,
  { exports }: MeteredModule,
): WebAssembly.Memory | null {
  for (const [name, kind] of exports) {
    if (kind === "memory") return instance.exports[name] as WebAssembly.Memory;
  }
  const given = Object.values(imports).flatMap((names) => Object.values(names));
  return given.find((one) => one instanceof WebAssembly.Memory) ?? null;
}

function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    // No code of the module has run: the memory was not to be had, or segments lie beside it.
    if (error instanceof RangeError) {
      throw new CheckFailure("limit_exceeded", "No room for the module's memory or tables");
    }
    throw error;
  }
}
