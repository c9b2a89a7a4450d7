/**
 * Checks that are loaded, and no more of them than there is room for.
 *
 * @module
 */
import type { CheckJob, LoadedCheck } from "../core/check/check_job.ts";
import { codeBytesOf, loadBytesOf, MemoryAccount, type MemoryUse } from "./memory_account.ts";

/** What looks at a module. */
export type LoadCheck = (job: CheckJob, memory: MemoryUse) => LoadedCheck;

const maxChecks = 256;
/** Of modules and data. */
const maxBytes = 4_194_304;
/** Of code, as MemoryAccount reckons it: about what the heaviest module has that passes the gate. */
const maxCodeBytes = 167_772_160;

interface Shelved {
  readonly check: LoadedCheck;
  readonly bytes: number;
  readonly codeBytes: number;
}

/** The least recently used goes first; the one that is asked for stays, however large it is. */
export class CheckShelf<Key> {
  readonly #load: LoadCheck;
  readonly #account: MemoryAccount;
  // In the order of their last use.
  readonly #checks = new Map<Key, Shelved>();

  /** @param collect Frees what nobody uses, before it returns. */
  constructor(load: LoadCheck, collect: () => void) {
    this.#load = load;
    this.#account = new MemoryAccount(collect);
  }

  /** A check that is used now; null: it has to be loaded, for the first time or again. */
  find(key: Key): LoadedCheck | null {
    const found = this.#checks.get(key);
    if (found === undefined) return null;
    this.#checks.delete(key);
    this.#checks.set(key, found);
    return found.check;
  }

  /** @throws As the loader does; nothing is kept then. */
  put(key: Key, job: CheckJob): LoadedCheck {
    this.#drop(key);
    const bytes = job.module.length + (job.data?.length ?? 0);
    let codeBytes = codeBytesOf(bytes, 0);
    try {
      const check = this.#load(job, {
        // Before it is there: two at once would be more than either.
        compiles: (weight) => {
          codeBytes = codeBytesOf(bytes, weight);
          this.#makeRoom(bytes, codeBytes);
        },
        leaves: (left) => this.#account.leave(left),
      });
      this.#makeRoom(bytes, codeBytes);
      this.#checks.set(key, { check, bytes, codeBytes });
      this.#account.keep(codeBytes);
      return check;
    } catch (error) {
      this.#account.leave(codeBytes);
      throw error;
    } finally {
      this.#account.leave(loadBytesOf(bytes));
    }
  }

  /** Whether tidy() would do something. */
  get isDue(): boolean {
    return this.#account.isDue();
  }

  /** Between two questions: what nobody uses any more goes, where that is much. */
  tidy(): void {
    this.#account.settle();
  }

  #makeRoom(bytes: number, codeBytes: number): void {
    const all = [...this.#checks];
    let sum = all.reduce((total, [, one]) => total + one.bytes, bytes);
    let codeSum = all.reduce((total, [, one]) => total + one.codeBytes, codeBytes);
    for (const [key, one] of all) {
      const fits = this.#checks.size < maxChecks && sum <= maxBytes && codeSum <= maxCodeBytes;
      if (fits) break;
      this.#drop(key);
      sum -= one.bytes;
      codeSum -= one.codeBytes;
    }
    this.#account.settle(codeBytes);
  }

  #drop(key: Key): void {
    const found = this.#checks.get(key);
    if (found === undefined) return;
    this.#checks.delete(key);
    this.#account.drop(found.codeBytes);
  }
}
