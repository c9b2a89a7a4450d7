/**
 * `checks new --lang c`: two exported functions and no library.
 *
 * @module
 */
import { nextSteps } from "./next_steps.ts";
import type { TemplateFile } from "./template_file.ts";

export function cTemplate(name: string): readonly TemplateFile[] {
  return [
    { path: "README.md", text: readme(name) },
    { path: "check.c", text: source },
    { path: ".gitignore", text: "*.wasm\n" },
  ];
}

function readme(name: string): string {
  return `# ${name}

A check in C without a library, ABI \`native-1\`: the module exports its memory, \`check_alloc\`, which makes
room for the request, and \`check_eval\`, which answers. It imports nothing.

Build it with clang and lld (Debian: clang, lld):

\`\`\`sh
clang --target=wasm32 -O2 -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry -Wl,--strip-all -o ${name}.wasm check.c
\`\`\`
${nextSteps(name)}`;
}

const source =
  `/* Finds a word in the request. What stands there is JSON in RFC 8785 form: one line, keys sorted,
   nothing escaped that need not be. A check that looks at single fields has to parse it. */
typedef unsigned char byte;
typedef unsigned int u32;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(name)))

extern byte __heap_base;
static byte *top = &__heap_base;

/* Each run has an instance of its own: nothing is ever freed. */
EXPORT("check_alloc") byte *check_alloc(u32 length) {
  byte *room = top;
  u32 wanted = ((u32)room + length + 0xffffu) >> 16;
  u32 pages = __builtin_wasm_memory_size(0);
  if (wanted > pages && __builtin_wasm_memory_grow(0, wanted - pages) == (__SIZE_TYPE__)-1) return 0;
  top += (length + 15u) & ~15u;
  return room;
}

static int contains(const byte *text, u32 length, const char *word) {
  for (u32 at = 0; at < length; at++) {
    u32 same = 0;
    while (word[same] && at + same < length && text[at + same] == (byte)word[same]) same++;
    if (!word[same]) return 1;
  }
  return 0;
}

static const char found[] =
    "{\\"violations\\":[{\\"code\\":\\"forbidden_word\\",\\"message\\":\\"A word stands there that must not\\"}]}";
static const char nothing[] = "{\\"violations\\":[]}";

/* Where the answer lies, in the upper half, and how long it is. */
EXPORT("check_eval") u64 check_eval(const byte *request, u32 length) {
  if (contains(request, length, "forbidden")) return (u64)(u32)found << 32 | (sizeof found - 1);
  return (u64)(u32)nothing << 32 | (sizeof nothing - 1);
}
`;
