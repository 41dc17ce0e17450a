// SPDX-License-Identifier: Apache-2.0
// Drives a libFuzzer target without libFuzzer (which only clang has): every file of a corpus, then mutations
// of them, the same in every run.
//   fuzz_json RUNS FOLDER_OR_FILE...
// An input that crashes the target is left in PROGRAM.crash, and runs again as the only file with RUNS = 0.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

constexpr std::size_t largest_input = std::size_t{1} << 15;

/// What runs now, in memory that outlives the process that runs it.
struct Running {
  std::size_t size;
  std::uint8_t bytes[largest_input];
};

Running& shared_memory() {
  void* memory = mmap(nullptr, sizeof(Running), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  return *static_cast<Running*>(memory);
}

void run(const Input& input, Running& running) {
  running.size = input.size();
  std::copy(input.begin(), input.end(), running.bytes);
  (void)LLVMFuzzerTestOneInput(input.data(), input.size());
}

void keep_input(const Running& running, const std::string& file) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(running.bytes), static_cast<std::streamsize>(running.size));
  std::fprintf(stderr, "the input that failed is in %s\n", file.c_str());
}

std::vector<Input> read_corpus(const std::vector<std::string>& places) {
  std::vector<fs::path> files;
  for (const std::string& place : places) {
    if (!fs::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Input> corpus;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    Input input{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (input.size() <= largest_input) corpus.push_back(std::move(input));
  }
  return corpus;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& corpus) : corpus_(corpus) {}

  Input next() {
    Input input = corpus_[below(corpus_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(input);
    if (input.size() > largest_input) input.resize(largest_input);
    return input;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  void change(Input& input) {
    const std::size_t size = input.size();
    const std::size_t at = below(size + 1);
    const auto here = input.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t length = std::min(size - at, 1 + below(16));
    switch (below(7)) {
      case 0:  // a bit
        if (at < size) *here = static_cast<std::uint8_t>(*here ^ (1U << below(8)));
        return;
      case 1:  // a byte
        if (at < size) *here = static_cast<std::uint8_t>(below(256));
        return;
      case 2:  // bytes lost
        input.erase(here, here + static_cast<std::ptrdiff_t>(length));
        return;
      case 3: {  // bytes doubled
        const Input piece(here, here + static_cast<std::ptrdiff_t>(length));
        input.insert(here, piece.begin(), piece.end());
        return;
      }
      case 4:  // cut off
        input.resize(at);
        return;
      case 5: {  // the rest of another input
        const Input& other = corpus_[below(corpus_.size())];
        input.resize(at);
        input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1)),
                     other.end());
        return;
      }
      default:
        number(input, at);
    }
  }

  /// The number behind `at` becomes one at some edge.
  void number(Input& input, std::size_t at) {
    static const std::vector<std::string> edges = {"0",
                                                   "-1",
                                                   "1",
                                                   "9223372036854775807",
                                                   "18446744073709551616",
                                                   "1e308",
                                                   "-1e-320",
                                                   "1e999",
                                                   "4294967296",
                                                   "2147483648",
                                                   "0.5",
                                                   "null",
                                                   "[]",
                                                   "\"\""};
    const auto digit = [](std::uint8_t c) { return c >= '0' && c <= '9'; };
    const auto first = std::find_if(input.begin() + static_cast<std::ptrdiff_t>(at), input.end(), digit);
    const auto last = std::find_if_not(first, input.end(), digit);
    const std::string& edge = edges[below(edges.size())];
    const auto where = input.erase(first, last);
    input.insert(where, edge.begin(), edge.end());
  }

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s RUNS FOLDER_OR_FILE...\n", argv[0]);
    return 2;
  }
  const std::vector<Input> corpus = read_corpus({argv + 2, argv + argc});
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: the corpus is empty\n", argv[0]);
    return 2;
  }
  const unsigned long runs = std::strtoul(argv[1], nullptr, 10);
  Running& running = shared_memory();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    for (const Input& input : corpus) run(input, running);
    Mutator mutator(corpus);
    for (unsigned long i = 0; i < runs; ++i) run(mutator.next(), running);
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) {
    keep_input(running, fs::path(argv[0]).filename().string() + ".crash");
    return 1;
  }
  std::printf("%zu inputs and %lu mutations of them\n", corpus.size(), runs);
  return 0;
}
