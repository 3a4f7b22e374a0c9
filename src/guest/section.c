#include "guest/section.h"
#include "guest/ntstatus.h"
#include "guest/vm.h"
#include "pe/pe.h"
#include <stdlib.h>

enum { HEADER_ARENA = 1 << 20, IMAGE_MAX = 1 << 30 };

static uint64_t pages(uint64_t bytes) {
    return (bytes + PAGE_MASK) >> PAGE_SHIFT;
}

Section *section_new(Ram *ram, uint64_t size) {
    Section *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (Section){.refs = 1, .ram = ram, .size = size};
    s->frames = calloc(pages(size) + 1, sizeof *s->frames);
    if (s->frames) return s;
    free(s);
    return NULL;
}

Section *section_new_backed(Ram *ram, uint64_t size, SectionBacking *backing) {
    Section *s = section_new(ram, size);
    if (s) s->backing = backing;
    return s;
}

void section_hold(Section *s) {
    if (s) s->refs++;
}

void section_drop(Section *s) {
    if (!s || --s->refs) return;
    section_flush(s);
    if (s->backing && s->backing->close) s->backing->close(s->backing);
    if (s->frames)
        for (uint64_t i = 0; i < pages(s->size); i++) ram_drop(s->ram, s->frames[i]);
    free(s->frames);
    free(s->ranges);
    free(s->name);
    free(s);
}

Frame section_frame(Section *s, uint64_t page) {
    if (page >= pages(s->size)) return 0;
    if (!s->frames) return s->first + (Frame)page;
    if (!s->frames[page] && (s->frames[page] = ram_take(s->ram)) && s->backing)
        s->backing->load(s->backing, page << PAGE_SHIFT, ram_page(s->ram, s->frames[page]));
    return s->frames[page];
}

void section_flush(Section *s) {
    if (!s->backing || !s->backing->store) return;
    for (uint64_t i = 0; i < pages(s->size); i++)
        if (s->frames[i])
            s->backing->store(s->backing, i << PAGE_SHIFT, ram_page(s->ram, s->frames[i]));
}

/* ---- images ---- */

static uint32_t section_protection(uint32_t characteristics) {
    bool write = characteristics & PE_SCN_WRITE, execute = characteristics & PE_SCN_EXECUTE;
    bool shared = characteristics & PE_SCN_SHARED;
    if (execute)
        return !write ? VM_EXECUTE_READ : shared ? VM_EXECUTE_READWRITE : VM_EXECUTE_WRITECOPY;
    if (write) return shared ? VM_READWRITE : VM_WRITECOPY;
    return characteristics & PE_SCN_READ ? VM_READONLY : VM_NOACCESS;
}

static bool read_ranges(Section *s, const Pe *pe) {
    s->ranges = calloc(pe->section_count + 1, sizeof *s->ranges);
    if (!s->ranges) return false;
    s->ranges[s->range_count++] =
        (SectionRange){0, (pe->headers_size + PAGE_MASK) & ~PAGE_MASK, VM_READONLY};
    for (size_t i = 0; i < pe->section_count; i++) {
        const PeSection *p = &pe->sections[i];
        uint64_t at = p->virtual_address & ~(uint64_t)PAGE_MASK;
        uint64_t end =
            ((uint64_t)p->virtual_address + p->memory_size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
        if (end > s->size) end = s->size;
        if (at < end)
            s->ranges[s->range_count++] =
                (SectionRange){at, end - at, section_protection(p->characteristics)};
    }
    return true;
}

static bool describe(Section *s, const Pe *pe) {
    s->image = true;
    s->protect = VM_EXECUTE_WRITECOPY;
    s->preferred_base = pe->image_base;
    s->entry_point = pe->entry;
    s->stack_reserve = pe->stack_reserve;
    s->stack_commit = pe->stack_commit;
    s->subsystem = pe->subsystem;
    s->subsystem_major = pe->subsystem_major;
    s->subsystem_minor = pe->subsystem_minor;
    s->machine = pe->machine;
    s->characteristics = pe->characteristics;
    s->dll_characteristics = pe->dll_characteristics;
    s->checksum = pe->checksum;
    s->file_size = (uint32_t)pe->file.n;
    s->dotnet = pe->directories[PE_DIR_CLR].size != 0;
    return read_ranges(s, pe);
}

static bool lay_out(Section *s, uint64_t at, Span bytes) {
    while (bytes.n) {
        uint64_t in_page = at & PAGE_MASK, room = PAGE_SIZE - in_page;
        size_t n = bytes.n < room ? bytes.n : (size_t)room;
        Frame f = section_frame(s, at >> PAGE_SHIFT);
        if (!f) return false;
        memcpy(ram_page(s->ram, f) + in_page, bytes.p, n);
        bytes = span_clip(bytes, n, bytes.n);
        at += n;
    }
    return true;
}

static bool lay_out_all(Section *s, const Pe *pe) {
    if (!lay_out(s, 0,
                 span_clip(pe->file, 0, pe->headers_size < s->size ? pe->headers_size : s->size)))
        return false;
    for (size_t i = 0; i < pe->section_count; i++) {
        const PeSection *p = &pe->sections[i];
        if (p->virtual_address >= s->size) continue;
        uint64_t room = s->size - p->virtual_address;
        Span bytes = span_clip(pe->file, p->file_at, p->mapped < room ? p->mapped : room);
        if (!lay_out(s, p->virtual_address, bytes)) return false;
    }
    return true;
}

Section *section_new_image(Ram *ram, Span file, uint32_t *status) {
    Arena arena = arena_new(HEADER_ARENA);
    Section *s = NULL;
    Pe pe;
    if (pe_read(&arena, file, &pe) != ST_OK || !pe_is_pe(&pe) || pe_refused(&pe) ||
        !pe.image_size || pe.image_size > IMAGE_MAX) {
        *status = STATUS_INVALID_IMAGE_FORMAT;
    } else if (!(s = section_new(ram, (pe.image_size + PAGE_MASK) & ~PAGE_MASK)) ||
               !describe(s, &pe) || !lay_out_all(s, &pe)) {
        section_drop(s);
        s = NULL;
        *status = STATUS_NO_MEMORY;
    } else {
        *status = STATUS_SUCCESS;
    }
    arena_reset(&arena);
    return s;
}

Section *section_new_pack_data(Ram *ram, Frame first, uint64_t size) {
    Section *s = calloc(1, sizeof *s);
    if (s)
        *s = (Section){.refs = 1, .ram = ram, .size = size, .first = first, .protect = VM_READONLY};
    return s;
}

Section *section_new_pack_image(Ram *ram, Frame first, uint64_t size) {
    Arena arena = arena_new(HEADER_ARENA);
    Section *s = calloc(1, sizeof *s);
    Pe pe;
    bool good =
        s && pe_read(&arena, span(ram_page(ram, first), size), &pe) == ST_OK && pe_is_pe(&pe);
    if (good) {
        *s = (Section){.refs = 1, .ram = ram, .size = size, .first = first};
        good = describe(s, &pe);
    }
    if (!good && s) {
        free(s->ranges);
        free(s);
        s = NULL;
    }
    arena_reset(&arena);
    return s;
}
