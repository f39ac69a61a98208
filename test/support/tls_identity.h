/* A key and a certificate that sign themselves, for scripted and real TLS servers of the tests;
 * they secure nothing. Subject: C=XX, O="Lab, Groesse" (with umlauts), CN=www.lab.test. */
#ifndef PORTOLAN_TEST_TLS_IDENTITY_H
#define PORTOLAN_TEST_TLS_IDENTITY_H

extern const char tls_identity_certificate[], tls_identity_key[]; /* PEM */

#endif
