/* native-1 in C without any library: the word "forbidden" anywhere in the request is a violation. */
typedef unsigned char byte;
typedef unsigned int u32;
typedef unsigned long long u64;

extern byte __heap_base;
static byte *top = &__heap_base;

static byte *reserve(u32 length) {
  byte *room = top;
  u32 wanted = ((u32)room + length + 0xffffu) >> 16;
  u32 pages = __builtin_wasm_memory_size(0);
  if (wanted > pages && __builtin_wasm_memory_grow(0, wanted - pages) == (__SIZE_TYPE__)-1) return 0;
  top += (length + 15u) & ~15u;
  return room;
}

__attribute__((export_name("check_alloc"))) byte *check_alloc(u32 length) { return reserve(length); }

static u32 find(const byte *text, u32 length, const char *word) {
  for (u32 at = 0; at < length; at++) {
    u32 same = 0;
    while (word[same] && at + same < length && text[at + same] == (byte)word[same]) same++;
    if (!word[same]) return at;
  }
  return length;
}

static byte *put(byte *to, const char *text) {
  while (*text) *to++ = (byte)*text++;
  return to;
}

static byte *put_number(byte *to, u32 number) {
  if (number >= 10) to = put_number(to, number / 10);
  *to++ = (byte)('0' + number % 10);
  return to;
}

__attribute__((export_name("check_eval"))) u64 check_eval(const byte *request, u32 length) {
  byte *answer = reserve(256);
  if (!answer) __builtin_trap();
  byte *end = put(answer, "{\"violations\":[");
  u32 at = find(request, length, "forbidden");
  if (at < length) {
    end = put(end, "{\"code\":\"forbidden_word\",\"message\":\"Found at byte ");
    end = put_number(end, at);
    end = put(end, "\"}");
  }
  end = put(end, "]}");
  return ((u64)(u32)answer << 32) | (u32)(end - answer);
}
