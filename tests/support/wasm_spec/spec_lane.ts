import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import type { DecodedModule } from "../../../src/sandbox/decoded_module.ts";
import { callExactly } from "./exact_call.ts";
import type { SpecAction, SpecCommand } from "./spec_command.ts";
import { type Shown, showReference } from "./spec_value.ts";

/** How a lane makes a module ready, and how it says why an instance stopped. */
export interface LaneKind {
  readonly compile: (decoded: DecodedModule) => WebAssembly.Module;
  /** Called before each action, for each instance there is. */
  readonly refill: (instance: WebAssembly.Instance) => void;
  /** Null: a trap of the module's own. */
  readonly exhausted: (instance: WebAssembly.Instance) => "stack" | "fuel" | null;
}

/** What came of a command, so that two lanes can be compared. */
export type Came =
  | { readonly kind: "values"; readonly values: readonly Shown[] }
  | { readonly kind: "error"; readonly text: string };

interface Live {
  readonly instance: WebAssembly.Instance;
  readonly decoded: DecodedModule;
}

/** Runs the commands of one script on modules made ready in one way. */
export class SpecLane {
  readonly #kind: LaneKind;
  readonly #registered: Record<string, WebAssembly.ModuleImports> = { spectest: spectest() };
  readonly #named = new Map<string, Live | null>();
  readonly #live: Live[] = [];
  #current: Live | null = null;

  constructor(kind: LaneKind) {
    this.#kind = kind;
  }

  /** @returns Null: instantiated. */
  instantiate(bytes: Uint8Array, name: string | undefined): Came | null {
    this.forget(name);
    const decoded = decodeModule(bytes);
    const module = this.#kind.compile(decoded);
    try {
      const live = { decoded, instance: new WebAssembly.Instance(module, this.#registered) };
      this.#live.push(live);
      this.#current = live;
      if (name !== undefined) this.#named.set(name, live);
      return null;
    } catch (error) {
      return this.#came(error);
    }
  }

  /** The module that was to come is not there. */
  forget(name: string | undefined): void {
    this.#current = null;
    if (name !== undefined) this.#named.set(name, null);
  }

  register({ as = "", name }: SpecCommand): void {
    const live = this.#find(name);
    if (live === null) delete this.#registered[as];
    else this.#registered[as] = live.instance.exports;
  }

  /** @returns Null: the module it is about is not there. */
  act(action: SpecAction): Came | null {
    const live = this.#find(action.module);
    if (live === null) return null;
    for (const { instance } of this.#live) this.#kind.refill(instance);
    try {
      return { kind: "values", values: this.#perform(live, action) };
    } catch (error) {
      return this.#came(error);
    }
  }

  /** What can be seen of every instance from outside, in the order they were made. */
  state(): readonly string[] {
    return this.#live.flatMap(({ instance, decoded }) =>
      decoded.exports.map(({ name }) => `${name}: ${showState(instance.exports[name])}`)
    );
  }

  #find(name: string | undefined): Live | null {
    return name === undefined ? this.#current : this.#named.get(name) ?? null;
  }

  #perform({ instance, decoded }: Live, action: SpecAction): readonly Shown[] {
    const target = instance.exports[action.field];
    const entry = decoded.exports.find(({ name }) => name === action.field);
    if (target === undefined || entry === undefined) throw new Error("no such export");
    if (action.type === "get") return [showState(target)];
    const type = decoded.types[decoded.functionTypes[entry.index] ?? 0];
    if (type === undefined) throw new Error("an export without a type");
    return callExactly(target, type, action.args ?? []);
  }

  #came(error: unknown): Came {
    if (!(error instanceof Error)) throw error;
    if (error instanceof CheckFailure) throw error;
    for (const { instance } of this.#live) {
      const why = this.#kind.exhausted(instance);
      if (why !== null) return { kind: "error", text: `exhausted: ${why}` };
    }
    if (error instanceof RangeError) return { kind: "error", text: "exhausted: stack" };
    // The words of a link error name sizes, which the meter may clamp.
    const text = error instanceof WebAssembly.LinkError ? "" : error.message;
    return { kind: "error", text: `${error.name}: ${text}` };
  }
}

function showState(value: unknown): string {
  if (value instanceof WebAssembly.Memory) return `memory ${sum(new Uint8Array(value.buffer))}`;
  if (value instanceof WebAssembly.Table) return `table ${value.length}`;
  if (value instanceof WebAssembly.Global) return showGlobal(value);
  return "function";
}

function showGlobal(global: WebAssembly.Global): string {
  try {
    const value: unknown = global.value;
    if (typeof value !== "number") {
      return typeof value === "bigint" ? String(value) : showReference(value);
    }
    return Object.is(value, -0) ? "-0" : String(value);
  } catch {
    return "vector";
  }
}

/** Length and FNV-1a. */
function sum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length} ${hash >>> 0}`;
}

/** The module all scripts may import from. */
function spectest(): WebAssembly.ModuleImports {
  const nothing = (): void => {};
  const names = ["", "_i32", "_i64", "_f32", "_f64", "_i32_f32", "_f64_f64"];
  const global = (value: "i32" | "i64" | "f32" | "f64", initial: number | bigint) =>
    new WebAssembly.Global({ value, mutable: false }, initial as never);
  return {
    ...Object.fromEntries(names.map((name) => [`print${name}`, nothing])),
    global_i32: global("i32", 666),
    global_i64: global("i64", 666n),
    global_f32: global("f32", 666.6),
    global_f64: global("f64", 666.6),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
  };
}
