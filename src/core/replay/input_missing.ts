/**
 * Why a decision cannot be made again. Never a verdict: what is not known is not guessed.
 *
 * @module
 */

/** Thrown while replaying; the message is for people. */
export class InputMissing extends Error {}
