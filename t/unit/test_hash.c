/* core/hash: equal texts hash alike, others do not, and the key differs from process to process. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/hash.h"

Test(hash, depends_on_every_byte_and_the_length)
{
	char bytes[64] = {0};
	uint64_t plain = hash_text((struct text){bytes, sizeof(bytes)});
	cr_expect_eq(hash_text((struct text){bytes, sizeof(bytes)}), plain, "the same text");
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 1;
		cr_expect_neq(hash_text((struct text){bytes, sizeof(bytes)}), plain, "byte %zu", i);
		bytes[i] = 0;
		cr_expect_neq(hash_text((struct text){bytes, i}), hash_text((struct text){bytes, i + 1}), "length %zu",
			      i);
	}
	cr_expect_eq(hash_text(TEXT("")), hash_text((struct text){NULL, 0}), "empty and absent");
}

Test(hash, every_process_has_a_key_of_its_own)
{
	uint64_t hashes[2];
	int ends[2];
	cr_assert_eq(pipe(ends), 0, "pipe");
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();
		cr_assert_geq(child, 0, "fork");
		if (child == 0) {
			uint64_t hash = hash_text(TEXT("sample"));
			_exit(write(ends[1], &hash, sizeof(hash)) == (ssize_t)sizeof(hash) ? 0 : 1);
		}
		waitpid(child, NULL, 0);
		cr_assert_eq(read(ends[0], &hashes[i], sizeof(hashes[i])), (ssize_t)sizeof(hashes[i]), "read");
	}
	cr_expect_neq(hashes[0], hashes[1], "two processes");
}

Test(hash, alike_in_every_process)
{
	cr_expect_eq(hash_text_alike(TEXT("sample")), UINT64_C(0x4812e460280c6ef2), "%016lx",
		     (unsigned long)hash_text_alike(TEXT("sample")));
	cr_expect_neq(hash_text_alike(TEXT("sample")), hash_text_alike(TEXT("simple")), "another text");
}
