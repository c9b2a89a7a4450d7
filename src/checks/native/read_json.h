/* Reads the request: JSON as the engine writes it (RFC 8785). Strings are decoded where they stand,
 * which never needs more room, so that each may be read once. Nothing here calls itself: nesting
 * costs no stack. Text that is no JSON is read as far as it goes and never past its end. */
#pragma once
#include "bytes.h"

typedef struct {
  byte *at;
  byte *end;
} Json;

static void skip_blanks(Json *json) {
  while (json->at < json->end && (*json->at <= ' ' || *json->at == ',' || *json->at == ':')) json->at++;
}

static u32 hex_digit(byte character) {
  if (character >= '0' && character <= '9') return character - '0';
  character = lower(character);
  return character >= 'a' && character <= 'f' ? (u32)(character - 'a' + 10) : 16;
}

/* Of four digits; 0xffffffff where they are none. */
static u32 read_unit(const byte *at, const byte *end) {
  u32 unit = 0;
  if (end - at < 4) return 0xffffffffu;
  for (u32 digit = 0; digit < 4; digit++) {
    u32 value = hex_digit(at[digit]);
    if (value > 15) return 0xffffffffu;
    unit = unit << 4 | value;
  }
  return unit;
}

static byte *put_point(byte *to, u32 point) {
  if (point < 0x80) {
    *to++ = (byte)point;
    return to;
  }
  if (point < 0x800) {
    *to++ = (byte)(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      *to++ = (byte)(0xe0 | point >> 12);
    } else {
      *to++ = (byte)(0xf0 | point >> 18);
      *to++ = (byte)(0x80 | (point >> 12 & 0x3f));
    }
    *to++ = (byte)(0x80 | (point >> 6 & 0x3f));
  }
  *to++ = (byte)(0x80 | (point & 0x3f));
  return to;
}

/* Behind `\u`; leaves json behind the digits, and those of the other half of a pair. */
static byte *put_escaped(Json *json, byte *to) {
  u32 unit = read_unit(json->at, json->end);
  if (unit == 0xffffffffu) return put_point(to, '?');
  json->at += 4;
  if (unit >= 0xd800 && unit < 0xdc00 && begins(json->at, json->end, "\\u")) {
    u32 low = read_unit(json->at + 2, json->end);
    if (low >= 0xdc00 && low < 0xe000) {
      json->at += 6;
      return put_point(to, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    }
  }
  return put_point(to, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
}

/* At the opening quote; leaves json behind the closing one. */
static Text read_string(Json *json) {
  byte *to = ++json->at;
  while (json->at < json->end && *json->at != '"' && *json->at != '\\') json->at++;
  Text text = {to, json->at};
  to = json->at;
  while (json->at < json->end && *json->at != '"') {
    byte character = *json->at++;
    if (character == '\\' && json->at < json->end) {
      character = *json->at++;
      switch (character) {
        case 'n': character = '\n'; break;
        case 't': character = '\t'; break;
        case 'r': character = '\r'; break;
        case 'b': character = '\b'; break;
        case 'f': character = '\f'; break;
        case 'u': to = put_escaped(json, to); continue;
      }
    }
    *to++ = character;
  }
  text.end = to;
  if (json->at < json->end) json->at++;
  return text;
}

/* Without decoding anything. */
static void skip_string(Json *json) {
  json->at++;
  while (json->at < json->end && *json->at != '"') json->at += *json->at == '\\' ? 2 : 1;
  json->at = json->at < json->end ? json->at + 1 : json->end;
}

static void skip_value(Json *json) {
  u32 depth = 0;
  skip_blanks(json);
  while (json->at < json->end) {
    byte character = *json->at;
    if (character == '"') {
      skip_string(json);
    } else if (character == '{' || character == '[') {
      depth++;
      json->at++;
    } else if (character == '}' || character == ']') {
      if (depth == 0) return;
      depth--;
      json->at++;
    } else if (depth == 0 && (character == ',' || character <= ' ')) {
      return;
    } else {
      json->at++;
      if (depth > 0 || (json->at < json->end && *json->at != ',' && *json->at != '}' && *json->at != ']')) continue;
    }
    if (depth == 0) return;
  }
}

/* Into the object that stands next, else 0. */
static bool32 enter(Json *json, byte opening) {
  skip_blanks(json);
  if (json->at >= json->end || *json->at != opening) return 0;
  json->at++;
  return 1;
}

/* The next name of the object json is in; 0 at its end, which it leaves behind. */
static bool32 next_name(Json *json, Text *name) {
  skip_blanks(json);
  if (json->at >= json->end || *json->at != '"') {
    if (json->at < json->end) json->at++;
    return 0;
  }
  *name = read_string(json);
  skip_blanks(json);
  return 1;
}

/* Whether the array json is in has one more; leaves its end behind. */
static bool32 next_item(Json *json) {
  skip_blanks(json);
  if (json->at < json->end && *json->at != ']') return 1;
  if (json->at < json->end) json->at++;
  return 0;
}

/* Thousandths of a number from 0 to 1,000,000 without exponent; -1 for anything else. */
static int read_thousandths(Json *json) {
  byte *start = json->at;
  u32 whole = 0, part = 0, places = 0;
  while (json->at < json->end && *json->at >= '0' && *json->at <= '9' && whole <= 1000000u) {
    whole = whole * 10 + (u32)(*json->at++ - '0');
  }
  if (json->at == start || whole > 1000000u) return -1;
  if (json->at < json->end && *json->at == '.') {
    json->at++;
    while (json->at < json->end && *json->at >= '0' && *json->at <= '9') {
      if (places < 3) {
        part = part * 10 + (u32)(*json->at - '0');
        places++;
      }
      json->at++;
    }
  }
  while (places++ < 3) part *= 10;
  bool32 ends = json->at >= json->end || *json->at == ',' || *json->at == '}' || *json->at == ']';
  return ends ? (int)(whole * 1000 + part) : -1;
}

/* What of a request the modules read; empty where there is none. */
typedef struct {
  Json operation;
  Json settings;
} Parts;

static Parts find_parts(byte *request, u32 length) {
  Json json = {request, request + length};
  Parts parts = {{request, request}, {request, request}};
  Text name;
  enter(&json, '{');
  while (next_name(&json, &name)) {
    byte *value = json.at;
    skip_value(&json);
    if (is_text(name, "operation")) parts.operation = (Json){value, json.at};
    if (is_text(name, "settings")) parts.settings = (Json){value, json.at};
  }
  return parts;
}
