# How HiGHS is compiled (CMake reads this as its toolchain file, see .cargo/config.toml).

# Sources in batches: HiGHS includes its large headers in each of some two hundred files.
set(CMAKE_UNITY_BUILD ON CACHE BOOL "")
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12 CACHE STRING "")

# Level 3 takes a tenth longer to compile, and a real portfolio no less to solve. Visual C++ keeps its own flags.
if(NOT CMAKE_HOST_WIN32)
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "")
endif()
