/**
 * Containers: what runs inside is nobody's here; what they share of this machine is not.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { isRemote } from "./host_of.ts";
import { optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, UseBuilder } from "./use_builder.ts";

export const containerPrograms: readonly ProgramEntry[] = [
  ["docker podman nerdctl", readContainers],
  ["kubectl oc", readKubectl],
  ["docker-compose podman-compose", readCompose],
];

const containerQuiet = new Set(
  ("save export load import ps images image inspect logs version info top stats port " +
    "events search login logout pull push build " +
    "buildx builder tag history diff stop start restart rm rmi kill pause unpause wait " +
    "network volume system " +
    "context manifest scout rename update machine pod help").split(" ").concat(""),
);
/** Asks a registry, or fetches what it builds on. */
const talking = /^(?:pull|push|login|logout|search|build|buildx|builder|manifest|scout)$/;
const runOptions =
  "-itdPqT v,volume: mount: env-file< cidfile> n: name: p,publish: e,env: w,workdir: " +
  "u,user: l,label: m,memory: c,cpu-shares: h,hostname: entrypoint: network: net: platform: " +
  "volumes-from: cpus: add-host: restart: gpus: shm-size: ulimit: cap-add: cap-drop: " +
  "device: dns: " +
  "expose: link: log-driver: log-opt: pid: ipc: userns: runtime: security-opt: tmpfs: pull: " +
  "stop-signal: rm privileged init no-deps detach interactive tty read-only publish-all quiet";
const imageOptions = "-daqn iidfile> metadata-file> o,output: i,input< f,file< t,tag: p: l: c: " +
  "build-arg: target: platform: secret: ssh: progress: filter: format: since: until: tail: name: " +
  "all no-cache no-trunc force follow pull push load squash";

function readContainers(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const own = readOptions(
    invocation.args,
    "+ H,host: c,context: l,log-level: config: tlscacert< -Dv debug tls version",
  );
  const [command, ...rest] = own.operands;
  const action = command?.text ?? "";
  if (action === "compose") return readCompose({ ...invocation, args: rest });
  if (
    /^(?:container|image)$/.test(action) &&
    /^(?:run|exec|cp|create|save|export|load|import|pull|push|build)$/.test(rest[0]?.text ?? "")
  ) {
    return readContainers({ ...invocation, args: rest });
  }
  if (/^(?:run|exec|create)$/.test(action)) runContainer(builder, action, rest);
  else if (action === "cp") copyOut(builder, rest.filter(({ text }) => !text.startsWith("-")));
  else readImages(builder, action, rest);
  return builder.end();
}

function runContainer(builder: UseBuilder, action: string, args: readonly Argument[]): void {
  const read = readOptions(args, `+ ${runOptions}`);
  builder.options(read);
  builder.opaque(`${builder.invocation.name} ${action} runs a program in a container`);
  for (const volume of [...optionValues(read, "v"), ...optionValues(read, "mount")]) {
    share(builder, volume);
  }
  // Some option nobody knows may hide a volume.
  for (const word of read.isSure ? [] : [...read.guesses, ...args]) {
    if (/:|source=|src=/.test(word.text)) share(builder, word);
  }
}

function readImages(builder: UseBuilder, action: string, args: readonly Argument[]): void {
  const read = readOptions(args, imageOptions);
  builder.options(read);
  for (const place of optionValues(read, "o")) {
    // `docker save -o FILE`, `docker build -o DIR`, `-o type=local,dest=DIR`.
    const target = /(?:^|,)dest=([^,]*)/.exec(place.text)?.[1] ?? place.text;
    builder.touchTree("write", { ...place, text: target });
  }
  if (talking.test(action)) builder.connectAnywhere();
  if (/^(?:load|import)$/.test(action)) builder.touchAll("read", read.operands.slice(0, 1));
  else if (!containerQuiet.has(action)) {
    builder.opaque(`containers know no ${JSON.stringify(action)}`);
  }
}

/** `-v HOST:CONTAINER`: what runs there may change everything below. */
function share(builder: UseBuilder, volume: Argument): void {
  const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(volume.text)?.[1] ??
    volume.text.split(":", 1)[0] ?? "";
  const isWhole = volume.isKnown || /[:,]/.test(volume.text);
  if (!isWhole) builder.mayTouch("write", { text: source, isKnown: false });
  else if (/^[./~]/.test(source)) builder.mayTouch("write", known(source));
}

function copyOut(builder: UseBuilder, operands: readonly Argument[]): void {
  const [source, target] = operands;
  if (source !== undefined && !isRemote(source)) builder.touch("read", source);
  if (target !== undefined && !isRemote(target)) builder.touchTree("write", target);
}

function readCompose(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "+ f,file< p,project-name: env-file< profile: project-directory: ansi: progress: " +
      "parallel: -D verbose",
  );
  builder.options(read);
  const [command, ...rest] = read.operands;
  const action = command?.text ?? "";
  if (/^(?:run|exec)$/.test(action)) {
    builder.opaque(`compose ${action} runs a program in a container`);
    const { options } = readOptions(rest, `+ ${runOptions}`);
    for (const { name, value } of options) {
      if (name === "v" && value !== null) share(builder, value);
    }
  } else if (action === "cp") copyOut(builder, rest.filter(({ text }) => !text.startsWith("-")));
  else if (
    !/^(?:|ps|logs|build|up|down|pull|push|start|stop|restart|config|images|top|ls|rm|kill|version|port|events|create|pause|unpause|watch|stats|wait|convert|volumes)$/
      .test(action)
  ) {
    builder.opaque(`compose ${action} is not known`);
  }
  return builder.end();
}

/** What runs in a cluster is elsewhere; `cp` brings files here. */
function readKubectl(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(
    invocation.args,
    "f,filename< k,kustomize< n,namespace: kubeconfig< context: l: c: o: output-directory+ plugin*",
  );
  builder.options(read);
  builder.connectAnywhere();
  const [action, ...operands] = read.operands;
  if (action?.text === "cp") copyOut(builder, operands);
  if (/^(?:plugin|krew|edit)$/.test(action?.text ?? "")) {
    builder.opaque("kubectl runs another program");
  }
  return builder.end();
}
