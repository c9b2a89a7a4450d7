/**
 * An engine as far as its sandbox sees it: opens one, seals itself, has checks run and says what
 * came of it, one JSON line each; then waits to be ended.
 *
 *   deno run ... sandbox_parent.ts ROLE COMMAND... -- WORD...
 */
import { sealPermissions } from "../../src/adapter/permissions.ts";
import { openSandbox } from "../../src/adapter/sandbox_process.ts";
import { fakeJob } from "./fake_loader.ts";

const request = new TextEncoder().encode("{}");

if (import.meta.main) await play();

async function play(): Promise<void> {
  const [role, ...rest] = Deno.args;
  const at = rest.indexOf("--");
  const [program = "", ...args] = rest.slice(0, at);
  const sandbox = openSandbox({
    role: role as "one-shot" | "server",
    command: [program, ...args],
  });
  sealPermissions({ writable: [], keepsNet: false });
  say({ pid: Deno.pid });
  for (const word of rest.slice(at + 1)) {
    const start = performance.now();
    const outcome = await sandbox.run(word, fakeJob(word, { deadlineMs: 200 }), request);
    const code = outcome.status === "ok" ? "ok" : outcome.code;
    say({ word, code, ms: performance.now() - start, status: sandbox.status() });
  }
  // The one that never ends leaves its worker at work.
  sandbox.run("hanging", fakeJob("hang", { deadlineMs: 5_000 }), request);
  setTimeout(() => say({ word: "hanging" }), 200);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

function say(line: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
