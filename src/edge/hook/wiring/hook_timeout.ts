/**
 * How long a host waits for its hook.
 *
 * @module
 */

/** Far above the hook's own deadline, at most what the hosts would wait themselves. */
export const hookTimeoutSeconds = 30;
