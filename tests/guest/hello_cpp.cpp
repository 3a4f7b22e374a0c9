/* C++ start-up: static constructors and destructors in order, iostream, containers, locale-free
 * formatting. */
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Noisy {
    explicit Noisy(const char *n) : name(n) { std::cout << name << " begins\n"; }
    ~Noisy() { std::cout << name << " ends" << std::endl; }
    const char *name;
};

Noisy first("first global");
Noisy second("second global");

std::string shout(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    return text;
}

} // namespace

int main() {
    Noisy local("local");
    std::map<std::string, int> words;
    std::istringstream text("the quick brown fox jumps over the lazy dog the end");
    for (std::string word; text >> word;) words[word]++;
    for (const auto &[word, count] : words) std::cout << word << ' ' << count << '\n';

    std::vector<std::unique_ptr<Noisy>> owned;
    owned.push_back(std::make_unique<Noisy>("owned"));
    std::cout << shout("iostream") << ' ' << 1.5 << ' ' << std::hex << 48879 << std::endl;
    return 0;
}
