/**
 * One setting of git given on the command line.
 *
 * @module
 */
import type { Argument } from "../program_use.ts";
import { runsPrograms } from "./git_config_key.ts";
import { show, type UseBuilder } from "./use_builder.ts";

/** `-c key=value`. */
export function readSetting(builder: UseBuilder, setting: Argument): void {
  const [key = ""] = setting.text.split("=", 1);
  const isKeyKnown = setting.isKnown || setting.text.includes("=");
  const value = setting.isKnown ? setting.text.slice(key.length + 1) : null;
  if (!isKeyKnown || runsPrograms(key, value)) {
    builder.unverified(`git's ${show(setting)} may run a program`);
  }
}
