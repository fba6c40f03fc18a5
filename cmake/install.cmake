# What `cmake --install` puts where: the program, the shared library, its header, what pkg-config and
# find_package need, the man page and the completions. Every file finds its neighbours from its own
# place, so a prefix can be chosen at installation, staged with DESTDIR, or moved later.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# ---- man page and completions, made from the option table -----------------------------------------
set(pages_folder ${CMAKE_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages_folder}/es)
add_executable(make_pages tools/make_pages.c)
target_compile_options(make_pages PRIVATE ${warnings})
target_link_libraries(make_pages PRIVATE propense_api)
set(pages "")
# install_page(kind of make_pages, file below build/pages, folder below the prefix)
function(install_page kind file folder)
  set(page ${pages_folder}/${file})
  add_custom_command(OUTPUT ${page} COMMAND make_pages ${kind} ${page} DEPENDS make_pages VERBATIM)
  install(FILES ${page} DESTINATION ${folder})
  set(pages ${pages} ${page} PARENT_SCOPE)
endfunction()
install_page(man propense.1 ${CMAKE_INSTALL_MANDIR}/man1)
install_page(man-es es/propense.1 ${CMAKE_INSTALL_MANDIR}/es/man1)
install_page(bash propense ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install_page(zsh _propense ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install_page(fish propense.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
add_custom_target(pages ALL DEPENDS ${pages})

# ---- program, library, header ----------------------------------------------------------------------
target_include_directories(propense INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>)
if(TARGET propense-cli)
  install(TARGETS propense-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS propense EXPORT propenseTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/propense DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE third_party.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# ---- find_package(propense) ------------------------------------------------------------------------
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/propense)
configure_package_config_file(cmake/propenseConfig.cmake.in ${CMAKE_BINARY_DIR}/generated/propenseConfig.cmake
  INSTALL_DESTINATION ${package_folder})
# Before 1.0 a new minor version may break; write_basic_package_version_file says so to who asks for one.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/propenseConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT propenseTargets NAMESPACE propense:: DESTINATION ${package_folder})
install(FILES ${CMAKE_BINARY_DIR}/generated/propenseConfig.cmake
  ${CMAKE_BINARY_DIR}/generated/propenseConfigVersion.cmake DESTINATION ${package_folder})

# ---- pkg-config ------------------------------------------------------------------------------------
# The way from the folder of propense.pc up to the prefix; folders outside of it are named in full.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
  set(pc_libdir "${CMAKE_INSTALL_LIBDIR}")
else()
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(pc_prefix "\${pcfiledir}/${up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(cmake/propense.pc.in ${CMAKE_BINARY_DIR}/generated/propense.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/generated/propense.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
