/* Servers that speak first and answer lines: FTP (RFC 959), SMTP (RFC 5321), POP3 (RFC 1939), IMAP
 * (RFC 9051), and SSH's greeting (RFC 4253 4.2). Enough for a client not to fail at once. */
#include "guest/inet/peer.h"
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

typedef struct {
    const char *command, *answer; /* %s: the server's name */
    bool ends;
} Line;

typedef struct {
    uint16_t port;
    const char *greeting;
    const Line *lines; /* ends with a NULL command, whose answer is for all others */
} Protocol;

static const Line ftp[] = {
    {"USER", "331 Password required.\r\n", false},
    {"PASS", "230 User logged in.\r\n", false},
    {"SYST", "215 UNIX Type: L8\r\n", false},
    {"FEAT", "211 No features.\r\n", false},
    {"PWD", "257 \"/\" is the current directory.\r\n", false},
    {"QUIT", "221 Goodbye.\r\n", true},
    {"PASV", "425 Can't open data connection.\r\n", false},
    {"EPSV", "425 Can't open data connection.\r\n", false},
    {"PORT", "200 PORT command successful.\r\n", false},
    {"RETR", "550 No such file.\r\n", false},
    {"STOR", "553 Could not create file.\r\n", false},
    {NULL, "200 OK.\r\n", false},
};

static const Line smtp[] = {
    {"EHLO", "250-%s\r\n250-SIZE 35882577\r\n250 8BITMIME\r\n", false},
    {"HELO", "250 %s\r\n", false},
    {"AUTH", "535 5.7.8 Authentication credentials invalid\r\n", false},
    {"STARTTLS", "454 4.7.0 TLS not available\r\n", false},
    {"DATA", "354 End data with <CR><LF>.<CR><LF>\r\n", false},
    {"QUIT", "221 2.0.0 Bye\r\n", true},
    {NULL, "250 2.0.0 OK\r\n", false},
};

static const Line pop3[] = {
    {"USER", "+OK\r\n", false},     {"PASS", "+OK mailbox has 0 messages\r\n", false},
    {"STAT", "+OK 0 0\r\n", false}, {"LIST", "+OK\r\n.\r\n", false},
    {"QUIT", "+OK bye\r\n", true},  {NULL, "-ERR unknown command\r\n", false},
};

static const Line none[] = {{NULL, "", false}};

static const Protocol protocols[] = {
    {21, "220 %s FTP server ready.\r\n", ftp},
    {22, "SSH-2.0-OpenSSH_8.9p1 Ubuntu-3\r\n", none},
    {25, "220 %s ESMTP\r\n", smtp},
    {110, "+OK POP3 ready\r\n", pop3},
    {143, "* OK [CAPABILITY IMAP4rev1] ready\r\n", none},
    {587, "220 %s ESMTP\r\n", smtp},
};

static const Protocol *protocol_of(const Peer *p) {
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (protocols[i].port == p->at.port) return &protocols[i];
    return NULL;
}

bool peer_speaks_lines(const Peer *p) {
    return protocol_of(p) != NULL;
}

/* The text, which names the server at the most once. */
static void say(Peer *p, const char *text) {
    char ip[ADDRESS_TEXT_SIZE];
    const char *mark = strstr(text, "%s");
    address_print(&p->at, ip);
    if (!mark) {
        buf_str(&p->out, text);
        return;
    }
    buf_printf(&p->out, "%.*s%s%s", (int)(mark - text), text, *p->host ? p->host : ip, mark + 2);
}

static void greet(Peer *p) {
    say(p, protocol_of(p)->greeting);
}

static bool is_command(Span line, const char *command) {
    size_t n = strlen(command);
    return line.n >= n && !strncasecmp((const char *)line.p, command, n) &&
           (line.n == n || !isalnum(line.p[n]));
}

/* A message's lines are not answered, up to the dot that ends it. */
enum { COMMANDS, MESSAGE };

static void answer_line(Peer *p, const Protocol *protocol, Span line) {
    if (p->step == MESSAGE && !(line.n == 1 && line.p[0] == '.')) return;
    const Line *l = protocol->lines;
    while (p->step == COMMANDS && l->command && !is_command(line, l->command)) l++;
    while (p->step == MESSAGE && l->command) l++;
    p->step = l->command && !strcmp(l->command, "DATA") ? MESSAGE : COMMANDS;
    say(p, l->answer);
    p->done = l->ends;
}

static void take(Peer *p) {
    const Protocol *protocol = protocol_of(p);
    const uint8_t *end;
    while (!p->done && p->in.n && (end = memchr(p->in.p, '\n', p->in.n))) {
        size_t n = (size_t)(end - p->in.p), used = n + 1;
        if (n && p->in.p[n - 1] == '\r') n--;
        answer_line(p, protocol, span(p->in.p, n));
        peer_used(p, used);
    }
}

const PeerKind peer_line = {"lines", greet, take};
