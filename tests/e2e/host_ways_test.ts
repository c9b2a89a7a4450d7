/**
 * Ways of single hosts to do elsewhere what a call says: each by the host's own source, played to the
 * end on the disk, and none of them may reach the policy.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Fields, hostWorlds, worldEvent, type WorldName } from "../support/host_worlds.ts";
import { Project } from "../support/sealward.ts";
import { callHook } from "./fixtures/hook_host.ts";

async function reactionTo(project: Project, name: WorldName, tool: string, input: Fields) {
  const event = worldEvent(name, { tool, input }, project.root);
  return hostWorlds[name].react(await callHook(project, name, event));
}

const policyFile = ".scalpel/policy.yaml";

describe("ways of single hosts", () => {
  it("ARCH-04 PATH-45 gemini: a mention, and an edit of another file of the name", async () => {
    using project = new Project();
    await project.init(["--guide"]);
    const ask = (tool: string, input: Fields) => reactionTo(project, "gemini", tool, input);
    const edit = { old_string: "enabled: true", new_string: "enabled: false" };
    // It drops the @ of what is not there, and edits the one policy.yaml it finds.
    assertEquals(await ask("write_file", { file_path: `@${policyFile}`, content: "x" }), "blocked");
    assertEquals(await ask("replace", { file_path: "policy.yaml", ...edit }), "blocked");
    project.write("notes.txt", "enabled: true\n");
    assertEquals(await ask("replace", { file_path: "notes.txt", ...edit }), "runs");
  });

  it("ARCH-04 PATH-45 vscode: what is no absolute path is a URI where it can be one", async () => {
    using project = new Project();
    await project.init(["--guide"]);
    const from = (filePath: string) =>
      reactionTo(project, "vscode", "create_file", { filePath, content: "x" });
    const other = project.path("src/a.txt").slice(1);
    assertEquals(await from(`${other}?a:b`), "blocked");
    assertEquals(await from(`${other}#a:b`), "blocked");
    assertEquals(await from(`/${other}`), "runs");
  });

  for (
    const [name, tool] of [["cursor", "Shell"], ["copilot", "Bash"], [
      "vscode",
      "run_in_terminal",
    ]] as const
  ) {
    it(`CMD-15 ${name}: one shell for all commands is left where it was`, async () => {
      using project = new Project();
      await project.init(["--guide"]);
      const before = project.read(policyFile);
      const shell = { folder: project.root };
      for (const command of ["cd .scalpel", "echo x >policy.yaml"]) {
        const reaction = await reactionTo(project, name, tool, { command });
        if (reaction !== "runs") continue;
        const args = ["-c", `${command}\npwd`];
        const { stdout } = await new Deno.Command("/bin/sh", { args, cwd: shell.folder }).output();
        shell.folder = new TextDecoder().decode(stdout).trim();
      }
      assertEquals([shell.folder, project.read(policyFile)], [project.root, before]);
      assertEquals(await reactionTo(project, name, tool, { command: "(cd .scalpel; ls)" }), "runs");
    });
  }
});
