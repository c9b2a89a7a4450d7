/**
 * Who a host's settings are for.
 *
 * @module
 */

/**
 * One user in a checkout, everybody in a checkout, one user everywhere, everybody on the machine.
 */
export const scopes = ["local", "project", "user", "managed"] as const;
export type Scope = typeof scopes[number];
