/* What a file's name says of its language: its comments, strings, and the words that decide. */
#pragma once
#include "../native/bytes.h"

enum {
  SLASH_COMMENTS = 1, HASH_COMMENTS = 2, DASH_COMMENTS = 4,
  /* `'` begins a string; else one character, or a mark of its own (a lifetime in Rust). */
  SINGLE_QUOTES = 8,
  BACKTICKS = 16,
  /* Three quotes in a row. */
  LONG_QUOTES = 32,
  /* `a ? b : c`. */
  TERNARY = 64,
  /* `??` decides. */
  NULLISH = 128,
  /* A slash where an operand must stand begins a regular expression. */
  REGEX = 256,
  /* `${…}` inside of backticks. */
  TEMPLATES = 512,
  /* Block comments stand inside one another. */
  BLOCK_NESTS = 1024,
};

typedef struct {
  u32 id;
  bool32 by_indents;
  u32 marks;
  /* Words apart by one blank, each with one before and after. */
  const char *deciding;
} Language;

/* Ids are below it. */
#define MOST_LANGUAGES 16u

#define C_WORDS " if for while case catch "

static const struct {
  const char *extensions;
  Language language;
} languages[] = {
  {" c h cc cpp cxx hh hpp hxx m mm ", {1, 0, SLASH_COMMENTS | TERNARY, C_WORDS}},
  {" java cs groovy ", {2, 0, SLASH_COMMENTS | TERNARY | LONG_QUOTES, " if for foreach while case catch "}},
  {" js mjs cjs jsx ", {3, 0, SLASH_COMMENTS | SINGLE_QUOTES | BACKTICKS | TERNARY | NULLISH | REGEX | TEMPLATES, C_WORDS}},
  {" ts mts cts tsx ", {4, 0, SLASH_COMMENTS | SINGLE_QUOTES | BACKTICKS | TERNARY | NULLISH | REGEX | TEMPLATES, C_WORDS}},
  {" go ", {5, 0, SLASH_COMMENTS | BACKTICKS, " if for case "}},
  {" rs ", {6, 0, SLASH_COMMENTS | BLOCK_NESTS, " if for while loop "}},
  {" kt kts ", {7, 0, SLASH_COMMENTS | LONG_QUOTES | BLOCK_NESTS, " if for while catch "}},
  {" swift ", {8, 0, SLASH_COMMENTS | LONG_QUOTES | TERNARY | NULLISH | BLOCK_NESTS, " if for while case catch guard repeat "}},
  {" php ", {9, 0, SLASH_COMMENTS | HASH_COMMENTS | SINGLE_QUOTES | TERNARY | NULLISH, " if elseif for foreach while case catch and or "}},
  {" scala dart ", {10, 0, SLASH_COMMENTS | LONG_QUOTES | TERNARY | NULLISH, " if for while case catch "}},
  {" pl pm ", {11, 0, HASH_COMMENTS | SINGLE_QUOTES | TERNARY, " if elsif unless for foreach while until and or "}},
  {" py pyi ", {12, 1, HASH_COMMENTS | SINGLE_QUOTES | LONG_QUOTES, " if elif for while except and or "}},
  // No function is told apart in these: the file is one.
  {" rb ", {13, 0, HASH_COMMENTS | SINGLE_QUOTES | TERNARY, " if elsif unless for while until when rescue and or "}},
  {" sh bash zsh ", {14, 0, HASH_COMMENTS | SINGLE_QUOTES, " if elif for while until "}},
  {" lua ", {15, 0, DASH_COMMENTS | SINGLE_QUOTES, " if elseif for while until and or "}},
};

/* Whether `list` has the word, which stands between blanks there. */
static bool32 is_listed(const char *list, const byte *at, const byte *end) {
  for (const char *next = list; *next; next++) {
    if (*next != ' ' || next[1] != (char)*at) continue;
    const char *word = next + 1;
    const byte *with = at;
    while (with < end && *word == (char)*with) {
      word++;
      with++;
    }
    if (with == end && *word == ' ') return 1;
  }
  return 0;
}

/* Of the extension, in lower case; id 0 where nobody knows it. */
static Language language_of(Text path) {
  byte extension[8];
  u32 length = 0;
  byte *dot = path.end;
  while (dot > path.at && dot[-1] != '.' && dot[-1] != '/') dot--;
  Language none = {0, 0, 0, ""};
  if (dot == path.at || dot[-1] != '.' || path.end - dot > 8 || dot == path.end) return none;
  while (dot < path.end) extension[length++] = lower(*dot++);
  for (u32 index = 0; index < sizeof languages / sizeof *languages; index++) {
    if (is_listed(languages[index].extensions, extension, extension + length)) return languages[index].language;
  }
  return none;
}
