/* C++ exceptions: types, rethrow, order of destruction, function try blocks, exception_ptr. */
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string trail;

struct Mark {
    explicit Mark(char n) : name(n) { trail += name; }
    ~Mark() { trail += char(name - 'a' + 'A'); }
    char name;
};

void say(const std::string &what) {
    std::cout << what << ": " << trail << std::endl;
    trail.clear();
}

struct Base {
    virtual ~Base() = default;
    virtual const char *name() const { return "base"; }
};

struct Derived : Base {
    const char *name() const override { return "derived"; }
};

struct Other {};

void types() {
    try {
        throw 42;
    } catch (long) { std::cout << "long\n"; } catch (int i) {
        std::cout << "int " << i << "\n";
    }
    try {
        throw Derived();
    } catch (const Other &) { std::cout << "other\n"; } catch (const Base &b) {
        std::cout << "by reference to base: " << b.name() << "\n";
    }
    try {
        throw std::string("text");
    } catch (...) { std::cout << "anything\n"; }
    try {
        throw "literal";
    } catch (const char *s) { std::cout << s << "\n"; }
    try {
        static_cast<void>(std::vector<int>(3).at(7));
    } catch (const std::out_of_range &) { std::cout << "out of range\n"; }
    try {
        static_cast<void>(dynamic_cast<Derived &>(*std::make_unique<Base>()));
    } catch (const std::bad_cast &) { std::cout << "bad cast\n"; }
}

void inner() {
    Mark a('a');
    Mark b('b');
    throw std::runtime_error("from inside");
}

void middle() {
    Mark c('c');
    try {
        Mark d('d');
        inner();
    } catch (const std::exception &e) {
        trail += std::string("(") + e.what() + ")";
        throw;
    }
}

void unwinding() {
    try {
        middle();
    } catch (const std::runtime_error &) { trail += "!"; }
    say("unwinding");
}

struct Members {
    Members() try : first('f'), second('s') { throw 1; } catch (int) {
        trail += "(constructor)";
    }
    Mark first, second;
};

void constructors() {
    try {
        Members m;
    } catch (int) { trail += "!"; }
    say("constructor that throws");
}

void deep(int n) {
    Mark m('m');
    if (n == 0) throw n;
    deep(n - 1);
}

void many_frames() {
    int caught = 0;
    for (int i = 0; i < 20; i++) {
        try {
            deep(10);
        } catch (int) { caught++; }
    }
    std::cout << "caught " << caught << ", marks " << trail.size() << "\n";
    trail.clear();
}

void nested() {
    try {
        try {
            throw std::logic_error("first");
        } catch (const std::logic_error &) { std::throw_with_nested(std::runtime_error("second")); }
    } catch (const std::exception &e) {
        std::cout << e.what();
        try {
            std::rethrow_if_nested(e);
        } catch (const std::exception &n) { std::cout << " because of " << n.what() << "\n"; }
    }
}

void kept() {
    std::exception_ptr p;
    try {
        throw Derived();
    } catch (...) { p = std::current_exception(); }
    for (int i = 0; i < 2; i++) {
        try {
            std::rethrow_exception(p);
        } catch (const Base &b) { std::cout << "kept: " << b.name() << "\n"; }
    }
    std::cout << "in flight: " << std::uncaught_exceptions() << "\n";
}

struct Destructor {
    ~Destructor() {
        std::cout << "in flight while unwinding: " << std::uncaught_exceptions() << "\n";
        try {
            throw 2;
        } catch (int i) { std::cout << "thrown and caught while unwinding: " << i << "\n"; }
    }
};

void throw_while_unwinding() {
    try {
        Destructor d;
        throw 1;
    } catch (int i) { std::cout << "outer: " << i << "\n"; }
}

void memory() {
    try {
        static_cast<void>(::operator new(static_cast<std::size_t>(-1) / 2));
        std::cout << "memory without end\n";
    } catch (const std::bad_alloc &) { std::cout << "bad alloc\n"; }
}

} // namespace

int main() {
    types();
    unwinding();
    constructors();
    many_frames();
    nested();
    kept();
    throw_while_unwinding();
    memory();
    return 0;
}
