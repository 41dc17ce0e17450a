// SPDX-License-Identifier: Apache-2.0
#include "sim/isolated.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace statelane {
namespace {

void write_all(int fd, char tag, const std::string& text) {
  std::string message(1, tag);
  message += text;
  std::size_t done = 0;
  while (done < message.size()) {
    const ssize_t n = ::write(fd, message.data() + done, message.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

/// AddressSanitizer reserves more address space than any limit allows.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool reserves_address_space = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool reserves_address_space = true;
#else
constexpr bool reserves_address_space = false;
#endif
#else
constexpr bool reserves_address_space = false;
#endif

void set_limits(const IsolationLimits& limits) {
  if (limits.memory.count() > 0 && !reserves_address_space) {
    const rlimit r{static_cast<rlim_t>(limits.memory.count()), static_cast<rlim_t>(limits.memory.count())};
    ::setrlimit(RLIMIT_AS, &r);
  }
  if (limits.time.count() > 0) {
    const auto s = static_cast<rlim_t>(std::max(1.0, limits.time.count()));
    const rlimit r{s, s + 1};
    ::setrlimit(RLIMIT_CPU, &r);
  }
}

[[noreturn]] void child(int fd, const std::function<std::string()>& work, const IsolationLimits& limits) {
  set_limits(limits);
  try {
    write_all(fd, 'v', work());
  } catch (const std::exception& e) {
    write_all(fd, 'e', e.what());
  }
  ::close(fd);
  ::_exit(0);
}

struct Child {
  pid_t pid = -1;
  int fd = -1;
  std::size_t index = 0;
  std::string text;
};

Child start(const std::function<std::string()>& work, std::size_t index, const IsolationLimits& limits) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    ::close(pipe[0]);
    child(pipe[1], work, limits);
  }
  ::close(pipe[1]);
  return {pid, pipe[0], index, {}};
}

IsolatedResult finish(Child& c) {
  ::close(c.fd);
  int status = 0;
  while (::waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
  }
  IsolatedResult result;
  if (WIFSIGNALED(status)) {
    result.error = std::string("ended by signal: ") + ::strsignal(WTERMSIG(status));
  } else if (c.text.empty()) {
    result.error = "ended without a result";
  } else if (c.text[0] == 'v') {
    result.value = c.text.substr(1);
  } else {
    result.error = c.text.substr(1);
  }
  return result;
}

/// Reads what is there; false at the end of the child's output.
bool drain(Child& c) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(c.fd, buffer.data(), buffer.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  c.text.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0;
}

}  // namespace

IsolatedResult run_isolated(const std::function<std::string()>& work, const IsolationLimits& limits) {
  return run_isolated(std::vector<std::function<std::string()>>{work}, 1, limits).front();
}

std::vector<IsolatedResult> run_isolated(const std::vector<std::function<std::string()>>& work,
                                         std::size_t jobs, const IsolationLimits& limits) {
  std::vector<IsolatedResult> results(work.size());
  std::size_t next = 0;
  run_isolated([&] { return next < work.size() ? work[next++] : std::function<std::string()>(); },
               [&](std::size_t index, IsolatedResult result) { results[index] = std::move(result); }, jobs,
               limits);
  return results;
}

void run_isolated(const std::function<std::function<std::string()>()>& next,
                  const std::function<void(std::size_t, IsolatedResult)>& done, std::size_t jobs,
                  const IsolationLimits& limits) {
  std::vector<Child> running;
  std::size_t started = 0;
  bool more = true;
  while (more || !running.empty()) {
    while (more && running.size() < std::max<std::size_t>(1, jobs)) {
      const std::function<std::string()> work = next();
      more = static_cast<bool>(work);
      if (more) running.push_back(start(work, started++, limits));
    }
    if (running.empty()) break;
    std::vector<pollfd> polls;
    polls.reserve(running.size());
    for (const Child& c : running) polls.push_back({c.fd, POLLIN, 0});
    if (::poll(polls.data(), static_cast<nfds_t>(polls.size()), -1) < 0) continue;
    for (std::size_t i = running.size(); i-- > 0;) {
      if (polls[i].revents == 0 || drain(running[i])) continue;
      Child ended = std::move(running[i]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      done(ended.index, finish(ended));
    }
  }
}

}  // namespace statelane
