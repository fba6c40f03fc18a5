# One body, compiled once a CPU level; a file for another processor is left out.
set(kernels ${CMAKE_SOURCE_DIR}/src/kernels)
# With sanitizers -O3 takes a minute a file, -O1 ten seconds; the bits are the same.
set(kernel_optimisation "$<IF:$<CONFIG:Debug>,-O1,-O3>")
set_source_files_properties(${kernels}/kernel_scalar.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation}")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set_source_files_properties(${kernels}/kernel_avx2.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation};-mavx2;-mfma")
  set_source_files_properties(${kernels}/kernel_avx512.c PROPERTIES
    COMPILE_OPTIONS "${kernel_optimisation};-mavx512f;-mavx512dq;-mavx512vl;-mavx512bw;-mfma")
else()
  set_source_files_properties(${kernels}/kernel_avx2.c ${kernels}/kernel_avx512.c PROPERTIES HEADER_FILE_ONLY ON)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set_source_files_properties(${kernels}/kernel_neon.c PROPERTIES COMPILE_OPTIONS "${kernel_optimisation}")
else()
  set_source_files_properties(${kernels}/kernel_neon.c PROPERTIES HEADER_FILE_ONLY ON)
endif()
