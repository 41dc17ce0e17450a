// SPDX-License-Identifier: Apache-2.0
#include "explore/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "explore/store/store_schema.h"
#include "models/base/diagnostics.h"

namespace statelane {
namespace {

constexpr int sqlite_full = 13;
constexpr int sqlite_ioerr = 10;
constexpr int sqlite_corrupt = 11;
constexpr int sqlite_notadb = 26;
constexpr int sqlite_busy = 5;
constexpr int sqlite_cantopen = 14;
constexpr int sqlite_readonly = 8;

RunState state_of(const std::string& path, const std::string& name) {
  const std::optional<RunState> state = value_of<RunState>(name);
  if (!state) throw InputError(path + " is damaged: no run has the state '" + name + "'");
  return *state;
}

/// Runs `work`; what SQLite says becomes what the user can do about it.
template <class Work>
auto guarded(const std::string& path, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& e) {
    switch (e.getErrorCode()) {
      case sqlite_notadb:
        throw InputError(path + " is no store of statelane");
      case sqlite_corrupt:
        throw InputError(path + " is damaged (" + e.what() + "); what can be saved: sqlite3 " + path +
                         " .recover | sqlite3 saved.db");
      case sqlite_cantopen:
      case sqlite_readonly:
        throw InputError(path + " cannot be opened: " + e.what());
      case sqlite_busy:
        throw InputError(path + " is being written by another program");
      case sqlite_full:
      case sqlite_ioerr:
        throw std::runtime_error(path + ": " + e.what() +
                                 "; what was finished before is kept, --resume continues");
      default:
        throw std::runtime_error(path + ": " + e.what());
    }
  }
}

/// The columns of all figures, in the table's order: "resources.lut.of_board" is lut_of_board.
std::string figure_columns() {
  constexpr std::string_view group = "resources.";
  std::string columns;
  for (const FigureInfo& f : figures()) {
    std::string name(f.name);
    if (name.starts_with(group)) name.erase(0, group.size());
    std::replace(name.begin(), name.end(), '.', '_');
    columns += (columns.empty() ? "" : ", ") + name;
  }
  return columns;
}

/// The one writer of a store holds this lock; it ends with the process, however that ends.
class WriterLock {
 public:
  explicit WriterLock(const std::string& store) {
    const std::string path = store + ".lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ < 0) throw InputError(path + " cannot be opened: " + std::strerror(errno));
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(fd_, F_SETLK, &lock) == 0) return;
    struct flock owner = lock;
    const bool known = ::fcntl(fd_, F_GETLK, &owner) == 0 && owner.l_type != F_UNLCK;
    ::close(fd_);
    throw InputError(store + " is being written by another program" +
                     (known ? " (process " + std::to_string(owner.l_pid) + ")" : ""));
  }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock() { ::close(fd_); }

 private:
  int fd_ = -1;
};

}  // namespace

struct Store::Impl {
  std::unique_ptr<WriterLock> lock;
  std::unique_ptr<SQLite::Database> db;
  std::unique_ptr<SQLite::Transaction> transaction;
};

int Store::schema_version() {
  return static_cast<int>(store_migrations().size());
}

Store::Store(const std::string& path, Mode mode) : path_(path), impl_(std::make_unique<Impl>()) {
  const bool fresh = !std::filesystem::exists(path);
  if (fresh && mode == Mode::read) throw InputError("there is no store " + path);
  if (mode == Mode::write) impl_->lock = std::make_unique<WriterLock>(path);
  guarded(path, [&] {
    constexpr int patience_ms = 10000;  // a reader may be at it
    impl_->db = std::make_unique<SQLite::Database>(
        path, mode == Mode::write ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READWRITE,
        patience_ms);
    SQLite::Database& db = *impl_->db;
    const int application = db.execAndGet("PRAGMA application_id").getInt();
    const int version = db.execAndGet("PRAGMA user_version").getInt();
    const int tables = db.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
    if (application != store_application && (tables > 0 || mode == Mode::read))
      throw InputError(path + " is no store of statelane");
    if (version > schema_version()) {
      throw InputError(path + " was written by a newer statelane (its version " + std::to_string(version) +
                       ", ours " + std::to_string(schema_version()) + ")");
    }
    if (mode == Mode::write) {
      db.exec("PRAGMA journal_mode = WAL");
      db.exec("PRAGMA synchronous = NORMAL");
    }
    for (int step = version; step < schema_version(); ++step) {
      SQLite::Transaction all(db);
      db.exec(store_migrations()[static_cast<std::size_t>(step)]);
      db.exec("PRAGMA application_id = " + std::to_string(store_application));
      db.exec("PRAGMA user_version = " + std::to_string(step + 1));
      all.commit();
    }
  });
}

