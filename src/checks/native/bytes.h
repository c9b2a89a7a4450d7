/* What every module here stands on: sizes, memory that is only ever taken, and pieces of text. */
#pragma once

typedef unsigned char byte;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int bool32;

/* Bytes of somebody else; half open. */
typedef struct {
  byte *at;
  byte *end;
} Text;

extern byte __heap_base;
static byte *heap_top = &__heap_base;

/* Zero when memory is at its maximum. Nothing is given back: an instance answers once. */
static byte *reserve(u32 length) {
  if (length > 0x7fffffffu) return 0;
  byte *room = heap_top;
  u32 wanted = ((u32)room + length + 15u + 0xffffu) >> 16;
  u32 pages = (u32)__builtin_wasm_memory_size(0);
  if (wanted > pages && __builtin_wasm_memory_grow(0, wanted - pages) == (__SIZE_TYPE__)-1) return 0;
  heap_top += (length + 15u) & ~15u;
  return room;
}

__attribute__((export_name("check_alloc"))) byte *check_alloc(u32 length) { return reserve(length); }

static u32 length_of(Text text) { return (u32)(text.end - text.at); }

static byte lower(byte character) {
  return character >= 'A' && character <= 'Z' ? (byte)(character + 32) : character;
}

static bool32 begins(const byte *at, const byte *end, const char *word) {
  while (*word) {
    if (at >= end || *at++ != (byte)*word++) return 0;
  }
  return 1;
}

static bool32 is_text(Text text, const char *word) {
  u32 length = 0;
  while (word[length]) length++;
  return length_of(text) == length && begins(text.at, text.end, word);
}

/* `word` in lower case; the text in any. */
static bool32 begins_any_case(const byte *at, const byte *end, const char *word) {
  while (*word) {
    if (at >= end || lower(*at++) != (byte)*word++) return 0;
  }
  return 1;
}

static bool32 ends_any_case(Text text, const char *word) {
  u32 length = 0;
  while (word[length]) length++;
  return length_of(text) >= length && begins_any_case(text.end - length, text.end, word);
}

static bool32 holds_any_case(Text text, const char *word) {
  for (const byte *at = text.at; at < text.end; at++) {
    if (lower(*at) == (byte)*word && begins_any_case(at, text.end, word)) return 1;
  }
  return 0;
}
