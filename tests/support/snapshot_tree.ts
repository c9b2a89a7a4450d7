/**
 * Everything below a folder that a change would change: names, kinds, modes, times, contents. The
 * log, which every decision writes, is left out.
 */
export function snapshotTree(root: string, below = ""): readonly string[] {
  const entries = [...Deno.readDirSync(`${root}${below}`)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name }) => {
    const place = `${below}/${name}`;
    if (/^\/\.scalpel(?:\/audit\.log.*)?$/.test(place) && place !== "/.scalpel") return [];
    const { isFile, isDirectory, isSymlink, mode, mtime, ino } = Deno.lstatSync(`${root}${place}`);
    // Its time is the log's.
    const at = place === "/.scalpel" ? "" : mtime?.toISOString();
    const text = isFile
      ? Deno.readTextFileSync(`${root}${place}`)
      : isSymlink
      ? Deno.readLinkSync(`${root}${place}`)
      : "";
    const line = JSON.stringify({ place, mode, ino, at, text });
    return isDirectory ? [line, ...snapshotTree(root, place)] : [line];
  });
}
