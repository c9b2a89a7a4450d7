/**
 * `sealward checks new`: a folder to begin a check with.
 *
 * @module
 */
import { EngineError, toEngineError } from "../../../core/errors.ts";
import {
  fillTemplate,
  type TemplateLanguage,
  templateLanguages,
} from "../../check_template/check_template.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Host } from "../host.ts";
import { renderText } from "../colour.ts";
import { quote, usageError } from "../usage_error.ts";
import { printAnswer } from "./print.ts";

export const checksNewCommand: Command<CliContext> = {
  path: ["checks", "new"],
  summary: "Make a folder to write a check in",
  description:
    "Source, an operation to try it on, and a README with the exact commands that build it " +
    "with public tools. Nothing that exists is overwritten, and nothing is built or downloaded.",
  examples: [
    { command: "sealward checks new no-todo --lang rust", what: "in the new folder no-todo" },
    { command: "sealward checks new no-todo --lang c --output checks/no-todo", what: "elsewhere" },
  ],
  flags: [
    {
      name: "lang",
      kind: "string",
      value: "LANGUAGE",
      choices: templateLanguages,
      description: "What it is written in",
    },
    {
      name: "output",
      kind: "string",
      value: "DIR",
      description: "The folder; it must not exist. Default: NAME, here",
    },
  ],
  positionals: [{
    name: "NAME",
    required: true,
    variadic: false,
    description: "Of the check: a-z, 0-9, _ and -, a letter first",
  }],
  exits: [
    [0, "made"],
    [1, "something is there already, or it could not be written"],
    [64, "no such language, or no name for a check"],
  ],
  run: runChecksNew,
};

async function runChecksNew(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const [name = ""] = parsed.positionals;
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(name)) {
    throw usageError(`Cannot use the name ${quote(name)}`, "a-z, 0-9, _ and -, a letter first");
  }
  const language = parsed.flags.text("lang") as TemplateLanguage | null;
  if (language === null) {
    throw usageError("No language given", `give --lang ${templateLanguages.join("|")}`);
  }
  const folder = host.absolute(parsed.flags.text("output") ?? name).replace(/\/+$/, "");
  if (host.exists(folder)) throw taken(folder);
  const files = await fillTemplate(language, name);
  for (const { path, text } of files) writeNew(host, `${folder}/${path}`, text);
  printAnswer(context, parsed, render(context, parsed, { folder, language, files }));
  return 0;
}

interface Made {
  readonly folder: string;
  readonly language: TemplateLanguage;
  readonly files: readonly { readonly path: string }[];
}

function render(context: CliContext, parsed: ParsedArguments, made: Made): string {
  const { folder, language } = made;
  const paths = made.files.map(({ path }) => path);
  if (parsed.format !== "table") {
    return renderJson({ schema_version: 1, folder, language, files: paths }, parsed.format);
  }
  const { style } = context.render("table");
  const lines = paths.map((path) => `  ${path}\n`).join("");
  return `made ${renderText(style, folder)}\n${lines}next: read its README.md\n`;
}

/** What came to be there meanwhile stays. */
function writeNew(host: Host, path: string, text: string): void {
  try {
    host.writeNewFile(path, text);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    if (host.exists(path)) throw taken(path);
    const message = `Cannot write ${quote(path)}: ${toEngineError(error).message}`;
    throw new EngineError("output_unwritable", message, {
      hint: "look for a full disk, or a folder of somebody else",
      cause: error,
    });
  }
}

function taken(path: string): EngineError {
  return new EngineError("output_unwritable", `Cannot write ${quote(path)}: it is there already`, {
    hint: "name another folder with --output; nothing is overwritten",
  });
}
