/**
 * Archives and compression. What an archive holds nobody has read.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { inFolder } from "./path_words.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, unknown, UseBuilder } from "./use_builder.ts";

export const archivePrograms: readonly ProgramEntry[] = [
  ["tar gtar bsdtar star", readTar],
  ["unzip", readUnzip],
  ["zip", readZip],
  [
    "gzip gunzip bzip2 bunzip2 xz unxz lzma unlzma zstd unzstd lz4 unlz4 compress " +
    "uncompress pigz brotli lzop",
    readCompress,
  ],
  ["7z 7za 7zr 7zz unrar rar", readSevenZip],
  ["cpio pax", readCpio],
  ["ar gcc-ar llvm-ar jar", readAr],
  ["unar lha arj cabextract", readAnyArchive],
];

const tarOptions =
  "-pmovwWhUlsikBMRSazjJZnGu x,extract,get c,create t,list r,append A,catenate,concatenate " +
  "d,diff,compare u,update delete f,file: C,directory: O,to-stdout T,files-from< X,exclude-from< " +
  "exclude: strip-components: to-command$ I,use-compress-program$ checkpoint-action: checkpoint? " +
  "F,info-script,new-volume-script$ rsh-command$ rmt-command$ g,listed-incremental> index-file> " +
  "volno-file> transform,xform: one-top-level? P,absolute-names overwrite remove-files owner: " +
  "group: mode: mtime: sort: H,format: N,newer,after-date: newer-mtime: K,starting-file: " +
  "L,tape-length: b,blocking-factor: V,label: gzip bzip2 xz zstd lzma verbose wildcards " +
  "no-wildcards anchored keep-old-files skip-old-files keep-newer-files preserve-permissions " +
  "same-permissions same-owner no-same-owner no-same-permissions numeric-owner xattrs acls " +
  "selinux exclude-vcs exclude-vcs-ignores null verbatim-files-from recursion no-recursion " +
  "auto-compress dereference one-file-system totals? show-transformed-names warning: " +
  "touch ignore-failed-read delay-directory-restore quoting-style: hard-dereference pax-option: " +
  "exclude-caches exclude-backups exclude-ignore: unlink-first recursive-unlink sparse " +
  "force-local utc full-time block-number ignore-zeros";

function readTar(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(unbundle(invocation.args), tarOptions);
  builder.options(read);
  const actions = optionValues(read, "checkpoint-action");
  for (const action of actions) {
    if (action.text.startsWith("exec=")) builder.shell({ ...action, text: action.text.slice(5) });
    else if (!action.isKnown) builder.unverified("the checkpoint action is not known");
  }
  const archives = optionValues(read, "f");
  const folders = optionValues(read, "C");
  const members = [...read.operands, ...read.isSure ? [] : read.guesses];
  const paths = (folders.length === 0 ? [known(".")] : folders)
    .flatMap((folder) =>
      members.map((member) => folder.text === "." ? member : inFolder(folder, member))
    );
  const makesArchive = hasOption(read, "c", "r", "u", "A", "delete");
  builder.touchAll(makesArchive ? "write" : "read", archives);
  if (!read.isSure) builder.touchAll("write", [...members, ...archives]);
  const removes = hasOption(read, "remove-files");
  if (makesArchive) builder.touchAll(removes ? "delete" : "read", paths);
  if (removes && hasOption(read, "T", "files-from")) {
    builder.unverified("which files tar would remove stands in a file");
  }
  if (hasOption(read, "x") && !hasOption(read, "O", "to-command")) {
    unpack(
      builder,
      [...folders, ...optionValues(read, "one-top-level")].at(-1) ?? known("."),
      paths,
    );
  }
  return builder.end();
}

/** The old way: letters first, and then their values in order. `tar xzf a.tgz -C b`. */
function unbundle(args: readonly Argument[]): readonly Argument[] {
  const [first, ...rest] = args;
  if (first === undefined || !first.isKnown || !/^[a-zA-Z]+$/.test(first.text)) return args;
  const words: Argument[] = [];
  for (const letter of first.text) {
    words.push(known(`-${letter}`));
    if ("fCTXIFgHNKLbV".includes(letter)) words.push(...rest.splice(0, 1));
  }
  return [...words, ...rest];
}

/** Members that are named are written; others may be anything below the folder. */
function unpack(builder: UseBuilder, folder: Argument, members: readonly Argument[]): void {
  builder.touchAll("write", members);
  builder.mayTouch("write", folder);
  builder.opaque(`nobody has read what ${builder.invocation.name} unpacks`);
}

function readUnzip(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, "d: x: P: I: O: -abcCDfjKlLMnopqtTuUvVWXzZ:^");
  builder.options(read);
  const [archive, ...members] = read.operands;
  if (archive !== undefined) builder.touch("read", archive);
  if (hasOption(read, "l", "p", "t", "v", "z", "Z", "c")) return builder.end();
  const folder = optionValues(read, "d").at(-1) ?? known(".");
  unpack(builder, folder, members.map((member) => inFolder(folder, member)));
  return builder.end();
}

