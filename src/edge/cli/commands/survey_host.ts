/**
 * What the settings of one agent's host say about its guard.
 *
 * @module
 */
import { toEngineError } from "../../../core/errors.ts";
import type { AgentFiles } from "../../hook/wiring/agent_files.ts";
import type { HostName } from "../../hook/wiring/hook_line.ts";
import { hostWirings } from "../../hook/wiring/host_wirings.ts";
import { findSwitches, type SwitchReading } from "../../hook/wiring/report_host.ts";
import {
  type PlaceReading,
  type PlaceReport,
  reportPlace,
} from "../../hook/wiring/report_place.ts";
import { placesOf, switchFilesOf } from "../../hook/wiring/settings_place.ts";
import type { CliContext } from "../host.ts";

export interface SurveyOptions {
  readonly files: AgentFiles;
  /** As given with --root. */
  readonly root: string | null;
  /** The program hosts are meant to start; absolute path. */
  readonly program: string;
}

/** A host's settings as they are, before anything is run. */
export interface HostSurvey {
  readonly host: HostName;
  readonly places: readonly PlaceReport[];
  readonly switches: readonly string[];
}

/** Reads everything that wires or switches off a host; runs nothing, changes nothing. */
export function surveyHost(
  context: CliContext,
  host: HostName,
  options: SurveyOptions,
): HostSurvey {
  const { files } = options;
  const root = context.host.paths(options.root).root;
  const bases = { root, userFolder: files.userFolder };
  const readings = placesOf(host, bases).map((place): PlaceReading => {
    try {
      return { place, text: files.read(place.path), fault: null };
    } catch (error) {
      return { place, text: null, fault: toEngineError(error).message };
    }
  });
  const others = switchFilesOf(host, bases).map((path): SwitchReading => {
    try {
      return { path, text: files.read(path) };
    } catch {
      return { path, text: null };
    }
  });
  const isProgram = (path: string) =>
    path === options.program ||
    (options.program === files.program && files.isThisProgram(path));
  const reportOptions = { host, root: root || "/", program: options.program, isProgram };
  const places = readings.map((reading) => reportPlace(reading, reportOptions));
  const { switchedOff } = hostWirings[host];
  return { host, places, switches: findSwitches(readings, others, places, switchedOff) };
}
