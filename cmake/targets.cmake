# The rooms of the house, one target each. A target links only through its doors.

# --- embedded text -------------------------------------------------------------------------------
function(embed out name)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
endfunction()
file(GLOB PRESETS CONFIGURE_DEPENDS assets/presets/*.json)
embed(${CMAKE_BINARY_DIR}/generated/presets.cpp preset_files ${PRESETS})
file(GLOB SHADERS CONFIGURE_DEPENDS shaders/*.vert shaders/*.frag)
embed(${CMAKE_BINARY_DIR}/generated/shaders.cpp shader_files ${SHADERS})

# --- envs: worlds. Standard library only ------------------------------------------------------------
file(GLOB ENVS CONFIGURE_DEPENDS envs/*.cpp envs/continuous/*.cpp envs/minigrid/*.cpp
  envs/minigrid/babyai/*.cpp envs/miniworld/*.cpp)
add_library(envs STATIC ${ENVS})
# Rewards equal other programs' to the last bit: no fused multiply-subtract.
target_compile_options(envs PRIVATE -ffp-contract=off)
# Its loops run over a constant 7 by 7 cells: unrolled they take half the time.
set_source_files_properties(envs/minigrid/view.cpp PROPERTIES COMPILE_OPTIONS -O3)

# --- core/graph: exact truth ------------------------------------------------------------------------
file(GLOB GRAPH CONFIGURE_DEPENDS core/graph/*.cpp)
add_library(graph STATIC ${GRAPH})
target_link_libraries(graph PUBLIC envs)

# --- core/run: what a run is, to everybody outside core/learn -----------------------------------------
file(GLOB RUN CONFIGURE_DEPENDS core/run/*.cpp)
add_library(run STATIC ${RUN} ${CMAKE_BINARY_DIR}/generated/presets.cpp)
set_source_files_properties(core/run/run_store.cpp PROPERTIES
  COMPILE_DEFINITIONS FLOWSCOPE_VERSION="${PROJECT_VERSION}")
find_package(PNG REQUIRED)
target_link_libraries(run PUBLIC graph PRIVATE nlohmann_json::nlohmann_json PkgConfig::SQLITE PNG::PNG)

# --- core/learn: the trainer. The only room that knows torch ------------------------------------------
# A library of its own, loaded when training starts: libtorch costs half a second and 150 MB.
include(cmake/torch.cmake)
file(GLOB LEARN CONFIGURE_DEPENDS core/learn/*.cpp core/learn/objectives/*.cpp
  core/learn/continuous/*.cpp)
list(FILTER LEARN EXCLUDE REGEX "core/learn/(plugin|.*_isa)[.]cpp$")
add_library(learn STATIC ${LEARN})
include(cmake/kernels.cmake)
add_kernels(learn)
target_link_libraries(learn PUBLIC run Threads::Threads PRIVATE torch_system)
add_library(flowscope_learn MODULE core/learn/plugin.cpp)
target_link_libraries(flowscope_learn PRIVATE learn torch_system)
target_link_options(flowscope_learn PRIVATE -Wl,--no-undefined)
use_good_blas(flowscope_learn)
set_target_properties(flowscope_learn PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

# --- app: the program -----------------------------------------------------------------------------------
find_package(CLI11 REQUIRED)
find_package(glfw3 3.3 REQUIRED)
find_package(Freetype REQUIRED)
find_package(Fontconfig REQUIRED)
pkg_check_modules(EPOXY REQUIRED IMPORTED_TARGET epoxy)
pkg_check_modules(IMGUI REQUIRED imgui)
# The pkg-config file names neither glfw nor freetype, which Debian's static libimgui needs.
find_library(IMGUI_A NAMES libimgui.a REQUIRED)
find_library(STB_SO NAMES stb REQUIRED)
add_library(imgui::imgui STATIC IMPORTED)
set_target_properties(imgui::imgui PROPERTIES IMPORTED_LOCATION ${IMGUI_A}
  INTERFACE_INCLUDE_DIRECTORIES "${IMGUI_INCLUDE_DIRS}"
  INTERFACE_LINK_LIBRARIES "glfw;Freetype::Freetype;${STB_SO};${CMAKE_DL_LIBS}")

file(GLOB APP CONFIGURE_DEPENDS app/cli/*.cpp app/window/*.cpp app/draw/*.cpp app/panels/*.cpp
  app/scene/*.cpp)
add_library(app STATIC ${APP} ${CMAKE_BINARY_DIR}/generated/shaders.cpp)
# GCC 12 sees an overlap that is not there in std::string's operator+ (its bug 105651).
target_compile_options(app PRIVATE -Wno-restrict)
target_compile_definitions(app PUBLIC GLFW_INCLUDE_NONE FLOWSCOPE_VERSION="${PROJECT_VERSION}")
target_link_libraries(app PUBLIC run imgui::imgui PkgConfig::EPOXY CLI11::CLI11
  nlohmann_json::nlohmann_json PRIVATE PNG::PNG Fontconfig::Fontconfig Threads::Threads)
add_executable(flowscope app/main.cpp)
target_link_libraries(flowscope PRIVATE app ${CMAKE_DL_LIBS})
add_dependencies(flowscope flowscope_learn)

# --- minigrid_golden: recorded episodes of Minigrid and Miniworld, played over --------------------------
# Found beside flowscope and beside the test programs.
file(GLOB GOLDEN CONFIGURE_DEPENDS app/golden/*.cpp)
add_library(golden STATIC ${GOLDEN})
target_link_libraries(golden PUBLIC envs nlohmann_json::nlohmann_json)
add_executable(minigrid_golden app/minigrid_golden.cpp)
target_link_libraries(minigrid_golden PRIVATE golden)
add_custom_command(TARGET minigrid_golden POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/tests
  COMMAND ${CMAKE_COMMAND} -E create_symlink ../minigrid_golden ${CMAKE_BINARY_DIR}/tests/minigrid_golden VERBATIM)
