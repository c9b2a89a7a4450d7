/* Languages whose functions are told apart by how far their lines are indented. */
#pragma once
#include "count_braces.h"

#define MOST_FUNCTIONS 512u

typedef struct {
  u32 indent;
  u32 decisions;
  u32 line;
} Function;

typedef struct {
  Lexer lexer;
  Language language;
  /* The first is the file's own level. */
  Function *functions;
  u32 depth;
  Measure worst;
  u32 brackets;
  /* Of the line at hand. */
  u32 indent;
} Reader;

/* Of the line's first token. */
static u32 indent_of(const byte *start, const byte *token) {
  const byte *at = token;
  u32 indent = 0;
  while (at > start && at[-1] != '\n') at--;
  for (; at < token && (*at == ' ' || *at == '\t'); at++) {
    indent = *at == '\t' ? indent - indent % 8 + 8 : indent + 1;
  }
  return indent;
}

static void end_function(Reader *reader) {
  const Function *function = &reader->functions[reader->depth];
  if (function->decisions >= reader->worst.complexity) reader->worst = (Measure){function->decisions + 1, function->line};
}

static void leave_functions(Reader *reader, u32 indent) {
  while (reader->depth > 0 && reader->functions[reader->depth].indent >= indent) {
    end_function(reader);
    reader->depth--;
  }
}

/* `def`, `function`, or in a shell a name and `()`. */
static bool32 begins_function(const Reader *reader, const Token *first, const Token *word) {
  if (word->flags & FUNCTION_WORD) return word->at == first->at || (first->flags & MODIFIER);
  return reader->language.id == 14 && word->at == first->at && begins(word->end, reader->lexer.end, "()");
}

/* `case x:` but `case _:`, and nothing of another meaning of the word. */
static bool32 is_case(const Reader *reader, const Token *first, const Token *word) {
  if (reader->language.id != 12 || word->at != first->at || !(word->flags & CASE_WORD)) return 0;
  byte *at = word->end, *end = reader->lexer.end;
  while (at < end && *at == ' ') at++;
  if (at == end || *at == '=' || *at == ':' || *at == '.' || *at == ',' || *at == ')' || *at == '\n') return 0;
  return !begins(at, end, "_:");
}

static void take_indented(Reader *reader, const Token *first, const Token *token) {
  if (token->kind == TOKEN_WORD) {
    bool32 is_property = token->at > reader->lexer.start && token->at[-1] == '.';
    if (!is_property && begins_function(reader, first, token) && reader->depth + 1 < MOST_FUNCTIONS) {
      reader->functions[++reader->depth] = (Function){reader->indent, 0, reader->lexer.line};
    } else if (!is_property && ((token->flags & DECIDES) || is_case(reader, first, token))) {
      reader->functions[reader->depth].decisions++;
    }
    return;
  }
  byte mark = *token->at, *at = reader->lexer.at;
  if (mark == '(' || mark == '[' || mark == '{') reader->brackets++;
  if ((mark == ')' || mark == ']' || mark == '}') && reader->brackets > 0) reader->brackets--;
  bool32 is_logic = (mark == '&' || mark == '|') && at < reader->lexer.end && *at == mark;
  if (is_logic && reader->language.id != 12 && reader->language.id != 15) {
    reader->functions[reader->depth].decisions++;
    reader->lexer.at++;
  }
  bool32 is_choice = mark == '?' && (reader->language.marks & TERNARY) && token->at > reader->lexer.start &&
    token->at[-1] == ' ' && at < reader->lexer.end && *at == ' ';
  if (is_choice) reader->functions[reader->depth].decisions++;
}

static Measure count_indents(Text text, Language language) {
  static Function functions[MOST_FUNCTIONS];
  Reader reader = {.lexer = begin_lexer(text, language), .language = language, .functions = functions, .worst = {1, 1}};
  functions[0] = (Function){0, 0, 1};
  bool32 is_line_start = 1;
  Token first = {TOKEN_LINE, text.at, text.at, 0};
  for (;;) {
    Token token = read_token(&reader.lexer);
    if (token.kind == TOKEN_END) break;
    if (token.kind == TOKEN_LINE) {
      byte *before = token.at;
      bool32 goes_on = before > text.at && before[-1] == '\\';
      // Braces hold statements in a shell, and go on for lines everywhere else.
      is_line_start = !goes_on && (reader.brackets == 0 || language.id != 12);
      continue;
    }
    if (is_line_start) {
      reader.indent = indent_of(text.at, token.at);
      leave_functions(&reader, reader.indent);
      first = token;
      is_line_start = 0;
    }
    if (token.kind != TOKEN_STRING) take_indented(&reader, &first, &token);
  }
  leave_functions(&reader, 0);
  end_function(&reader);
  return reader.worst;
}
