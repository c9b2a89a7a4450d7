/* What a diff adds. */
#pragma once
#include "../native/bytes.h"

/* A diff without the lines it takes away and without the mark of the others; lines stay counted. */
static Text added_lines(Text diff) {
  byte *to = diff.at;
  for (byte *at = diff.at; at < diff.end;) {
    bool32 is_removed = *at == '-';
    if (*at == '+' || *at == ' ' || is_removed) at++;
    while (at < diff.end && *at != '\n') {
      if (!is_removed) *to++ = *at;
      at++;
    }
    if (at < diff.end) *to++ = *at++;
  }
  return (Text){diff.at, to};
}
