/* Entities: each kind is seen where it stands and spelled in one way; clusters: which of them tie
 * which files, and which tie nobody. */
#include "link/cluster.h"
#include "link/extract.h"
#include "link/spell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- extraction ---- */

typedef struct {
    Sink sink; /* first */
    Buf told;  /* "kind value (via);" */
} Entities;

static void take_entity(Sink *s, const Entity *e) {
    buf_printf(&((Entities *)s)->told, "%s %s (%s);", entity_name(e->kind), e->value, e->via);
}

static Extract *open_extract(Entities *e) {
    *e = (Entities){.sink = {.entity = take_entity}, .told = buf_new(1 << 16)};
    Extract *x = extract_open(&e->sink);
    assert_non_null(x);
    return x;
}

static void assert_told(Entities *e, const char *want) {
    buf_byte(&e->told, 0);
    assert_string_equal((const char *)e->told.p, want);
    buf_clear(&e->told);
}

static void close_extract(Extract *x, Entities *e) {
    extract_close(x);
    buf_free(&e->told);
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static Value *with(Arena *a, Value *map, const char *key, const char *text) {
    value_set(a, map, key, value_str(a, text));
    return map;
}

static Value *signature(Arena *a) {
    Value *s = value_map(a), *signer = value_map(a), *program = value_map(a);
    with(a, with(a, signer, "sha256", HEX64), "sha1", "00112233445566778899AABBCCDDEEFF00112233");
    with(a, with(a, signer, "subject", "CN=Acme"), "issuer", "CN=Authority");
    with(a, with(a, signer, "serial", "00:0A:BC"), "key_sha256", HEX64);
    with(a, with(a, program, "name", "Updater"), "url", "HTTP://Acme.Example/Path");
    value_set(a, s, "signer", signer);
    value_set(a, s, "program", program);
    return s;
}

static void sees_facts_and_signatures(void **state) {
    (void)state;
    Arena a = arena_new(1 << 20);
    Value *facts = value_map(&a), *pe = value_map(&a), *pdb = value_map(&a), *list = value_list(&a);
    with(&a, with(&a, pe, "imphash", "642E3FCFB17619C3B1A3C89215CF4F36"), "rich_hash",
         "00112233445566778899aabbccddeeff");
    value_set(&a, pe, "pdb", with(&a, pdb, "path", "D:\\work\\a.pdb"));
    value_set(&a, facts, "pe", pe);
    value_add(list, signature(&a));
    Entities e;
    Extract *x = open_extract(&e);
    sink_artifact(
        extract_sink(x),
        &(Artifact){.id = 1, .name = "a", .origin = "input", .facts = facts, .signatures = list});
    assert_told(&e, "imphash 642e3fcfb17619c3b1a3c89215cf4f36 (facts.pe.imphash);"
                    "rich 00112233445566778899aabbccddeeff (facts.pe.rich_hash);"
                    "pdb D:\\work\\a.pdb (facts.pe.pdb.path);"
                    "certificate " HEX64 " (signatures.signer.sha256);"
                    "certificate 00112233445566778899aabbccddeeff00112233 (signatures.signer.sha1);"
                    "public_key " HEX64 " (signatures.signer.key_sha256);"
                    "subject CN=Acme (signatures.signer.subject);"
                    "opus Updater (signatures.program.name);"
                    "url http://acme.example/Path (signatures.program.url);"
                    "issuer_serial abc CN=Authority (signatures.signer.serial);");
    close_extract(x, &e);
    arena_reset(&a);
}

static void tell_event(Extract *x, uint32_t run, EventCategory c, EventFieldName f, const char *v) {
    Event e = {.run = run, .artifact = 1, .category = c, .count = 1};
    event_set(&e, f, v);
    sink_event(extract_sink(x), &e);
}

static void sees_what_a_run_does(void **state) {
    (void)state;
    Entities e;
    Extract *x = open_extract(&e);
    tell_event(x, 1, EV_dns_query, EF_QueryName, "Evil.Example.");
    tell_event(x, 1, EV_dns_query, EF_QueryName, "evil.example"); /* each once */
    tell_event(x, 1, EV_mutex, EF_Name, "Global\\One");
    tell_event(x, 1, EV_http_request, EF_Url, "http://evil.example:8080/a?B");
    tell_event(x, 1, EV_network_connection, EF_DestinationIp, "10.1.2.3");
    tell_event(x, 1, EV_network_connection, EF_User, "OFFICE\\anna"); /* the pretend computer's */
    tell_event(x, 0, EV_network_connection, EF_User, "CORP\\Anna");   /* one of a capture */
    sink_artifact(extract_sink(x), &(Artifact){.id = 2,
                                               .parent = 1,
                                               .origin = "dropped",
                                               .name = "C:\\Users\\anna\\AppData\\x.exe"});
    assert_told(&e, "domain evil.example (dns_query);mutex Global\\One (mutex);"
                    "url http://evil.example:8080/a?B (http_request);"
                    "domain evil.example (http_request);address 10.1.2.3 (network_connection);"
                    "user corp\\anna (network_connection);"
                    "path %userprofile%\\appdata\\x.exe (dropped);");
    sink_ended(extract_sink(x), &(InputEnd){.name = "a"});
    tell_event(x, 1, EV_dns_query, EF_QueryName, "evil.example"); /* of the next input */
    assert_told(&e, "domain evil.example (dns_query);");
    close_extract(x, &e);
}

static void sees_what_a_program_waits_for(void **state) {
    (void)state;
    Arena a = arena_new(1 << 16);
    Value *macs = value_list(&a);
    value_add(macs, value_str(&a, "00-1A-2b-3c-4d-5e"));
    Entities e;
    Extract *x = open_extract(&e);
    sink_trigger(extract_sink(x), &(Trigger){.artifact = 1, .fact = "mac", .values = macs});
    sink_trigger(extract_sink(x), &(Trigger){.artifact = 1, .fact = "mutex", .subject = "Once"});
    sink_trigger(extract_sink(x), &(Trigger){.artifact = 1, .fact = "ram", .subject = "x"});
    assert_told(&e, "mac 00:1a:2b:3c:4d:5e (trigger);mutex Once (trigger);");
    close_extract(x, &e);
    arena_reset(&a);
}

/* ---- spelling ---- */

static void assert_spelled(EntityKind kind, const char *text, const char *want) {
    Arena a = arena_new(1 << 16);
    const char *got = spell(&a, kind, text);
    if (want) assert_string_equal(got ? got : "(none)", want);
    else assert_null(got);
    arena_reset(&a);
}

static void one_thing_has_one_spelling(void **state) {
    (void)state;
    assert_spelled(EN_domain, "10.0.0.1", NULL);
    assert_spelled(EN_domain, "intranet", NULL);
    assert_spelled(EN_domain, "http://u:p@Host.Example:80/x", "host.example");
    assert_spelled(EN_address, "2001:DB8:0::1", "2001:db8::1");
    assert_spelled(EN_address, "1.2.3", NULL);
    assert_spelled(EN_sha256, "abcd", NULL);
    assert_spelled(EN_path, "C:/Users/Public/x", "c:\\users\\public\\x");
    Arena a = arena_new(1 << 16);
    assert_string_equal(spell_serial(&a, "05:E6:a0", false), "5e6a0");
    assert_string_equal(spell_serial(&a, "255", true), "ff");
    assert_string_equal(spell_serial(&a, "340282366920938463463374607431768211455", true),
                        "ffffffffffffffffffffffffffffffff");
    assert_null(spell_serial(&a, "12a", true));
    arena_reset(&a);
}

/* ---- clusters ---- */

/* Input n has the digest "n". */
static void add(Cluster *c, uint64_t input, EntityKind kind, const char *value) {
    char name[24];
    snprintf(name, sizeof name, "%llu", (unsigned long long)input);
    ClusterLink l = {.input = input, .sha256 = name, .name = name, .kind = kind, .value = value};
    assert_int_equal(cluster_add(c, &l), ST_OK);
}

static Cluster *open_cluster(void) {
    Cluster *c = cluster_open();
    assert_non_null(c);
    return c;
}

static const ClusterTie *tie_of(const Cluster *c, EntityKind kind, const char *value) {
    for (size_t i = 0; i < cluster_ties(c); i++) {
        const ClusterTie *t = cluster_tie(c, i);
        if (t->kind == kind && strcmp(t->value, value) == 0) return t;
    }
    return NULL;
}

/* Whatever two files share, of each kind, ties these two and no other. */
static void every_kind_ties(void **state) {
    (void)state;
    for (unsigned k = 0; k < EN_COUNT; k++) {
        Cluster *c = open_cluster();
        add(c, 1, (EntityKind)k, "shared");
        add(c, 2, (EntityKind)k, "another");
        add(c, 3, (EntityKind)k, "shared");
        assert_int_equal(cluster_solve(c), ST_OK);
        assert_int_equal(cluster_groups(c), 1);
        const ClusterTie *t = tie_of(c, (EntityKind)k, "shared");
        assert_non_null(t);
        assert_null(t->common);
        assert_int_equal(t->count, 2);
        assert_int_equal(cluster_file(c, t->files[0])->input, 1);
        assert_int_equal(cluster_file(c, t->files[1])->input, 3);
        assert_int_equal(cluster_file(c, 0)->group, 1);
        assert_int_equal(cluster_file(c, 1)->group, 0);
        assert_null(tie_of(c, (EntityKind)k, "another"));
        cluster_close(c);
    }
}

/* The same text is another thing where it is of another kind. */
static void kinds_are_told_apart(void **state) {
    (void)state;
    Cluster *c = open_cluster();
    add(c, 1, EN_mutex, "name");
    add(c, 2, EN_pdb, "name");
    assert_int_equal(cluster_solve(c), ST_OK);
    assert_int_equal(cluster_groups(c), 0);
    cluster_close(c);
}

/* One certificate ties 1 and 2, another 3 and 4, the code ties 2 and 3: all four. */
static void ties_reach_through_others(void **state) {
    (void)state;
    Cluster *c = open_cluster();
    add(c, 1, EN_certificate, "one");
    add(c, 2, EN_certificate, "one");
    add(c, 3, EN_certificate, "two");
    add(c, 4, EN_certificate, "two");
    add(c, 2, EN_imphash, "code");
    add(c, 3, EN_imphash, "code");
    add(c, 5, EN_domain, "a.example");
    add(c, 6, EN_domain, "a.example");
    assert_int_equal(cluster_solve(c), ST_OK);
    assert_int_equal(cluster_groups(c), 2);
    for (size_t i = 0; i < 6; i++) assert_int_equal(cluster_file(c, i)->group, i < 4 ? 1 : 2);
    cluster_close(c);
}

static void what_everybody_has_ties_nobody(void **state) {
    (void)state;
    Cluster *c = open_cluster();
    for (uint64_t i = 1; i <= 2; i++) {
        add(c, i, EN_address, "127.0.0.1");
        add(c, i, EN_certificate, "theirs");
        add(c, i, EN_subject, "CN=Microsoft Windows, O=Microsoft Corporation");
    }
    add(c, 3, EN_certificate, "stolen"); /* a signer whom everybody has, and one who is not */
    add(c, 3, EN_subject, "CN=x, O=Microsoft Corporation");
    add(c, 4, EN_certificate, "stolen");
    add(c, 4, EN_subject, "CN=Somebody");
    assert_int_equal(cluster_solve(c), ST_OK);
    assert_non_null(tie_of(c, EN_address, "127.0.0.1")->common);
    assert_non_null(tie_of(c, EN_certificate, "theirs")->common);
    assert_null(tie_of(c, EN_certificate, "stolen")->common);
    assert_int_equal(cluster_groups(c), 1);
    cluster_close(c);
}

/* 21 files of 30 share an imphash, and a file that they drop. */
static void what_too_many_have_ties_nobody(void **state) {
    (void)state;
    Cluster *c = open_cluster();
    for (uint64_t i = 1; i <= 30; i++) {
        add(c, i, EN_imphash, i <= COMMON_LEAST + 1 ? "many" : "few");
        add(c, i, EN_sha256, i <= COMMON_LEAST + 1 ? "dropped" : "other");
    }
    assert_int_equal(cluster_solve(c), ST_OK);
    assert_non_null(tie_of(c, EN_imphash, "many")->common);
    assert_null(tie_of(c, EN_imphash, "few")->common);
    assert_null(tie_of(c, EN_sha256, "dropped")->common); /* a file is never too common */
    assert_int_equal(cluster_groups(c), 2);
    cluster_close(c);
}

/* One file that was analysed twice is one file. */
static void a_file_is_its_digest(void **state) {
    (void)state;
    Cluster *c = open_cluster();
    ClusterLink l = {.input = 1, .sha256 = "x", .name = "a", .kind = EN_mutex, .value = "m"};
    assert_int_equal(cluster_add(c, &l), ST_OK);
    l.input = 9;
    assert_int_equal(cluster_add(c, &l), ST_OK);
    assert_int_equal(cluster_solve(c), ST_OK);
    assert_int_equal(cluster_files(c), 1);
    assert_int_equal(cluster_file(c, 0)->others, 1);
    assert_int_equal(cluster_groups(c), 0);
    cluster_close(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_facts_and_signatures),
        cmocka_unit_test(sees_what_a_run_does),
        cmocka_unit_test(sees_what_a_program_waits_for),
        cmocka_unit_test(one_thing_has_one_spelling),
        cmocka_unit_test(every_kind_ties),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(ties_reach_through_others),
        cmocka_unit_test(what_everybody_has_ties_nobody),
        cmocka_unit_test(what_too_many_have_ties_nobody),
        cmocka_unit_test(a_file_is_its_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
