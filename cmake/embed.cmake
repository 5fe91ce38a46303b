# Writes a C++ source that holds text files, so that the binary needs none of them at run time.
#   cmake -DOUT=<file.cpp> -DNAME=<function> -DFILES=<a;b;c> -P embed.cmake
# The source defines `std::span<const EmbeddedFile> NAME()`, declared in core/run/embedded.h.
list(LENGTH FILES count)
set(text "#include <array>\n\n#include \"core/run/embedded.h\"\n\nnamespace flowscope {\n\nstd::span<const EmbeddedFile> ${NAME}() {\n  static constexpr std::array<EmbeddedFile, ${count}> kFiles = {{\n")
foreach(file IN LISTS FILES)
  get_filename_component(base "${file}" NAME)
  file(READ "${file}" content)
  string(APPEND text "      {\"${base}\", R\"flowscope_embed(${content})flowscope_embed\"},\n")
endforeach()
string(APPEND text "  }};\n  return kFiles;\n}\n\n}  // namespace flowscope\n")
file(WRITE "${OUT}" "${text}")
