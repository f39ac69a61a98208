/* The scripts and libraries that are compiled in: the build writes a text for each
 * scripts/NAME.nse, lualib/NAME.lua and data/scripts/NAME.lua (tools/embed-texts), and one with the
 * scripts' heads (tools/script-heads.c), so that none has to be run at start. Their paths, in
 * messages and as SCRIPT_PATH, are "portolan:scripts/NAME.nse", "portolan:lualib/NAME.lua" and
 * "portolan:data/scripts/NAME.lua". */
#ifndef PORTOLAN_SCRIPT_SCRIPT_BUILTIN_H
#define PORTOLAN_SCRIPT_SCRIPT_BUILTIN_H

#include "util/files.h"

#define SCRIPT_BUILTIN         "portolan:"
#define SCRIPT_BUILTIN_SCRIPTS SCRIPT_BUILTIN "scripts"

/* In order of names (without folder), one empty entry behind the last. */
extern const struct text_file builtin_scripts[], builtin_libraries[], builtin_script_data[];
extern const size_t builtin_scripts_count, builtin_libraries_count, builtin_script_data_count;

/* As of script_cache_write(), for the folder SCRIPT_BUILTIN_SCRIPTS. */
extern const unsigned char builtin_script_heads[];
extern const size_t builtin_script_heads_bytes;

/* The text of a path as above; of "NAME.lua" for a module, from lualib or data. NULL: none. */
const struct text_file *script_builtin_script(const char *path);
const struct text_file *script_builtin_module(const char *relative, const char **ret_folder);

#endif
