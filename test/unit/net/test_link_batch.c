/* What a socket refuses, told apart. A pair of datagram sockets stands in for
 * an interface. */
#include "support.h"

#include "net/link_batch.h"

#include <string.h>
#include <unistd.h>

#define MESSAGE_BYTES 100

struct pipe {
	int fds[2];
	struct link_batch batch;
	uint8_t bytes[LINK_BATCH][MESSAGE_BYTES];
	uint8_t huge[1 << 20];
};

static struct pipe pipe_;

static void set_up(void)
{
	memset(&pipe_, 0, sizeof(pipe_));
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pipe_.fds), 0);
	setsockopt(pipe_.fds[0], SOL_SOCKET, SO_SNDBUF, &(int){16384}, sizeof(int));
	link_batch_init(&pipe_.batch);
	for (size_t i = 0; i < LINK_BATCH; i++) {
		const struct link_frame frame = {pipe_.bytes[i], MESSAGE_BYTES};

		pipe_.bytes[i][0] = (uint8_t)i;
		link_batch_set(&pipe_.batch, i, &frame);
	}
}

static void tear_down(void)
{
	close(pipe_.fds[0]);
	close(pipe_.fds[1]);
}

static void must_receive(uint8_t mark)
{
	uint8_t bytes[MESSAGE_BYTES + 1];

	assert_int_equal(recv(pipe_.fds[1], bytes, sizeof(bytes), MSG_DONTWAIT), MESSAGE_BYTES);
	assert_int_equal(bytes[0], mark);
}

static void a_full_socket_takes_the_first_ones(void **state)
{
	int taken;

	set_up();
	taken = link_batch_send(&pipe_.batch, pipe_.fds[0], LINK_BATCH);
	assert_in_range(taken, 1, LINK_BATCH - 1);
	assert_int_equal(pipe_.batch.sent, taken);
	assert_int_equal(pipe_.batch.refused, 0);
	assert_int_equal(link_batch_send(&pipe_.batch, pipe_.fds[0], 1), 0);
	for (int i = 0; i < taken; i++)
		must_receive((uint8_t)i);
	assert_int_equal(recv(pipe_.fds[1], pipe_.huge, 1, MSG_DONTWAIT), -1);
	tear_down();
}

static void a_message_too_long_is_done_with(void **state)
{
	const struct link_frame huge = {pipe_.huge, sizeof(pipe_.huge)};

	set_up();
	link_batch_set(&pipe_.batch, 1, &huge);
	link_batch_set(&pipe_.batch, 4, &huge);
	assert_int_equal(link_batch_send(&pipe_.batch, pipe_.fds[0], 5), 5);
	assert_int_equal(pipe_.batch.sent, 3);
	assert_int_equal(pipe_.batch.refused, 2);
	must_receive(0);
	must_receive(2);
	must_receive(3);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_socket_takes_the_first_ones),
		cmocka_unit_test(a_message_too_long_is_done_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
