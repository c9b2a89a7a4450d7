/**
 * Programs that administer the system, run things elsewhere or later, or have languages of their own.
 *
 * @module
 */
import type { Argument, Input, Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { foundBelow, known, show, UseBuilder } from "./use_builder.ts";

export const adminPrograms: readonly ProgramEntry[] = [
  [
    "mount umount losetup swapon swapoff fusermount fusermount3 mkfs fdisk parted " +
    "cryptsetup zfs zpool btrfs lvm",
    readMount,
  ],
  ["sysctl", readSysctl],
  ["crontab", readCrontab],
  ["at batch", readAt],
  [
    "useradd usermod userdel groupadd groupmod groupdel passwd chpasswd chsh chfn " +
    "adduser deluser " +
    "iptables ip6tables nft ufw firewall-cmd setfont insmod rmmod modprobe ldconfig " +
    "update-alternatives " +
    "depmod reboot shutdown halt poweroff init telinit dpkg rpm pacman kexec hdparm " +
    "update-initramfs " +
    "xdg-open open gs husky ansible ansible-playbook pulumi packer vagrant tmux screen " +
    "zellij osquery qemu-system-x86_64 virsh lxc lxc-attach incus multipass wsl ssh-add " +
    "ssh-agent socat stunnel chattr-all keyctl cpan gem luarocks cabal-install " +
    "easy_install expect-run",
    readOther,
  ],
  ["chattr", readChattr],
  ["setfacl", readSetfacl],
  ["dd", readDd],
  ["openssl", readOpenssl],
  ["gpg gpg2 gpgv age minisign signify", readGpg],
  ["ssh-keygen", readSshKeygen],
  ["ssh-copy-id ssh-keyscan", readSshHosts],
  ["sqlite3 sqlite duckdb", readSqlite],
  ["base64d", readOther],
];

function readOther(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const isQuestion = invocation.args.every(({ text, isKnown }) =>
    isKnown &&
    /^(?:ls|list(?:-\w+)?|-l|-L|-q\w*|-s|-S|--(?:version|help|list)|info|status|query|show|env|which|search)$/
      .test(text)
  );
  if (!isQuestion) builder.opaque(`${invocation.name} does things nobody here can follow`);
  return builder.end();
}

function readMount(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-abfilnrsvwBMRT o,options: t,types: L: U: target: source: bind rbind move all",
  );
  const [source, target] = read.operands;
  if (source === undefined && invocation.name === "mount" && !hasOption(read, "a", "all")) {
    return builder.end();
  }
  builder.unverified(`${invocation.name} changes what paths mean`);
  for (const word of [target ?? source, ...optionValues(read, "target")]) {
    if (word !== undefined) builder.touch("write", word);
  }
  return builder.end();
}

function readSysctl(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const isChange = invocation.args.some(({ text, isKnown }) =>
    !isKnown || /=|^-(?:w|p|f)|^--(?:w|l|s)/.test(text)
  );
  if (isChange) builder.unverified("sysctl changes the kernel");
  return builder.end();
}

function readCrontab(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  if (!invocation.args.some(({ text }) => text === "-l")) {
    builder.unverified("crontab has something run later");
  }
  return builder.end();
}

function readAt(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const [file] = optionValues(readOptions(invocation.args, "f: q: t: -mldbvcVrM"), "f");
  if (file !== undefined) builder.script("shell", file);
  else builder.run({ kind: "input", language: "shell" });
  builder.unverified(`${invocation.name} has something run later`);
  return builder.end();
}

function readChattr(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  for (const word of invocation.args) {
    if (!/^[-+=][a-zA-Z]*$/.test(word.text) || !word.isKnown) builder.touch("chmod", word);
  }
  return builder.end();
}

function readSetfacl(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-bkndRLPv m,modify: x,remove: M,modify-file< X,remove-file< set: set-file< restore: " +
      "remove-all remove-default recursive physical logical mask no-mask test default",
  );
  builder.options(read);
  builder.touchAll("chmod", [...read.operands, ...read.guesses]);
  if (hasOption(read, "restore")) {
    builder.unverified("setfacl --restore takes its paths from a file");
  }
  return builder.end();
}

function readDd(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  for (const word of invocation.args) {
    const value = { ...word, text: word.text.slice(3) };
    if (word.text.startsWith("of=")) builder.touch("write", value);
    else if (word.text.startsWith("if=")) builder.touch("read", value);
    else if (!word.isKnown && "of=".startsWith(word.text)) builder.touch("write", word);
  }
  return builder.end({ kind: "unknown" });
}

