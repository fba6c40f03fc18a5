/* The rooms are static libraries; a shared library wants one source of its own. */
typedef int propense_no_source;
