/** A real disk of a few megabytes, mounted where only the test sees it. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { binaryPath, type Outcome, type Program, Project } from "./sealward.ts";

/** A project on a small disk of its own, in a mount namespace that ends with the test. */
export class SmallDisk implements AsyncDisposable {
  readonly project: Project;
  readonly #holder: Deno.ChildProcess;

  private constructor(project: Project, holder: Deno.ChildProcess) {
    this.project = project;
    this.#holder = holder;
  }

  static async mount(size: string): Promise<SmallDisk> {
    using opened = new DisposableStack();
    const project = opened.use(new Project());
    const script = 'mount -t tmpfs -o size="$1" none "$0" && echo ready && exec sleep 120';
    const args = ["-m", "--propagation", "private", "sh", "-c", script, project.root, size];
    const holder = new Deno.Command("unshare", { args, stdout: "piped" }).spawn();
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    await reader.cancel();
    if (done) throw new Error("the disk could not be mounted");
    opened.move();
    return new SmallDisk(project, holder);
  }

  /** Runs a program in the namespace, in the project. */
  run(command: readonly string[], args: readonly string[] = []): Promise<Outcome> {
    return this.project.run(args, { program: this.#inside(command) });
  }

  sealward(args: readonly string[]): Promise<Outcome> {
    return this.run([binaryPath], [...args, "--root", this.project.root]);
  }

  async init(): Promise<void> {
    const { exit, stderr } = await this.sealward(["init", "--guide"]);
    assertEquals(exit, 0, stderr);
  }

  /** Writes zeroes until nothing fits any more. */
  async fill(name = "filler"): Promise<void> {
    const path = this.project.path(name);
    const { exit } = await this.run(["dd", "if=/dev/zero", `of=${path}`, "bs=4096"]);
    assertNotEquals(exit, 0, "the disk is full");
  }

  async shell(script: string): Promise<void> {
    const { exit, stderr } = await this.run(["sh", "-c", script, this.project.root]);
    assertEquals(exit, 0, `${script}: ${stderr}`);
  }

  async verdict(): Promise<unknown> {
    const { stdout } = await this.sealward(["audit", "verify", "--format", "json"]);
    return JSON.parse(stdout).verdict;
  }

  #inside(command: readonly string[]): Program {
    const enter = ["nsenter", "-t", String(this.#holder.pid), "-m", "--"];
    return { name: "inside", command: [...enter, ...command] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
    this.project[Symbol.dispose]();
  }
}
