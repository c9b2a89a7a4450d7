/**
 * What turns out to be needed inside a transaction, where nothing can be waited for.
 *
 * @module
 */

/** Each thing is needed once; what is swapped all the time gets no more turns than this. */
const maxTurns = 6;

/** Thrown inside a transaction, which then writes nothing: something must be there first. */
export class Needed extends Error {
  readonly bring: () => Promise<void>;

  /** @param bring Makes it be there; may throw Needed itself, once. */
  constructor(bring: () => Promise<void>) {
    super("something must be loaded first");
    this.bring = bring;
  }
}

/** Runs `act`, and again behind each thing it turns out to need. */
export async function withTurns<T>(act: () => Promise<T>): Promise<T> {
  for (let turn = 1;; turn++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Needed) || turn === maxTurns) throw error;
      await bringAgain(error);
    }
  }
}

/** An entry may need readers or verifier itself, in another turn. */
async function bringAgain({ bring }: Needed): Promise<void> {
  try {
    await bring();
  } catch (error) {
    if (!(error instanceof Needed)) throw error;
    await error.bring();
  }
}
