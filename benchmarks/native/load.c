/* Ask a server N questions over C connections and compare every answer.
 *
 * Each line of the bodies is a JSON body, a tab, and a text that its answer has to
 * hold (whose answer it is). An answer is right if it is 200, holds that text, holds
 * the expected number of VERIFIED, and has no "errors". Everything else is counted as
 * other; the first of it goes to standard error. A question is lost whose connection
 * ended before its answer.
 *
 * Latencies of right answers are written as 32-bit microseconds, in the order of the
 * answers; what came of it is one JSON line on standard output.
 *
 * With a RATE, so many questions a second are asked, whether answers come or not: a
 * question is as old as the moment at which it was to be asked, also where it waits for
 * one of the connections. How late each was sent is in LATENCIES.late.
 *
 * With RATE 0, FIRST and RAMP, there are FIRST clients at first and as many as there are
 * connections RAMP seconds later. Each asks again once it was answered.
 *
 * Either way a refusal, which is 503 with OVERLOADED and Retry-After, is neither right
 * nor other: its latency is in LATENCIES.refused, and a client waits for as long as it
 * was told. What is other is in LATENCIES.others, to be judged by who knows more: line,
 * status, microseconds and length, 32 bits each, and the body. What does not come within
 * half a minute in which nothing does is lost.
 *
 * usage: load PORT CONNECTIONS REQUESTS SKIP SECONDS VERIFIED HEAD BODIES LATENCIES WORD
 *             [RATE [FIRST RAMP]]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define ANSWER_BYTES (4u << 20)
#define HEAD_BYTES 4096

struct line {
  const char *body, *needle;
  size_t body_length, needle_length;
};

struct connection {
  int fd;
  bool is_open, is_asking;
  size_t asked; /* which line */
  uint64_t started_ns, wakes_ns; /* of a client: when it asks; 0 while it waits */
  char *question, *answer, *body;
  size_t question_length, question_sent, received;
};

static int poller, port, expected_verified;
static char word[32];
static struct line *lines;
static size_t line_count, skip, wanted, issued, right, others, refused, lost;
static double rate; /* questions a second; 0 asks whenever a connection is free */
static bool is_ramp;
static uint64_t began_ns, deadline_ns;
static uint32_t *latencies, *refusals, *lateness;
static FILE *others_file;
static struct connection **idle;
static size_t idle_count;
static char head[HEAD_BYTES];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const char *map(const char *path, size_t *size) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) fail(path);
  *size = (size_t)status.st_size;
  const char *text = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (text == MAP_FAILED) fail(path);
  close(file);
  return text;
}

static void read_lines(const char *path) {
  size_t size, room = 0;
  const char *text = map(path, &size);
  for (const char *at = text; at < text + size;) {
    const char *end = memchr(at, '\n', size - (size_t)(at - text));
    const char *tab = end == NULL ? NULL : memchr(at, '\t', (size_t)(end - at));
    if (tab == NULL) {
      fprintf(stderr, "%s: a line without a tab or an end\n", path);
      exit(1);
    }
    if (line_count == room) {
      room = room * 2 + 1024;
      lines = realloc(lines, room * sizeof *lines);
      if (lines == NULL) fail("lines");
    }
    lines[line_count++] =
        (struct line){at, tab + 1, (size_t)(tab - at), (size_t)(end - tab - 1)};
    at = end + 1;
  }
}

static void watch(struct connection *connection, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poller, operation, connection->fd, &event) < 0) fail("epoll_ctl");
}

static void dial(struct connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  watch(connection, EPOLLIN, EPOLL_CTL_ADD);
  connection->is_open = true;
}

static void send_question(struct connection *connection) {
  while (connection->question_sent < connection->question_length) {
    ssize_t sent = send(connection->fd, connection->question + connection->question_sent,
                        connection->question_length - connection->question_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
      return;
    }
    if (sent < 0) return; /* the hang-up is noticed on reading */
    connection->question_sent += (size_t)sent;
  }
}

static void put(struct connection *connection, uint64_t started_ns) {
  if (!connection->is_open) dial(connection);
  connection->asked = (skip + issued++) % line_count;
  struct line *line = &lines[connection->asked];
  connection->question = realloc(connection->question, HEAD_BYTES + 64 + line->body_length);
  if (connection->question == NULL) fail("question");
  int length = sprintf(connection->question, "%sContent-Length: %zu\r\n\r\n", head, line->body_length);
  memcpy(connection->question + length, line->body, line->body_length);
  connection->question_length = (size_t)length + line->body_length;
  connection->question_sent = connection->received = 0;
  connection->is_asking = true;
  connection->started_ns = started_ns;
  send_question(connection);
}

static bool is_over(void) { return issued == wanted || now_ns() > deadline_ns; }

