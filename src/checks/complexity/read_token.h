/* Splits a text into words, marks, and what is skipped: strings, comments, numbers. */
#pragma once
#include "vocabulary.h"

typedef enum { TOKEN_END, TOKEN_WORD, TOKEN_MARK, TOKEN_STRING, TOKEN_LINE } TokenKind;

typedef struct {
  TokenKind kind;
  byte *at;
  byte *end;
  /* Of a word; see vocabulary.h. */
  u32 flags;
} Token;

typedef struct {
  byte *start;
  byte *at;
  byte *end;
  u32 marks;
  u32 line;
  /* Whether an operand may begin here: a slash is a regular expression then. */
  bool32 wants_operand;
  /* Braces open inside of `${…}`, for each template that is open around the place. */
  u32 template_braces[32];
  u32 templates;
} Lexer;

static bool32 is_word(byte character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
    (character >= '0' && character <= '9') || character == '_' || character == '$' || character >= 0x80;
}

static bool32 is_next(const Lexer *lexer, const char *text) { return begins(lexer->at, lexer->end, text); }

static void step(Lexer *lexer) {
  lexer->line += *lexer->at == '\n';
  lexer->at++;
}

static void skip_line(Lexer *lexer) {
  while (lexer->at < lexer->end && *lexer->at != '\n') lexer->at++;
}

static void skip_block_comment(Lexer *lexer) {
  u32 depth = 0;
  do {
    if (is_next(lexer, "/*") && (depth == 0 || (lexer->marks & BLOCK_NESTS))) {
      depth++;
      lexer->at += 2;
    } else if (is_next(lexer, "*/")) {
      depth--;
      lexer->at += 2;
    } else {
      step(lexer);
    }
  } while (depth > 0 && lexer->at < lexer->end);
}

/* Behind the closing quote, or at the line's end where a string may not go on. */
static void skip_quoted(Lexer *lexer, byte quote, bool32 spans_lines) {
  lexer->at++;
  while (lexer->at < lexer->end && *lexer->at != quote) {
    if (*lexer->at == '\n' && !spans_lines) return;
    if (*lexer->at == '\\' && lexer->at + 1 < lexer->end) step(lexer);
    step(lexer);
  }
  if (lexer->at < lexer->end) lexer->at++;
}

static void skip_long_quoted(Lexer *lexer, byte quote) {
  lexer->at += 3;
  while (lexer->at < lexer->end) {
    if (lexer->at[0] == quote && lexer->end - lexer->at >= 3 && lexer->at[1] == quote && lexer->at[2] == quote) {
      lexer->at += 3;
      return;
    }
    if (*lexer->at == '\\' && lexer->at + 1 < lexer->end) step(lexer);
    step(lexer);
  }
}

/* From a backtick or the brace that ends `${…}`, up to its end or the next `${`. */
static void skip_template(Lexer *lexer) {
  lexer->at++;
  while (lexer->at < lexer->end && *lexer->at != '`') {
    if (is_next(lexer, "${") && lexer->templates < 32) {
      lexer->template_braces[lexer->templates++] = 0;
      lexer->at += 2;
      lexer->wants_operand = 1;
      return;
    }
    if (*lexer->at == '\\' && lexer->at + 1 < lexer->end) step(lexer);
    step(lexer);
  }
  if (lexer->at < lexer->end) lexer->at++;
  lexer->wants_operand = 0;
}

static void skip_regex(Lexer *lexer) {
  bool32 in_class = 0;
  lexer->at++;
  while (lexer->at < lexer->end && *lexer->at != '\n' && (*lexer->at != '/' || in_class)) {
    if (*lexer->at == '[') in_class = 1;
    if (*lexer->at == ']') in_class = 0;
    if (*lexer->at == '\\' && lexer->at + 1 < lexer->end && lexer->at[1] != '\n') lexer->at++;
    lexer->at++;
  }
  if (lexer->at < lexer->end && *lexer->at == '/') lexer->at++;
}

