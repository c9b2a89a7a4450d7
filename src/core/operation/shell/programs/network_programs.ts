/**
 * Programs that fetch, send and log in.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { inFolder, lastName } from "./path_words.ts";
import { hasOption, type OptionsRead, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, unknown, UseBuilder } from "./use_builder.ts";

export const networkPrograms: readonly ProgramEntry[] = [
  ["curl", readCurl],
  ["wget wget2", readWget],
  ["ssh autossh mosh sshpass", readSsh],
  ["sftp", readSftp],
  ["nc ncat netcat", readNetcat],
  ["http https xh curlie", readHttpie],
  ["aria2c axel", readFetcher],
  ["aws gsutil rclone s3cmd mc", readCloudCopy],
  ["yt-dlp youtube-dl", readFetcher],
];

const curlOptions = "-fFsSLkiIvgGNjnpaqlRBZM0123456#J O,remote-name o,output> D,dump-header> " +
  "c,cookie-jar> T,upload-file< K,config* E,cert: key< cacert< netrc-file< x,proxy@ " +
  "socks5@ preproxy@ " +
  "output-dir: trace> trace-ascii> stderr> libcurl> etag-save> etag-compare< hsts> alt-svc> " +
  "crlfile< capath: url@ w,write-out: u,user: U: H,header: A,user-agent: e,referer: X,request: " +
  "r,range: m,max-time: connect-timeout: C,continue-at: Y: y: z: t: Q: P: b,cookie: d,data: " +
  "data-raw: data-binary: data-ascii: data-urlencode: json: F,form: form-string: retry: " +
  "retry-delay: retry-max-time: limit-rate: resolve: connect-to: interface: max-redirs: " +
  "max-filesize: ciphers: tls-max: unix-socket: abstract-unix-socket: dns-servers: noproxy: " +
  "pass: oauth2-bearer: proto: proto-default: aws-sigv4: url-query: parallel-max: rate: " +
  "keepalive-time: expect100-timeout: location silent show-error fail fail-with-body insecure " +
  "compressed include head verbose get remote-header-name remote-name-all create-dirs globoff " +
  "http1.1 http2 http3 no-progress-meter progress-bar parallel location-trusted no-buffer " +
  "ipv4 ipv6 netrc netrc-optional anyauth basic digest ntlm negotiate retry-all-errors " +
  "retry-connrefused ssl-reqd tlsv1.2 tlsv1.3 next path-as-is raw tcp-nodelay remove-on-error " +
  "no-clobber skip-existing fail-early post301 post302 crlf append quote: ssl " +
  "proxy-insecure no-keepalive styled-output version help";

function readCurl(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, curlOptions);
  builder.options({
    ...read,
    options: read.options.filter(({ name }) => name !== "o" && name !== "K"),
  });
  const folder = optionValues(read, "output-dir").at(-1) ?? known(".");
  const urls = [...read.operands, ...optionValues(read, "url")];
  for (const url of read.operands) builder.connect(url);
  for (const file of optionValues(read, "K")) {
    builder.touch("read", file);
    builder.opaque("nobody has read the configuration of curl");
  }
  // SECURITY: `#1` in a name is what a set in the URL came to.
  for (const file of optionValues(read, "o")) {
    const at = file.text.search(/#\d/);
    builder.touch("write", inTarget(folder, at === -1 ? file : unknown(file.text.slice(0, at))));
  }
  if (hasOption(read, "O", "remote-name-all")) {
    for (const url of urls) builder.touch("write", inTarget(folder, urlName(url, "curl_response")));
  }
  if (hasOption(read, "J", "remote-header-name")) builder.mayTouch("write", folder);
  readCurlData(builder, read);
  if (!read.isSure) { for (const word of [...read.guesses]) builder.touch("write", word); }
  return builder.end({ kind: "unknown" });
}

/** `-d @FILE` and `-F name=@FILE` send a file; `-w %output{FILE}` writes one. */
function readCurlData(builder: UseBuilder, read: OptionsRead): void {
  for (const { name, value } of read.options) {
    if (value === null) continue;
    const { text } = value;
    if (/^(?:d|data-binary|data-ascii|data-urlencode|json|H|F|b|w|url-query)$/.test(name)) {
      const file = /^(?:[^@=]*=?)?[@<]([^;,]+)/.exec(text)?.[1];
      if (file !== undefined) builder.touch("read", { ...value, text: file });
    }
    if (name !== "w") continue;
    for (const [, file = ""] of text.matchAll(/%output\{(?:>>)?([^}]*)\}/g)) {
      builder.touch("write", known(file));
    }
    if (text.startsWith("@")) builder.opaque("nobody has read curl's format");
  }
}

