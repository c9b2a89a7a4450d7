/** What may follow the program's name. */
import { loadCommands } from "../../../src/edge/cli/commands.ts";

export async function commandNames(): Promise<ReadonlySet<string>> {
  return new Set((await loadCommands([])).map(({ path }) => path.join(" ")));
}