/* A character, an escape or a code point in quotes; a quote that is none stands for itself. */
static void skip_character(Lexer *lexer) {
  byte *at = lexer->at + 1, *end = lexer->end;
  if (at < end && *at == '\\') {
    byte *stop = end - at > 12 ? at + 12 : end;
    for (at += 2; at < stop; at++) {
      if (*at != '\'') continue;
      lexer->at = at + 1;
      return;
    }
  }
  if (at < end && *at >= 0x80) {
    while (at < end && *at >= 0x80 && at - lexer->at < 5) at++;
  } else {
    at++;
  }
  lexer->at = at < end && *at == '\'' ? at + 1 : lexer->at + 1;
}

static bool32 skip_comment(Lexer *lexer) {
  u32 marks = lexer->marks;
  byte *at = lexer->at;
  if ((marks & SLASH_COMMENTS) && is_next(lexer, "//")) skip_line(lexer);
  else if ((marks & SLASH_COMMENTS) && is_next(lexer, "/*")) skip_block_comment(lexer);
  else if ((marks & HASH_COMMENTS) && *at == '#' && (at == lexer->start || at[-1] != '$')) skip_line(lexer);
  else if ((marks & DASH_COMMENTS) && is_next(lexer, "--")) skip_line(lexer);
  else return 0;
  return 1;
}

static bool32 skip_any_string(Lexer *lexer) {
  byte quote = *lexer->at;
  u32 marks = lexer->marks;
  if (quote == '`' && (marks & BACKTICKS)) {
    if (marks & TEMPLATES) skip_template(lexer);
    else skip_quoted(lexer, '`', 1);
    return 1;
  }
  if (quote != '"' && quote != '\'') return 0;
  bool32 is_long = lexer->end - lexer->at >= 3 && lexer->at[1] == quote && lexer->at[2] == quote;
  if ((marks & LONG_QUOTES) && is_long) skip_long_quoted(lexer, quote);
  else if (quote == '"' || (marks & SINGLE_QUOTES)) skip_quoted(lexer, quote, !(marks & (LONG_QUOTES | REGEX)));
  else skip_character(lexer);
  lexer->wants_operand = 0;
  return 1;
}

/* Counts the braces of `${…}`; 1 where this one ends it and the template goes on. */
static bool32 resumes_template(Lexer *lexer) {
  if (lexer->templates == 0) return 0;
  u32 *braces = &lexer->template_braces[lexer->templates - 1];
  if (*lexer->at == '{') ++*braces;
  if (*lexer->at != '}') return 0;
  if (*braces > 0) {
    --*braces;
    return 0;
  }
  lexer->templates--;
  skip_template(lexer);
  return 1;
}

static Token read_word(Lexer *lexer) {
  Token token = {TOKEN_WORD, lexer->at, lexer->at, 0};
  while (lexer->at < lexer->end && is_word(*lexer->at)) lexer->at++;
  token.end = lexer->at;
  token.flags = flags_of(token.at, token.end);
  lexer->wants_operand = (token.flags & OPERAND_NEXT) != 0;
  return token;
}

/* A line's end is a token too: some languages mean something by it. */
static Token read_token(Lexer *lexer) {
  while (lexer->at < lexer->end) {
    byte character = *lexer->at;
    Token token = {TOKEN_MARK, lexer->at, lexer->at + 1, 0};
    if (character == '\n') {
      step(lexer);
      token.kind = TOKEN_LINE;
      return token;
    }
    if (character <= ' ') {
      lexer->at++;
      continue;
    }
    if (is_word(character)) return read_word(lexer);
    if (skip_comment(lexer)) continue;
    if (skip_any_string(lexer) || resumes_template(lexer)) {
      token.kind = TOKEN_STRING;
      token.end = lexer->at;
      return token;
    }
    if (character == '/' && (lexer->marks & REGEX) && lexer->wants_operand) {
      skip_regex(lexer);
      lexer->wants_operand = 0;
      token.kind = TOKEN_STRING;
      return token;
    }
    lexer->wants_operand = character != ')' && character != ']' && character != '}';
    lexer->at++;
    return token;
  }
  return (Token){TOKEN_END, lexer->at, lexer->at, 0};
}

static Lexer begin_lexer(Text text, Language language) {
  learn_language(language);
  return (Lexer){.start = text.at, .at = text.at, .end = text.end, .marks = language.marks, .line = 1, .wants_operand = 1};
}
