/* Three agencies in one process: static signed answers, as cheap as HTTP can be.
 *
 * Each agency has a corpus, one line a person: the identity number, a tab, and the
 * entry of the answer that is theirs. A question is searched for "idNumber" and the
 * entries found are sent together; people who are not in the corpus are left out, as
 * docs/agencies.md has it. An agency may hold its answers back for a fixed time.
 *
 * GET /NAME makes an agency misbehave as the fault of that name says, from then on; each
 * such answer is the number of questions that came since the last one. A connection that
 * is kept waiting is kept for good: a fault's end is no end to what it swallowed.
 *
 * usage: agencies (CORPUS PORT DELAY_MICROSECONDS)...   port 0 takes a free one
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define QUESTION_BYTES 65536
#define EVENTS 256
#define KEY "\"idNumber\""
#define SECOND_NS 1000000000u
#define BACKLOG 4096
#define SIGNED "\"eyJ" /* how a compact JWS begins */

enum kind { LISTENER, TIMER, CONNECTION };

enum fault { NONE, SILENT, DEAD, HALF, RESET, ERROR, GARBAGE, BAD_SIGNATURE, SLOW, LATE, FLAPPING, TAIL, FAULTS };

static const char *const names[FAULTS] = {
    "none",          /* honest, and in time */
    "silent",        /* takes the question and says nothing */
    "dead",          /* the same, and takes no new connection: a machine without power */
    "half",          /* sends half of the answer and no more */
    "reset",         /* ends the connection by a TCP reset */
    "error",         /* answers 500 */
    "garbage",       /* answers with what is no JSON */
    "bad-signature", /* changes a character of each signature */
    "slow",          /* answers a second later, which is in time */
    "late",          /* answers three seconds later, which is not */
    "flapping",      /* silent in every other second */
    "tail",          /* five in a hundred take ten times as long */
};

struct entry {
  const char *number, *text;
  uint32_t number_length, text_length;
};

struct connection;

struct agency {
  struct entry *table;
  size_t mask;
  uint64_t delay_ns;
  struct connection *first; /* answers held back, the next first */
  int timer;
  struct source *listener;
  enum fault fault;
  uint64_t asked;
  uint32_t chance; /* xorshift: which five in a hundred */
};

/* What an epoll event points to. */
struct source {
  enum kind kind;
  int fd;
  struct agency *agency;
};

struct connection {
  struct source source;
  char question[QUESTION_BYTES];
  size_t asked;
  char *answer;
  size_t capacity, length, sent;
  uint64_t due_ns;
  struct connection *next;
  bool is_held, is_gone;
};

static int poller;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t hash(const char *text, size_t length) {
  uint64_t value = 14695981039346656037u;
  for (size_t i = 0; i < length; i++)
    value = (value ^ (unsigned char)text[i]) * 1099511628211u;
  return value;
}

static struct entry *find(struct agency *agency, const char *number, size_t length) {
  size_t place = hash(number, length) & agency->mask;
  while (agency->table[place].number != NULL) {
    struct entry *entry = &agency->table[place];
    if (entry->number_length == length && memcmp(entry->number, number, length) == 0)
      return entry;
    place = (place + 1) & agency->mask;
  }
  return &agency->table[place];
}

static void load(struct agency *agency, const char *path) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) fail(path);
  size_t size = (size_t)status.st_size, lines = 0;
  const char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (text == MAP_FAILED) fail(path);
  close(file);
  for (const char *at = text; (at = memchr(at, '\n', size - (size_t)(at - text))); at++) lines++;
  size_t places = 16;
  while (places < lines * 2) places *= 2;
  agency->mask = places - 1;
  agency->table = calloc(places, sizeof *agency->table);
  if (agency->table == NULL) fail("table");
  for (const char *at = text; at < text + size;) {
    const char *end = memchr(at, '\n', size - (size_t)(at - text));
    const char *tab = end == NULL ? NULL : memchr(at, '\t', (size_t)(end - at));
    if (tab == NULL) {
      fprintf(stderr, "%s: a line without a tab or an end\n", path);
      exit(1);
    }
    *find(agency, at, (size_t)(tab - at)) =
        (struct entry){at, tab + 1, (uint32_t)(tab - at), (uint32_t)(end - tab - 1)};
    at = end + 1;
  }
}

static void watch(struct source *source, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = source};
  if (epoll_ctl(poller, operation, source->fd, &event) < 0) fail("epoll_ctl");
}

static void put(struct connection *connection, const char *text, size_t length) {
  if (connection->length + length > connection->capacity) {
    connection->capacity = (connection->length + length) * 2;
    connection->answer = realloc(connection->answer, connection->capacity);
    if (connection->answer == NULL) fail("realloc");
  }
  memcpy(connection->answer + connection->length, text, length);
  connection->length += length;
}

static void hang_up(struct connection *connection) {
  if (!connection->is_gone) close(connection->source.fd);
  connection->is_gone = true;
  /* One that waits in a queue is freed when its turn comes. */
  if (connection->is_held) return;
  free(connection->answer);
  free(connection);
}

