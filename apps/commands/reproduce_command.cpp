// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "apps/reports/reproduction.h"
#include "report/page.h"
#include "report/pictures.h"

namespace statelane {
namespace {

struct Options {
  std::string file = "published";
  std::string out;
  std::string markdown;
  std::size_t jobs = 0;
  bool json = false;
};

report::Page page_of(const Reproduction& r, JsonValue json) {
  report::Page page;
  page.kind = report::PageKind::reproduction;
  page.title = "Reproduction of the papers \xE2\x80\x93 statelane";
  page.version = STATELANE_VERSION;
  page.data = std::move(json);
  if (!page.plain) return page;
  for (std::size_t i = 0; i < r.published.points.size(); ++i) {
    const PublishedPoint& p = r.published.points[i];
    const JsonValue* result = r.result(p.experiment);
    if (result == nullptr) continue;
    std::vector<report::NamedValue> errors;
    for (const ComparedFigure& f : compare_figures(p, *result)) {
      if (f.published != 0) errors.push_back({f.key, 100 * f.error()});
    }
    page.pictures["point-" + std::to_string(i)] = report::bars_svg("error (%)", errors);
  }
  return page;
}

void run(const Options& o) {
  const std::size_t jobs = o.jobs > 0 ? o.jobs : std::max(1u, std::thread::hardware_concurrency());
  const Reproduction r = reproduce(o.file, jobs, STATELANE_VERSION);
  const std::string markdown = reproduction_markdown(r);
  const JsonValue json = reproduction_json(r);
  if (!o.markdown.empty()) write_text(o.markdown, markdown);
  if (report::is_html(o.out)) {
    write_text(o.out, report::html(page_of(r, json)));
  } else if (!o.out.empty()) {
    write_text(o.out, to_text(json) + "\n");
  }
  std::cout << (o.json ? to_text(json) + "\n" : markdown);
  if (!r.failures.empty())
    throw Infeasible(std::to_string(r.failures.size()) + " experiment(s) failed; first " +
                     r.failures.begin()->first + ": " + r.failures.begin()->second);
}

}  // namespace

void add_reproduce_command(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("reproduce",
                                   "Every published table and figure beside its simulation: page, Markdown");
  c->add_option("published", o->file, "File of published points and series")->capture_default_str();
  c->add_option("--out", o->out, "Write to this file: a page for browsers if it ends in .html, else JSON");
  c->add_option("--markdown", o->markdown, "Write the Markdown to this file too");
  c->add_option("--jobs", o->jobs, "Simulations at a time (all processors if left out)");
  c->add_flag("--json", o->json, "Print JSON");
  c->footer("Example: statelane reproduce --out reproduction.html --markdown reproduction.md");
  c->callback([o] { run(*o); });
}

}  // namespace statelane