function readZip(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-0123456789ACDeFfgjklLmoqrSTuvXyz@ b,temp-path: i,include: n: O,out> P: R s: t: tt: " +
      "TT,unzip-command$ x,exclude: Z: d,delete recurse-paths move quiet lf> logfile-path> " +
      "symlinks test",
  );
  builder.options(read);
  const [archive, ...files] = read.operands;
  const isSuffixed = /\.[^./]+$/.test(archive?.text ?? "");
  if (archive !== undefined) {
    builder.touch("write", archive);
    if (!isSuffixed && archive.isKnown) builder.touch("write", known(`${archive.text}.zip`));
  }
  // `-TT CMD`, which a cluster does not show.
  for (const [at, { text }] of invocation.args.entries()) {
    const command = invocation.args[at + 1];
    if (text === "-TT" && command !== undefined) builder.shell(command);
  }
  if (hasOption(read, "d")) return builder.end();
  builder.touchAll(hasOption(read, "m", "move") ? "delete" : "read", files);
  if (hasOption(read, "m", "move") && hasOption(read, "@")) builder.touch("delete", unknown());
  return builder.end();
}

const suffixes = /\.(?:gz|tgz|z|Z|bz2?|tbz2?|xz|txz|lzma|zst|tzst|lz4|lzo|br)$/;

const compressOptions =
  "-0123456789acdfhklLNnqrRtvVzeTm b,bits: S,suffix: o> D< T,threads: M,memory: stdout " +
  "to-stdout decompress uncompress keep force quiet verbose test list recursive fast " +
  "best rm long? files? files0? filelist? output-dir-flat+ output-dir-mirror+ ultra name no-name rsyncable stdin extreme compress adapt block-size: " +
  "format: p,processes:";

function readCompress(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, compressOptions);
  builder.options(read);
  const { name } = invocation;
  const isListed = hasOption(read, "files", "files0", "filelist");
  if (isListed) builder.unverified(`${name} takes its names from a file`);
  if (!read.isSure) builder.touchAll("write", [...read.operands, ...read.guesses]);
  if (hasOption(read, "c", "stdout", "to-stdout", "t", "test", "l", "list")) {
    builder.touchAll("read", read.operands);
    return builder.end();
  }
  const keeps = hasOption(read, "k", "keep") ||
    (/^(?:un)?(?:zstd|lz4|brotli|lzop)$/.test(name) && !hasOption(read, "rm"));
  const isBack = /^un|gunzip|bunzip2/.test(name) ||
    hasOption(read, "d", "decompress", "uncompress");
  const [
    suffix = known(
      `.${
        /bz/.test(name)
          ? "bz2"
          : /xz/.test(name)
          ? "xz"
          : /zst/.test(name)
          ? "zst"
          : /^lz4/.test(name)
          ? "lz4"
          : "gz"
      }`,
    ),
  ] = optionValues(read, "S");
  for (const file of read.operands) {
    builder.touch(keeps ? "read" : "delete", file);
    if (!file.isKnown) continue;
    if (isBack) builder.touch("write", known(unpackedName(file.text, suffix.text)));
    else builder.touch("write", { text: file.text + suffix.text, isKnown: suffix.isKnown });
    // `-N` takes the name inside.
    const isNamed = isBack && hasOption(read, "N", "name");
    if (isNamed) builder.opaque(`${name} -N takes the name it finds inside`);
  }
  return builder.end();
}

function unpackedName(path: string, suffix: string): string {
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) : path.replace(suffixes, "");
}

function readSevenZip(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args } = invocation;
  const [command, archive, ...members] = args.filter(({ text }) => !text.startsWith("-"));
  const target = args.find(({ text }) => text.startsWith("-o"));
  const folder = target === undefined ? known(".") : { ...target, text: target.text.slice(2) };
  const action = command?.text ?? "";
  if (archive === undefined) return builder.end();
  builder.touch(/^[xeltpv]/.test(action) ? "read" : "write", archive);
  if (/^[xe]/.test(action)) {
    unpack(
      builder,
      folder,
      members.map((member) => inFolder(folder, member)),
    );
  } else if (/^[aum]/.test(action)) {
    const isMove = action === "m" || args.some(({ text }) => text === "-sdel");
    builder.touchAll(isMove ? "delete" : "read", members);
  }
  if (!command?.isKnown) builder.unverified(`what ${invocation.name} does is not known`);
  return builder.end();
}

function readCpio(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-0aAbBcdklLmnrsSuvVtoip C: D,directory: E< F,I,file: H: M: O> R: W: f: s: x: w " +
      "extract create pass-through list make-directories quiet verbose null unconditional " +
      "no-absolute-filenames to-stdout rsh-command$",
  );
  builder.options(read);
  const [folder = known(".")] = [
    ...optionValues(read, "D"),
    ...hasOption(read, "p", "pass-through") ? read.operands : [],
  ];
  const makesArchive = hasOption(read, "o", "create");
  builder.touchAll(makesArchive ? "write" : "read", optionValues(read, "F"));
  const isUnpacked = hasOption(read, "i", "p", "r", "extract", "pass-through") || !read.isSure;
  if (isUnpacked && !hasOption(read, "t", "list", "to-stdout")) {
    unpack(builder, folder, read.operands);
  }
  return builder.end();
}

function readAr(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [action, archive, ...members] = invocation.args;
  const letters = action?.text ?? "";
  if (archive === undefined) return builder.end();
  if (/x/.test(letters) && !letters.startsWith("--")) {
    builder.touch("read", archive);
    unpack(builder, known("."), members);
  } else if (/^-?t/.test(letters)) builder.touch("read", archive);
  else {
    builder.touch("write", archive);
    builder.touchAll("read", members);
  }
  return builder.end();
}

function readAnyArchive(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  unpack(builder, known("."), invocation.args.filter(({ text }) => !text.startsWith("-")));
  return builder.end();
}
