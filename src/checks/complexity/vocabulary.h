/* Words that mean something, found by a hash: a text full of them costs no more than another. */
#pragma once
#include "languages.h"

enum {
  /* Stands before a block that is no function. */
  CONTROL = 1, FUNCTION_WORD = 2, TYPE_WORD = 4,
  /* An operand follows it. */
  OPERAND_NEXT = 8,
  /* Begins a statement where no semicolon ended the one before. */
  STATEMENT = 16,
  DECIDES = 32, CASE_WORD = 64, MODIFIER = 128,
};

typedef struct {
  const char *word;
  u32 flags;
} Word;

static Word words[] = {
  {"if", CONTROL | STATEMENT}, {"for", CONTROL | STATEMENT}, {"foreach", CONTROL}, {"while", CONTROL | STATEMENT},
  {"switch", CONTROL | STATEMENT}, {"catch", CONTROL}, {"else", CONTROL | OPERAND_NEXT}, {"do", CONTROL | OPERAND_NEXT},
  {"try", CONTROL | STATEMENT}, {"match", CONTROL}, {"select", CONTROL}, {"loop", CONTROL}, {"unless", CONTROL},
  {"until", CONTROL}, {"with", CONTROL}, {"using", CONTROL}, {"lock", CONTROL}, {"synchronized", CONTROL},
  {"guard", CONTROL}, {"repeat", CONTROL}, {"when", CONTROL}, {"finally", CONTROL}, {"unsafe", CONTROL},
  {"elseif", CONTROL}, {"elsif", CONTROL}, {"elif", CONTROL}, {"except", CONTROL}, {"rescue", CONTROL},
  {"and", 0}, {"or", 0}, {"case", CASE_WORD | OPERAND_NEXT},
  {"function", FUNCTION_WORD | STATEMENT}, {"func", FUNCTION_WORD}, {"fn", FUNCTION_WORD}, {"fun", FUNCTION_WORD},
  {"def", FUNCTION_WORD}, {"sub", FUNCTION_WORD},
  {"class", TYPE_WORD | STATEMENT}, {"struct", TYPE_WORD}, {"enum", TYPE_WORD | STATEMENT},
  {"interface", TYPE_WORD | STATEMENT}, {"union", TYPE_WORD}, {"namespace", TYPE_WORD}, {"impl", TYPE_WORD},
  {"trait", TYPE_WORD}, {"mod", TYPE_WORD}, {"record", TYPE_WORD}, {"object", TYPE_WORD}, {"extern", TYPE_WORD},
  {"return", OPERAND_NEXT | STATEMENT}, {"typeof", OPERAND_NEXT}, {"in", OPERAND_NEXT}, {"of", OPERAND_NEXT},
  {"void", OPERAND_NEXT}, {"delete", OPERAND_NEXT}, {"throw", OPERAND_NEXT | STATEMENT}, {"new", OPERAND_NEXT},
  {"instanceof", OPERAND_NEXT}, {"await", OPERAND_NEXT}, {"yield", OPERAND_NEXT},
  {"const", STATEMENT}, {"let", STATEMENT}, {"var", STATEMENT}, {"export", STATEMENT}, {"import", STATEMENT},
  {"public", STATEMENT | MODIFIER}, {"private", STATEMENT | MODIFIER}, {"protected", STATEMENT | MODIFIER},
  {"static", STATEMENT}, {"async", STATEMENT | MODIFIER}, {"local", MODIFIER}, {"type", STATEMENT},
};
#define WORDS (sizeof words / sizeof *words)

static byte word_rows[64][8];

static u32 row_of(const byte *at, u32 length) { return (length * 7u + at[0] * 3u + at[length - 1] * 5u) & 63u; }

/* Once for each instance. */
static void sort_words(void) {
  for (u32 index = 0; index < WORDS; index++) {
    u32 length = 0;
    while (words[index].word[length]) length++;
    byte *row = word_rows[row_of((const byte *)words[index].word, length)];
    if (row[0] >= 7) __builtin_trap();
    row[++row[0]] = (byte)index;
  }
}

/* Once for each language. */
static void learn_language(Language language) {
  for (u32 index = 0; index < WORDS; index++) {
    const byte *word = (const byte *)words[index].word, *end = word;
    while (*end) end++;
    words[index].flags &= ~(u32)DECIDES;
    if (is_listed(language.deciding, word, end)) words[index].flags |= DECIDES;
  }
}

static u32 flags_of(const byte *at, const byte *end) {
  u32 length = (u32)(end - at);
  if (length < 2 || length > 12) return 0;
  const byte *row = word_rows[row_of(at, length)];
  for (u32 place = 1; place <= row[0]; place++) {
    const char *word = words[row[place]].word;
    if (begins(at, end, word) && !word[length]) return words[row[place]].flags;
  }
  return 0;
}