static void send_answer(struct connection *connection) {
  while (connection->sent < connection->length) {
    ssize_t sent = send(connection->source.fd, connection->answer + connection->sent,
                        connection->length - connection->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      watch(&connection->source, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
      return;
    }
    if (sent < 0) {
      hang_up(connection);
      return;
    }
    connection->sent += (size_t)sent;
  }
  connection->length = connection->sent = 0;
}

static void arm(struct agency *agency) {
  uint64_t due = agency->first == NULL ? 0 : agency->first->due_ns;
  struct itimerspec when = {.it_value = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)}};
  if (timerfd_settime(agency->timer, TFD_TIMER_ABSTIME, &when, NULL) < 0) fail("timerfd");
}

static bool is_slowed(struct agency *agency) {
  agency->chance ^= agency->chance << 13;
  agency->chance ^= agency->chance >> 17;
  agency->chance ^= agency->chance << 5;
  return agency->chance % 100 < 5;
}

static uint64_t held_ns(struct agency *agency) {
  if (agency->fault == SLOW) return agency->delay_ns + SECOND_NS;
  if (agency->fault == LATE) return agency->delay_ns + 3ull * SECOND_NS;
  if (agency->fault == TAIL && is_slowed(agency)) return agency->delay_ns * 10;
  return agency->delay_ns;
}

static void hold_or_send(struct connection *connection) {
  struct agency *agency = connection->source.agency;
  uint64_t held = held_ns(agency);
  if (held == 0) {
    send_answer(connection);
    return;
  }
  connection->due_ns = now_ns() + held;
  connection->is_held = true;
  struct connection **place = &agency->first;
  while (*place != NULL && (*place)->due_ns <= connection->due_ns) place = &(*place)->next;
  connection->next = *place;
  *place = connection;
  if (agency->first == connection) arm(agency);
}

static void release_due(struct agency *agency) {
  uint64_t fired;
  if (read(agency->timer, &fired, sizeof fired) < 0 && errno != EAGAIN) fail("timer");
  while (agency->first != NULL && agency->first->due_ns <= now_ns()) {
    struct connection *connection = agency->first;
    agency->first = connection->next;
    connection->is_held = false;
    if (connection->is_gone) hang_up(connection);
    else send_answer(connection);
  }
  arm(agency);
}

/* Write the entries of everybody the body names. */
static void answer(struct connection *connection, const char *body, const char *end) {
  char head[160] = {0};
  /* Room for the head, whose length depends on the body's. */
  put(connection, head, sizeof head);
  size_t body_start = connection->length;
  put(connection, "{\"results\":[", 12);
  bool is_first = true;
  const char *at = body;
  while ((at = memmem(at, (size_t)(end - at), KEY, sizeof KEY - 1)) != NULL) {
    at += sizeof KEY - 1;
    const char *open = memchr(at, '"', (size_t)(end - at));
    const char *close_ = open == NULL ? NULL : memchr(open + 1, '"', (size_t)(end - open - 1));
    if (close_ == NULL) break;
    struct entry *entry =
        find(connection->source.agency, open + 1, (size_t)(close_ - open - 1));
    if (entry->number != NULL) {
      if (!is_first) put(connection, ",", 1);
      is_first = false;
      put(connection, entry->text, entry->text_length);
    }
    at = close_ + 1;
  }
  put(connection, "]}", 2);
  int head_length =
      snprintf(head, sizeof head,
               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               connection->length - body_start);
  /* The head ends where the body starts; what is before it is skipped. */
  memcpy(connection->answer + body_start - head_length, head, (size_t)head_length);
  connection->sent = body_start - (size_t)head_length;
}

static void say(struct connection *connection, const char *status, const char *body) {
  char text[256];
  int length = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        status, strlen(body), body);
  put(connection, text, (size_t)length);
  send_answer(connection);
}

/* Change a character of the signature of each record that is about to be sent. */
static void forge(struct connection *connection) {
  char *at = connection->answer + connection->sent, *end = connection->answer + connection->length;
  while ((at = memmem(at, (size_t)(end - at), SIGNED, sizeof SIGNED - 1)) != NULL) {
    char *closing = memchr(at + 1, '"', (size_t)(end - at - 1));
    if (closing == NULL) return;
    closing[-10] = closing[-10] == 'A' ? 'B' : 'A';
    at = closing;
  }
}

