/**
 * Who runs what: engine and program under one user, or two.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { findUser } from "../../adapter/system_users.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import type { LaunchRequest } from "../../edge/cli/launch.ts";

/** A user to become; null: stay who started us. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface LaunchUsers {
  readonly self: number;
  readonly engineUid: number;
  readonly childUid: number;
  readonly engine: Identity | null;
  readonly child: (Identity & { readonly home: string | null }) | null;
  /** The program could do whatever the engine can. */
  readonly isSame: boolean;
}

/** @throws {EngineError} `exec_refused`, `usage`. */
export function planUsers(
  self: number | null,
  { guard }: Pick<Layout, "guard">,
  request: Pick<LaunchRequest, "user" | "isSameUserAgreed">,
): LaunchUsers {
  if (self === null) throw refused("Cannot tell which user this is", "use the compiled program");
  const named = request.user === null ? null : parseUser(request.user);
  const engineUid = guard?.engineUid ?? self;
  const childUid = named?.uid ?? self;
  // Root stands above both.
  const isSame = childUid === engineUid || childUid === 0;
  if (isSame && !request.isSameUserAgreed) throw shared(childUid, guard?.agentUid ?? null);
  const isSelf = (uid: number) => uid === self;
  if (self !== 0 && !(isSelf(engineUid) && isSelf(childUid))) {
    throw refused(
      `Cannot become another user: this is uid ${self}`,
      "only root can: leave USER out of the container file, and give --uid",
    );
  }
  const engine = guard === null || isSelf(engineUid)
    ? null
    : { uid: engineUid, gid: findUser(String(engineUid))?.gid ?? engineUid };
  return { self, engineUid, childUid, engine, child: named, isSame };
}

// 4,294,967,295 is no uid: the kernel reads it as "leave it as it is".
const maxId = 4_294_967_294;

function parseUser(text: string): Identity & { readonly home: string | null } {
  const [name = "", group, ...more] = text.split(":");
  const user = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name) ? findUser(name) : null;
  const isGroup = group === undefined || /^(?:0|[1-9][0-9]{0,9})$/.test(group);
  const ids = user === null ? [] : [user.uid, group === undefined ? user.gid : Number(group)];
  if (user === null || !isGroup || more.length > 0 || ids.some((id) => id > maxId)) {
    throw new EngineError("usage", `Cannot use the user "${oneLine(text, 100)}"`, {
      hint: "give a uid or the name of a user of this container, and behind a colon a gid",
    });
  }
  return { uid: user.uid, gid: ids[1] ?? user.gid, home: user.home };
}

function shared(uid: number, agentUid: number | null): EngineError {
  const other = agentUid === null ? "--uid with another user's" : `--uid ${agentUid}`;
  return refused(
    `Cannot start the program as uid ${uid}: it could read the engine's keys and change its log`,
    `give ${other}; --same-uid if changes need only be found, not prevented`,
  );
}

function refused(message: string, hint: string): EngineError {
  return new EngineError("exec_refused", message, { hint });
}
