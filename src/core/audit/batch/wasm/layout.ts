/**
 * Where things lie in the module's memory, which never grows. Addresses are bytes. line_module.ts
 * reads what it needs from the module's exports.
 *
 * AssemblyScript, not TypeScript: see SPEC.md beside the folder.
 */

/** As in src/core/limits.ts; the opening compares the two. */
export const maxEntryBytes: u32 = 16384;
/** What the caller reads the file into: 4 MiB, and room for the line that the last read cut. */
export const windowBytes: u32 = 4 * 1024 * 1024 + maxEntryBytes;
/** Below it lie tables and buffers: reads a little before the window stay in memory. */
export const windowStart: u32 = 65536;
/** Vectors read past the end of a line; they must find memory behind the window. */
const slackBytes: u32 = 256;

/** No line of the grammar is shorter, with its LF. */
export const minLineBytes: u32 = 247;
export const maxLines: u32 = windowBytes / minLineBytes + 1;

/** u32 each: offsets in the window where verified lines begin, and one past the last. */
export const offsetsStart: u32 = windowStart + windowBytes + slackBytes;
/** u32 each: indices of the lines whose type is of the log's own structure. */
export const structuralStart: u32 = offsetsStart + (maxLines + 4) * 4;
/** u32 each: indices of the lines whose time is smaller than that of the line before. */
export const clockBackStart: u32 = structuralStart + (maxLines + 4) * 4;
/** 32 bytes each: leaf hashes. */
export const digestsStart: u32 = (clockBackStart + (maxLines + 4) * 4 + 15) & ~15;
export const memoryEnd: u32 = digestsStart + maxLines * 32;

/** LF. */
export const lineFeed: u32 = 0x0a;
/** `,"mac":"`, 64 hex digits, `"}`: the end of each line, not covered by the MAC. */
export const macSuffixBytes: u32 = 74;
/** `,"mac":"`: where in the suffix the digits begin. */
export const macDigitsAt: u32 = 8;
