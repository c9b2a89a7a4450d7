/* Languages whose functions stand in braces. */
#pragma once
#include "read_token.h"

/* Of the most complex function. */
typedef struct {
  u32 complexity;
  u32 line;
} Measure;

/* Brackets open at once that are told apart; what is deeper counts for the function around it. */
#define MOST_FRAMES 2048u

enum { SAW_CONTROL = 1, SAW_FUNCTION = 2, SAW_PARENS = 4, SAW_ASSIGNMENT = 8, SAW_TYPE = 16 };

typedef struct {
  byte bracket;
  bool32 is_function;
  /* The function it stands in. */
  u32 owner;
  /* What stands before the bracket that may open next. */
  u32 saw;
  u32 decisions;
  u32 line;
} Frame;

typedef struct {
  Lexer lexer;
  Language language;
  Frame *frames;
  u32 depth;
  u32 too_deep;
  Measure worst;
  Token last;
  bool32 wanted_operand;
} Counter;

static Frame *innermost(Counter *counter) { return &counter->frames[counter->depth]; }

static void decide(Counter *counter) {
  counter->frames[innermost(counter)->owner].decisions++;
}

static void close_function(Counter *counter, const Frame *frame) {
  if (!frame->is_function || frame->decisions < counter->worst.complexity) return;
  counter->worst = (Measure){frame->decisions + 1, frame->line};
}

static void open_frame(Counter *counter, byte bracket, bool32 is_function) {
  if (counter->too_deep > 0 || counter->depth + 1 >= MOST_FRAMES) {
    counter->too_deep++;
    return;
  }
  u32 owner = is_function ? counter->depth + 1 : innermost(counter)->owner;
  counter->frames[++counter->depth] = (Frame){bracket, is_function, owner, 0, 0, counter->lexer.line};
}

static void close_frame(Counter *counter) {
  close_function(counter, innermost(counter));
  counter->depth--;
}

/* Arrows without braces end where their expression does. */
static void close_arrows(Counter *counter) {
  while (counter->depth > 0 && counter->too_deep == 0 && innermost(counter)->bracket == '>') close_frame(counter);
}

static void take_closing(Counter *counter, byte opening) {
  if (counter->too_deep > 0) {
    counter->too_deep--;
    return;
  }
  close_arrows(counter);
  // One that closes nothing is passed over: the text is cut, or not what its name says.
  if (counter->depth == 0 || innermost(counter)->bracket != opening) return;
  close_frame(counter);
  Frame *frame = innermost(counter);
  if (opening == '(') frame->saw |= SAW_PARENS;
  if (opening == '{') frame->saw = 0;
}

static bool32 opens_function(Counter *counter) {
  u32 saw = innermost(counter)->saw, id = counter->language.id;
  bool32 has_words = id == 5 || id == 6 || id == 7 || id == 8 || id == 9 || id == 11;
  if (saw & SAW_FUNCTION) return 1;
  if (has_words || (saw & (SAW_CONTROL | SAW_TYPE | SAW_ASSIGNMENT))) return 0;
  return (saw & SAW_PARENS) != 0;
}

static byte next_mark(const Counter *counter) {
  byte *at = counter->lexer.at;
  while (at < counter->lexer.end && (*at == ' ' || *at == '\t' || *at == '\n')) at++;
  return at < counter->lexer.end ? *at : 0;
}

static bool32 is_last(const Counter *counter, byte mark) {
  return counter->last.kind == TOKEN_MARK && *counter->last.at == mark;
}

static void take_braced_word(Counter *counter, const Token *token) {
  Frame *frame = innermost(counter);
  bool32 is_property = is_last(counter, '.') || is_last(counter, '#') || next_mark(counter) == ':';
  if (is_property && !(token->flags & CASE_WORD)) return;
  if (token->flags & CONTROL) frame->saw |= SAW_CONTROL;
  if (token->flags & FUNCTION_WORD) frame->saw = (frame->saw & ~(u32)(SAW_CONTROL | SAW_ASSIGNMENT)) | SAW_FUNCTION;
  if (token->flags & TYPE_WORD) frame->saw |= SAW_TYPE;
  if (token->flags & DECIDES) decide(counter);
}

