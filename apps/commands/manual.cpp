// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "apps/commands/command_summary.h"

namespace statelane {
namespace {

/// Text as roff prints it: backslashes and dashes as they are, no line that begins like a request.
std::string roff(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string value_of(const OptionSummary& o) {
  if (o.choices.empty() || o.choices.size() > 6) return "\\fIvalue\\fR";
  std::string out;
  for (const std::string& c : o.choices) out += (out.empty() ? "" : "|") + roff(c);
  return out;
}

/// Arguments first; --help of a subcommand is not worth a line.
std::string options(const CommandSummary& c, bool of_program) {
  std::string out;
  std::vector<OptionSummary> sorted = c.options;
  std::stable_partition(sorted.begin(), sorted.end(), [](const OptionSummary& o) { return o.positional; });
  for (const OptionSummary& o : sorted) {
    if (!of_program && o.names.front() == "--help") continue;
    out += ".TP\n";
    if (o.positional) {
      out += "\\fI" + roff(o.names.front()) + "\\fR" + (o.many ? " ..." : "");
    } else {
      std::string names;
      for (const std::string& n : o.names) names += (names.empty() ? "" : ", ") + ("\\fB" + roff(n) + "\\fR");
      out += names + (o.takes_value ? " " + value_of(o) : "");
    }
    out += "\n" + roff(o.description);
    if (!o.fallback.empty()) out += " (" + roff(o.fallback) + " if left out)";
    out += ".\n";
  }
  return out;
}

std::string synopsis(const CommandSummary& c) {
  std::string out = ".B statelane " + roff(c.name) + "\n[\\fIoption\\fR ...]";
  for (const OptionSummary& o : c.options) {
    if (!o.positional) continue;
    const std::string name = "\\fI" + roff(o.names.front()) + "\\fR" + (o.many ? " ..." : "");
    out += o.required ? " " + name : " [" + name + "]";
  }
  return out + "\n";
}

/// Lines as they stand: examples and lists of codes.
std::string as_is(const std::string& text) {
  return text.empty() ? "" : ".PP\n.nf\n" + roff(text) + "\n.fi\n";
}

}  // namespace

std::string manual(const CommandSummary& p, const std::string& version) {
  std::string out = ".\\\" Made by: statelane man\n.TH STATELANE 1 \"\" \"statelane " + roff(version) +
                    "\" \"User Commands\"\n.SH NAME\nstatelane \\- " + roff(p.description) +
                    "\n.SH SYNOPSIS\n";
  for (const CommandSummary& c : p.commands) out += synopsis(c) + ".br\n";
  out +=
      ".SH DESCRIPTION\nResults go to standard output, logs to standard error. Names of experiments, boards "
      "and "
      "the like are those of\n.BR \"statelane list\" ;\na path to a file of one's own does as well.\n";
  out += ".SH OPTIONS\n" + options(p, true) + ".SH COMMANDS\n";
  for (const CommandSummary& c : p.commands)
    out += ".SS " + roff(c.name) + "\n" + roff(c.description) + ".\n" + options(c, false) + as_is(c.footer);
  out += ".SH NOTES\n" + as_is(p.footer);
  out +=
      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf it is set and not empty, nothing is coloured, on a terminal "
      "either.\n";
  return out;
}

}  // namespace statelane
