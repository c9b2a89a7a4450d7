import { createHash, createHmac } from "node:crypto";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import { parseSecret } from "../../src/core/integrity/parse_secret.ts";
import { compiled, Project } from "../support/sealward.ts";

/** 288 bytes a line with its LF, once the numbers have seven digits. */
export const plainEvent: NewEvent = {
  type: "POLICY_CHECK",
  severity: "LOW",
  details: { operation: "file_write" },
};
/** One in a thousand, to be looked for. */
const rareEvent: NewEvent = { ...plainEvent, type: "RARE" };

const perBatch = 5_000;

/** One run of the compiled program. */
export interface TimedRun {
  readonly ms: number;
  /** User and system time of all its threads: what a busy machine does not change much. */
  readonly cpuMs: number;
  readonly stdout: string;
}

/** An install with a log that grows; its program is the compiled one. */
export class ScaleLog implements Disposable {
  readonly #project: Project;
  readonly options: AuditOptions;
  #entries = 1;

  private constructor(project: Project, options: AuditOptions) {
    this.#project = project;
    this.options = options;
  }

  static async create(): Promise<ScaleLog> {
    const project = new Project();
    await project.init();
    const state = project.stateFolder();
    const record = JSON.parse(Deno.readTextFileSync(`${state}/install.json`));
    const key = { name: "key", minBytes: 32 };
    const secret = parseSecret(Deno.readFileSync(`${state}/keys/audit.key`), key);
    return new ScaleLog(project, {
      logPath: project.path(".scalpel/audit.log"),
      sidePath: project.path(".scalpel/audit.log.d"),
      markPath: `${state}/log`,
      ring: KeyRing.ofRoots([secret], record.log_id, hmacSha256),
      logId: record.log_id,
      fingerprint: record.fingerprint,
      isForwardSecure: false,
      nowMicros,
      sha256,
      hmac: hmacSha256,
      lockTimeoutMs: 20_000,
    });
  }

  /** Entries by the log's own count. */
  get entries(): number {
    return this.#entries;
  }

  /** Bytes of all segments. */
  get sizeBytes(): number {
    const { sidePath, logPath } = this.options;
    const closed = [...Deno.readDirSync(sidePath)].filter(({ name }) => name.endsWith(".jsonl"));
    const paths = [logPath, ...closed.map(({ name }) => `${sidePath}/${name}`)];
    return paths.reduce((sum, path) => sum + Deno.statSync(path).size, 0);
  }

  /** Appends by the adapter itself until there are as many entries; closes full segments. */
  async growTo(entries: number, perSegment = Infinity): Promise<void> {
    // The runtime's own hashes: a human waits for this.
    const file = await openAuditFile({
      ...this.options,
      hmac: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
      sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
    });
    let begun = this.#entries;
    for (;;) {
      const { result } = await file.transact(({ head }) => {
        // One in a hundred is a snapshot's.
        const count = Math.min(perBatch, Math.ceil((entries - head.seq - 1) * 0.99));
        const events = Array.from(
          { length: count },
          (_, i) => i % 1_000 === 7 ? rareEvent : plainEvent,
        );
        return { events, result: head.seq + 1 + count };
      });
      this.#entries = result;
      if (file.isFull || result - begun >= perSegment) {
        await file.rotate();
        begun = result;
      }
      if (result >= entries - 1) break;
    }
    await file.close();
  }

  /** Runs the program; throws when its status is not 0. */
  async run(args: readonly string[]): Promise<TimedRun> {
    const start = performance.now();
    const timed = '"$@"; status=$?; times >&2; exit $status';
    const child = new Deno.Command("sh", {
      args: ["-c", timed, "timed", compiled.command[0] ?? "", ...args],
      cwd: this.#project.root,
      clearEnv: true,
      env: { HOME: this.#project.home },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { code, stdout, stderr } = await child.output();
    const ms = performance.now() - start;
    const decoder = new TextDecoder();
    const said = decoder.decode(stderr);
    if (code !== 0) throw new Error(`${args.join(" ")}: ${code} ${said}`);
    return { ms, cpuMs: parseTimes(said), stdout: decoder.decode(stdout) };
  }

  /** The most memory the program held while it ran: the kernel's VmHWM, MB. */
  async peakMb(args: readonly string[]): Promise<number> {
    // The runtime shows its own /proc to nobody; a shell may look. A dead process has no such line.
    const watch =
      '"$@" >/dev/null 2>&1 & while grep VmHWM "/proc/$!/status"; do sleep 0.05; done; wait';
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", watch, "watch", compiled.command[0] ?? "", ...args],
      cwd: this.#project.root,
      clearEnv: true,
      env: { HOME: this.#project.home, PATH: "/usr/bin:/bin" },
      stderr: "null",
    }).output();
    const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
    return Number(/(\d+) kB/.exec(last)?.[1]) / 1_024;
  }

  [Symbol.dispose](): void {
    this.#project[Symbol.dispose]();
  }
}

/** Of the shell's children, as its `times` prints them: `0m1.5s 0m0.2s` in the last line. */
function parseTimes(text: string): number {
  const line = text.trim().split("\n").at(-1) ?? "";
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
      0,
    );
}