static uint64_t due_ns(void) { return began_ns + (uint64_t)((double)issued / rate * 1e9); }

static void ask_what_is_due(void) {
  uint64_t now;
  while (idle_count > 0 && !is_over() && due_ns() <= (now = now_ns())) {
    lateness[issued] = (uint32_t)((now - due_ns()) / 1000);
    put(idle[--idle_count], due_ns());
  }
}

static void wake_clients(struct connection *all, size_t count) {
  uint64_t now = now_ns();
  for (size_t i = 0; i < count && !is_over(); i++) {
    if (all[i].wakes_ns == 0 || all[i].wakes_ns > now) continue;
    all[i].wakes_ns = 0;
    put(&all[i], now);
  }
}

static void ask(struct connection *connection) {
  if (rate > 0) idle[idle_count++] = connection;
  else if (is_ramp) connection->wakes_ns = now_ns();
  else if (!is_over()) put(connection, now_ns());
}

/* Join the chunks from ``at`` on into ``body``; return its length, or -1 if unfinished. */
static ssize_t unchunk(const char *at, const char *end, char *body) {
  size_t joined = 0;
  for (;;) {
    const char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
    if (line_end == NULL) return -1;
    size_t size = strtoul(at, NULL, 16);
    at = line_end + 2;
    if ((size_t)(end - at) < size + 2) return -1;
    if (size == 0) return (ssize_t)joined;
    memcpy(body + joined, at, size);
    joined += size;
    at += size + 2;
  }
}

static bool is_right(int status, const char *body, size_t length, const struct line *line) {
  int verified = 0;
  const char *at = body;
  size_t word_length = strlen(word);
  while ((at = memmem(at, length - (size_t)(at - body), word, word_length)) != NULL) {
    verified++;
    at += word_length;
  }
  return status == 200 && verified == expected_verified &&
         memmem(body, length, line->needle, line->needle_length) != NULL &&
         memmem(body, length, "\"errors\":", 9) == NULL;
}

static uint32_t took_us(const struct connection *connection) {
  uint64_t took = (now_ns() - connection->started_ns) / 1000;
  return took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
}

static bool is_offered(void) { return rate > 0 || is_ramp; }

static size_t ended(void) { return right + others + refused + lost; }

static void tell_first(const char *what, size_t length) {
  if (others + lost == 0) fprintf(stderr, "wrong answer: %.*s\n", (int)(length > 3000 ? 3000 : length), what);
}

static void keep_other(const struct connection *connection, int status, const char *body, size_t length) {
  uint32_t row[4] = {(uint32_t)connection->asked, (uint32_t)status, took_us(connection), (uint32_t)length};
  if (fwrite(row, sizeof row, 1, others_file) != 1 || fwrite(body, 1, length, others_file) != length)
    fail("others");
}

/* Return for how many nanoseconds a refusal asks to wait; 0 if it is none. */
static uint64_t refusal_ns(int status, const char *raw, const char *head_end, const char *body, size_t length) {
  const char *said = strcasestr(raw, "\r\nretry-after:");
  if (status != 503 || said == NULL || said > head_end) return 0;
  if (memmem(body, length, "OVERLOADED", 10) == NULL) return 0;
  return strtoull(said + 14, NULL, 10) * 1000000000ull + 1;
}

static void finish(struct connection *connection) {
  connection->is_asking = false;
  ask(connection);
}

static void lose(struct connection *connection) {
  tell_first("(hung up)", 9);
  lost++;
  finish(connection);
}

static void take_answer(struct connection *connection) {
  char *raw = connection->answer;
  raw[connection->received] = '\0';
  char *head_end = memmem(raw, connection->received, "\r\n\r\n", 4);
  if (head_end == NULL) return;
  const char *body = head_end + 4, *end = raw + connection->received;
  ssize_t length;
  char *said = strcasestr(raw, "\r\ncontent-length:");
  if (said != NULL && said < head_end) {
    length = (ssize_t)strtoul(said + 17, NULL, 10);
    if (end - body < length) return;
  } else {
    length = unchunk(body, end, connection->body);
    if (length < 0) return;
    body = connection->body;
  }
  int status = atoi(raw + 9);
  uint64_t wait_ns = refusal_ns(status, raw, head_end, body, (size_t)length);
  if (is_offered() && wait_ns > 0) {
    refusals[refused++] = took_us(connection);
    finish(connection);
    if (is_ramp) connection->wakes_ns += wait_ns;
    return;
  }
  if (is_right(status, body, (size_t)length, &lines[connection->asked])) {
    latencies[right++] = took_us(connection);
  } else {
    tell_first(raw, connection->received);
    if (is_offered()) keep_other(connection, status, body, (size_t)length);
    others++;
  }
  finish(connection);
}

