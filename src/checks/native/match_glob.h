/* Patterns of paths: `*` is anything but a slash, `**` anything, `?` one character. A pattern without
 * a slash is matched with the last part of the path. */
#pragma once
#include "bytes.h"

/* Steps that matching one path with one pattern may take; beyond them it does not match. */
#define GLOB_STEPS 20000u

static Text last_part(Text path) {
  byte *at = path.end;
  while (at > path.at && at[-1] != '/') at--;
  return (Text){at, path.end};
}

static bool32 match_glob(Text pattern, Text path) {
  bool32 has_slash = 0;
  for (byte *at = pattern.at; at < pattern.end; at++) has_slash |= *at == '/';
  Text text = has_slash ? path : last_part(path);
  byte *at = text.at, *rule = pattern.at;
  // Where to go on when what follows does not match: behind one more character.
  byte *single = 0, *single_at = 0, *whole = 0, *whole_at = 0;
  bool32 of_parts = 0;
  for (u32 steps = 0; steps < GLOB_STEPS; steps++) {
    if (rule < pattern.end && *rule == '*') {
      if (rule + 1 < pattern.end && rule[1] == '*') {
        rule += 2;
        of_parts = rule < pattern.end && *rule == '/';
        if (of_parts) rule++;
        whole = rule;
        whole_at = at;
        single = 0;
      } else {
        single = ++rule;
        single_at = at;
      }
      continue;
    }
    if (at == text.end && rule == pattern.end) return 1;
    if (at < text.end && rule < pattern.end && (*rule == *at || (*rule == '?' && *at != '/'))) {
      at++;
      rule++;
    } else if (single && single_at < text.end && *single_at != '/') {
      at = ++single_at;
      rule = single;
    } else if (whole && whole_at < text.end) {
      do {
        whole_at++;
      } while (of_parts && whole_at < text.end && whole_at[-1] != '/');
      at = whole_at;
      rule = whole;
      single = 0;
    } else {
      return 0;
    }
  }
  return 0;
}
