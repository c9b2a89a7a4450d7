/**
 * `sealward audit export`: verified entries for another system, each with the line it was verified
 * by. Row by row: neither the log nor a slow reader makes memory grow.
 *
 * @module
 */
import { type ExportForm, exportForms } from "../../../core/audit/export_event.ts";
import type { ExportRow } from "../../../core/audit/export/export_row.ts";
import { EngineError, TamperDetectedError, toEngineError } from "../../../core/errors.ts";
import type { EventExport } from "../../../pdp.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, GrowingFile, OpenInstall } from "../host.ts";
import { type ByteWriter, writeOutput } from "../output.ts";
import { usageError } from "../usage_error.ts";
import { filterFlags, filterOf, timeFlags } from "./event_flags.ts";
import { say } from "./print.ts";

export const auditExportCommand: Command<CliContext> = {
  path: ["audit", "export"],
  summary: "Take verified entries out, with the lines they were verified by",
  description:
    "Verifies the whole log, writes an entry audit.export (who, how many, which filter), and then " +
    "gives the entries that were there before it. Every row carries the entry's own line (jsonl and " +
    "csv: raw, ocsf: raw_data): these lines, each with a line feed, are the log again, byte for byte, " +
    "when nothing was filtered.\n\n" +
    "Each row says which it is and how many there are (row, rows): fewer rows than that are half an " +
    "export. A log that stops verifying ends it with status 5, says how many rows were written, and " +
    "takes the file away.\n\n" +
    "csv is RFC 4180 in UTF-8. A cell that begins with = + - @ ' or a tab, CR or LF gets one " +
    "apostrophe in front, so that no spreadsheet runs it: take one leading apostrophe away to get the " +
    "text back. ocsf is OCSF 1.6.0, one event a line: API Activity (6003) for decisions, Detection " +
    "Finding (2004) for denials, tampering and alarms, Base Event for the rest. docs/export.md has " +
    "the fields.",
  examples: [
    { command: "sealward audit export --as jsonl --out audit.jsonl", what: "everything" },
    { command: "sealward audit export --as csv --decision deny --since 7d", what: "for a sheet" },
    { command: "sealward audit export --as ocsf --min-severity HIGH", what: "for a SIEM" },
  ],
  flags: [
    {
      name: "as",
      kind: "string",
      value: "FORM",
      choices: exportForms,
      description: "Form of the rows",
    },
    { name: "out", kind: "string", value: "FILE", description: "A new file instead of stdout" },
    ...filterFlags,
    ...timeFlags,
    { name: "after", kind: "string", value: "SEQ", description: "Only greater sequence numbers" },
  ],
  formats: [],
  exits: [
    [0, "all rows were written"],
    [1, "could not look or write"],
    [5, "the chain does not verify"],
  ],
  run: runAuditExport,
};

async function runAuditExport(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags } = parsed;
  const as = exportForms.find((form) => form === flags.text("as"));
  if (as === undefined) throw usageError("An export needs a form", "give --as jsonl, csv or ocsf");
  const out = flags.text("out");
  const path = out === null ? null : context.host.absolute(out);
  if (path === null && flags.isSet("quiet")) {
    throw usageError("An export to stdout cannot be quiet", "name a file with --out");
  }
  const outputs = path === null ? [] : [path];
  const install = await context.host.open({ root: flags.text("root"), outputs, role: "one-shot" });
  try {
    const taken = path === null
      ? await exportTo(context.stdout, install, parsed, { as, to: "stdout" })
      : await exportToFile(context, install, parsed, { as, path });
    say(context, parsed, `exported ${taken.rows} entries, recorded as #${taken.receipt.seq}`);
    return 0;
  } finally {
    await install.close();
  }
}

async function exportToFile(
  context: CliContext,
  install: OpenInstall,
  parsed: ParsedArguments,
  { as, path }: { readonly as: ExportForm; readonly path: string },
): Promise<EventExport> {
  const file = await context.host.createOutputFile(path);
  try {
    const taken = await exportTo(file, install, parsed, { as, to: "file" });
    file.finish();
    return taken;
  } catch (error) {
    discard(file);
    throw error;
  }
}

function discard(file: GrowingFile): void {
  try {
    file.discard();
  } catch {
    // What went wrong before says more; rows that stay behind say that they are not all.
  }
}

async function exportTo(
  writer: ByteWriter,
  { engine, principal, record }: OpenInstall,
  parsed: ParsedArguments,
  form: { readonly as: ExportForm; readonly to: "file" | "stdout" },
): Promise<EventExport> {
  const filter = filterOf(parsed, { hasTimes: true, hasCursor: true, limit: null });
  const { exportEncoders } = await import("../../../core/audit/export/export_encoders.ts");
  const taken = await engine.exportEvents({ ...form, filter }, principal);
  const { header, encode } = exportEncoders[form.as];
  const rows = new RowWriter(writer, header);
  try {
    for await (const entry of taken.entries) {
      rows.write((row) => encode({ entry, row, rows: taken.rows, logId: record.log_id }));
    }
    rows.flush();
    return taken;
  } catch (error) {
    throw broken(toEngineError(error), rows.written, taken.rows);
  }
}

/** Characters held before they are written: one call per row would cost more than the row. */
const maxHeldCharacters = 65_536;

/** Joins rows into writes. A write blocks until the reader took it, so that nothing piles up. */
class RowWriter {
  readonly #writer: ByteWriter;
  #held: string;
  #heldRows = 0;
  /** Rows that were delivered whole. */
  written = 0;

  constructor(writer: ByteWriter, header: string) {
    this.#writer = writer;
    this.#held = header;
  }

  write(encode: (row: ExportRow["row"]) => string): void {
    this.#held += encode(this.written + this.#heldRows + 1);
    this.#heldRows++;
    if (this.#held.length >= maxHeldCharacters) this.flush();
  }

  flush(): void {
    writeOutput(this.#writer, this.#held);
    this.written += this.#heldRows;
    this.#held = "";
    this.#heldRows = 0;
  }
}

function broken(error: EngineError, written: number, rows: number): EngineError {
  const message = `${error.message} (${written} of ${rows} rows had been written)`;
  const Failure = error instanceof TamperDetectedError ? TamperDetectedError : EngineError;
  const hint = error.hint === null ? {} : { hint: error.hint };
  return new Failure(error.code, message, { ...hint, cause: error });
}