Store::~Store() = default;

void Store::begin() {
  guarded(path_, [&] {
    impl_->transaction.reset();
    impl_->transaction =
        std::make_unique<SQLite::Transaction>(*impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
  });
}

void Store::commit() {
  guarded(path_, [&] {
    if (impl_->transaction) impl_->transaction->commit();
    impl_->transaction.reset();
  });
}

std::optional<SimulationRecord> Store::simulation(const std::string& key) {
  return guarded(path_, [&]() -> std::optional<SimulationRecord> {
    SQLite::Statement q(*impl_->db, "SELECT cycles, dram_j, error FROM simulations WHERE key = ?");
    q.bind(1, key);
    if (!q.executeStep()) return std::nullopt;
    SimulationRecord r;
    r.error = q.getColumn(2).getString();
    if (!q.getColumn(0).isNull())
      r.run = SimulatedRun{Cycles(q.getColumn(0).getInt64()), Joules(q.getColumn(1).getDouble())};
    return r;
  });
}

void Store::put_simulation(const std::string& key, const SimulationRecord& r) {
  guarded(path_, [&] {
    SQLite::Statement q(
        *impl_->db, "INSERT OR REPLACE INTO simulations (key, cycles, dram_j, error) VALUES (?, ?, ?, ?)");
    q.bind(1, key);
    if (r.run) {
      q.bind(2, r.run->cycles.count());
      q.bind(3, r.run->dram.count());
    }
    q.bind(4, r.error);
    q.exec();
  });
}

Store::SimulationCount Store::simulation_count() {
  return guarded(path_, [&] {
    SQLite::Statement q(*impl_->db, "SELECT count(*), count(*) - count(cycles) FROM simulations");
    (void)q.executeStep();
    return SimulationCount{q.getColumn(0).getInt64(), q.getColumn(1).getInt64()};
  });
}

std::vector<RunRecord> Store::runs() {
  return guarded(path_, [&] {
    std::vector<RunRecord> out;
    SQLite::Statement q(
        *impl_->db,
        "SELECT id, sweep, hash, strategy, objectives, document, seed, shard, shards, version, constants, "
        "machine, started, state, counts FROM runs ORDER BY id");
    while (q.executeStep()) {
      RunRecord r;
      r.id = q.getColumn(0).getInt64();
      int at = 1;
      for (std::string* text : {&r.sweep, &r.hash, &r.strategy, &r.objectives, &r.document})
        *text = q.getColumn(at++).getString();
      for (std::int64_t* number : {&r.seed, &r.shard, &r.shards}) *number = q.getColumn(at++).getInt64();
      for (std::string* text : {&r.version, &r.constants, &r.machine, &r.started})
        *text = q.getColumn(at++).getString();
      r.state = state_of(path_, q.getColumn(at++).getString());
      r.counts = q.getColumn(at).getString();
      out.push_back(std::move(r));
    }
    return out;
  });
}

std::optional<RunRecord> Store::find_run(const RunRecord& like) {
  for (RunRecord& r : runs()) {
    if (r.hash == like.hash && r.strategy == like.strategy && r.objectives == like.objectives &&
        r.seed == like.seed && r.shard == like.shard && r.shards == like.shards) {
      return r;
    }
  }
  return std::nullopt;
}

std::int64_t Store::add_run(const RunRecord& r) {
  return guarded(path_, [&] {
    SQLite::Statement q(
        *impl_->db,
        "INSERT INTO runs (sweep, hash, strategy, objectives, document, seed, shard, shards, version, "
        "constants, machine, started, state, counts) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    int at = 1;
    for (const std::string* text : {&r.sweep, &r.hash, &r.strategy, &r.objectives, &r.document})
      q.bind(at++, *text);
    for (const std::int64_t number : {r.seed, r.shard, r.shards}) q.bind(at++, number);
    for (const std::string* text : {&r.version, &r.constants, &r.machine, &r.started}) q.bind(at++, *text);
    q.bind(at++, std::string(name_of(r.state)));
    q.bind(at, r.counts);
    q.exec();
    return impl_->db->getLastInsertRowid();
  });
}

void Store::set_document(std::int64_t run, const std::string& document) {
  guarded(path_, [&] {
    SQLite::Statement q(*impl_->db, "UPDATE runs SET document = ? WHERE id = ?");
    q.bind(1, document);
    q.bind(2, run);
    q.exec();
  });
}

void Store::set_state(std::int64_t run, RunState state, const std::string& counts) {
  guarded(path_, [&] {
    SQLite::Statement q(*impl_->db, "UPDATE runs SET state = ?, counts = ? WHERE id = ?");
    q.bind(1, std::string(name_of(state)));
    q.bind(2, counts);
    q.bind(3, run);
    q.exec();
  });
}

void Store::put_point(std::int64_t run, const PointRecord& p) {
  guarded(path_, [&] {
    std::string places = "?,?,?,?,?,?,?,?";
    for (std::size_t i = 0; i < figure_count; ++i) places += ",?";
    SQLite::Statement q(
        *impl_->db,
        "INSERT OR REPLACE INTO points (run, idx, kind, label, simulation, parameters, numbers, obeys, " +
            figure_columns() + ") VALUES (" + places + ")");
    q.bind(1, run);
    q.bind(2, static_cast<std::int64_t>(p.index));
    q.bind(3, static_cast<int>(p.kind));
    q.bind(4, p.label);
    q.bind(5, p.simulation);
    q.bind(6, p.parameters);
    q.bind(7, p.numbers);
    q.bind(8, p.obeys ? 1 : 0);
    for (std::size_t i = 0; i < figure_count; ++i) q.bind(static_cast<int>(9 + i), p.figures[i]);
    q.exec();
  });
}

std::vector<PointRecord> Store::points(std::int64_t run) {
  return guarded(path_, [&] {
    std::vector<PointRecord> out;
    SQLite::Statement q(*impl_->db, "SELECT idx, kind, label, simulation, parameters, numbers, obeys, " +
                                        figure_columns() +
                                        " FROM points WHERE run = ? ORDER BY kind, idx, label");
    q.bind(1, run);
    while (q.executeStep()) {
      PointRecord p;
      p.index = static_cast<std::uint64_t>(q.getColumn(0).getInt64());
      p.kind = static_cast<PointKind>(q.getColumn(1).getInt());
      p.label = q.getColumn(2).getString();
      p.simulation = q.getColumn(3).getString();
      p.parameters = q.getColumn(4).getString();
      p.numbers = q.getColumn(5).getString();
      p.obeys = q.getColumn(6).getInt() != 0;
      for (std::size_t i = 0; i < figure_count; ++i)
        p.figures[i] = q.getColumn(static_cast<int>(7 + i)).getDouble();
      out.push_back(std::move(p));
    }
    return out;
  });
}

void Store::clear_points(std::int64_t run, PointKind kind) {
  guarded(path_, [&] {
    SQLite::Statement q(*impl_->db, "DELETE FROM points WHERE run = ? AND kind = ?");
    q.bind(1, run);
    q.bind(2, static_cast<int>(kind));
    q.exec();
  });
}

void Store::merge(const std::string& other) {
  Store from(other, Mode::read);
  begin();
  guarded(path_, [&] {
    SQLite::Statement q(*from.impl_->db, "SELECT key, cycles, dram_j, error FROM simulations");
    while (q.executeStep()) {
      SimulationRecord r;
      r.error = q.getColumn(3).getString();
      if (!q.getColumn(1).isNull())
        r.run = SimulatedRun{Cycles(q.getColumn(1).getInt64()), Joules(q.getColumn(2).getDouble())};
      const std::string key = q.getColumn(0).getString();
      const std::optional<SimulationRecord> here = simulation(key);
      if (!here || !here->run) put_simulation(key, r);  // a run is worth more than a failure
    }
  });
  for (const RunRecord& run : from.runs()) {
    const std::optional<RunRecord> here = find_run(run);
    if (here && here->state == RunState::finished) continue;
    const std::int64_t id = here ? here->id : add_run(run);
    if (here) set_state(id, run.state, run.counts);
    for (const PointRecord& p : from.points(run.id)) put_point(id, p);
  }
  commit();
}

}  // namespace statelane
