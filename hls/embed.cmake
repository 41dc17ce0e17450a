# SPDX-License-Identifier: Apache-2.0
# Writes FILES (relative to ROOT) into OUT as one table of names and texts.
set(out "// Made by hls/embed.cmake.\n#include \"hls/embedded.h\"\n\nnamespace ssmscope::hls {\n\nconst std::vector<EmbeddedText>& embedded_texts() {\n  static const std::vector<EmbeddedText> texts = {\n")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  string(APPEND out "      {\"${file}\", R\"EMBEDDED(${text})EMBEDDED\"},\n")
endforeach()
string(APPEND out "  };\n  return texts;\n}\n\n}  // namespace ssmscope::hls\n")
file(WRITE "${OUT}" "${out}")
