/**
 * Root without capabilities, as in most containers, in a local install that trusts a key: whatever is
 * done to the policy's files, the very next check and the very next HTTP request deny.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { GuardedInstall, keysPlace } from "../support/guarded_install.ts";

const root = "/srv/local";
const policy = `${root}/.scalpel/policy.yaml`;
const pair = `${root}/.scalpel/policy.manifest.json`;
const server = "http://127.0.0.1:9911";
const bare = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"];

/** What is done, and how it is undone. */
const changes: readonly (readonly [name: string, change: string, undo: string])[] = [
  [
    "MAN-01 RACE-04 swapped, its times put back",
    `cp -p ${policy} /srv/kept; echo '# x' > /srv/new; cat ${policy} >> /srv/new; ` +
    `touch -r ${policy} /srv/new; mv /srv/new ${policy}`,
    `mv /srv/kept ${policy}`,
  ],
  [
    "MAN-13 RACE-07 replaced by the older pair, validly signed",
    `cp -pr ${root}/.scalpel /srv/kept; cp /srv/first/policy* ${root}/.scalpel/`,
    `cp -p /srv/kept/policy* ${root}/.scalpel/; rm -r /srv/kept`,
  ],
  [
    "MAN-13 mixed: the older manifest with the newer policy",
    `cp -p ${pair} /srv/kept; cp -p ${pair}.sig /srv/kept.sig; ` +
    `cp /srv/first/policy.manifest.json* ${root}/.scalpel/`,
    `mv /srv/kept ${pair}; mv /srv/kept.sig ${pair}.sig`,
  ],
  [
    "FILE-06 a symbolic link to the same bytes",
    `mv ${policy} ${policy}.x; ln -s policy.yaml.x ${policy}`,
    `mv -f ${policy}.x ${policy}`,
  ],
  ["FILE-06 a second name", `ln ${policy} /srv/second`, "rm /srv/second"],
  [
    "PATH-18 another file mounted over it",
    `cp ${policy} /srv/other; echo '# x' >> /srv/other; mount --bind /srv/other ${policy}`,
    `umount ${policy}; rm /srv/other`,
  ],
  ["FILE-01 writable by others", `chmod o+w ${policy}`, `chmod o-w ${policy}`],
  ["MAN-04 without its signature", `mv ${pair}.sig /srv/kept`, `mv /srv/kept ${pair}.sig`],
];

async function signedInstall(): Promise<GuardedInstall> {
  await using opened = new AsyncDisposableStack();
  const install = opened.use(await GuardedInstall.create({ isBare: true }));
  const key = await install.trustNewKey("local");
  const sign = ["sealward", "policy", "sign", "--yes", "--without-backtest", "--key", key];
  await install.shell("root", `mkdir -p ${root}/.scalpel ${root}/src; test -d ${keysPlace}`);
  const text = (file: string) => `version: "1.0"\nprotected:\n  files: ["${file}"]\n`;
  const write = (file: string) =>
    install.must("root", ["tee", policy], { cwd: root, stdin: text(file) });
  await write("first.txt");
  await install.must("root", [...sign, "--project", "local"], { cwd: root });
  await install.must("root", [...bare, "sealward", "init", "--yes"].map(program), { cwd: root });
  assertEquals(await ask(install), [0, 0], "the first version is in force");
  await install.shell("root", `mkdir /srv/first; cp -p ${root}/.scalpel/policy* /srv/first/`);
  await write("second.txt");
  await install.must("root", sign, { cwd: root });
  opened.move();
  return install;
}

/** Behind setpriv the program needs its path. */
function program(word: string): string {
  return word === "sealward" ? "/usr/local/bin/sealward" : word;
}

/** Exit statuses of a check in a process of its own and of one asked by HTTP, where a server runs. */
async function ask(install: GuardedInstall, isServed = false): Promise<readonly number[]> {
  const check = [...bare, "sealward", "check", "--type", "file_write", "--file", "src/a.ts"];
  const run = async (more: readonly string[]) =>
    (await install.run("root", [...check, ...more].map(program), { cwd: root })).exit;
  return [await run([]), isServed ? await run(["--server", server]) : 0];
}

async function serve(install: GuardedInstall): Promise<AsyncDisposable> {
  const line = [...bare, "sealward", "serve", "--port", "9911"].map(program);
  const [command = "", ...args] = install.command("root", line, { cwd: root });
  const child = new Deno.Command(command, { args, clearEnv: true, stderr: "piped" }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("listening on")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`serve ended: ${said}`);
    said += value;
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await Promise.all([child.status, drained]);
    },
  };
}

describe("root without capabilities", () => {
  it("denies by the very next check and the very next request", async (t) => {
    await using install = await signedInstall();
    await using _server = await serve(install);
    assertEquals(await ask(install, true), [0, 0], "the second version is in force");
    for (const [name, change, undo] of changes) {
      await t.step(name, async () => {
        await install.shell("root", change);
        assertEquals(await ask(install, true), [5, 5], change);
        await install.shell("root", undo);
        assertEquals(await ask(install, true), [0, 0], `after ${undo}`);
      });
    }
  });
});
