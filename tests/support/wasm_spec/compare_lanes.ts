import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import { meterModule } from "../../../src/sandbox/meter_module.ts";
import {
  createMetered,
  depthLeft,
  fuelLeft,
  setDepth,
  setFuel,
} from "../../../src/sandbox/metered.ts";
import type { SpecCommand } from "./spec_command.ts";
import { type Came, type LaneKind, SpecLane } from "./spec_lane.ts";
import { isExpected } from "./spec_value.ts";

/** What came of the scripts. */
export interface SpecCount {
  modules: number;
  /** By code and words: modules the gate's decoder or the meter does not take. */
  refused: Map<string, number>;
  /** Modules that could not be linked because one they import from was refused. */
  orphans: number;
  assertions: number;
  /** About modules that are not there. */
  skipped: number;
  /** Text scripts: nothing to decode. */
  textual: number;
  /** Modules that are not valid, and were refused. */
  invalid: number;
  /** Modules that the script calls not valid, and a later standard valid: no matter. */
  sinceValid: number;
  /** With metering something else came than without: must stay empty. */
  differences: string[];
  /** Neither with nor without metering came what the script says: the runtime's or the runner's. */
  unexpected: string[];
}

export function emptyCount(): SpecCount {
  return {
    modules: 0,
    refused: new Map(),
    orphans: 0,
    assertions: 0,
    skipped: 0,
    textual: 0,
    invalid: 0,
    sinceValid: 0,
    differences: [],
    unexpected: [],
  };
}

/** Enough for every script, and the most memory and entries the runtime has. */
const limits = {
  startFuel: 2 ** 50,
  callDepth: 8_000,
  memoryPages: 65_536,
  tableEntries: 10_000_000,
};

const plain: LaneKind = {
  compile: ({ bytes }) => new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>),
  refill: () => {},
  exhausted: () => null,
};

const metered: LaneKind = {
  compile: (decoded) => createMetered(meterModule(decoded, { limits })).module,
  refill: (instance) => {
    setFuel(instance, limits.startFuel);
    setDepth(instance, limits.callDepth);
  },
  exhausted: (instance) => {
    if (fuelLeft(instance) < 0) return "fuel";
    return depthLeft(instance) < 0 ? "stack" : null;
  },
};

/** Runs a script with and without metering, side by side. */
export class SpecComparison {
  readonly #file: string;
  readonly #read: (name: string) => Uint8Array;
  readonly #count: SpecCount;
  readonly #plain = new SpecLane(plain);
  readonly #metered = new SpecLane(metered);
  #isComplete = true;

  constructor(file: string, read: (name: string) => Uint8Array, count: SpecCount) {
    this.#file = file;
    this.#read = read;
    this.#count = count;
  }

  run(commands: readonly SpecCommand[]): void {
    for (const command of commands) this.#runOne(command);
    const [left, right] = [this.#plain.state(), this.#metered.state()];
    if (left.join("\n") !== right.join("\n")) {
      this.#count.differences.push(`${this.#file}: state after the last command`);
    }
  }

  #runOne(command: SpecCommand): void {
    switch (command.type) {
      case "module":
        return this.#load(command);
      case "register":
        this.#plain.register(command);
        return this.#metered.register(command);
      case "action":
      case "assert_return":
      case "assert_trap":
      case "assert_exhaustion":
        return this.#act(command);
      case "assert_invalid":
      case "assert_malformed":
        return this.#refuse(command);
      case "assert_unlinkable":
      case "assert_uninstantiable":
        return this.#failToStart(command);
      default:
        throw new Error(`${this.#where(command)}: unknown command ${command.type}`);
    }
  }

  #load(command: SpecCommand): void {
    this.#count.modules++;
    const came = this.#instantiate(command);
    if (came === "refused") {
      this.#isComplete = false;
      return;
    }
    const [left, right] = came;
    this.#compare(command, left, right);
    if (left === null) return;
    if (this.#isComplete) this.#count.unexpected.push(`${this.#where(command)}: ${show(left)}`);
    else this.#count.orphans++;
  }

  #instantiate(command: SpecCommand): readonly [Came | null, Came | null] | "refused" {
    const bytes = this.#read(command.filename ?? "");
    try {
      const right = this.#metered.instantiate(bytes, command.name);
      return [this.#plain.instantiate(bytes, command.name), right];
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
      this.#plain.forget(command.name);
      const key = `${error.code}: ${error.message}`;
      this.#count.refused.set(key, (this.#count.refused.get(key) ?? 0) + 1);
      return "refused";
    }
  }

  #act(command: SpecCommand): void {
    const { action } = command;
    if (action === undefined) throw new Error(`${this.#where(command)}: no action`);
    const [left, right] = [this.#plain.act(action), this.#metered.act(action)];
    if (left === null && right === null) {
      this.#count.skipped++;
      return;
    }
    if (command.type !== "action") this.#count.assertions++;
    this.#compare(command, left, right);
    // What a script says holds if all of its modules are there; and the value of a global is shown
    // in another way than the script writes it. That both lanes agree is what is asked.
    if (action.type === "get" || !this.#isComplete || isAsSaid(command, left)) return;
    this.#count.unexpected.push(`${this.#where(command)}: ${show(left)}`);
  }

  /** Nothing invalid gets through, and it is refused by a CheckFailure and nothing else. */
  #refuse(command: SpecCommand): void {
    if (command.module_type === "text") {
      this.#count.textual++;
      return;
    }
    const bytes = this.#read(command.filename ?? "") as Uint8Array<ArrayBuffer>;
    this.#count.assertions++;
    try {
      meterModule(decodeModule(bytes), { limits });
      if (WebAssembly.validate(bytes)) this.#count.sinceValid++;
      else this.#count.differences.push(`${this.#where(command)}: let through what is invalid`);
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
      this.#count.invalid++;
    }
  }

  #failToStart(command: SpecCommand): void {
    const came = this.#instantiate({ ...command, name: "a module that does not start" });
    if (came === "refused") {
      this.#count.skipped++;
      return;
    }
    this.#count.assertions++;
    this.#compare(command, ...came);
    if (came[0] === null) this.#count.unexpected.push(`${this.#where(command)}: it started`);
  }

  #compare(command: SpecCommand, left: Came | null, right: Came | null): void {
    if (show(left) === show(right)) return;
    const text = `${show(left)} without metering, ${show(right)} with it`;
    this.#count.differences.push(`${this.#where(command)}: ${text}`);
  }

  #where({ line, type }: SpecCommand): string {
    return `${this.#file}:${line} ${type}`;
  }
}

function isAsSaid({ type, expected = [] }: SpecCommand, came: Came | null): boolean {
  if (type === "action") return true;
  if (type !== "assert_return") return came?.kind === "error";
  return came?.kind === "values" &&
    expected.every((wanted, at) => isExpected(came.values[at] ?? "", wanted));
}

function show(came: Came | null): string {
  if (came === null) return "nothing";
  return came.kind === "values" ? came.values.join(" ") : came.text;
}
