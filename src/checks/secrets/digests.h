/* SHA-256 (FIPS 180-4) for fingerprints; CRC-32 (IEEE 802.3) and bech32 (BIP 173) for the checksums
 * that some tokens carry. */
#pragma once
#include "../native/bytes.h"

static const u32 round_constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

typedef struct {
  u32 words[8];
} Sha256;

static u32 turn(u32 word, u32 by) { return word >> by | word << (32 - by); }

static void take_block(Sha256 *state, const byte *block) {
  u32 plan[64], now[8];
  for (u32 at = 0; at < 16; at++) {
    const byte *word = block + at * 4;
    plan[at] = (u32)word[0] << 24 | (u32)word[1] << 16 | (u32)word[2] << 8 | word[3];
  }
  for (u32 at = 16; at < 64; at++) {
    u32 low = plan[at - 15], high = plan[at - 2];
    u32 one = turn(low, 7) ^ turn(low, 18) ^ low >> 3;
    u32 two = turn(high, 17) ^ turn(high, 19) ^ high >> 10;
    plan[at] = plan[at - 16] + one + plan[at - 7] + two;
  }
  for (u32 at = 0; at < 8; at++) now[at] = state->words[at];
  for (u32 at = 0; at < 64; at++) {
    u32 a = now[0], e = now[4];
    u32 first = now[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & now[5]) ^ (~e & now[6])) +
      round_constants[at] + plan[at];
    u32 second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & now[1]) ^ (a & now[2]) ^ (now[1] & now[2]));
    for (u32 move = 7; move > 0; move--) now[move] = now[move - 1];
    now[4] += first;
    now[0] = first + second;
  }
  for (u32 at = 0; at < 8; at++) state->words[at] += now[at];
}

static Sha256 sha256_of(Text text) {
  Sha256 state = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
  byte last[128];
  u32 left = length_of(text);
  u64 bits = (u64)left * 8;
  while (left >= 64) {
    take_block(&state, text.end - left);
    left -= 64;
  }
  u32 size = left < 56 ? 64 : 128;
  for (u32 at = 0; at < size; at++) {
    byte length = at >= size - 8 ? (byte)(bits >> ((size - 1 - at) * 8)) : 0;
    last[at] = at < left ? *(text.end - left + at) : at == left ? 0x80 : length;
  }
  take_block(&state, last);
  if (size == 128) take_block(&state, last + 64);
  return state;
}

static u32 crc32_of(Text text) {
  u32 rest = 0xffffffffu;
  for (byte *at = text.at; at < text.end; at++) {
    rest ^= *at;
    for (u32 bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (0xedb88320u & (0u - (rest & 1)));
  }
  return ~rest;
}

/* Whether the last six characters are the CRC-32 of the 30 before them, in base 62. */
static bool32 has_base62_crc(Text text) {
  static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (length_of(text) != 36) return 0;
  u32 sum = crc32_of((Text){text.at, text.end - 6});
  for (byte *at = text.end - 1; at >= text.end - 6; at--) {
    if (*at != (byte)digits[sum % 62]) return 0;
    sum /= 62;
  }
  return 1;
}

/* Of data in upper case, after the prefix `human` in lower case. */
static bool32 has_bech32_sum(const char *human, Text data) {
  static const char digits[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
  static const u32 generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  u32 length = 0, sum = 1;
  while (human[length]) length++;
  u32 total = length * 2 + 1 + length_of(data);
  for (u32 at = 0; at < total; at++) {
    u32 value = 0;
    if (at < length) value = (u32)human[at] >> 5;
    else if (at > length && at <= length * 2) value = (u32)human[at - length - 1] & 31;
    else if (at > length * 2) {
      while (value < 32 && (byte)digits[value] != data.at[at - length * 2 - 1]) value++;
    }
    u32 top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (u32 bit = 0; bit < 5; bit++) {
      if (top >> bit & 1) sum ^= generator[bit];
    }
  }
  return sum == 1;
}
