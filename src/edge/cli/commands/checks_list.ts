/**
 * `sealward checks list`: which checks the policy in force has.
 *
 * @module
 */
import type { CheckSpec, PinnedFile } from "../../../core/check/check_spec.ts";
import type { FindFile } from "../../../pdp/check_runner.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { type Cell, renderTable } from "../table.ts";
import { readCheckedPolicy } from "./checked_policy.ts";
import { printAnswer, say } from "./print.ts";

export const checksListCommand: Command<CliContext> = {
  path: ["checks", "list"],
  summary: "Show the checks of the policy",
  description:
    "Id, file, ABI, effect and isolation of each check of the policy in force here, and " +
    "whether its files are the ones that are pinned. Runs nothing; `sealward checks test` does. " +
    "Whether somebody trusts the policy, `sealward status` says.",
  examples: [
    { command: "sealward checks list", what: "the checks of this project" },
    { command: "sealward checks list --json", what: "with hashes, limits and settings" },
  ],
  flags: [],
  exits: [
    [0, "shown, and every file is the one that is pinned"],
    [1, "could not read, or a file is missing or another: that check denies"],
    [3, "the policy is invalid"],
  ],
  run: runChecksList,
};

async function runChecksList(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const root = parsed.flags.text("root");
  const workshop = await host.openCheckWorkshop({ root, runs: "nothing" });
  const { policy, path, digest, findFile } = await readCheckedPolicy(host, workshop, {
    root,
    named: null,
  });
  const rows = policy.checks.map((check) => describeCheck(check, findFile));
  const text = parsed.format === "table" ? renderRows(context, rows) : renderJson(
    { schema_version: 1, policy: path, policy_digest: digest, checks: rows },
    parsed.format,
  );
  printAnswer(context, parsed, text);
  if (rows.length === 0 && parsed.format === "table") {
    say(context, parsed, "the policy has no check");
  }
  return rows.every(({ hash }) => hash === "ok") ? 0 : 1;
}

type Row = ReturnType<typeof describeCheck>;

function describeCheck(check: CheckSpec, findFile: FindFile) {
  const { id, file, sha256, abi, entrypoint, effect, severity, isolation, settings } = check;
  const states = [check, ...(check.data === null ? [] : [check.data])]
    .map((pinned) => stateOf(pinned, findFile));
  return {
    ...{ id, description: check.description, file, sha256, abi, entrypoint },
    data: check.data?.file ?? null,
    hash: states.find((state) => state !== "ok") ?? "ok",
    ...{ effect, severity, isolation, settings },
    tests: check.tests.length,
  };
}

function stateOf({ file, sha256 }: PinnedFile, findFile: FindFile): "ok" | "missing" | "differs" {
  const found = findFile(file);
  if (found === null) return "missing";
  return found.sha256 === sha256 ? "ok" : "differs";
}

function renderRows(context: CliContext, rows: readonly Row[]): string {
  const cells = rows.map((row): readonly Cell[] => [
    { text: row.id },
    { text: row.abi },
    { text: row.effect },
    { text: row.isolation },
    { text: row.hash, colour: row.hash === "ok" ? "green" : "red" },
    { text: String(row.tests) },
    { text: row.file },
  ]);
  return renderTable(
    [
      ...["ID", "ABI", "EFFECT", "ISOLATION", "HASH", "TESTS"].map((header) => ({ header })),
      { header: "FILE", shrink: "middle" },
    ],
    cells,
    context.render("table"),
  );
}
