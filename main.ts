/**
 * Composition root: arguments, one role, exit status. The only file that ends the process or reads
 * its arguments. Everything else is loaded when the role is known: a sandbox process holds no code
 * that it does not need.
 *
 * @module
 */

let statusOf = (status: number): number => status;
let lineOf = (reason: unknown): string => `sealward: error[internal]: ${reason}\n`;

// Whatever slips past every catch must not end in a status that could mean "allowed".
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  giveUp(event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  giveUp(event.error);
});

function giveUp(reason: unknown): never {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(lineOf(reason)));
  } finally {
    end(1);
  }
}

function end(status: number): never {
  Deno.exit(statusOf(status));
}

async function run(): Promise<number> {
  switch (Deno.args[0]) {
    case "__sandbox-worker":
      return (await import("./src/compose/sandbox_worker.ts")).playWorker();
    case "__sandbox-broker":
      return await (await import("./src/compose/sandbox_broker.ts")).playBroker();
  }
  // A hook whose program does not even load must not end with a status on which the tool runs.
  if (Deno.args.includes("hook")) statusOf = (status) => status === 0 ? 0 : 2;
  const { renderGivingUp, runProgram, statusFor } = await import("./src/compose/program.ts");
  statusOf = (status) => statusFor(Deno.args, status);
  lineOf = renderGivingUp;
  return await runProgram(Deno.args);
}

try {
  end(await run());
} catch (error) {
  giveUp(error);
}