function inTarget(folder: Argument, file: Argument): Argument {
  return folder.text === "." ? file : inFolder(folder, file);
}

/** The name under which a download lands. */
function urlName({ text, isKnown }: Argument, fallback: string): Argument {
  const path = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[?#].*$/s, "");
  if (!isKnown || /[{[]/.test(path)) return unknown();
  const name = path.includes("/") ? path.slice(path.lastIndexOf("/") + 1) : "";
  return known(name || fallback);
}

const wgetOptions =
  "-bcdFhkKpqrmNSvVxEHLA46 O,output-document> P,directory-prefix: o,output-file> " +
  "a,append-output> i,input-file< config* e,execute* post-file< body-file< load-cookies< " +
  "save-cookies> warc-file> hsts-file> rejected-log> use-askpass$ ca-certificate< certificate< " +
  "private-key< B,base: U,user-agent: t,tries: T,timeout: w,wait: Q,quota: n? l,level: A,accept: " +
  "R,reject: D,domains: I: X: Y: header: post-data: body-data: method: user: password: " +
  "limit-rate: referer: cut-dirs: default-page: start-pos: dns-timeout: connect-timeout: " +
  "read-timeout: waitretry: bind-address: progress: report-speed: quiet verbose " +
  "continue recursive " +
  "mirror page-requisites no-parent no-check-certificate content-disposition spider timestamping " +
  "no-verbose no-clobber no-directories force-directories show-progress https-only span-hosts " +
  "convert-links adjust-extension server-response trust-server-names background " +
  "no-host-directories";

function readWget(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, wgetOptions);
  builder.options(read);
  for (const url of read.operands) builder.connect(url);
  if (hasOption(read, "i")) builder.connectAnywhere();
  if (!read.isSure) builder.touchAll("write", read.guesses);
  if (hasOption(read, "O", "spider")) return builder.end({ kind: "unknown" });
  const folder = optionValues(read, "P").at(-1) ?? known(".");
  for (const url of read.operands) {
    builder.touch("write", inTarget(folder, urlName(addScheme(url), "index.html")));
  }
  const isOpen = hasOption(
    read,
    "r",
    "recursive",
    "m",
    "mirror",
    "p",
    "page-requisites",
    "i",
    "x",
    "force-directories",
    "content-disposition",
    "trust-server-names",
  );
  if (isOpen) builder.mayTouch("write", folder);
  return builder.end();
}

function addScheme(url: Argument): Argument {
  return /^[a-z]+:\/\//i.test(url.text) ? url : { ...url, text: `http://${url.text}` };
}

const sshOptions =
  "+ -46AaCfGgKkMNnqsTtVvXxYy B: b: c: D: E> e: F* I* i< J@ L: l: m: O: o: P: p: Q: R: S: W: w:";

function readSsh(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const first = readOptions(invocation.args, sshOptions);
  // Options may follow the host as well.
  const [host, ...rest] = first.operands;
  const second = readOptions(rest, sshOptions);
  for (const read of [first, second]) {
    builder.options(read);
    for (const setting of optionValues(read, "o")) readSshSetting(builder, setting);
  }
  if (host === undefined) return builder.end();
  builder.connect(host);
  const runs = second.operands.length > 0 || invocation.input.kind !== "none";
  if (runs) builder.opaque(`${invocation.name} runs a command on another machine`);
  return builder.end({ kind: "unknown" });
}

function readSshSetting(builder: UseBuilder, setting: Argument): void {
  const [, key = "", value = ""] = /^\s*(\w+)[\s=]*(.*)$/s.exec(setting.text) ?? [];
  if (/^(?:proxycommand|localcommand|knownhostscommand|remotecommand)$/i.test(key)) {
    builder.shell({ ...setting, text: value });
  } else if (
    /^(?:include|pkcs11provider|securitykeyprovider|proxyusefdpass|xauthlocation)$/i.test(key)
  ) {
    builder.opaque(`ssh's ${key} may run anything`);
  } else if (/^(?:userknownhostsfile|controlpath)$/i.test(key)) {
    builder.touch("write", { ...setting, text: value });
  } else if (!setting.isKnown && key === "") builder.unverified("an option of ssh is not known");
}

function readSftp(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-46AaCfNpqrv B: b* c: D$ F* i< J@ l: o: P: R: S$ s: X:",
  );
  builder.options(read);
  for (const setting of optionValues(read, "o")) readSshSetting(builder, setting);
  const [host, target] = read.operands;
  if (host !== undefined) builder.connect(host);
  if (target !== undefined) builder.touch("write", target);
  else if (host !== undefined && /:./.test(host.text)) {
    builder.touch("write", known(lastName(host.text.replace(/^[^:]*:/, ""))));
  }
  if (invocation.input.kind !== "none") builder.opaque("sftp reads commands");
  return builder.end();
}

function readNetcat(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "-46bCDdFhklNnrStUuvzZ e,exec$ c,sh-exec$ lua-exec* o,output> x,hex-dump> X: I: i: " +
      "M: m: O: P: p: q: s: T: V: w: g: G: proxy@ ssl listen keep-open verbose",
  );
  builder.options(read);
  const [host] = read.operands;
  // Who listens sends as well.
  if (hasOption(read, "l", "listen")) builder.connectAnywhere();
  else if (host !== undefined) builder.connect(host);
  return builder.end({ kind: "unknown" });
}