static void receive(struct connection *connection) {
  if (connection->received >= ANSWER_BYTES - 1) {
    fprintf(stderr, "an answer of more than %u bytes\n", ANSWER_BYTES);
    exit(1);
  }
  ssize_t received = recv(connection->fd, connection->answer + connection->received,
                          ANSWER_BYTES - 1 - connection->received, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) {
    close(connection->fd);
    connection->is_open = false;
    if (connection->is_asking) lose(connection);
    return;
  }
  connection->received += (size_t)received;
  if (connection->is_asking) take_answer(connection);
}

static FILE *open_beside(const char *path, const char *end) {
  char beside[4096];
  snprintf(beside, sizeof beside, "%s%s", path, end);
  FILE *out = fopen(beside, "wb");
  if (out == NULL) fail(beside);
  return out;
}

static void write_latencies(const char *path, const char *end, const uint32_t *all, size_t length) {
  FILE *out = open_beside(path, end);
  if (fwrite(all, sizeof *all, length, out) != length || fclose(out)) fail(path);
}

int main(int count, char **arguments) {
  if (count != 11 && count != 12 && count != 14) {
    fprintf(stderr, "usage: load PORT CONNECTIONS REQUESTS SKIP SECONDS VERIFIED HEAD BODIES LATENCIES WORD [RATE [FIRST RAMP]]\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  port = atoi(arguments[1]);
  size_t connections = strtoul(arguments[2], NULL, 10), size;
  wanted = strtoul(arguments[3], NULL, 10);
  skip = strtoul(arguments[4], NULL, 10);
  expected_verified = atoi(arguments[6]);
  snprintf(word, sizeof word, "\"%s\"", arguments[10]);
  const char *text = map(arguments[7], &size);
  if (size >= HEAD_BYTES) return 2;
  memcpy(head, text, size);
  read_lines(arguments[8]);
  if (count >= 12) rate = atof(arguments[11]);
  is_ramp = count == 14;
  size_t first = is_ramp ? strtoul(arguments[12], NULL, 10) : 0;
  double ramp_ns = is_ramp ? atof(arguments[13]) * 1e9 : 0;
  if (is_offered()) others_file = open_beside(arguments[9], ".others");
  latencies = calloc(wanted + 1, sizeof *latencies);
  refusals = calloc(wanted + 1, sizeof *refusals);
  lateness = calloc(wanted + 1, sizeof *lateness);
  idle = calloc(connections, sizeof(struct connection *));
  struct connection *all = calloc(connections, sizeof *all);
  if (latencies == NULL || refusals == NULL || lateness == NULL || idle == NULL || all == NULL || line_count == 0) fail("nothing to ask");
  poller = epoll_create1(EPOLL_CLOEXEC);
  began_ns = now_ns();
  deadline_ns = began_ns + (uint64_t)(atof(arguments[5]) * 1e9);
  for (size_t i = 0; i < connections; i++) {
    all[i].answer = malloc(ANSWER_BYTES);
    all[i].body = malloc(ANSWER_BYTES);
    if (all[i].answer == NULL || all[i].body == NULL) fail("answer");
    ask(&all[i]);
    if (is_ramp && i >= first)
      all[i].wakes_ns = began_ns + (uint64_t)(ramp_ns * (double)(i - first + 1) / (double)(connections - first));
  }
  struct epoll_event events[256];
  uint64_t last_ns = began_ns;
  while (ended() < issued || (is_offered() && !is_over())) {
    ask_what_is_due();
    if (is_ramp) wake_clients(all, connections);
    int ready = epoll_wait(poller, events, 256, is_offered() ? 1 : PATIENCE_MS);
    if (ready > 0) last_ns = now_ns();
    if (now_ns() - last_ns >= PATIENCE_MS * 1000000ull && ended() < issued) {
      fprintf(stderr, "%zu answers did not come within %d s\n", issued - ended(), PATIENCE_MS / 1000);
      if (!is_offered()) return 1;
      lost += issued - ended();
      break;
    }
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) {
        watch(connection, EPOLLIN, EPOLL_CTL_MOD);
        send_question(connection);
      } else receive(connection);
    }
  }
  double seconds = (double)(now_ns() - began_ns) / 1e9;
  write_latencies(arguments[9], "", latencies, right);
  if (is_offered()) {
    write_latencies(arguments[9], ".refused", refusals, refused);
    write_latencies(arguments[9], ".late", lateness, rate > 0 ? issued : 0);
    if (fclose(others_file)) fail("others");
  }
  printf("{\"answered\": %zu, \"others\": %zu, \"refused\": %zu, \"lost\": %zu, \"seconds\": %.6f}\n",
         right + others, others, refused, lost, seconds);
  return 0;
}
