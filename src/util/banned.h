/* Functions that invite overruns or hidden state become compile errors.
 * Included before every file by the build. */
#ifndef PORTOLAN_UTIL_BANNED_H
#define PORTOLAN_UTIL_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) banned_##name##_see_util_banned_h

#undef strcpy
#define strcpy(to, from) BANNED(strcpy)
#undef strcat
#define strcat(to, from) BANNED(strcat)
#undef strncpy
#define strncpy(to, from, n) BANNED(strncpy)
#undef strncat
#define strncat(to, from, n) BANNED(strncat)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef gets
#define gets(to) BANNED(gets)
#undef strtok
#define strtok(text, set) BANNED(strtok)
#undef alloca
#define alloca(n) BANNED(alloca)
#undef localtime
#define localtime(when) BANNED(localtime)
#undef gmtime
#define gmtime(when) BANNED(gmtime)
#undef ctime
#define ctime(when) BANNED(ctime)
#undef atoi
#define atoi(text) BANNED(atoi)

#endif