function readHttpie(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "o,output> session> session-read-only< a,auth: A: p,print: s,style: cert< cert-key< " +
      "proxy: timeout: pretty: -dcvhbfjIFS download json form verbose headers body follow " +
      "check-status ignore-stdin",
  );
  builder.options(read);
  const url = read.operands.find(({ text }) => !/^[A-Z]+$/.test(text));
  if (url !== undefined) builder.connect(/^:|^\//.test(url.text) ? known("localhost") : url);
  for (const { text } of read.operands) {
    const file = /^[^=@:]+(?::?=)?@(.+)$/.exec(text)?.[1];
    if (file !== undefined && text !== url?.text) builder.touch("read", known(file));
  }
  if (hasOption(read, "d", "download") && !hasOption(read, "o") && url !== undefined) {
    builder.touch("write", urlName(addScheme(url), "index.html"));
  }
  return builder.end({ kind: "unknown" });
}

function readFetcher(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "o,out,output> d,dir: i,input-file* l,log> P: conf-path* exec* on-download-complete* " +
      "config-location* a* batch-file*",
  );
  builder.options(read);
  const folder = [...optionValues(read, "d"), ...optionValues(read, "P")].at(-1) ?? known(".");
  for (const url of read.operands) {
    builder.connect(url);
    builder.touch("write", inTarget(folder, urlName(url, "index.html")));
  }
  builder.mayTouch("write", folder);
  return builder.end();
}

/** `aws s3 cp s3://bucket/name FILE`: what is no address is a file, or a folder. */
function readCloudCopy(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { operands } = readOptions(
    invocation.args,
    "profile: region: exclude: include: -q config<",
  );
  const at = operands.findIndex(({ text }) =>
    /^(?:cp|sync|mv|get|copy|move|rsync|copyto|moveto)$/.test(text)
  );
  builder.connectAnywhere();
  for (const word of at === -1 ? [] : operands.slice(at + 1)) {
    if (!/^[^/]+:/.test(word.text)) builder.touchTree("write", word);
  }
  return builder.end();
}