static void reset(struct connection *connection) {
  struct linger at_once = {1, 0};
  setsockopt(connection->source.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  hang_up(connection);
}

static bool is_honest(const struct agency *agency) {
  switch (agency->fault) {
    case SILENT: case DEAD: case RESET: case ERROR: case GARBAGE: return false;
    case FLAPPING: return now_ns() / SECOND_NS % 2 != 0;
    default: return true;
  }
}

static void misbehave(struct connection *connection) {
  switch (connection->source.agency->fault) {
    case RESET: reset(connection); break;
    case ERROR: say(connection, "500 Internal Server Error", "{}"); break;
    case GARBAGE: say(connection, "200 OK", "<html>"); break;
    default: break; /* silence */
  }
}

static void set_fault(struct agency *agency, enum fault fault) {
  if (agency->fault == DEAD) {
    if (listen(agency->listener->fd, BACKLOG) < 0) fail("listen");
    watch(agency->listener, EPOLLIN, EPOLL_CTL_ADD);
  }
  agency->fault = fault;
  if (fault == DEAD) {
    if (listen(agency->listener->fd, 0) < 0) fail("listen");
    watch(agency->listener, EPOLLIN, EPOLL_CTL_DEL);
  }
}

static void take_order(struct connection *connection, const char *name) {
  struct agency *agency = connection->source.agency;
  char told[32];
  snprintf(told, sizeof told, "%llu", (unsigned long long)agency->asked);
  for (int fault = 0; fault < FAULTS; fault++) {
    size_t length = strlen(names[fault]);
    if (strncmp(name, names[fault], length) != 0 || name[length] != ' ') continue;
    agency->asked = 0;
    connection->asked = 0;
    set_fault(agency, (enum fault)fault);
    say(connection, "200 OK", told);
    return;
  }
  connection->asked = 0;
  say(connection, "404 Not Found", "{}");
}

/* Answer if a whole question is there. */
static void take_question(struct connection *connection) {
  connection->question[connection->asked] = '\0';
  char *head_end = strstr(connection->question, "\r\n\r\n");
  if (head_end == NULL) return;
  if (memcmp(connection->question, "GET /", 5) == 0) {
    take_order(connection, connection->question + 5);
    return;
  }
  char *said = strcasestr(connection->question, "\r\ncontent-length:");
  size_t length = said == NULL || said > head_end ? 0 : strtoul(said + 17, NULL, 10);
  size_t whole = (size_t)(head_end + 4 - connection->question) + length;
  if (connection->asked < whole) return;
  struct agency *agency = connection->source.agency;
  agency->asked++;
  if (!is_honest(agency)) {
    connection->asked = 0;
    misbehave(connection);
    return;
  }
  answer(connection, head_end + 4, connection->question + whole);
  connection->asked -= whole;
  memmove(connection->question, connection->question + whole, connection->asked);
  if (agency->fault == BAD_SIGNATURE) forge(connection);
  if (agency->fault == HALF) connection->length -= (connection->length - connection->sent) / 2;
  hold_or_send(connection);
}

static void receive(struct connection *connection) {
  ssize_t received = recv(connection->source.fd, connection->question + connection->asked,
                          QUESTION_BYTES - 1 - connection->asked, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) {
    hang_up(connection);
    return;
  }
  connection->asked += (size_t)received;
  take_question(connection);
}

static void greet(struct source *listener) {
  int fd;
  while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) fail("connection");
    connection->source = (struct source){CONNECTION, fd, listener->agency};
    watch(&connection->source, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void listen_on(struct source *listener, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int on = 1;
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener->fd, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (listen(listener->fd, BACKLOG) < 0) fail("listen");
  getsockname(listener->fd, (struct sockaddr *)&address, &size);
  printf(" %d", ntohs(address.sin_port));
  watch(listener, EPOLLIN, EPOLL_CTL_ADD);
}

int main(int count, char **arguments) {
  if (count < 4 || (count - 1) % 3 != 0) {
    fprintf(stderr, "usage: agencies (CORPUS PORT DELAY_MICROSECONDS)...\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  poller = epoll_create1(EPOLL_CLOEXEC);
  printf("ready");
  for (int i = 1; i < count; i += 3) {
    struct agency *agency = calloc(1, sizeof *agency);
    struct source *sources = calloc(2, sizeof *sources);
    if (agency == NULL || sources == NULL) fail("agency");
    load(agency, arguments[i]);
    agency->delay_ns = strtoull(arguments[i + 2], NULL, 10) * 1000u;
    agency->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    agency->listener = &sources[1];
    agency->chance = 2463534242u + (uint32_t)i;
    sources[0] = (struct source){TIMER, agency->timer, agency};
    sources[1] = (struct source){LISTENER, 0, agency};
    watch(&sources[0], EPOLLIN, EPOLL_CTL_ADD);
    listen_on(&sources[1], atoi(arguments[i + 1]));
  }
  printf("\n");
  fflush(stdout);
  struct epoll_event events[EVENTS];
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      struct source *source = events[i].data.ptr;
      if (source->kind == LISTENER) greet(source);
      else if (source->kind == TIMER) release_due(source->agency);
      else {
        struct connection *connection = (struct connection *)source;
        if (events[i].events & EPOLLOUT) {
          watch(source, EPOLLIN, EPOLL_CTL_MOD);
          send_answer(connection);
        } else receive(connection);
      }
    }
  }
}
