/* C++ threads: exceptions across threads, futures, mutexes, thread_local, call_once. */
#include <atomic>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

std::mutex lock;
std::atomic<int> destroyed{0};

struct Counted {
    int value = 0;
    ~Counted() { destroyed++; }
};

thread_local Counted counted;

int count_privately(int n) {
    for (int i = 0; i < n; i++) counted.value++;
    return counted.value;
}

void private_counters() {
    std::vector<std::thread> threads;
    std::vector<int> results(4);
    for (int i = 0; i < 4; i++)
        threads.emplace_back([i, &results] { results[i] = count_privately(10 * (i + 1)); });
    for (auto &t : threads) t.join();
    std::cout << "private counters:";
    for (int r : results) std::cout << ' ' << r;
    std::cout << ", destroyed " << destroyed << std::endl;
}

void shared_counter() {
    int total = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&total] {
            for (int n = 0; n < 250; n++) {
                std::lock_guard<std::mutex> guard(lock);
                total++;
            }
        });
    for (auto &t : threads) t.join();
    std::cout << "shared counter: " << total << std::endl;
}

void exception_across_threads() {
    std::exception_ptr kept;
    std::thread thrower([&kept] {
        try {
            throw std::runtime_error("thrown in a thread");
        } catch (...) { kept = std::current_exception(); }
    });
    thrower.join();
    try {
        std::rethrow_exception(kept);
    } catch (const std::runtime_error &e) {
        std::cout << e.what() << ", caught in another" << std::endl;
    }
}

void futures() {
    auto good = std::async(std::launch::async, [] { return 6 * 7; });
    auto bad = std::async(std::launch::async, []() -> int { throw std::domain_error("no value"); });
    std::cout << "future: " << good.get() << std::endl;
    try {
        bad.get();
    } catch (const std::domain_error &e) { std::cout << "future: " << e.what() << std::endl; }
    std::promise<int> promise;
    std::thread keeper([&promise] { promise.set_value(11); });
    std::cout << "promise: " << promise.get_future().get() << std::endl;
    keeper.join();
}

void condition() {
    std::condition_variable ready;
    int stage = 0;
    std::thread other([&] {
        std::unique_lock<std::mutex> guard(lock);
        ready.wait(guard, [&] { return stage == 1; });
        stage = 2;
        ready.notify_all();
    });
    {
        std::unique_lock<std::mutex> guard(lock);
        stage = 1;
        ready.notify_all();
        ready.wait(guard, [&] { return stage == 2; });
    }
    other.join();
    std::unique_lock<std::mutex> guard(lock);
    bool late = ready.wait_for(guard, std::chrono::milliseconds(10)) == std::cv_status::timeout;
    std::cout << "stage " << stage << ", time-out " << late << std::endl;
}

void once() {
    std::once_flag flag;
    std::atomic<int> calls{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&] { std::call_once(flag, [&] { calls++; }); });
    for (auto &t : threads) t.join();
    std::cout << "called " << calls << " time" << std::endl;
}

} // namespace

int main() {
    private_counters();
    shared_counter();
    exception_across_threads();
    futures();
    condition();
    once();
    return 0;
}