/* A question mark decides unless nothing follows that it could choose: `a?: T`, `a?.b`, `<?>`. */
static void take_question(Counter *counter, const Token *token) {
  Lexer *lexer = &counter->lexer;
  u32 marks = counter->language.marks, id = counter->language.id;
  if (lexer->at < lexer->end && *lexer->at == '?') {
    lexer->at++;
    if (marks & NULLISH) decide(counter);
    return;
  }
  if (!(marks & TERNARY)) return;
  byte next = next_mark(counter);
  for (const char *end = ":,;)>}].=?"; *end; end++) {
    if (next == (byte)*end) return;
  }
  if (is_last(counter, '<')) return;
  bool32 wants_blanks = id == 2 || id == 8 || id == 9 || id == 10;
  bool32 has_blanks = token->at > lexer->start && token->at[-1] <= ' ' && lexer->at < lexer->end && *lexer->at <= ' ';
  if (wants_blanks && !has_blanks) return;
  byte *at = lexer->at;
  while (at < lexer->end && *at == ' ') at++;
  if (begins(at, lexer->end, "extends ") || begins(at, lexer->end, "super ")) return;
  decide(counter);
}

/* `&&` and `||`, where an operand stands before them: else they are references or an empty closure. */
static void take_logic(Counter *counter, const Token *token) {
  Lexer *lexer = &counter->lexer;
  if (lexer->at >= lexer->end || *lexer->at != *token->at) return;
  lexer->at++;
  bool32 is_reference = counter->language.id == 1 && *token->at == '&' && token->at > lexer->start &&
    token->at[-1] > ' ' && lexer->at < lexer->end && *lexer->at == ' ';
  if (!counter->wanted_operand && !is_reference) decide(counter);
}

static void take_arrow(Counter *counter) {
  counter->lexer.at++;
  counter->lexer.wants_operand = 1;
  u32 id = counter->language.id;
  if (id == 6) {
    // An arm of a match; the one for everything else decides nothing.
    Text before = {counter->last.at, counter->last.end};
    if (!is_text(before, "_")) decide(counter);
    return;
  }
  if (id != 2 && id != 3 && id != 4 && id != 10) return;
  if (next_mark(counter) == '{') innermost(counter)->saw |= SAW_FUNCTION;
  else open_frame(counter, '>', 1);
}

static void take_mark(Counter *counter, const Token *token) {
  Lexer *lexer = &counter->lexer;
  byte mark = *token->at;
  switch (mark) {
    case '{':
      open_frame(counter, '{', opens_function(counter));
      return;
    case '(':
    case '[':
      open_frame(counter, mark, 0);
      return;
    case '}': take_closing(counter, '{'); return;
    case ')': take_closing(counter, '('); return;
    case ']': take_closing(counter, '['); return;
    case ',':
    case ';':
      close_arrows(counter);
      innermost(counter)->saw &= mark == ';' ? 0u : (u32)(SAW_CONTROL | SAW_FUNCTION | SAW_TYPE);
      return;
    case '?': take_question(counter, token); return;
    case '&':
    case '|': take_logic(counter, token); return;
    case '=':
      if (lexer->at < lexer->end && *lexer->at == '>') take_arrow(counter);
      else innermost(counter)->saw |= SAW_ASSIGNMENT;
      return;
    case '#':
      // A directive, with the lines it goes on in.
      if (counter->language.id != 1 && counter->language.id != 2) return;
      do {
        skip_line(lexer);
      } while (lexer->at < lexer->end && lexer->at[-1] == '\\' && (step(lexer), 1));
  }
}

/* Where a line's end ends a statement, what was seen before it is past. */
static void take_line(Counter *counter) {
  byte *at = counter->lexer.at;
  while (at < counter->lexer.end && (*at == ' ' || *at == '\t')) at++;
  byte *end = at;
  while (end < counter->lexer.end && is_word(*end)) end++;
  if (end == at || !(flags_of(at, end) & STATEMENT)) return;
  close_arrows(counter);
  if (innermost(counter)->bracket != '(') innermost(counter)->saw = 0;
}

static Measure count_braces(Text text, Language language) {
  static Frame frames[MOST_FRAMES];
  Counter counter = {.lexer = begin_lexer(text, language), .language = language, .frames = frames, .worst = {1, 1}, .last = {TOKEN_LINE, text.at, text.at, 0}};
  frames[0] = (Frame){0, 1, 0, 0, 0, 1};
  for (;;) {
    counter.wanted_operand = counter.lexer.wants_operand;
    Token token = read_token(&counter.lexer);
    if (token.kind == TOKEN_END) break;
    if (token.kind == TOKEN_WORD) take_braced_word(&counter, &token);
    else if (token.kind == TOKEN_MARK) take_mark(&counter, &token);
    else if (token.kind == TOKEN_LINE) {
      take_line(&counter);
      continue;
    }
    counter.last = token;
  }
  while (counter.depth > 0) close_frame(&counter);
  close_function(&counter, &frames[0]);
  return counter.worst;
}
