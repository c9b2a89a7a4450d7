/**
 * `sealward hook install`: wires this program into an agent's host, and proves it.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { builtinPatternSet } from "../../../core/operation/builtin_patterns.ts";
import { foldForMatching } from "../../../core/operation/fold_for_matching.ts";
import type { AgentFiles } from "../../hook/wiring/agent_files.ts";
import type { Wiring } from "../../hook/wiring/edit_settings.ts";
import {
  encodeBareLine,
  type HookLine,
  type HostName,
  unenrolledChoices,
} from "../../hook/wiring/hook_line.ts";
import { hostWirings } from "../../hook/wiring/host_wirings.ts";
import { planInstall } from "../../hook/wiring/plan_change.ts";
import {
  isExclusive,
  isInCheckout,
  placeOf,
  type SettingsPlace,
} from "../../hook/wiring/settings_place.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { quote, usageError } from "../usage_error.ts";
import { changeSettings } from "./change_settings.ts";
import {
  changeFlags,
  hostPositional,
  programFlag,
  readHost,
  readProgram,
  readScope,
  scopeFlag,
} from "./hook_flags.ts";
import { printManagedToml } from "./print_managed_toml.ts";
import { printAnswer } from "./print.ts";
import { printChange } from "./print_change.ts";
import { proveHosts } from "./prove_hosts.ts";
import { recordWiring } from "./record_wiring.ts";

export const hookInstallCommand: Command<CliContext> = {
  path: ["hook", "install"],
  summary: "Wire Sealward into an agent's host",
  description: "Writes the hooks into the host's settings, keeping everything else to the byte " +
    "and a backup beside it. Then a canary goes through the very command line that was written: " +
    "it must be denied and leave an entry in the log. A checkout's line names this root; a " +
    "user's and the machine's follow the file an agent reaches for, unless --root is given.",
  examples: [
    { command: "sealward hook install claude-code --dry-run", what: "the exact change, only" },
    { command: "sealward hook install claude-code", what: "for you, in this checkout" },
    { command: "sealward hook install codex --scope user", what: "for this user's Codex" },
  ],
  flags: [
    scopeFlag,
    { name: "server", kind: "string", value: "URL", description: "Ask this server, always" },
    { name: "token-file", kind: "string", value: "FILE", description: "Token for the server" },
    { name: "server-key", kind: "string", value: "FILE", description: "Public key of the server" },
    {
      name: "on-unenrolled",
      kind: "string",
      value: "ANSWER",
      choices: unenrolledChoices,
      description: "What to answer about a file outside every install",
    },
    programFlag,
    ...changeFlags,
  ],
  positionals: [hostPositional(["generic"], true)],
  exits: [
    [0, "PROTECTED, or with --dry-run: shown"],
    [1, "written but not proven, not written, or not initialised"],
    [2, "DRIFT: something else keeps the host from running it"],
    [3, "the settings cannot be edited safely"],
  ],
  run: runHookInstall,
};

async function runHookInstall(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const files = await context.host.agentFiles();
  const host = readHost(parsed);
  const program = readProgram(parsed, files);
  if (host === null) return printGeneric(context, parsed, program);
  const { place, wiring } = planWiring(context, parsed, { files, host, program });
  if (place.form === "toml") return printManagedToml(context, parsed, { place, wiring });
  const before = files.read(place.path);
  const after = planInstall(before, wiring, files.readBackups(place.path));
  const change = { path: place.path, before, after, restored: null };
  const outcome = changeSettings(context, parsed, { files, change });
  const isOnlyShown = parsed.flags.isSet("dry-run") || outcome.isRefused;
  const twin = findTwin(host, place, files);
  const notes = [...notesOn(place), ...(twin === null ? [] : [twin])];
  const record = async (install: OpenInstall) => {
    const wired = { type: "HOOK_INSTALLED", host, place, change, outcome } as const;
    notes.push(...await recordWiring(install, wired));
  };
  const proof = { files, root: parsed.flags.text("root"), program };
  const [report = null] = isOnlyShown
    ? []
    : await proveHosts(context, [host], outcome.isChanged ? { ...proof, record } : proof);
  return printChange(context, parsed, { host, place, change, outcome, report, notes });
}

function notesOn({ path, scope }: SettingsPlace): string[] {
  return [
    ...(isAlwaysProtected(path) ? [] : [unprotected]),
    ...(scope === "project" ? [shared] : []),
  ];
}

/** Another host that is wired in the same folder, and reads this file too. */
function findTwin(host: HostName, { path }: SettingsPlace, files: AgentFiles): string | null {
  const { beside } = hostWirings[host];
  if (beside === undefined) return null;
  const other = path.replace(`-${host}.json`, `-${beside}.json`);
  if (other === path || files.read(other) === null) return null;
  return `${other} is read by the same hosts: each call is judged and counted twice. Where both ` +
    "work, wire vscode alone";
}

const unprotected = "these settings are not among the files that are always protected: put them " +
  "under protected.files, or make them another user's";
const shared = "this file is everybody's in the checkout, and the line in it names paths of this " +
  "machine: committed, it stops every tool where they are others";

function isAlwaysProtected(path: string): boolean {
  // Relative to the disk's root: the form that patterns of any depth look at.
  const forms = [path, path.slice(1)].map(foldForMatching);
  return builtinPatternSet().match(forms).length > 0;
}

function planWiring(
  context: CliContext,
  parsed: ParsedArguments,
  { files, host, program }: {
    readonly files: AgentFiles;
    readonly host: HostName;
    readonly program: string;
  },
): { readonly place: SettingsPlace; readonly wiring: Wiring } {
  const root = parsed.flags.text("root");
  const scope = readScope(parsed, host);
  const folder = context.host.paths(root).root;
  if (isInCheckout(scope) && !context.host.isInitialized(root)) {
    throw new EngineError("not_initialized", `There is no install at "${folder}"`, {
      hint: "run `sealward init` first: a hook without a policy denies everything",
    });
  }
  const line: HookLine = {
    program,
    host,
    root: isInCheckout(scope) || root !== null ? folder || "/" : null,
    server: readServer(parsed),
    tokenFile: readPath(context, parsed, "token-file"),
    serverKey: readPath(context, parsed, "server-key"),
    onUnenrolled: unenrolledChoices.find((each) => each === parsed.flags.text("on-unenrolled")) ??
      null,
  };
  const place = placeOf(host, scope, { root: folder, userFolder: files.userFolder });
  return { place, wiring: { line, isManagedOnly: isExclusive(host, scope) } };
}

function readServer(parsed: ParsedArguments): string | null {
  const url = parsed.flags.text("server");
  if (url === null || /^https?:\/\//.test(url) && URL.canParse(url)) return url;
  throw usageError(`Cannot use the server ${quote(url)}`, "give it as http://127.0.0.1:8787");
}

/** Hosts start the line wherever the agent works. */
function readPath(context: CliContext, parsed: ParsedArguments, name: string): string | null {
  const path = parsed.flags.text(name);
  if (path === null) return null;
  if (parsed.flags.text("server") !== null) return context.host.absolute(path);
  throw usageError(`--${name} says nothing without --server`, "give both, or neither");
}

function printGeneric(context: CliContext, parsed: ParsedArguments, program: string): number {
  const flags = ["root", "server", "token-file", "server-key", "on-unenrolled"].flatMap((name) => {
    const value = name === "root"
      ? context.host.paths(parsed.flags.text("root")).root || "/"
      : parsed.flags.text(name);
    return value === null ? [] : [`--${name}`, value];
  });
  printAnswer(context, parsed, `${encodeBareLine(program, "generic", flags)}\n`);
  return 0;
}
