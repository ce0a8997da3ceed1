// Runs a command and prints how many microseconds passed from its exec to the first byte on its standard output; then
// kills it and waits for its end. Standard input is /dev/null; standard error goes through.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
  int ends[2];
  long long *start = mmap(NULL, sizeof *start, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (argc < 2 || start == MAP_FAILED || pipe(ends) != 0) {
    fprintf(stderr, "usage: first-byte COMMAND [ARGUMENT...]\n");
    return 2;
  }
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(ends[1], 1);
    close(null);
    close(ends[0]);
    close(ends[1]);
    *start = now();
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  close(ends[1]);
  struct pollfd waited = {.fd = ends[0], .events = POLLIN};
  char byte;
  int came = poll(&waited, 1, PATIENCE_MS) == 1 && read(ends[0], &byte, 1) == 1;
  long long end = now();
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  if (!came) {
    fprintf(stderr, "%s ended, or %d s passed, without a byte\n", argv[1], PATIENCE_MS / 1000);
    return 1;
  }
  printf("%lld\n", (end - *start) / 1000);
  return 0;
}