function readOpenssl(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args.slice(1),
    "% out> keyout> writerand> CAserial> sess_out> keylogfile> signkey< in< inkey< key< " +
      "cert< CA< CAkey< CAfile< config* extfile< passin: passout: pass: k: K: iv: kfile< " +
      "engine* provider* provider-path* connect@ subj: days: newkey: md: algorithm: " +
      "pkeyopt: name: certfile< inform: outform: servername: sigfile< signature< verify< " +
      "sign< prverify< msg_callback: rand<",
  );
  builder.options(read);
  const action = invocation.args[0]?.text ?? "";
  if (!/^(?:ca|ts|srp|engine)$/.test(action) && action !== "") {
    return builder.end({ kind: "unknown" });
  }
  builder.opaque("openssl reads commands or a configuration");
  return builder.end({ kind: "unknown" });
}

function readGpg(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "o,output> r,recipient: u,local-user: homedir: keyring> status-file> logger-file> " +
      "attribute-file> passphrase-file< passphrase: options* photo-viewer$ agent-program* " +
      "keyserver@ recv-keys: i,identity< R,recipients-file< s: p: m: x: G " +
      "-abcdefktvqsznhVS import export armor decrypt encrypt sign detach-sign clearsign " +
      "verify batch yes list-keys list-secret-keys fingerprint symmetric no-tty " +
      "keyid-format: trust-model: pinentry-mode: with-colons dearmor show-keys edit-key:",
  );
  builder.options(read);
  builder.touchAll("read", read.operands);
  const isShown = hasOption(
    read,
    "d",
    "decrypt",
    "verify",
    "list-keys",
    "list-secret-keys",
    "fingerprint",
    "import",
    "export",
    "k",
    "o",
    "show-keys",
  );
  if (isShown) return builder.end();
  // The names it makes up itself.
  for (const file of read.operands) {
    if (!file.isKnown) continue;
    for (const end of [".gpg", ".asc", ".sig"]) {
      builder.touch(
        "write",
        known(file.text.endsWith(end) ? file.text.slice(0, -end.length) : file.text + end),
      );
    }
  }
  return builder.end();
}

function readSshKeygen(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "f: s< I: t: b: N: P: C: F: R: D* w* M: O: n: V: z: a: E: m: Y: -lyeipqvkLcBHghUQK",
  );
  builder.options(read);
  const isShown = hasOption(read, "l", "y", "e", "L", "F", "B", "Y");
  for (const file of optionValues(read, "f")) {
    builder.touch(isShown ? "read" : "write", file);
    if (!isShown && file.isKnown) builder.touch("write", known(`${file.text}.pub`));
  }
  if (hasOption(read, "s", "M", "Y")) {
    for (const file of read.operands) builder.touch("write", file);
  }
  return builder.end();
}

function readSshHosts(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, "i< f< p: o* F* t: T: -46cDHvns");
  builder.options(read);
  for (const host of read.operands) builder.connect(host);
  return builder.end();
}

const riskySql =
  /(?<![^\s;])\.[ \t]*(?:o|once|sh|sys|ba|sav|im|rea|load|ex|log|cl|dum|cd|ar|rec|res|scr|tra|cw|w)|attach|writefile|readfile|load_extension|edit\s*\(|vacuum\s+into|fts3_tokenizer|copy\s|install\s|zipfile|sqlar/i;

function readSqlite(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "% init* cmd: separator: newline: nullvalue: vfs: maxsize: mmap: lookaside: " +
      "pagecache: A: c: f* bail batch column csv header noheader html interactive json " +
      "line list markdown quote readonly safe table tabs box version help echo deserialize " +
      "append ascii stats",
  );
  builder.options(read);
  const [file, ...sql] = read.operands;
  if (file !== undefined && file.text !== ":memory:") {
    builder.touch(hasOption(read, "readonly") ? "read" : "write", file);
  }
  const texts = [
    ...sql,
    ...optionValues(read, "cmd"),
    ...optionValues(read, "c"),
    ...inputTexts(invocation.input),
  ];
  const isOpaque = texts.some(({ text, isKnown }) => !isKnown || riskySql.test(text)) ||
    !read.isSure;
  if (isOpaque && !hasOption(read, "safe")) {
    builder.opaque(`the SQL may touch files (${show(texts[0] ?? known(""))})`);
  }
  return builder.end();
}

function inputTexts(input: Input): readonly Argument[] {
  if (input.kind === "none") return [];
  return [input.kind === "text" ? known(input.text) : foundBelow(".")];
}
