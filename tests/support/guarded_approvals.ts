/**
 * A guarded install whose policy lets people approve, and what agent, engine and people do in it. As
 * guarded_install.ts, and `script`, oathtool and curl.
 */
import { assertEquals } from "@std/assert";
import {
  GuardedInstall,
  guardedRoot,
  type RunAsOptions,
  type RunningEngine,
  type Who,
} from "./guarded_install.ts";
import { approveAtTerminal, type Authenticator, enrolAtTerminal } from "./person.ts";
import type { PtyOutcome } from "./pty.ts";
import type { Outcome } from "./sealward.ts";

/** What a denial offers. */
export interface Offer {
  readonly request_id: string;
  readonly phrase: string;
}

// deno-lint-ignore no-explicit-any -- tests reach into whatever the log says
export type LogLine = any;

export interface HttpAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- tests reach into whatever came
  readonly body: any;
}

export const overridesPolicy = (overrides: string): string =>
  `version: "1.0"
protected:
  files: ["*.env", "locked/"]
overrides:
${overrides}`;

export const oneApprover = overridesPolicy("  approvers:\n    - name: ada\n");

const whyFlags = ["--justification", "agreed in review"];

export class GuardedApprovals implements AsyncDisposable {
  readonly install: GuardedInstall;
  server: RunningEngine;

  private constructor(install: GuardedInstall, server: RunningEngine) {
    this.install = install;
    this.server = server;
  }

