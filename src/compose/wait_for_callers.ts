/** One turn of the event loop: requests that have already arrived join the commit. */
export function waitForCallers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
