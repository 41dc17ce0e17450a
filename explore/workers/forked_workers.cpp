// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/forked_workers.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "explore/workers/child_process.h"

namespace statelane {
namespace {

using Length = std::uint64_t;  // precedes each message

std::string framed(const std::string& message) {
  const Length length = message.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + message;
}

/// Reads or writes all of it, in a worker; false if the leader is gone.
template <class Transfer>
bool whole(char* data, std::size_t size, Transfer&& transfer) {
  while (size > 0) {
    const ssize_t n = transfer(data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

[[noreturn]] void run_worker(int fd, const WorkerMain& work) {
  behave_as_child();
  const auto read = [fd](char* data, std::size_t size) { return ::read(fd, data, size); };
  const auto write = [fd](char* data, std::size_t size) { return ::send(fd, data, size, MSG_NOSIGNAL); };
  WorkerEnd end;
  end.receive = [&]() -> std::optional<std::string> {
    Length length = 0;
    if (!whole(reinterpret_cast<char*>(&length), sizeof length, read)) return std::nullopt;
    std::string message(length, '\0');
    if (!whole(message.data(), message.size(), read)) return std::nullopt;
    return message;
  };
  end.send = [&](const std::string& message) {
    std::string bytes = framed(message);
    if (!whole(bytes.data(), bytes.size(), write)) ::_exit(1);
  };
  try {
    work(end);
  } catch (const std::exception& e) {
    ::dprintf(STDERR_FILENO, "error: a worker ends: %s\n", e.what());
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

ForkedWorkers::ForkedWorkers(const WorkerMain& work, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::runtime_error(std::string("socketpair: ") + std::strerror(errno));
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    if (pid == 0) {
      ::close(ends[0]);
      for (const Worker& w : workers_) ::close(w.fd);
      run_worker(ends[1], work);
    }
    ::close(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    workers_.push_back({pid, ends[0], {}, {}});
  }
}

ForkedWorkers::~ForkedWorkers() {
  for (Worker& w : workers_) {
    if (w.fd >= 0) ::close(w.fd);
    ::kill(w.pid, SIGKILL);  // it may be in the middle of a task that nobody waits for
    while (::waitpid(w.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

std::string ForkedWorkers::name(std::size_t worker) const {
  return "worker process " + std::to_string(workers_[worker].pid);
}

void ForkedWorkers::send(std::size_t worker, const std::string& message) {
  Worker& w = workers_[worker];
  if (w.fd < 0) return;
  w.out += framed(message);
  push(w);
}

void ForkedWorkers::push(Worker& w) {
  while (!w.out.empty()) {
    const ssize_t n = ::send(w.fd, w.out.data(), w.out.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // full, or the worker is gone: receive() will find out
    w.out.erase(0, static_cast<std::size_t>(n));
  }
}

/// A whole message, if there is one.
std::optional<WorkerLinks::Event> ForkedWorkers::message_of(std::size_t worker) {
  std::string& in = workers_[worker].in;
  Length length = 0;
  if (in.size() < sizeof length) return std::nullopt;
  std::memcpy(&length, in.data(), sizeof length);
  if (in.size() - sizeof length < length) return std::nullopt;
  Event event{worker, in.substr(sizeof length, length)};
  in.erase(0, sizeof length + length);
  return event;
}

std::optional<WorkerLinks::Event> ForkedWorkers::receive(std::chrono::milliseconds patience) {
  std::vector<pollfd> polls;
  for (std::size_t k = 0; k < workers_.size(); ++k) {
    const std::size_t i = (turn_ + k) % workers_.size();
    if (std::optional<Event> event = message_of(i)) {
      turn_ = i + 1;
      return event;
    }
    const Worker& w = workers_[i];
    polls.push_back({w.fd, static_cast<short>(w.out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
  }
  if (::poll(polls.data(), static_cast<nfds_t>(polls.size()), static_cast<int>(patience.count())) <= 0)
    return std::nullopt;
  const std::size_t first = turn_;
  for (std::size_t k = 0; k < polls.size(); ++k) {
    const std::size_t i = (first + k) % workers_.size();
    Worker& w = workers_[i];
    if ((polls[k].revents & POLLOUT) != 0) push(w);
    if ((polls[k].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    std::array<char, 1 << 16> buffer;
    const ssize_t n = ::read(w.fd, buffer.data(), buffer.size());
    if (n > 0) {
      w.in.append(buffer.data(), static_cast<std::size_t>(n));
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      ::close(w.fd);
      w.fd = -1;
      w.in.clear();
      return Event{i, std::nullopt};
    }
  }
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (std::optional<Event> event = message_of(i)) return event;
  }
  return std::nullopt;
}

}  // namespace statelane
