// SPDX-License-Identifier: Apache-2.0
// Completions and the manual, by the shells and the formatter they are for; colours on a terminal and
// elsewhere.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "tests/cli/program.h"

namespace statelane {
namespace {

std::string printed(const std::vector<std::string>& arguments) {
  const ProgramResult r = run_statelane(arguments);
  EXPECT_EQ(r.exit_code, 0) << r.err;
  return r.out;
}

/// The subcommands that --help names.
std::vector<std::string> commands() {
  std::vector<std::string> names;
  std::istringstream help(printed({"--help"}));
  bool within = false;
  for (std::string line; std::getline(help, line);) {
    if (line.rfind("Subcommands:", 0) == 0) {
      within = true;
    } else if (within && line.rfind("  ", 0) == 0 && line.size() > 2 && line[2] != ' ') {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    } else if (within && line.empty()) {
      break;
    }
  }
  EXPECT_GT(names.size(), 10U);
  return names;
}

/// What bash offers after these words, the last of which is being typed.
std::string bash_offers(const std::string& words) {
  const ScratchDirectory scratch;
  const std::string folder = std::filesystem::path(STATELANE_PROGRAM_PATH).parent_path();
  scratch.write("c.bash", printed({"completion", "bash"}));
  const std::string script =
      "source c.bash; COMP_WORDS=(" + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _statelane; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const ProgramResult r =
      run_program("/bin/bash", {"-c", script},
                  {.directory = scratch.path(), .environment = {{"PATH", folder + ":/usr/bin:/bin"}}});
  EXPECT_EQ(r.err, "") << words;
  return "\n" + r.out;
}

bool offers(const std::string& list, const std::string& word) {
  return list.find("\n" + word + "\n") != std::string::npos;
}

TEST(Completion, BashOffersCommandsOptionsWordsAndNames) {
  const std::string all = bash_offers("statelane ''");
  for (const std::string& c : commands()) EXPECT_TRUE(offers(all, c)) << c;
  EXPECT_TRUE(offers(bash_offers("statelane si"), "simulate"));
  EXPECT_FALSE(offers(bash_offers("statelane si"), "hls"));
  EXPECT_TRUE(offers(bash_offers("statelane simulate --fid"), "--fidelity"));
  EXPECT_FALSE(offers(bash_offers("statelane report --fid"), "--fidelity"));
  EXPECT_TRUE(offers(bash_offers("statelane simulate x --fidelity ''"), "bound"));
  EXPECT_TRUE(offers(bash_offers("statelane simulate light"), "lightmamba-vck190-w4a4-decode-2.7b"));
  EXPECT_TRUE(offers(bash_offers("statelane explore q"), "quick"));
  EXPECT_TRUE(offers(bash_offers("statelane pareto s.db --plot ''"), "parallel"));
  EXPECT_TRUE(offers(bash_offers("statelane list b"), "boards"));
  EXPECT_TRUE(offers(bash_offers("statelane --log-level info simulate --fid"), "--fidelity"));
}

TEST(Completion, ZshAndFishAcceptTheirScripts) {
  const ScratchDirectory scratch;
  for (const char* shell : {"zsh", "fish"}) {
    const std::string script = printed({"completion", shell});
    for (const std::string& c : commands()) EXPECT_NE(script.find(c), std::string::npos) << shell << c;
    const auto file = scratch.write(shell, script);
    const ProgramResult r = run_program(std::string("/usr/bin/") + shell, {"-n", file.string()});
    EXPECT_EQ(r.exit_code, 0) << r.err;
    EXPECT_EQ(r.err, "");
  }
  const ProgramResult fish = run_program(
      "/usr/bin/fish",
      {"--no-config", "-c",
       "source " + (scratch.path() / "fish").string() + "; complete -C 'statelane simulate --fid'"},
      {.directory = scratch.path(), .environment = {{"HOME", scratch.path().string()}}});
  EXPECT_NE(fish.out.find("--fidelity"), std::string::npos) << fish.out << fish.err;
}

TEST(Manual, FormatsWithoutWarningsAndNamesEverything) {
  const ScratchDirectory scratch;
  const auto page = scratch.write("statelane.1", printed({"man"}));
  const ProgramResult r =
      run_program("/usr/bin/groff", {"-man", "-ww", "-Tascii", "-P-cbou", "-rLL=120n", page.string()});
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_EQ(r.err, "");
  for (const std::string& c : commands()) EXPECT_NE(r.out.find("statelane " + c), std::string::npos) << c;
  for (const char* word : {"fidelity", "NO_COLOR", "objectives"})
    EXPECT_NE(r.out.find(word), std::string::npos) << word;
}

/// What the program prints on a terminal.
std::string on_terminal(const std::vector<std::string>& arguments, const char* no_color) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    ::setenv("TERM", "xterm", 1);
    if (no_color != nullptr) {
      ::setenv("NO_COLOR", no_color, 1);
    } else {
      ::unsetenv("NO_COLOR");
    }
    std::vector<std::string> words = {STATELANE_PROGRAM_PATH};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> raw;
    for (std::string& w : words) raw.push_back(w.data());
    raw.push_back(nullptr);
    ::execv(raw.front(), raw.data());
    ::_exit(127);
  }
  std::string out;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(terminal, buffer, sizeof buffer)) > 0;)
    out.append(buffer, static_cast<std::size_t>(n));
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  return out;
}

TEST(Colours, OnlyOnATerminalAndNotWithNoColor) {
  const std::vector<std::string> arguments = {"simulate", "lightmamba-vck190-w4a4-decode-2.7b", "--fidelity",
                                              "bound"};
  EXPECT_EQ(printed(arguments).find('\033'), std::string::npos);
  EXPECT_NE(on_terminal(arguments, nullptr).find('\033'), std::string::npos);
  EXPECT_NE(on_terminal(arguments, "").find('\033'), std::string::npos) << "empty is not set (no-color.org)";
  EXPECT_EQ(on_terminal(arguments, "1").find('\033'), std::string::npos);
}

TEST(Progress, ABarOnATerminalOnlyAndNotWhenQuiet) {
  const ScratchDirectory scratch;
  const auto explore = [&](const std::string& store) -> std::vector<std::string> {
    return {"explore", "quick", "--jobs", "1", "--simulations", "24", "--store", scratch.path() / store};
  };
  EXPECT_NE(on_terminal(explore("a.db"), nullptr).find("[#"), std::string::npos);
  std::vector<std::string> quiet = explore("b.db");
  quiet.insert(quiet.begin(), "--quiet");
  EXPECT_EQ(on_terminal(quiet, nullptr).find("[#"), std::string::npos);
  EXPECT_EQ(run_statelane(explore("c.db")).err, "");
}

TEST(Quiet, OnlyErrorsAreLogged) {
  const ScratchDirectory scratch;
  const std::string trace = scratch.path() / "t.json";
  const std::vector<std::string> arguments = {"simulate", "fastmamba-vc709-w8a8-prefill-130m-l64", "--trace",
                                              trace};
  EXPECT_NE(run_statelane(arguments).err, "");
  std::vector<std::string> quiet = arguments;
  quiet.emplace_back("--quiet");
  EXPECT_EQ(run_statelane(quiet).err, "");
}

}  // namespace
}  // namespace statelane
