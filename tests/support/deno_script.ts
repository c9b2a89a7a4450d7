/** How a test starts one of this folder's scripts, from sources, whatever the environment it gets. */
const config = new URL("../../deno.json", import.meta.url).pathname;

/** The command of `name` in this folder; its packages are those of the test that runs. */
export function denoScript(name: string): readonly string[] {
  const path = new URL(name, import.meta.url).pathname;
  const variables = ["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((variable) => {
    const value = Deno.env.get(variable);
    return value === undefined ? [] : [`${variable}=${value}`];
  });
  const run = ["run", "--allow-read", "--allow-write", "--allow-sys", "--quiet", "--no-check"];
  return ["env", ...variables, Deno.execPath(), ...run, "--config", config, path];
}
