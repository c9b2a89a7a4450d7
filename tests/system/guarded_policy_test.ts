/** How a policy gets into a guarded install, and what does not. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { GuardedInstall, guardedRoot, keysPlace } from "../support/guarded_install.ts";

const policy = (files: string, more = ""): string =>
  `version: "1.0"\nprotected:\n  files: ${files}\n${more}`;
const proposal = `${guardedRoot}/.scalpel`;

/** Runs what must be refused, and shows that nothing changed: files, server, answers. */
async function refused(install: GuardedInstall, what: string, exit: number): Promise<string> {
  const before = await install.snapshot();
  const outcome = await install.installPolicy();
  assertEquals(outcome.exit, exit, `${what}: ${outcome.stdout}${outcome.stderr}`);
  assertEquals(await install.snapshot(), before, what);
  const { exit: asked, value } = await install.check("first.txt");
  assertEquals([asked, value.policy_trust], [2, "signed"], `${what}: the first policy stands`);
  return outcome.stderr;
}

describe("guarded: sealward policy install", () => {
  it("puts a newer signed proposal in force with the running server's next answer", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    assertEquals((await install.check("second.txt")).exit, 0);
    await install.propose(policy('["first.txt", "second.txt"]'));
    await install.propose("cases: []\n", "tests/one.yaml");
    await install.signProposal(2);
    assertEquals((await install.check("second.txt")).exit, 0, "a proposal changes nothing");
    const { exit, stdout, stderr } = await install.installPolicy();
    assertEquals([exit, stdout], [0, "installed version 2\n"], stderr);
    assertStringIncludes(stderr, `+  files: ["first.txt", "second.txt"]`);
    const { value } = await install.check("second.txt");
    assertEquals([value.decision, value.policy_trust], ["deny", "signed"]);
    assertEquals(value.violations[0].source.file, ".scalpel/policy.yaml");
    const folder = await install.policyFolder();
    const files = (await install.must("root", ["find", folder, "-type", "f"])).trim().split("\n");
    assertEquals(files.map((path) => path.slice(folder.length + 1)).sort(), [
      "policy.manifest.json",
      "policy.manifest.json.sig",
      "policy.yaml",
      "tests/one.yaml",
    ]);
    const odd = await install.must("root", ["find", folder, "!", "-user", "root"]);
    assertEquals(odd, "", "all of it is root's");
    const again = await install.installPolicy();
    assertEquals([again.exit, again.stdout], [0, "already installed\n"]);
    assertEquals(
      (await install.must("root", ["ls", "-A", "/etc/sealward"])).includes(".new"),
      false,
    );
  });

  it("MAN-14 MAN-19 refuses what is unsigned, older, foreign, or changed since, and keeps the first", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    await install.propose(policy('["first.txt", "v3"]'));
    await install.signProposal(3);
    assertEquals((await install.installPolicy()).exit, 0);
    const keep = (name: string) => install.shell("root", `cp -a ${proposal} ${keysPlace}/${name}`);
    const bring = (name: string) =>
      install.shell("root", `rm -rf ${proposal} && cp -a ${keysPlace}/${name} ${proposal}`);
    await keep("good");

    await install.propose(policy('["first.txt", "changed"]'));
    assertMatch(await refused(install, "changed since it was signed", 5), /not what was signed/);

    await install.shell("root", `rm ${proposal}/policy.manifest.json*`);
    assertMatch(await refused(install, "unsigned", 3), /not signed/);

    await bring("good");
    await install.shell("root", `rm ${proposal}/policy.manifest.json.sig`);
    await refused(install, "without its signature", 3);

    await bring("good");
    await install.shell("root", `rm ${proposal}/policy.manifest.json*`);
    await install.propose(policy('["first.txt", "v2"]'));
    await install.signProposal(2);
    assertMatch(await refused(install, "older", 5), /older one does not come back/);
    const drift = await install.ask(["drift"]);
    assertEquals([drift.exit, drift.value.proposal], [2, "refused"]);
    assertEquals([drift.value.installed_version, drift.value.proposed_version], [3, 2]);
    assertMatch(drift.value.message, /Checking out an old branch does this/);

    await bring("good");
    await install.shell("root", `rm ${proposal}/policy.manifest.json*`);
    await install.signProposal(4, ["--project", "another"]);
    assertMatch(await refused(install, "of another project", 5), /another/);

    await bring("good");
    const stranger = await install.newKey("stranger");
    await install.signProposal(4, ["--key", stranger]);
    assertMatch(await refused(install, "signed by a stranger", 5), /nobody trusts/);

    await bring("good");
    await install.propose(policy("7"));
    const sign = [
      "policy",
      "sign",
      "--yes",
      "--policy-version",
      "4",
      "--key",
      `${keysPlace}/policy`,
    ];
    assertEquals((await install.run("root", ["sealward", ...sign])).exit, 3, "nobody signs that");
  });

  it("FILE-06 reads a proposal as what an enemy wrote: links, pipes, huge files and folders", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    await install.shell("root", `cp -a ${proposal} ${keysPlace}/good`);
    const rows = [
      `ln -sfn /etc/shadow ${proposal}/policy.yaml`,
      `rm ${proposal}/policy.yaml && mkfifo ${proposal}/policy.yaml`,
      `rm ${proposal}/policy.yaml && mkdir ${proposal}/policy.yaml`,
      `ln ${proposal}/policy.yaml ${guardedRoot}/second`,
      `truncate -s 2G ${proposal}/policy.yaml`,
      `truncate -s 2G ${proposal}/policy.manifest.json`,
      `truncate -s 2G ${proposal}/policy.manifest.json.sig`,
      `ln -sfn /etc/shadow ${proposal}/policy.manifest.json`,
      `rm ${proposal}/policy.manifest.json && mkfifo ${proposal}/policy.manifest.json`,
      `mkdir ${proposal}/checks && ln -s /etc/shadow ${proposal}/checks/x.wasm`,
      `mkdir ${proposal}/tests && mkfifo ${proposal}/tests/x.yaml`,
      `mkdir ${proposal}/tests && cd ${proposal}/tests && seq 300 | xargs touch`,
      `mv ${proposal} ${guardedRoot}/moved && ln -s moved ${proposal}`,
    ];
    for (const row of rows) {
      await install.shell("root", `chown -R agent ${proposal}`);
      await install.shell("agent", row);
      const before = await install.snapshot();
      const started = performance.now();
      const { exit, stdout } = await install.installPolicy();
      assert(exit !== 0 && performance.now() - started < 3_000, `${row}: ${exit} ${stdout}`);
      assertEquals(await install.snapshot(), before, row);
      const drift = await install.ask(["drift"]);
      assert([1, 2].includes(drift.exit), `${row}: ${JSON.stringify(drift.value)}`);
      assertEquals((await install.check("first.txt")).exit, 2, row);
      const clear = `rm -rf ${proposal} ${guardedRoot}/second ${guardedRoot}/moved`;
      await install.shell("root", `${clear} && cp -a ${keysPlace}/good ${proposal}`);
    }
  });

  it("asks, and installs nothing when nobody agrees", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.propose(policy('["first.txt", "more"]'));
    await install.signProposal(2);
    const before = await install.snapshot();
    const { exit, stderr } = await install.run("root", ["sealward", "policy", "install"]);
    assertEquals(exit, 2, stderr);
    assertEquals(await install.snapshot(), before);
  });

  it("without a trusted key there is nothing to install by", async () => {
    await using install = await GuardedInstall.create();
    await install.propose(policy('["*.env"]'));
    const { exit, stderr } = await install.installPolicy();
    assertEquals(exit, 3);
    assertMatch(stderr, /trusted_keys/);
  });

  it("CFG-10 a swap under fire never shows half a policy: every answer is the old or the new one", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    let isOver = false;
    const seen = new Set<string>();
    const asking = (async () => {
      while (!isOver) {
        const batch = Array(50).fill('{"type":"file_write","affected_files":["first.txt"]}');
        const { stdout, stderr } = await install.agent(["check", "--batch"], {
          stdin: batch.join("\n"),
        });
        for (const line of stdout.trim().split("\n")) {
          const { decision, policy_trust: trust, error } = JSON.parse(line);
          seen.add(`${decision} ${trust} ${error?.code ?? ""} ${stderr}`.trim());
        }
      }
    })();
    for (let version = 2; version < 7; version++) {
      await install.propose(policy(`["first.txt", "v${version}"]`));
      await install.signProposal(version);
      assertEquals((await install.installPolicy()).exit, 0);
    }
    isOver = true;
    await asking;
    assertEquals([...seen], ["deny signed"]);
    const { stdout } = await install.run("engine", ["sealward", "audit", "tail"]);
    assertEquals(stdout.includes("policy_tampered"), false, stdout);
  });

  it("MAN-04 a crash between the two renames denies, and the next install mends it", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    assertEquals((await install.check()).exit, 0);
    const folder = await install.policyFolder();
    const former = folder.replace(/([^/]+)$/, ".$1.old");
    await install.shell("root", `mv ${folder} ${former}`);
    assertEquals((await install.check()).exit, 5);
    await install.propose(policy('["first.txt", "more"]'));
    await install.signProposal(2);
    assertEquals((await install.installPolicy()).exit, 0);
    assertEquals((await install.check()).exit, 0);
  });

  it("MAN-18 an older installed copy put back by hand is refused by the log's own mark", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    assertEquals((await install.check()).exit, 0);
    const folder = await install.policyFolder();
    await install.shell("root", `cp -a ${folder} ${keysPlace}/old`);
    await install.propose(policy('["first.txt", "more"]'));
    await install.signProposal(2);
    assertEquals((await install.installPolicy()).exit, 0);
    assertEquals((await install.check()).exit, 0);
    await install.shell("root", `rm -rf ${folder} && cp -a ${keysPlace}/old ${folder}`);
    const { exit, value } = await install.check();
    assertEquals([exit, value.violations[0].code], [5, "policy_tampered"]);
  });
});

