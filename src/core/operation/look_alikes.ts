/**
 * Names that look like others: letters of other alphabets that are drawn as Latin ones. A part of the
 * table of UTS #39, the small letters that keyboards and fonts make easy.
 *
 * @module
 */

const pairs = "аaвbсcԁdеeғfһhіiјjкkӏlмmпnоoрpԛqѕsтtυuѵvԝwхxуyүy" +
  "αaβbϲcεeηnιiκkνvοoρpτtχxγyıiɑaɡgɩiօoսuցgհhոnքp";
const latin: ReadonlyMap<string, string> = new Map(
  pairs.match(/../gu)?.map((pair) => {
    const [alike = "", letter = ""] = pair;
    return [alike, letter];
  }),
);

/** The Latin name a folded name looks like; itself where it has no such letter. */
export function skeletonOf(folded: string): string {
  return [...folded].map((letter) => latin.get(letter) ?? letter).join("");
}
