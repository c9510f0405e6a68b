/* fuzz_phone: what is taken for a mobile number is one, and is read again from what we write. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/model/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t number = -1, again = -1;
    enum phone_class id = phone_parse((const char *)data, size, &number);
    char text[32], masked[24];

    LOG_ASSERT((unsigned)id < PHONE_CLASSES);
    LOG_ASSERT(*phone_class_reason(id) != '\0');
    if (id != PHONE_MOBILE) {
        LOG_ASSERT(number == -1);
        return 0;
    }
    LOG_ASSERT(number >= INT64_C(8613000000000) && number <= INT64_C(8619999999999));
    phone_mask(number, masked);
    LOG_ASSERT(strlen(masked) == 11 && memcmp(masked + 3, "****", 4) == 0);
    snprintf(text, sizeof text, "+%" PRId64, number);
    LOG_ASSERT(phone_parse(text, strlen(text), &again) == PHONE_MOBILE && again == number);
    LOG_ASSERT(phone_parse(text + 3, strlen(text + 3), &again) == PHONE_MOBILE && again == number);
    return 0;
}
