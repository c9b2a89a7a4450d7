/**
 * An instance of an OPA module, as its host uses it.
 *
 * @module
 */
import { CheckFailure, type CheckFailureCode } from "../../core/check/check_failure.ts";
import type { Spending } from "./abi_host.ts";
import { exportedFunction } from "./exported.ts";
import { GuestMemory } from "./guest_memory.ts";
import { copyUnits, hashUnits, valueUnits } from "./host_costs.ts";
import { type OpaValue, writeOpaValue } from "./opa/opa_value.ts";
import { parseOpaValue } from "./opa/parse_opa_value.ts";

/** Text of one argument or result of a built-in, and of the lists a module gives of itself. */
const maxValueBytes = 1_048_576;
/** What `opa_eval` is asked for: JSON. */
const jsonFormat = 0;

export interface OpaQuestion {
  /** Address of the data document. */
  readonly data: number;
  /** JSON. */
  readonly input: Uint8Array;
  readonly entrypoint: number;
  readonly maxOutput: number;
}

export class OpaGuest {
  readonly #instance: WebAssembly.Instance;
  readonly #memory: WebAssembly.Memory;
  readonly #spend: Spending;

  constructor(instance: WebAssembly.Instance, memory: WebAssembly.Memory, spend: Spending) {
    this.#instance = instance;
    this.#memory = memory;
    this.#spend = spend;
  }

  /** Minor number of the ABI, 0 to 3. @throws {CheckFailure} `invalid_module` */
  minorVersion(): number {
    const major = this.#global("opa_wasm_abi_version");
    const minor = this.#global("opa_wasm_abi_minor_version");
    if (major === 1 && minor >= 0 && minor <= 3) return minor;
    const got = `got ${major}.${minor}, wanted 1.0 to 1.3`;
    throw new CheckFailure("invalid_module", `OPA ABI version: ${got}`);
  }

  /** Address of the value. @throws {CheckFailure} `trap`: the module does not take it. */
  loadJson(json: Uint8Array): number {
    return this.#parse("opa_json_parse", json);
  }

  writeValue(value: OpaValue): number {
    const text = new TextEncoder().encode(writeOpaValue(value));
    this.#spend.charge(text.length * valueUnits);
    return this.#parse("opa_value_parse", text);
  }

  /** @throws {CheckFailure} `trap`, `limit_exceeded` */
  readValue(address: number): OpaValue {
    const text = this.#call("opa_value_dump", address);
    const bytes = this.#readText(text, maxValueBytes, "trap");
    this.#spend.charge(bytes.length * valueUnits);
    return parseOpaValue(decodeText(bytes));
  }

  /** JSON of what `builtins` or `entrypoints` gives. */
  readList(name: "builtins" | "entrypoints"): Uint8Array {
    const text = this.#call("opa_json_dump", this.#call(name));
    return this.#readText(text, maxValueBytes, "invalid_module");
  }

  /** JSON of the result set. @throws {CheckFailure} `limit_exceeded`, `bad_output` */
  evaluate(question: OpaQuestion): Uint8Array {
    const isOneCall = this.minorVersion() >= 2;
    const text = isOneCall ? this.#evaluateAtOnce(question) : this.#evaluateInSteps(question);
    const output = this.#readText(text, question.maxOutput, "bad_output");
    this.#spend.charge(output.length * hashUnits);
    return output;
  }

  /** ABI 1.2: the input lies below what it is told is free. */
  #evaluateAtOnce({ data, input, entrypoint }: OpaQuestion): number {
    const at = this.#copyIn(input);
    const free = this.#call("opa_heap_ptr_get");
    return this.#call("opa_eval", 0, entrypoint, data, at, input.length, free, jsonFormat);
  }

  /** ABI 1.0 and 1.1. */
  #evaluateInSteps({ data, input, entrypoint }: OpaQuestion): number {
    const inputAt = this.loadJson(input);
    const context = this.#call("opa_eval_ctx_new");
    this.#call("opa_eval_ctx_set_input", context, inputAt);
    this.#call("opa_eval_ctx_set_data", context, data);
    this.#call("opa_eval_ctx_set_entrypoint", context, entrypoint);
    this.#call("eval", context);
    return this.#call("opa_json_dump", this.#call("opa_eval_ctx_get_result", context));
  }

  #parse(name: "opa_json_parse" | "opa_value_parse", text: Uint8Array): number {
    const at = this.#copyIn(text);
    const value = this.#call(name, at, text.length);
    if (value !== 0) return value;
    throw new CheckFailure("trap", `Module does not take a value: ${text.length} bytes`);
  }

  #copyIn(bytes: Uint8Array): number {
    this.#spend.charge(bytes.length * copyUnits);
    const at = this.#call("opa_malloc", bytes.length);
    if (at === 0) throw new CheckFailure("trap", "opa_malloc gave no room");
    new GuestMemory(this.#memory, "trap").slice(at, bytes.length).set(bytes);
    return at;
  }

  #readText(at: number, maxBytes: number, code: CheckFailureCode): Uint8Array {
    const { bytes, end } = new GuestMemory(this.#memory, code).readTerminated(at, maxBytes);
    this.#spend.charge(bytes.length * copyUnits);
    if (end === "zero") return bytes;
    if (end === "too_long") {
      throw new CheckFailure(
        "limit_exceeded",
        `Text is too long: wanted at most ${maxBytes} bytes`,
      );
    }
    throw new CheckFailure(code, "Text has no end within the memory");
  }

  #call(name: string, ...args: readonly number[]): number {
    // A function without a result gives undefined, which is nobody's address.
    return Number(exportedFunction(this.#instance, name)(...args) ?? 0);
  }

  #global(name: string): number {
    const found = this.#instance.exports[name];
    return found instanceof WebAssembly.Global ? Number(found.value) : Number.NaN;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckFailure("trap", "Module gave its host text that is not UTF-8");
  }
}
