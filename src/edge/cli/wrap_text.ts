/**
 * Breaks a text at blanks; lines after the first are indented by two.
 *
 * @param width Columns; a word longer than that stays whole.
 * @returns At least one line.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line === "") line = lines.length === 0 ? word : `  ${word}`;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line];
}
