/* A BIO without a buffer: what arrived is read where it lies, what is written goes straight
 * to the flow below. */
#include "engine/flow_tls_private.h"

#include "util/error.h"

#include <string.h>

#define IPV6_AND_UDP_BYTES 48

static int pipe_read(BIO *bio, char *ret_bytes, int size)
{
	struct tls_pipe *pipe = BIO_get_data(bio);
	size_t count = size > 0 ? (size_t)size : 0;

	if (count > pipe->in_bytes)
		count = pipe->in_bytes;
	BIO_clear_retry_flags(bio);
	if (!count) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(ret_bytes, pipe->in, count);
	pipe->in += count;
	pipe->in_bytes -= count;
	if (pipe->datagrams)
		pipe->in_bytes = 0; /* as a socket: what does not fit is cut */
	return (int)count;
}

static int pipe_write(BIO *bio, const char *bytes, int count)
{
	struct tls_pipe *pipe = BIO_get_data(bio);
	int r;

	BIO_clear_retry_flags(bio);
	if (count <= 0)
		return 0;
	if ((r = pipe->write(pipe->self, (const uint8_t *)bytes, (size_t)count)) == 0)
		return count;
	pipe->error = r;
	return -1;
}

static long pipe_control(BIO *bio, int command, long number, void *pointer)
{
	const struct tls_pipe *pipe = BIO_get_data(bio);

	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_PENDING:
		return (long)pipe->in_bytes;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return TLS_PATH_MTU;
	case BIO_CTRL_DGRAM_SET_MTU:
		return number;
	case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
		return IPV6_AND_UDP_BYTES;
	default:
		return 0;
	}
}

BIO_METHOD *tls_pipe_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "flow");

	if (method && BIO_meth_set_read(method, pipe_read) &&
	    BIO_meth_set_write(method, pipe_write) && BIO_meth_set_ctrl(method, pipe_control))
		return method;
	BIO_meth_free(method);
	return NULL;
}

int tls_pipe_attach(SSL *ssl, const BIO_METHOD *method, struct tls_pipe *pipe)
{
	BIO *bio = BIO_new(method);

	if (!bio)
		return ERROR_MEMORY;
	BIO_set_data(bio, pipe);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	return 0;
}
