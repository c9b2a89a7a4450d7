/* wasi-cmd in C with wasi-libc: the word "forbidden" anywhere in the request is a violation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(size_t *length) {
  size_t room = 4096;
  char *text = malloc(room);
  for (*length = 0; text; ) {
    *length += fread(text + *length, 1, room - *length - 1, stdin);
    if (*length < room - 1) break;
    room *= 2;
    text = realloc(text, room);
  }
  if (text) text[*length] = 0;
  return text;
}

int main(int count, char **words) {
  size_t length;
  char *request = read_all(&length);
  if (!request || count != 2 || strcmp(words[1], "validate") != 0) return 2;
  fprintf(stderr, "%zu bytes\n", length);
  char *found = strstr(request, "forbidden");
  if (found) {
    printf("{\"violations\":[{\"code\":\"forbidden_word\",\"message\":\"Found at byte %td\"}]}\n",
           found - request);
  } else {
    puts("{\"violations\":[]}");
  }
  return 0;
}