  static async create(policy: string = oneApprover): Promise<GuardedApprovals> {
    const install = await GuardedInstall.create({ policy });
    try {
      return new GuardedApprovals(install, await install.serve());
    } catch (error) {
      await install[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `kill -9`, and a new server. */
  async restart(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    await this.server.end(signal);
    this.server = await this.install.serve();
  }

  /** As the engine's user, which alone keeps secrets. */
  async enrol(name = "ada"): Promise<Authenticator> {
    const enroll = ["sealward", "override", "enroll", name, "--root", guardedRoot];
    return await enrolAtTerminal(this.install.command("engine", enroll, { cwd: "/" }));
  }

  /** The agent's write, which is denied and offers a request. */
  async deny(file = "a.env"): Promise<Offer> {
    const { exit, value } = await this.install.check(file);
    assertEquals([exit, value.override?.status], [2, "offered"], JSON.stringify(value));
    return value.override;
  }

  /** Exit status of the agent's write. */
  async exitOf(file = "a.env"): Promise<number> {
    return (await this.install.check(file)).exit;
  }

  /** Allowed once by what was approved, and then no more. */
  async requireOneUse(file = "a.env"): Promise<void> {
    const { exit, value } = await this.install.check(file);
    assertEquals([exit, value.override?.status], [0, "granted"], JSON.stringify(value));
    assertEquals(await this.exitOf(file), 2, "used up");
  }

  /** A person at a terminal. */
  async approve(
    { request_id: id, phrase }: Offer,
    code: string,
    { who = "root", flags = [] }: { readonly who?: Who; readonly flags?: readonly string[] } = {},
  ): Promise<PtyOutcome> {
    const command = ["sealward", "override", "approve", id, "--root", guardedRoot, ...flags];
    return await approveAtTerminal(this.install.command(who, command), { phrase, code });
  }

  /** `override` without a terminal. */
  override(who: Who, args: readonly string[], options: RunAsOptions = {}): Promise<Outcome> {
    return this.install.run(who, ["sealward", "override", ...args], options);
  }

  /** Writes the text of an approval to a file, by `override show --to-sign`. */
  async writeToSign({ request_id: id }: Offer, file: string, who: Who = "root"): Promise<void> {
    const token = who === "root" ? [] : ["--token-file", "/srv/stranger/token"];
    const args = ["sealward", "override", "show", id, "--to-sign", file, ...whyFlags, ...token];
    await this.install.must(who, args);
  }

  approveSigned({ request_id: id, phrase }: Offer, signature: string): Promise<Outcome> {
    const proof = ["--signature", signature, "--phrase", phrase];
    return this.override("root", ["approve", id, ...proof, ...whyFlags]);
  }

  /** A request of the server with somebody's token. */
  async http(
    token: "agent" | "operator" | "approver",
    path: string,
    body: object | null = null,
    headers: readonly string[] = [],
  ): Promise<HttpAnswer> {
    const { port } = await this.install.portOf();
    const place = token === "agent"
      ? (await this.install.client()).token_file
      : `${await this.install.stateFolder()}/tokens/${token}`;
    const sent = body === null ? [] : [
      ...["--data-binary", "@-", "-H", "Content-Type: application/json"],
      ...headers.flatMap((header) => ["-H", header]),
    ];
    const script = `token=$(cat "$0"); exec curl -sS -w '\\n%{http_code}' ` +
      `-H "Authorization: Bearer $token" "$@"`;
    const url = `http://127.0.0.1:${port}${path}`;
    const command = ["sh", "-c", script, String(place), ...sent, url];
    const stdout = await this.install.must("root", command, {
      stdin: body === null ? "" : JSON.stringify(body),
    });
    const cut = stdout.lastIndexOf("\n");
    return { status: Number(stdout.slice(cut + 1)), body: JSON.parse(stdout.slice(0, cut)) };
  }

  approveByHttp(
    { request_id, phrase }: Offer,
    proof: object,
    token: "agent" | "operator" | "approver" = "approver",
  ): Promise<HttpAnswer> {
    const body = { request_id, phrase, justification: "agreed in review", ...proof };
    return this.http(token, "/v1/override/approve", body, ["Sealward-Approve: 1"]);
  }

  /** Every entry of the log, oldest first. */
  async log(): Promise<readonly LogLine[]> {
    const query = ["audit", "query", "--limit", "10000", "--root", guardedRoot];
    const { value } = await this.install.ask(query, { who: "engine", cwd: "/" });
    return value.entries.toSorted((a: LogLine, b: LogLine) => a.seq - b.seq);
  }

  /** The engine's user: nothing in the log was changed, and all of it is decided the same again. */
  async requireSoundLog(): Promise<void> {
    for (const args of [["audit", "verify"], ["replay", "--all"]]) {
      const command = ["sealward", ...args, "--root", guardedRoot];
      await this.install.must("engine", command, { cwd: "/" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.install[Symbol.asyncDispose]();
  }
}

/** The entries of one approval that was used: request, attempt, grant, the guide's event, use. */
export function requireLinked(
  log: readonly LogLine[],
  requestId: string,
  proof: "totp" | "recovery" | "ssh",
): LogLine {
  const asked = log.find(({ details }) => details.override?.request === requestId);
  const granted = log.find(({ type, details }) =>
    type === "state.override_granted" && details.request === requestId
  );
  const told = log.find(({ type, details }) =>
    type === "OVERRIDE_APPROVED" && details.request_id === requestId
  );
  const used = log.filter(({ details }) =>
    granted !== undefined && details.override?.grant === granted.details.grant
  );
  const attempts = log.filter(({ type, details }) =>
    type === "state.override_attempted" && details.what === requestId
  );
  assertEquals(used.length, 1, `used ${used.length} times`);
  const isCode = proof !== "ssh";
  assertEquals(attempts.length > 0, isCode, "codes are counted, signatures are not");
  const order = [asked, ...attempts, granted, told, used[0]].map(({ seq }) => seq);
  assertEquals(order, order.toSorted((a, b) => a - b), "in this order");
  const { details } = granted;
  assertEquals(details.document, asked.details.override.document);
  assertEquals(told.details.override_id, details.grant);
  for (const key of ["operation_digest", "policy_digest", "principal"]) {
    assertEquals(details[key], asked.details[key], key);
    assertEquals(used[0].details[key], asked.details[key], key);
  }
  assertEquals(details.effects_digest, asked.details.override.effects_digest);
  assertEquals(details.proof, proof);
  return granted;
}
