/* Writes the answer: violations and nothing else. */
#pragma once
#include "bytes.h"

/* The default limit of an answer, with room to spare. */
#define ANSWER_BYTES 60000u
/* One violation is never longer. */
#define VIOLATION_BYTES 4000u

typedef struct {
  byte *start;
  byte *at;
  u32 count;
} Answer;

static Answer begin_answer(void) {
  Answer answer;
  answer.start = answer.at = reserve(ANSWER_BYTES + VIOLATION_BYTES);
  answer.count = 0;
  if (!answer.start) __builtin_trap();
  return answer;
}

static void put(Answer *answer, const char *text) {
  while (*text) *answer->at++ = (byte)*text++;
}

static void put_number(Answer *answer, u32 number) {
  byte digits[10];
  u32 count = 0;
  do {
    digits[count++] = (byte)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) *answer->at++ = digits[--count];
}

/* At most `most` bytes of it, as the inside of a JSON string; what is not plain ASCII is a `?`. */
static void put_text(Answer *answer, Text text, u32 most) {
  for (byte *at = text.at; at < text.end && most > 0; at++, most--) {
    bool32 is_plain = *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\';
    *answer->at++ = is_plain ? *at : '?';
  }
}

/* Whether put_text would change nothing. */
static bool32 is_plain_text(Text text, u32 most) {
  if (length_of(text) > most || text.at == text.end) return 0;
  for (byte *at = text.at; at < text.end; at++) {
    if (*at < ' ' || *at >= 0x7f || *at == '"' || *at == '\\') return 0;
  }
  return 1;
}

static bool32 has_room(const Answer *answer) {
  return answer->at < answer->start + ANSWER_BYTES - VIOLATION_BYTES;
}

/* Up to the message, which is left open for more of it. */
static void begin_violation(Answer *answer, const char *code) {
  put(answer, answer->count++ ? ",{\"code\":\"" : "{\"violations\":[{\"code\":\"");
  put(answer, code);
  put(answer, "\",\"message\":\"");
}

static u64 end_answer(Answer *answer) {
  put(answer, answer->count ? "]}" : "{\"violations\":[]}");
  return ((u64)(u32)answer->start << 32) | (u32)(answer->at - answer->start);
}

/* A setting that is none, which refuses them all. */
static void refuse_setting(Answer *answer, Text name, const char *wanted) {
  if (!has_room(answer) || answer->count >= 20) return;
  begin_violation(answer, "settings_wrong");
  put(answer, "setting ");
  put_text(answer, name, 60);
  put(answer, ": ");
  put(answer, wanted);
  put(answer, "\"}");
}
