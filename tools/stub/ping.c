/* ping.exe: -n, -t, -l, -w, -i, -4, -a. */
#include "stub.h"

#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <icmpapi.h>

typedef struct {
    const wchar_t *host;
    DWORD count, size, timeout;
} Options;

typedef struct {
    DWORD sent, received, least, most, total;
} Tally;

static void read_options(int count, wchar_t **a, Options *o) {
    *o = (Options){.count = 4, .size = 32, .timeout = 4000};
    for (int i = 1; i < count; i++) {
        DWORD value = i + 1 < count ? (DWORD)wcstoul(a[i + 1], NULL, 10) : 0;
        if (*a[i] != L'-' && *a[i] != L'/') o->host = a[i];
        else if (is_option(a[i], L"t")) o->count = MAXDWORD;
        else if (is_option(a[i], L"n")) o->count = value, i++;
        else if (is_option(a[i], L"l")) o->size = value, i++;
        else if (is_option(a[i], L"w")) o->timeout = value, i++;
        else if (is_option(a[i], L"i") || is_option(a[i], L"v") || is_option(a[i], L"r")) i++;
    }
}

static int resolve(const wchar_t *host, IPAddr *out) {
    ADDRINFOW hints = {.ai_family = AF_INET}, *found = NULL;
    if (GetAddrInfoW(host, NULL, &hints, &found)) return 0;
    *out = ((struct sockaddr_in *)found->ai_addr)->sin_addr.S_un.S_addr;
    FreeAddrInfoW(found);
    return 1;
}

static const wchar_t *dotted(IPAddr a) {
    static wchar_t out[32];
    _snwprintf(out, 32, L"%lu.%lu.%lu.%lu", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24);
    return out;
}

static void echo(HANDLE icmp, IPAddr to, const Options *o, Tally *t) {
    DWORD room = sizeof(ICMP_ECHO_REPLY) + o->size + 64;
    ICMP_ECHO_REPLY *reply = calloc(1, room);
    char *data = calloc(1, o->size + 1);
    for (DWORD i = 0; i < o->size; i++) data[i] = (char)('a' + i % 23);
    t->sent++;
    DWORD got = IcmpSendEcho(icmp, to, data, (WORD)o->size, NULL, reply, room, o->timeout);
    if (got && !reply->Status) {
        DWORD ms = reply->RoundTripTime;
        t->received++;
        t->total += ms;
        if (ms < t->least) t->least = ms;
        if (ms > t->most) t->most = ms;
        if (ms)
            say(L"Reply from %ls: bytes=%lu time=%lums TTL=%u\n", dotted(reply->Address),
                (DWORD)reply->DataSize, ms, reply->Options.Ttl);
        else
            say(L"Reply from %ls: bytes=%lu time<1ms TTL=%u\n", dotted(reply->Address),
                (DWORD)reply->DataSize, reply->Options.Ttl);
    } else if (got && reply->Status == IP_DEST_HOST_UNREACHABLE) {
        say(L"Reply from %ls: Destination host unreachable.\n", dotted(reply->Address));
    } else {
        say(L"Request timed out.\n");
    }
    free(reply);
    free(data);
}

static void summary(IPAddr to, const Tally *t) {
    DWORD lost = t->sent - t->received;
    say(L"\nPing statistics for %ls:\n", dotted(to));
    say(L"    Packets: Sent = %lu, Received = %lu, Lost = %lu (%lu%% loss),\n", t->sent,
        t->received, lost, t->sent ? lost * 100 / t->sent : 0);
    if (!t->received) return;
    say(L"Approximate round trip times in milli-seconds:\n");
    say(L"    Minimum = %lums, Maximum = %lums, Average = %lums\n", t->least, t->most,
        t->total / t->received);
}

int wmain(int count, wchar_t **a) {
    WSADATA data;
    Options o;
    IPAddr to;
    Tally t = {.least = MAXDWORD};
    read_options(count, a, &o);
    WSAStartup(0x202, &data);
    if (!o.host) {
        say(L"\nUsage: ping [-t] [-a] [-n count] [-l size] [-f] [-i TTL] [-v TOS]\n"
            L"            [-r count] [-s count] [[-j host-list] | [-k host-list]]\n"
            L"            [-w timeout] [-R] [-S srcaddr] [-c compartment] [-p]\n"
            L"            [-4] [-6] target_name\n\n");
        return 1;
    }
    if (!resolve(o.host, &to)) {
        say(L"Ping request could not find host %ls. Please check the name and try again.\n",
            o.host);
        return 1;
    }
    if (is(dotted(to), o.host)) say(L"\nPinging %ls with %lu bytes of data:\n", dotted(to), o.size);
    else say(L"\nPinging %ls [%ls] with %lu bytes of data:\n", o.host, dotted(to), o.size);
    HANDLE icmp = IcmpCreateFile();
    for (DWORD i = 0; i < o.count; i++) {
        if (i) Sleep(1000);
        echo(icmp, to, &o, &t);
    }
    summary(to, &t);
    return !t.received;
}
