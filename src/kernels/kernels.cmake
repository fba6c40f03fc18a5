# One body, compiled once a CPU level; a file for another processor is left out.
set(kernels ${CMAKE_SOURCE_DIR}/src/kernels)
# With sanitizers -O3 takes a minute a file, -O1 ten seconds; the bits are the same.
set(kernel_optimisation "$<IF:$<CONFIG:Debug>,-O1,-O3>")
set_source_files_properties(${kernels}/kernel_scalar.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation}")
# clang's sanitizers take many minutes over the wide tiles: gcc's watch them in `./run check unit`, and
# clang's, which fuzzing runs under, watch the same body at the scalar level.
set(kernel_unwatched "")
if(PROPENSE_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES Clang)
  set(kernel_unwatched ";-fno-sanitize=all")
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set_source_files_properties(${kernels}/kernel_avx2.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation};-mavx2;-mfma${kernel_unwatched}")
  set_source_files_properties(${kernels}/kernel_avx512.c PROPERTIES
    COMPILE_OPTIONS "${kernel_optimisation};-mavx512f;-mavx512dq;-mavx512vl;-mavx512bw;-mfma${kernel_unwatched}")
else()
  set_source_files_properties(${kernels}/kernel_avx2.c ${kernels}/kernel_avx512.c PROPERTIES HEADER_FILE_ONLY ON)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set_source_files_properties(${kernels}/kernel_neon.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation}")
else()
  set_source_files_properties(${kernels}/kernel_neon.c PROPERTIES HEADER_FILE_ONLY ON)
endif()

# bench/kernels.c and bench/training.c, on demand: ninja bench_kernels bench_training
foreach(name kernels training)
  if(EXISTS ${CMAKE_SOURCE_DIR}/bench/${name}.c AND TARGET propense_network)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/${name}.c)
    target_compile_definitions(bench_${name} PRIVATE _DEFAULT_SOURCE)
    target_compile_options(bench_${name} PRIVATE -Wno-psabi)
    target_link_libraries(bench_${name} PRIVATE propense_network)
  endif()
endforeach()
