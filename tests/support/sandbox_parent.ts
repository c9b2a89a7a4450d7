/**
 * An engine as far as its sandbox sees it: opens one, seals itself, has checks run and says what
 * came of it, one JSON line each; then waits to be ended.
 *
 *   deno run ... sandbox_parent.ts ROLE COMMAND... -- WORD...
 */
import { sealPermissions } from "../../src/adapter/permissions.ts";
import { openSandbox } from "../../src/adapter/sandbox_process.ts";
import { fakeJob } from "./fake_loader.ts";

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
    const failure = await sandbox.load(word, fakeJob(word));
    const outcome = failure === null
      ? await sandbox.run(word, new Uint8Array(9), { deadlineMs: 200 })
      : { status: "failed", code: failure.code, message: failure.message };
    const code = outcome.status === "ok" ? "ok" : outcome.code;
    say({ word, code, ms: performance.now() - start, status: sandbox.status() });
  }
  // The one that never ends leaves its worker at work.
  sandbox.load("hang", fakeJob("hang", { loadDeadlineMs: 60_000 })).then(() => {
    sandbox.run("hang", new Uint8Array(9), { deadlineMs: 60_000 });
    setTimeout(() => say({ word: "hanging" }), 100);
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

function say(line: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
