// SPDX-License-Identifier: Apache-2.0
#include "apps/mpi/mpi_links.h"

#include <algorithm>
#include <boost/mpi/environment.hpp>
#include <boost/mpi/status.hpp>
#include <thread>

#include "explore/workers/wire.h"

namespace statelane {
namespace {

namespace mpi = boost::mpi;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int tag = 0;
constexpr milliseconds nap{1};          // MPI's own waiting would keep a processor busy
constexpr seconds pulse{1};             // how often a relay says that it is alive
constexpr seconds silence{10};          // after which the leader takes a rank for dead
constexpr seconds leader_silence{600};  // after which a relay does the same: a leader may think for long
constexpr seconds last_mail{2};

/// What stands first in a letter. From a relay, `message` and `lost` name a worker.
enum class Letter : std::uint8_t { message, lost, beat, end };

std::string letter(Letter kind, std::uint64_t worker, std::string_view message) {
  std::string head = WireWriter().add(kind).add(worker).take();
  head += message;
  return head;
}

}  // namespace

void MpiMail::send(int rank, std::string bytes) {
  tidy();
  Sending& s = sending_.emplace_back();
  s.bytes = std::make_unique<std::string>(std::move(bytes));
  s.request = world_.isend(rank, tag, s.bytes->data(), static_cast<int>(s.bytes->size()));
}

void MpiMail::tidy() {
  std::erase_if(sending_, [](Sending& s) { return s.request.test().has_value(); });
}

std::optional<MpiMail::Letter> MpiMail::receive() {
  const boost::optional<mpi::status> there = world_.iprobe(mpi::any_source, tag);
  if (!there) return std::nullopt;
  Letter l;
  l.from = there->source();
  l.bytes.resize(static_cast<std::size_t>(*there->count<char>()));
  world_.recv(l.from, tag, l.bytes.data(), static_cast<int>(l.bytes.size()));
  return l;
}

void MpiMail::flush() {
  const auto end = std::chrono::steady_clock::now() + last_mail;
  for (tidy(); !sending_.empty() && std::chrono::steady_clock::now() < end; tidy())
    std::this_thread::sleep_for(nap);
}

MpiLinks::MpiLinks(const mpi::communicator& world, std::unique_ptr<ForkedWorkers> own, std::size_t jobs)
    : mail_(world),
      own_(std::move(own)),
      jobs_(jobs),
      lost_(static_cast<std::size_t>(world.size()), false),
      heard_(lost_.size(), Clock::now()),
      machines_(lost_.size()) {}

bool MpiLinks::all_there() const {
  return std::find(lost_.begin(), lost_.end(), true) == lost_.end();
}

MpiLinks::~MpiLinks() {
  const bool all = all_there();
  for (std::size_t r = 1; r < lost_.size(); ++r) {
    if (!lost_[r]) mail_.send(static_cast<int>(r), letter(Letter::end, all ? 1 : 0, {}));
  }
  mail_.flush();
}

std::string MpiLinks::name(std::size_t worker) const {
  const std::size_t rank = worker / jobs_;
  return (rank == 0 ? own_->name(worker) : "a worker") + " of rank " + std::to_string(rank) +
         (machines_[rank].empty() ? "" : " on " + machines_[rank]);
}

void MpiLinks::send(std::size_t worker, const std::string& message) {
  const std::size_t rank = worker / jobs_;
  if (rank == 0) {
    own_->send(worker, message);
  } else if (!lost_[rank]) {
    mail_.send(static_cast<int>(rank), letter(Letter::message, worker % jobs_, message));
  }
}

void MpiLinks::take(const MpiMail::Letter& l) {
  const auto rank = static_cast<std::size_t>(l.from);
  if (lost_[rank]) return;  // given up already, and its work with it
  heard_[rank] = Clock::now();
  WireReader r(l.bytes);
  const auto kind = r.take<Letter>();
  const std::size_t worker = rank * jobs_ + r.take<std::uint64_t>();
  if (kind == Letter::message) {
    events_.push_back({worker, std::string(r.rest())});
  } else if (kind == Letter::lost) {
    events_.push_back({worker, std::nullopt});
  } else if (kind == Letter::beat) {
    machines_[rank] = r.rest();
  }
}

void MpiLinks::look_for_silence() {
  for (std::size_t rank = 1; rank < lost_.size(); ++rank) {
    if (lost_[rank] || Clock::now() - heard_[rank] < silence) continue;
    lost_[rank] = true;
    for (std::size_t k = 0; k < jobs_; ++k) events_.push_back({rank * jobs_ + k, std::nullopt});
  }
}

std::optional<WorkerLinks::Event> MpiLinks::receive(milliseconds patience) {
  const Clock::time_point end = Clock::now() + patience;
  while (true) {
    while (const std::optional<MpiMail::Letter> l = mail_.receive()) take(*l);
    look_for_silence();
    if (events_.empty()) {
      // Both kinds of workers get a hearing; waiting for the own ones is the nap.
      if (std::optional<Event> event = own_->receive(nap)) return event;
    } else {
      Event event = std::move(events_.front());
      events_.pop_front();
      return event;
    }
    if (Clock::now() >= end) return std::nullopt;
  }
}

bool relay(const mpi::communicator& world, ForkedWorkers& workers) {
  using Clock = std::chrono::steady_clock;
  MpiMail mail(world);
  const std::string machine = mpi::environment::processor_name();
  Clock::time_point said = Clock::now() - pulse;
  Clock::time_point heard = Clock::now();
  while (true) {
    if (Clock::now() - said >= pulse) {
      mail.send(0, letter(Letter::beat, 0, machine));
      said = Clock::now();
    }
    if (std::optional<WorkerLinks::Event> event = workers.receive(nap)) {
      mail.send(0, event->message ? letter(Letter::message, event->worker, *event->message)
                                  : letter(Letter::lost, event->worker, {}));
      heard = Clock::now();
    }
    while (const std::optional<MpiMail::Letter> l = mail.receive()) {
      heard = Clock::now();
      WireReader r(l->bytes);
      const auto kind = r.take<Letter>();
      const auto number = r.take<std::uint64_t>();
      if (kind == Letter::end) {
        mail.flush();
        return number == 1;
      }
      if (kind == Letter::message) workers.send(number, std::string(r.rest()));
    }
    if (Clock::now() - heard > leader_silence) return false;
  }
}

}  // namespace statelane
