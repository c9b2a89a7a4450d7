/**
 * A process that works on the log of an install, from sources:
 *
 *   install_worker.ts ROOT record COUNT   events; COUNT 0 goes on for ever
 *   install_worker.ts ROOT rotate PAUSE   closes a segment every PAUSE ms, until it is killed
 *
 * Writes a line with the sequence number of each entry it was given a receipt for, and one for each
 * segment it closed.
 */
import { readSurroundings } from "../../src/compose/environment.ts";
import { openInstall, openLog } from "../../src/compose/open_install.ts";
import { findLayout } from "../../src/compose/environment.ts";
import { EngineError } from "../../src/core/errors.ts";

const [root = "", mode = "", number = "0"] = Deno.args;
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const surroundings = readSurroundings(null);

async function record(count: number): Promise<void> {
  const install = await unlessBusy(() => openInstall(surroundings, { root, role: "library" }));
  const event = { type: "NOTE", severity: "LOW", details: { pid: Deno.pid } } as const;
  for (let i = 0; count === 0 || i < count; i++) {
    say(String((await unlessBusy(() => install.engine.recordEvent(event, "test"))).seq));
  }
  await install.close();
}

/** On a busy machine the lock may not come in time; then nothing was written. */
async function unlessBusy<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "audit_busy") throw error;
    }
  }
}

async function rotate(pauseMs: number): Promise<void> {
  const { audit } = await unlessBusy(() => openLog(surroundings, findLayout(surroundings, root)));
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (await unlessBusy(() => audit.rotate())) say("rotated");
  }
}

try {
  await (mode === "rotate" ? rotate : record)(Number(number));
} catch (error) {
  say(error instanceof EngineError ? `${error.code}: ${error.message}` : String(error));
  Deno.exit(1);
}
