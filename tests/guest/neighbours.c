/* The network neighbourhood: computers, shares and connections by mpr.dll and netapi32.dll. */
#include "guest.h"

#include <lm.h>
#include <winnetwk.h>

static const char *text(const char *t) {
    return t ? t : "-";
}

/* ---- mpr.dll ---- */

static void below(NETRESOURCEA *container, int depth);

static void say_resource(NETRESOURCEA *r, int depth) {
    printf("%*s%s, shown as %lu, type %lu, usage %lu, local %s, comment %s\n", 2 * depth, "",
           text(r->lpRemoteName), r->dwDisplayType, r->dwType, r->dwUsage, text(r->lpLocalName),
           text(r->lpComment));
    if (r->dwUsage & RESOURCEUSAGE_CONTAINER) below(r, depth + 1);
}

static void below(NETRESOURCEA *container, int depth) {
    HANDLE list;
    DWORD error = WNetOpenEnumA(RESOURCE_GLOBALNET, RESOURCETYPE_ANY, 0, container, &list);
    if (error) {
        printf("%*sopen: error %lu\n", 2 * depth, "", error);
        return;
    }
    for (;;) {
        static union {
            NETRESOURCEA first;
            char bytes[4096];
        } rooms[6];
        DWORD count = 1, size = sizeof rooms[depth];
        error = WNetEnumResourceA(list, &count, &rooms[depth], &size);
        if (error) break;
        say_resource(&rooms[depth].first, depth);
    }
    if (error != ERROR_NO_MORE_ITEMS) printf("%*serror %lu\n", 2 * depth, "", error);
    WNetCloseEnum(list);
}

static void small_room(void) {
    HANDLE list;
    char room[8];
    DWORD count = (DWORD)-1, size = sizeof room;
    WNetOpenEnumW(RESOURCE_GLOBALNET, RESOURCETYPE_ANY, 0, NULL, &list);
    DWORD error = WNetEnumResourceW(list, &count, room, &size);
    printf("too small a room: error %lu, %lu, more is wanted: %d\n", error, count, size > 8);
    WNetCloseEnum(list);
    printf("a closed list: error %lu\n", WNetEnumResourceW(list, &count, room, &size));
}

static void connections(void) {
    HANDLE list;
    static union {
        NETRESOURCEW rows[1];
        char bytes[8192];
    } room;
    DWORD count = (DWORD)-1, size = sizeof room;
    DWORD error = WNetOpenEnumW(RESOURCE_CONNECTED, RESOURCETYPE_DISK, 0, NULL, &list);
    if (!error) error = WNetEnumResourceW(list, &count, &room, &size);
    printf("connections: error %lu\n", error);
    for (DWORD i = 0; !error && i < count; i++)
        printf("  %ls %ls\n", room.rows[i].lpLocalName, room.rows[i].lpRemoteName);
    WNetCloseEnum(list);
}

/* ---- netapi32.dll ---- */

static void servers(DWORD type) {
    SERVER_INFO_101 *list = NULL;
    DWORD count = 0, total = 0;
    NET_API_STATUS error = NetServerEnum(NULL, 101, (BYTE **)&list, MAX_PREFERRED_LENGTH, &count,
                                         &total, type, NULL, NULL);
    printf("servers of type %lx: error %lu, %lu of %lu\n", type, error, count, total);
    for (DWORD i = 0; i < count; i++)
        printf("  %ls type %lx: %ls\n", list[i].sv101_name, list[i].sv101_type,
               list[i].sv101_comment);
    if (list) NetApiBufferFree(list);
}

static void shares(WCHAR *server) {
    SHARE_INFO_1 *list = NULL;
    DWORD count = 0, total = 0;
    NET_API_STATUS error =
        NetShareEnum(server, 1, (BYTE **)&list, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    printf("shares of %ls: error %lu\n", server ? server : L"this computer", error);
    for (DWORD i = 0; i < count; i++)
        printf("  %ls type %lx: %ls\n", list[i].shi1_netname, list[i].shi1_type,
               list[i].shi1_remark);
    if (list) NetApiBufferFree(list);
}

static void one_share(WCHAR *name) {
    SHARE_INFO_2 *share = NULL;
    NET_API_STATUS error = NetShareGetInfo(NULL, name, 2, (BYTE **)&share);
    printf("share %ls: error %lu", name, error);
    if (!error) printf(", %ls, most users %ld", share->shi2_path, (long)share->shi2_max_uses);
    printf("\n");
    if (share) NetApiBufferFree(share);
}

static void uses(void) {
    USE_INFO_1 *list = NULL;
    DWORD count = 0, total = 0;
    NET_API_STATUS error =
        NetUseEnum(NULL, 1, (BYTE **)&list, MAX_PREFERRED_LENGTH, &count, &total, NULL);
    printf("uses: error %lu\n", error);
    for (DWORD i = 0; i < count; i++)
        printf("  %ls %ls status %lu\n", list[i].ui1_local, list[i].ui1_remote, list[i].ui1_status);
    if (list) NetApiBufferFree(list);
}

int main(void) {
    below(NULL, 0);
    small_room();
    connections();
    servers(SV_TYPE_ALL);
    servers(SV_TYPE_DOMAIN_CTRL);
    servers(SV_TYPE_DOMAIN_ENUM);
    shares(NULL);
    shares((WCHAR[]){L"\\\\HAL-DC01"});
    shares((WCHAR[]){L"\\\\nobody"});
    one_share((WCHAR[]){L"C$"});
    one_share((WCHAR[]){L"Scans"});
    one_share((WCHAR[]){L"none"});
    uses();
    return 0;
}