describe("guarded: drift", () => {
  it("names each file, and says kindly what the proposal is", async () => {
    await using install = await GuardedInstall.create({
      isSigned: true,
      policy: policy('["first.txt"]'),
    });
    await install.serve();
    const none = await install.ask(["drift"]);
    assertEquals([none.exit, none.value.status, none.value.files], [0, "none", []]);
    assertEquals((await install.ask(["status"])).value.drift.status, "none");

    await install.propose(policy('["first.txt", "more"]'));
    await install.propose("cases: []\n", "tests/one.yaml");
    const both = await Promise.all([install.ask(["drift"]), install.ask(["status"])]);
    assertEquals(both.map(({ exit }) => exit), [2, 0]);
    for (const report of [both[0].value, both[1].value.drift]) {
      const rows = report.files.map((file: { path: string; change: string }) =>
        `${file.change} ${file.path}`
      );
      assertEquals(rows, ["changed .scalpel/policy.yaml", "added .scalpel/tests/one.yaml"]);
    }
    await install.shell("root", `rm ${proposal}/policy.manifest.json*`);
    assertEquals((await install.ask(["drift"])).value.proposal, "unsigned");
    await install.signProposal(2);
    const newer = await install.ask(["drift"]);
    assertEquals([newer.value.proposal, newer.value.proposed_version], ["signed", 2]);
    assertEquals((await install.ask(["drift"], { who: "stranger" })).exit, 2);
    await install.shell("root", `rm -rf ${proposal}`);
    const absent = await install.ask(["drift"]);
    assertEquals([absent.exit, absent.value.proposal], [0, "absent"]);
    assertEquals((await install.check("first.txt")).exit, 2, "the installed policy stands");
  });

  it("file names of the agent reach no terminal as they are", async () => {
    await using install = await GuardedInstall.create();
    await install.serve();
    await install.propose("x", "tests/\u001b[31mred");
    await install.propose(policy('["*.env"]'));
    for (const args of [["drift"], ["status"]]) {
      const { stdout, stderr } = await install.agent(args);
      assertEquals((stdout + stderr).includes("\u001b"), false, args.join(" "));
    }
  });

  it("is a question about guarded installs only", async () => {
    await using install = await GuardedInstall.create({ isBare: true });
    await install.must("agent", ["sealward", "init"]);
    assertEquals((await install.agent(["drift"])).exit, 64);
    assertEquals((await install.installPolicy()).exit, 64);
  });
});
