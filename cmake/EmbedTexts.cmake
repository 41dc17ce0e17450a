# SPDX-License-Identifier: Apache-2.0
# Writes FILES (relative to ROOT) and EXTRA (name=path) into OUT as one table of names and texts: a C++ file that includes HEADER and
# defines embedded_texts() in namespace SCOPE.
set(out "// Made by cmake/EmbedTexts.cmake.\n#include \"${HEADER}\"\n\nnamespace ${SCOPE} {\n\nconst std::vector<EmbeddedText>& embedded_texts() {\n  static const std::vector<EmbeddedText> texts = {\n")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  string(APPEND out "      {\"${file}\", R\"EMBEDDED(${text})EMBEDDED\"},\n")
endforeach()
foreach(pair IN LISTS EXTRA)
  string(REGEX MATCH "^([^=]+)=(.*)$" matched "${pair}")
  set(name "${CMAKE_MATCH_1}")
  file(READ "${CMAKE_MATCH_2}" text)
  string(APPEND out "      {\"${name}\", R\"EMBEDDED(${text})EMBEDDED\"},\n")
endforeach()
string(APPEND out "  };\n  return texts;\n}\n\n}  // namespace ${SCOPE}\n")
file(WRITE "${OUT}" "${out}")
