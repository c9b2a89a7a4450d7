/**
 * Where the kernel takes paths, asked in another process: this one's runtime folds paths by text
 * before the kernel sees them.
 */

/** What open(2), or the name in unlink(2) and rename(2), comes to. */
export type KernelAnswer =
  | { readonly at: string }
  | { readonly makes: string }
  | { readonly error: string };

export interface KernelQuestion {
  /** Absolute. */
  readonly cwd: string;
  readonly path: string;
  readonly act: "open" | "name";
}

/** Answers in order; needs python3. */
export async function askKernelPaths(
  questions: readonly KernelQuestion[],
): Promise<readonly KernelAnswer[]> {
  const child = new Deno.Command("python3", {
    args: [new URL("./kernel_paths.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = questions.map(({ cwd, path, act }) => `${JSON.stringify([cwd, path, act])}\n`);
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(lines.join(""))).then(() => writer.close());
  const { stdout } = await child.output();
  await written;
  const answers = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  if (answers.length !== questions.length) throw new Error(`${answers.length} answers`);
  return answers;
}
