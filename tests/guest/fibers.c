/* Fibers: switching by hand, data, local slots, and the end of one. */
#include "guest.h"

static void *main_fiber, *producer, *consumer;
static int basket;

static void CALLBACK produce(void *name) {
    printf("%s starts\n", (const char *)name);
    for (int i = 1; i <= 3; i++) {
        basket = i * i;
        printf("%s: made %d\n", (const char *)name, basket);
        SwitchToFiber(consumer);
    }
    basket = 0;
    SwitchToFiber(consumer);
}

static void CALLBACK consume(void *name) {
    say("is a fiber", IsThreadAFiber());
    say("its data", GetFiberData() == name);
    while (SwitchToFiber(producer), basket) printf("%s: took %d\n", (const char *)name, basket);
    SwitchToFiber(main_fiber);
}

static DWORD fls;

static void CALLBACK with_slot(void *value) {
    say("slot is empty", FlsGetValue(fls) == NULL);
    FlsSetValue(fls, value);
    SwitchToFiber(main_fiber);
    say("slot is kept", FlsGetValue(fls) == value);
    SwitchToFiber(main_fiber);
}

static void local_slots(void) {
    static int one, two;
    fls = FlsAlloc(NULL);
    FlsSetValue(fls, &one);
    void *fiber = CreateFiber(0, with_slot, &two);
    SwitchToFiber(fiber);
    say("ours is ours", FlsGetValue(fls) == &one);
    SwitchToFiber(fiber);
    DeleteFiber(fiber);
    FlsFree(fls);
}

static void CALLBACK return_from_fiber(void *unused) {
    (void)unused;
    puts("a fiber returns, so its thread ends");
}

static DWORD WINAPI fiber_thread(void *unused) {
    (void)unused;
    ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, return_from_fiber, NULL));
    return 5;
}

int main(void) {
    DWORD code = 99;
    say("is a fiber", IsThreadAFiber());
    main_fiber = ConvertThreadToFiber("main");
    producer = CreateFiber(0x10000, produce, "producer");
    consumer = CreateFiberEx(0, 0x10000, FIBER_FLAG_FLOAT_SWITCH, consume, "consumer");
    SwitchToFiber(consumer);
    say_text("back in", GetFiberData());
    DeleteFiber(producer);
    DeleteFiber(consumer);
    local_slots();
    HANDLE thread = CreateThread(NULL, 0, fiber_thread, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    say("its code is not the thread's", code != 5);
    say_result("back to a thread", ConvertFiberToThread());
    say("is a fiber", IsThreadAFiber());
    return 0;
}
