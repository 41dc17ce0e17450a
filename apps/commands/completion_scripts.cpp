// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include "apps/commands/command_summary.h"

namespace statelane {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

/// Text between single quotes of a POSIX shell.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : c == '\n' ? std::string(" ") : std::string(1, c);
  }
  return out + "'";
}

/// The same for fish, where a backslash works between quotes.
std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "'";
}

std::string all_names(const CommandSummary& c) {
  std::vector<std::string> names;
  for (const OptionSummary& o : c.options) {
    if (!o.positional) names.insert(names.end(), o.names.begin(), o.names.end());
  }
  return joined(names);
}

/// The `case` arms of a command's options that take a value: fixed words, listed names, or files.
std::string bash_values(const CommandSummary& c, const std::string& command) {
  std::string out;
  for (const OptionSummary& o : c.options) {
    if (o.positional || !o.takes_value) continue;
    std::string patterns;
    for (const std::string& n : o.names) patterns += (patterns.empty() ? "" : "|") + command + ":" + n;
    out += "    " + patterns + ") ";
    if (!o.choices.empty()) {
      out += "COMPREPLY=($(compgen -W " + shell_quoted(joined(o.choices)) + " -- \"$cur\")); return;;\n";
    } else if (!o.kind.empty()) {
      out += "COMPREPLY=($(compgen -W \"$(_statelane_names " + o.kind + ")\" -- \"$cur\")); return;;\n";
    } else {
      out += "return;;\n";
    }
  }
  return out;
}

std::string zsh_action(const OptionSummary& o) {
  if (!o.choices.empty()) return "(" + joined(o.choices) + ")";
  if (!o.kind.empty()) return "_statelane_names " + o.kind;
  return "_files";
}

std::string zsh_arguments(const CommandSummary& c) {
  std::string out;
  int position = 0;
  for (const OptionSummary& o : c.options) {
    if (o.positional) {
      const std::string where = o.many ? "*" : std::to_string(++position);
      out += " \\\n        " + shell_quoted(where + ":" + o.names.front() + ":" + zsh_action(o));
      continue;
    }
    for (const std::string& n : o.names) {
      std::string text = n + "[";
      for (const char ch : o.description) {
        if (ch == '[' || ch == ']' || ch == ':' || ch == '\\') text += '\\';
        text += ch == '\n' ? ' ' : ch;
      }
      text += "]";
      if (o.takes_value) text += ":value:" + zsh_action(o);
      out += " \\\n        " + shell_quoted(o.takes_value ? "*" + text : text);
    }
  }
  return out;
}

std::string fish_options(const CommandSummary& c, const std::string& condition) {
  std::string out;
  for (const OptionSummary& o : c.options) {
    std::string line = "complete -c statelane" + condition;
    if (o.positional) {
      if (!o.choices.empty()) out += line + " -a " + fish_quoted(joined(o.choices)) + "\n";
      if (!o.kind.empty()) out += line + " -a '(__statelane_names " + o.kind + ")'\n";
      continue;
    }
    for (const std::string& n : o.names)
      line += n.starts_with("--") ? " -l " + n.substr(2) : " -s " + n.substr(1);
    if (!o.choices.empty()) {
      line += " -x -a " + fish_quoted(joined(o.choices));
    } else if (!o.kind.empty()) {
      line += " -r -a '(__statelane_names " + o.kind + ")'";
    } else if (o.takes_value) {
      line += " -r";
    }
    out += line + " -d " + fish_quoted(o.description) + "\n";
  }
  return out;
}

}  // namespace

std::string bash_completion(const CommandSummary& p) {
  std::vector<std::string> commands;
  std::string values = bash_values(p, "*");
  std::string arms;
  for (const CommandSummary& c : p.commands) {
    commands.push_back(c.name);
    values += bash_values(c, c.name);
    std::string words, kinds;
    for (const OptionSummary& o : c.options) {
      if (!o.positional) continue;
      words += (words.empty() ? "" : " ") + joined(o.choices);
      if (!o.kind.empty()) kinds += (kinds.empty() ? "" : " ") + o.kind;
    }
    arms += fmt::format("    {}) options={} words={} kinds={};;\n", c.name, shell_quoted(all_names(c)),
                        shell_quoted(words), shell_quoted(kinds));
  }
  return "# bash completion of statelane; made by: statelane completion bash\n"
         "_statelane_names() { statelane list \"$1\" 2>/dev/null | cut -d' ' -f1; }\n"
         "_statelane() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word kind options "
         "words kinds\n"
         "  local commands=" +
         shell_quoted(joined(commands)) +
         "\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case \" $commands \" in *\" $word \"*) command=$word; break;; esac\n"
         "  done\n"
         "  case \"$command:$prev\" in\n" +
         values +
         "  esac\n"
         "  case \"$command\" in\n"
         "    '') options=" +
         shell_quoted(all_names(p)) + " words=$commands;;\n" + arms +
         "  esac\n"
         "  if [[ $cur == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
         "    return\n"
         "  fi\n"
         "  for kind in $kinds; do words+=\" $(_statelane_names \"$kind\")\"; done\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _statelane statelane\n";
}

std::string zsh_completion(const CommandSummary& p) {
  std::string commands, arms;
  for (const CommandSummary& c : p.commands) {
    commands += "    " + shell_quoted(c.name + ":" + c.description) + "\n";
    arms += "      " + c.name + ") _arguments" + zsh_arguments(c) + " ;;\n";
  }
  return "#compdef statelane\n"
         "# zsh completion of statelane; made by: statelane completion zsh\n"
         "_statelane_names() { local -a names; names=(${(f)\"$(statelane list $1 2>/dev/null | cut -d' ' "
         "-f1)\"}); compadd -a names; _files }\n"
         "_statelane() {\n"
         "  local state line\n"
         "  local -a commands\n"
         "  commands=(\n" +
         commands +
         "  )\n"
         "  _arguments -C" +
         zsh_arguments(p) +
         " \\\n        '1:command:->command' '*::argument:->argument'\n"
         "  case $state in\n"
         "    command) _describe command commands ;;\n"
         "    argument) case $words[1] in\n" +
         arms +
         "    esac ;;\n"
         "  esac\n"
         "}\n"
         "compdef _statelane statelane\n";
}

std::string fish_completion(const CommandSummary& p) {
  std::string out =
      "# fish completion of statelane; made by: statelane completion fish\n"
      "function __statelane_names; statelane list $argv[1] 2>/dev/null | cut -d' ' -f1; end\n";
  out += fish_options(p, "");
  for (const CommandSummary& c : p.commands) {
    out += "complete -c statelane -n __fish_use_subcommand -f -a " + c.name + " -d " +
           fish_quoted(c.description) + "\n";
    out += fish_options(c, " -n '__fish_seen_subcommand_from " + c.name + "'");
  }
  return out;
}

}  // namespace statelane
