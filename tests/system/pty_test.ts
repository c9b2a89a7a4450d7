/** The pseudo-terminal of the tests itself, and how the program asks a person at one. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type PtyAnswer, runInPty } from "../support/pty.ts";
import { compiled, Project } from "../support/sealward.ts";

const sh = (script: string, answers: readonly PtyAnswer[] = [], more = {}) =>
  runInPty(["sh", "-c", script], { answers, ...more });

describe("runInPty()", () => {
  it("is a terminal, and hands the exit status on", async () => {
    const { exit, screen } = await sh("test -t 0 && test -t 1 && test -t 2 && echo yes; exit 7");
    assertEquals([exit, screen], [7, "yes\r\n"]);
  });

  it("types each answer when it was asked for, and not before", async () => {
    const ask = 'for i in 1 2; do printf "Name? "; read -r x; echo "<$x>"; done';
    const answers = [
      { after: "Name?", type: "a b\r" },
      { after: "Name?", type: (screen: string) => `${screen.includes("<a b>")}\r` },
    ];
    const { screen, typed } = await sh(ask, answers);
    assertEquals([typed, screen], [2, "Name? a b\r\n<a b>\r\nName? true\r\n<true>\r\n"]);
  });

  it("says what was not asked for", async () => {
    const { exit, typed } = await sh("true", [{ after: "never", type: "x\r" }]);
    assertEquals([exit, typed], [0, 0]);
  });

  it("shows what a program without echo hides, and sends Ctrl-C", async () => {
    const hidden = "stty -echo; printf 'Code? '; read -r x; stty echo; echo; echo ${#x}";
    const { screen } = await sh(hidden, [{ after: "Code?", type: "secret\r" }]);
    assertEquals(screen, "Code? \r\n6\r\n");
    const stopped = await sh("trap 'exit 9' INT; echo ready; while :; do sleep 0.1; done", [
      { after: "ready", type: "\x03" },
    ]);
    assertEquals(stopped.exit, 9);
  });

  it("keeps stdout apart where it is wanted", async () => {
    const path = Deno.makeTempFileSync();
    const { screen } = await sh("echo out; echo err >&2", [], { stdoutPath: path });
    assertEquals([screen, Deno.readTextFileSync(path)], ["err\r\n", "out\n"]);
    Deno.removeSync(path);
  });

  it("gives up, and leaves no process behind", async () => {
    const failure = await assertRejects(
      () => sh("echo $$; exec sleep 600", [], { timeoutMs: 1_000 }),
      Error,
      "no end after 1000 ms",
    );
    const pid = Number(/(\d+)\r\n$/.exec(failure.message)?.[1]);
    // Its terminal is gone: the kernel hangs it up.
    for (let tries = 0; tries < 100 && isAlive(pid); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertEquals(isAlive(pid), false);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie waits for its parent and does nothing more.
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

const asking = new URL("../../src/adapter/ask_person.ts", import.meta.url).href;
const module = `import { askPerson } from "${asking}";
const line = askPerson("Code:", Deno.args[0]);
console.log(JSON.stringify(line));
new Deno.Command("stty", { args: ["-a"], stdin: "inherit", stdout: "inherit" }).outputSync();`;

describe("asking at a terminal", () => {
  const ask = (echo: string, type: string, more = {}) => {
    const program = [Deno.execPath(), "eval", "--quiet", "--no-config", module, echo];
    const env = { HOME: Deno.env.get("HOME") ?? "/root", NO_COLOR: "1" };
    return runInPty(program, { answers: [{ after: "Code:", type }], env, ...more });
  };

  it("TOTP-15 shows nothing of a code, nor how long it is, and restores the echo", async () => {
    const { exit, screen } = await ask("hidden", "908172\r");
    assertEquals(exit, 0);
    assertStringIncludes(screen, 'Code: \r\n"908172"\r\n');
    assertMatch(screen, /(?<!-)\becho\b/);
    assertMatch(screen, /(?<!-)\bicanon\b/);
  });

  it("shows what may be seen, edited", async () => {
    const { screen } = await ask("shown", "why nt\x7fot\r");
    assertStringIncludes(screen, '"why not"\r\n');
    assertStringIncludes(screen, "Code: why nt\b \bot\r\n");
  });

  it("gives up at Ctrl-C", async () => {
    const { exit, screen } = await ask("hidden", "9081\x03");
    assertEquals(exit, 0);
    assertStringIncludes(screen, "Code: \r\nnull\r\n");
  });

  it("keeps the question off stdout", async () => {
    const stdoutPath = Deno.makeTempFileSync();
    const { screen } = await ask("shown", "x\r", { stdoutPath });
    assertMatch(Deno.readTextFileSync(stdoutPath), /^"x"\n/);
    assertStringIncludes(screen, "Code: x\r\n");
    Deno.removeSync(stdoutPath);
  });
});

const id = "0123456789abcdef0123456789abcdef";

describe("override at a terminal", () => {
  it("asks why, and asks again, before it looks for anything", async () => {
    using project = new Project();
    const { exit, screen, typed } = await runInPty([...compiled.command, "override", "deny", id], {
      cwd: project.root,
      env: { HOME: project.home },
      answers: [{ after: "Why?", type: "no\r" }, { after: "Why?", type: "not today\r" }],
    });
    assertEquals([exit, typed], [1, 2]);
    assertStringIncludes(screen, "Why? no\r\nsealward: The justification has 2 characters");
    assertStringIncludes(screen, "error[not_initialized]");
  });

  it("BIND-08 asks for no code where the request would be shown to a file", async () => {
    using project = new Project();
    await project.init(["--guide"]);
    const line = `exec "$0" override approve ${id} 2>"$1"`;
    const path = project.path("errors");
    const { exit, screen } = await runInPty(["sh", "-c", line, ...compiled.command, path], {
      cwd: project.root,
      env: { HOME: project.home },
    });
    assertEquals([exit, screen], [64, ""]);
    assertStringIncludes(Deno.readTextFileSync(path), "standard error is none");
  });

  it("asks for nothing where there is no such request", async () => {
    using project = new Project();
    await project.init(["--guide"]);
    const before = project.read(".scalpel/audit.log");
    const { exit, screen } = await runInPty([...compiled.command, "override", "approve", id], {
      cwd: project.root,
      env: { HOME: project.home },
    });
    assertEquals([exit, /why|phrase|code of/i.test(screen)], [3, false], screen);
    assertEquals(project.read(".scalpel/audit.log"), before);
  });

  it("gives up at Ctrl-C, and nothing is written", async () => {
    using project = new Project();
    await project.init(["--guide"]);
    const before = project.read(".scalpel/audit.log");
    const { exit, screen } = await runInPty([...compiled.command, "override", "deny", id], {
      cwd: project.root,
      env: { HOME: project.home },
      answers: [{ after: "Why?", type: "\x03" }],
    });
    assertEquals(exit, 2);
    assertStringIncludes(screen, "override_rejected");
    assertEquals(project.read(".scalpel/audit.log"), before);
  });
});
