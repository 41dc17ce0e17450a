// SPDX-License-Identifier: Apache-2.0
#include "report/page.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <rapidcheck/gtest.h>

#include "report/run_profile.h"

namespace statelane::report {
namespace {

std::string gunzip(const std::string& bytes, std::size_t size) {
  std::string out(size, '\0');
  z_stream s{};
  EXPECT_EQ(inflateInit2(&s, 15 + 16), Z_OK);
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  s.avail_in = static_cast<uInt>(bytes.size());
  s.next_out = reinterpret_cast<Bytef*>(out.data());
  s.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&s, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(s.total_out, size);
  inflateEnd(&s);
  return out;
}

TEST(Page, Base64IsThatOfTheStandard) {
  // RFC 4648, section 10.
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

RC_GTEST_PROP(Page, GzipComesBack, (const std::string& text)) {
  RC_ASSERT(gunzip(gzip(text), text.size()) == text);
}

TEST(Page, DataCannotEndTheirScriptAndTextIsEscaped) {
  Page page;
  page.kind = report::PageKind::run;
  page.title = "</title><script>alert(1)</script> @STYLE@ & \"quotes\"";
  page.version = "1";
  page.data.set("result",
                JsonValue::object().set("design", "</script><img src=x onerror=alert(1)> @SCRIPTS@"));
  const std::string text = html(page);
  EXPECT_EQ(text.find("<img src=x"), std::string::npos);
  EXPECT_NE(text.find("\\u003cimg src=x onerror=alert(1)>"), std::string::npos);
  EXPECT_NE(text.find("&lt;/title&gt;&lt;script&gt;"), std::string::npos);
  EXPECT_NE(text.find("@STYLE@"), std::string::npos) << "placeholders in the data are data";
  EXPECT_NE(text.find("@SCRIPTS@"), std::string::npos);
  // As many script elements as the page itself has: one of data, the libraries, and its scripts.
  std::size_t open = 0, close = 0;
  for (std::size_t at = 0; (at = text.find("<script", at)) != std::string::npos; ++at) ++open;
  for (std::size_t at = 0; (at = text.find("</script>", at)) != std::string::npos; ++at) ++close;
  EXPECT_EQ(open, close);
  EXPECT_EQ(html(page), text) << "the same page for the same data";
}

TEST(Page, NothingIsFetched) {
  Page page;
  page.kind = report::PageKind::run;
  const std::string text = html(page);
  for (const char* loader : {"<link", "<iframe", "src=\"http", "@import", "import("})
    EXPECT_EQ(text.find(loader), std::string::npos) << loader;
  EXPECT_NE(text.find("default-src 'none'"), std::string::npos);
}

TEST(TimeSeries, KeepsEveryByteHoweverLongTheRun) {
  rc::check("sum", [] {
    TimeSeries series(16);
    double sum = 0;
    std::int64_t at = 0;
    const auto transfers =
        *rc::gen::container<std::vector<std::pair<std::int64_t, std::int64_t>>>(rc::gen::pair(
            rc::gen::inRange<std::int64_t>(1, 50'000'000'000), rc::gen::inRange<std::int64_t>(1, 1 << 20)));
    for (const auto& [length, bytes] : transfers) {
      series.add(Femtoseconds(at), Femtoseconds(at + length), static_cast<double>(bytes));
      at += length;
      sum += static_cast<double>(bytes);
    }
    double kept = 0;
    for (const double b : series.bytes()) kept += b;
    RC_ASSERT(std::abs(kept - sum) <= 1e-6 * (sum + 1));
    RC_ASSERT(series.interval().count() * 16 > at);
  });
}

}  // namespace
}  // namespace statelane::report
