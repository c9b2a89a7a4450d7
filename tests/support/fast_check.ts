/**
 * fast-check as tests import it: the package itself, drawing from the seed of the run
 * unless a property names another.
 */
import fc from "fast-check";
import { testSeed } from "./seeded.ts";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed });

export default fc;
