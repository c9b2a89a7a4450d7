/**
 * Shows the secret of an enrolment, once and only on the terminal.
 *
 * @module
 */
import { otpauthUri, secretLetters } from "../../../core/override/otpauth_uri.ts";
import {
  codeDigits,
  periodSeconds,
  type TotpAlgorithm,
} from "../../../core/override/totp_parameters.ts";
import type { CliContext, GrowingFile } from "../host.ts";
import { writeOutput } from "../output.ts";
import { tell } from "./require_person.ts";

export interface ShownSeed {
  readonly name: string;
  readonly project: string;
  readonly algorithm: TotpAlgorithm;
  readonly seed: Uint8Array;
  /** Absolute; null for no picture. */
  readonly svgPath: string | null;
}

/** The picture stays, or goes with an enrolment that did not happen. */
export interface Picture {
  readonly keep: () => void;
  readonly discard: () => void;
}

/** @throws {EngineError} `output_unwritable` for the picture. */
export async function showSeed(context: CliContext, shown: ShownSeed): Promise<Picture> {
  const { name, project, algorithm, seed, svgPath } = shown;
  const account = project === "" ? name : `${name}@${project}`;
  const uri = otpauthUri({ issuer: "Sealward", account, key: seed, algorithm });
  const { encodeQr } = await import("../../encode_qr.ts");
  const modules = encodeQr(uri);
  const { hasHalfBlocks, qrColumns, renderQr, renderQrSvg } = await import("../../render_qr.ts");
  const picture = svgPath === null ? null : await context.host.createOutputFile(svgPath);
  if (picture !== null) writeOutput(picture, renderQrSvg(modules));
  const { style, width } = context.renderErrors("table");
  const columns = qrColumns(modules, style);
  tell(context, `secret of ${name}, shown this once: let nobody and nothing else see the screen`);
  if (width !== null && width < columns) {
    tell(context, `too narrow for the QR code: ${columns} columns wanted, ${width} there`);
  } else {
    tell(context, `\n${renderQr(modules, style)}\n`);
    if (!hasHalfBlocks(style)) tell(context, "dark on light only where the terminal is light");
  }
  tell(context, renderLetters(uri, shown));
  if (svgPath !== null) tell(context, `the QR code is in ${svgPath}: delete it after use`);
  if (algorithm !== "SHA1") tell(context, "some apps ignore the algorithm: then no code fits");
  return pictureOf(picture);
}

function renderLetters(uri: string, { seed, algorithm }: ShownSeed): string {
  const groups = secretLetters(seed).replace(/.{4}(?=.)/g, "$& ");
  return `${uri}\n\nto type: ${groups}\n` +
    `         ${algorithm}, ${codeDigits} digits, ${periodSeconds} seconds\n\n`;
}

function pictureOf(file: GrowingFile | null): Picture {
  return { keep: () => file?.finish(), discard: () => file?.discard() };
}
