/**
 * What the commands below `override` share: their flags, their ids, their road.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { idPattern } from "../../../core/override/answer_fields.ts";
import type { WantedGrant } from "../../../core/override/approval.ts";
import type { Flag, ParsedArguments, Positional } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { OverrideRoad, OverrideRole } from "../override_road.ts";
import { quote, usageError } from "../usage_error.ts";
import { say } from "./print.ts";

export const roadFlags: readonly Flag[] = [
  { name: "server", kind: "string", value: "URL", description: "Ask a running server instead" },
  { name: "token-file", kind: "string", value: "FILE", description: "Your token for the server" },
  { name: "server-key", kind: "string", value: "FILE", description: "Public key of the server" },
];

export const justificationFlag: Flag = {
  name: "justification",
  kind: "string",
  value: "TEXT",
  description: "Why, 3 to 500 characters; the log's entry says it",
};

/** There is no flag for a code, and what was given is not repeated. */
export const codeFlagHints: Readonly<Record<string, string>> = Object.fromEntries(
  ["code", "totp", "otp", "recovery-code", "pin"].map((name) => [
    `--${name}`,
    "codes are typed at the prompt, and nowhere else",
  ]),
);

/** How far an approval is to reach; see parseWantedGrant. */
export const grantFlags: readonly Flag[] = [
  {
    name: "kind",
    kind: "string",
    value: "KIND",
    choices: ["once", "session"],
    description: "Approve it once (default), or for the rest of its session",
  },
  {
    name: "pattern",
    kind: "string",
    value: "GLOB",
    description: "Approve the same on every file that fits; as in protected.files",
  },
];

export const requestPositional: Positional = {
  name: "ID",
  required: true,
  variadic: false,
  description: "Of the request, as the denial and `sealward override list` name it",
};

/** What is granted where no flag says more. @throws {EngineError} `usage`. */
export function parseWantedGrant({ flags }: ParsedArguments): WantedGrant {
  const kind = flags.text("kind");
  const pattern = flags.text("pattern");
  if (pattern === null) return { kind: kind === "session" ? "session" : "once" };
  if (kind === null) return { kind: "pattern", pattern };
  throw usageError("Flags --kind and --pattern are both given", "leave one of them out");
}

/**
 * The id on the command line.
 *
 * @throws {EngineError} `override_unknown` for what cannot be one: it would be a path of a URL.
 */
export function readId({ positionals: [id = ""] }: ParsedArguments): string {
  if (idPattern.test(id)) return id;
  throw new EngineError("override_unknown", `Got ${quote(id)}, wanted an id of 32 hex digits`, {
    hint: "the denial names it, and `sealward override list`",
  });
}

/** Runs `act` on the road the flags name, and leaves it whatever happens. */
export async function onRoad<Result>(
  context: CliContext,
  parsed: ParsedArguments,
  to: { readonly role: OverrideRole; readonly outputs?: readonly string[] },
  act: (road: OverrideRoad) => Promise<Result>,
): Promise<Result> {
  const { flags } = parsed;
  const road = await context.host.openOverrides({
    ...to,
    root: flags.text("root"),
    server: flags.text("server"),
    tokenPath: flags.text("token-file"),
    keyPath: flags.text("server-key"),
  });
  try {
    for (const warning of road.warnings) say(context, parsed, `warning: ${warning}`);
    return await act(road);
  } finally {
    await road.close();
  }
}
