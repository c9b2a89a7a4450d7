/**
 * Who answers questions about a root: this process, a server somebody names, or the one server of a
 * guarded install.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";
import type { Road, RoadRequest } from "../edge/cli/road.ts";
import { findLayout, type Surroundings } from "./environment.ts";

/** @throws {EngineError} `usage` where a guarded install fixes the road and something moves it. */
export function findRoad(surroundings: Surroundings, request: RoadRequest): Road | null {
  const guard = surroundings.guards === null ? null : findLayout(surroundings, request.root).guard;
  if (guard === null) return findNamed(surroundings, request);
  const moved = movedBy(request);
  if (moved !== null) throw fixed(moved, guard.root);
  if (guard.isEngine) return null;
  return { url: `http://127.0.0.1:${guard.port}`, tokenPath: null, keyPath: null };
}

function findNamed({ variable }: Surroundings, request: RoadRequest): Road | null {
  const url = request.server ?? variable("SCALPEL_SERVER") ?? "";
  if (url === "") return null;
  const tokenPath = request.tokenPath ?? variable("SCALPEL_TOKEN_FILE") ?? null;
  const keyPath = request.keyPath ?? variable("SCALPEL_SERVER_KEY_FILE") ?? null;
  return { url, tokenPath, keyPath };
}

/** The first flag that names another road than client.json's; null when none does. */
export function movedBy({ server, tokenPath, keyPath }: Omit<RoadRequest, "root">): string | null {
  if (server !== null) return "--server";
  if (tokenPath !== null) return "--token-file";
  return keyPath === null ? null : "--server-key";
}

export function fixed(flag: string, root: string): EngineError {
  const shown = oneLine(root || "/", 200);
  return new EngineError("usage", `Cannot use ${flag}: "${shown}" is guarded`, {
    hint: "leave it out: client.json alone says who decides here",
  });
}
