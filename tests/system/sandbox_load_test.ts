/** What a one-shot loads: nothing of the sandbox, unless its policy has checks. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { honestFile, inHostileProject, writeTo } from "../support/hostile_project.ts";
import { binaryPath, bundled, type Program, Project } from "../support/sealward.ts";

/** Words of the sandbox's parts: gate, meter, hosts, pool, what runs a group's checks. */
const marks = [
  "pages of memory to begin with",
  "entries of all tables",
  "wasi_snapshot_preview1",
  "Too many checks wait already",
  "what it is asked changes while it is asked",
];

/** The bundle, with a fault instead of every file that has a part of the sandbox. */
function breakSandbox(folder: string): Program {
  const main = bundled.command.at(-1) ?? "";
  const stage = main.replace(/\/main\.js$/, "");
  const missing = new Set(marks);
  Deno.mkdirSync(folder);
  for (const { name } of Deno.readDirSync(stage)) {
    const text = Deno.readTextFileSync(`${stage}/${name}`);
    const found = marks.filter((mark) => text.includes(mark));
    for (const mark of found) missing.delete(mark);
    const isBroken = found.length > 0;
    Deno.writeTextFileSync(`${folder}/${name}`, isBroken ? "throw new Error('loaded');" : text);
  }
  assertEquals([...missing], [], "nobody has these words any more");
  return { name: "broken", command: [...bundled.command.slice(0, -1), `${folder}/main.js`] };
}

const options = (program?: Program) => ({
  stdin: JSON.stringify(writeTo(honestFile)),
  ...(program === undefined ? {} : { program }),
});

describe("one-shot", () => {
  it("without checks loads nothing of the sandbox, and with checks nothing decides without it", async () => {
    {
      using project = new Project();
      await project.init();
      const broken = breakSandbox(`${project.folder}/stage`);
      assertEquals((await project.run(["check", "-"], options(broken))).exit, 0);
    }
    await inHostileProject([], async ({ project }) => {
      const broken = breakSandbox(`${project.folder}/stage`);
      assertEquals((await project.run(["check", "-"], options())).exit, 0);
      const { exit, stdout } = await project.run(["check", "-"], options(broken));
      assert(exit !== 0 && !stdout.includes("ALLOW"), `${exit} ${stdout}`);
    });
  });

  it("without checks starts no other process", async () => {
    using project = new Project();
    await project.init();
    const path = `${project.folder}/trace`;
    const rules = "trace=execve,fork,vfork";
    const command = ["strace", "-f", "-qq", "-e", rules, "-o", path, binaryPath];
    const { exit } = await project.run(["check", "-"], options({ name: "strace", command }));
    assertEquals([exit, Deno.readTextFileSync(path).match(/(?:execve|fork)\(/g)?.length], [0, 1]);
  });
});
