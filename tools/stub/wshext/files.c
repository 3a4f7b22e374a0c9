/* Scripting.FileSystemObject, its files and folders. */
#include "wshext.h"

#include <shellapi.h>

enum { FILE_NOT_FOUND = 53, PATH_NOT_FOUND = 76, PERMISSION_DENIED = 70, FILE_EXISTS = 58 };

static HRESULT failure(DWORD error) {
    int n = error == ERROR_FILE_NOT_FOUND ? FILE_NOT_FOUND : error == ERROR_PATH_NOT_FOUND ? PATH_NOT_FOUND
          : error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS ? FILE_EXISTS : PERMISSION_DENIED;
    return (HRESULT)(0x800A0000u | (unsigned)n);
}

/* The path of a File or Folder of Wine's. */
static bool path_of(Auto *self, wchar_t path[MAX_PATH]) {
    VARIANT v;
    VariantInit(&v);
    bool good = self->inner &&
                !FAILED(auto_invoke(self->inner, L"Path", DISPATCH_PROPERTYGET | DISPATCH_METHOD, NULL, 0, &v)) &&
                V_VT(&v) == VT_BSTR && SysStringLen(V_BSTR(&v)) < MAX_PATH;
    if (good) wcscpy(path, V_BSTR(&v));
    VariantClear(&v);
    return good;
}

static const wchar_t *last_part(const wchar_t *path) {
    const wchar_t *slash = wcsrchr(path, L'\\');
    return slash && slash[1] ? slash + 1 : path;
}

/* A target that ends in a backslash is the folder to put it into. */
static void target_in(const wchar_t *from, const wchar_t *to, wchar_t out[MAX_PATH]) {
    size_t n = wcslen(to);
    _snwprintf(out, MAX_PATH - 1, n && to[n - 1] == L'\\' ? L"%ls%ls" : L"%ls", to, last_part(from));
    out[MAX_PATH - 1] = 0;
}

/* SHFileOperation wants two NULs. */
static HRESULT operate(UINT what, const wchar_t *from, const wchar_t *to) {
    wchar_t source[MAX_PATH + 1] = L"", target[MAX_PATH + 1] = L"";
    wcsncpy(source, from, MAX_PATH - 1);
    if (to) wcsncpy(target, to, MAX_PATH - 1);
    SHFILEOPSTRUCTW o = {.wFunc = what, .pFrom = source, .pTo = target,
                         .fFlags = FOF_NOCONFIRMATION | FOF_SILENT | FOF_NOERRORUI | FOF_NOCONFIRMMKDIR};
    int error = SHFileOperationW(&o);
    return error ? failure((DWORD)error) : S_OK;
}

/* ---- what both have ---- */

static HRESULT item_name(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)a;
    return path_of(self, path) ? auto_give_text(result, last_part(path)) : E_FAIL;
}

static HRESULT short_path(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH], brief[MAX_PATH];
    (void)a;
    if (!path_of(self, path)) return E_FAIL;
    DWORD n = GetShortPathNameW(path, brief, MAX_PATH);
    return auto_give_text(result, n && n < MAX_PATH ? brief : path);
}

static HRESULT short_name(Auto *self, AutoArgs *a, VARIANT *result) {
    HRESULT h = short_path(self, a, result);
    if (FAILED(h)) return h;
    BSTR path = V_BSTR(result);
    h = auto_give_text(result, last_part(path));
    SysFreeString(path);
    return h;
}

static HRESULT type_text(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    SHFILEINFOW info = {0};
    (void)a;
    if (!path_of(self, path)) return E_FAIL;
    SHGetFileInfoW(path, 0, &info, sizeof info, SHGFI_TYPENAME);
    return auto_give_text(result, info.szTypeName);
}

static HRESULT drive(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)a;
    if (!path_of(self, path)) return E_FAIL;
    return auto_give_chars(result, path, 2);
}

/* ---- files ---- */

static HRESULT file_copy(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH], to[MAX_PATH];
    (void)result;
    if (!path_of(self, path)) return E_FAIL;
    target_in(path, auto_text(a, 0, L""), to);
    return CopyFileW(path, to, !auto_truth(a, 1, true)) ? S_OK : failure(GetLastError());
}

static HRESULT file_move(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH], to[MAX_PATH];
    (void)result;
    if (!path_of(self, path)) return E_FAIL;
    target_in(path, auto_text(a, 0, L""), to);
    return MoveFileW(path, to) ? S_OK : failure(GetLastError());
}

static HRESULT file_delete(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)result;
    if (!path_of(self, path)) return E_FAIL;
    if (auto_truth(a, 0, false)) SetFileAttributesW(path, FILE_ATTRIBUTE_NORMAL);
    return DeleteFileW(path) ? S_OK : failure(GetLastError());
}

static const AutoMember file_members[] = {
    {L"Name", item_name, NULL},     {L"Type", type_text, NULL},    {L"ShortPath", short_path, NULL},
    {L"ShortName", short_name, NULL}, {L"Drive", drive, NULL},     {L"Copy", file_copy, NULL},
    {L"Move", file_move, NULL},     {L"Delete", file_delete, NULL}, {NULL, NULL, NULL},
};
static const AutoClass file_class = {L"File", file_members, 0, NULL};

/* ---- folders ---- */

static unsigned long long size_below(const wchar_t *path, int depth) {
    wchar_t pattern[MAX_PATH];
    WIN32_FIND_DATAW d;
    unsigned long long sum = 0;
    _snwprintf(pattern, MAX_PATH - 1, L"%ls\\*", path);
    pattern[MAX_PATH - 1] = 0;
    HANDLE h = depth ? FindFirstFileW(pattern, &d) : INVALID_HANDLE_VALUE;
    if (h == INVALID_HANDLE_VALUE) return 0;
    do {
        if (!(d.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) {
            sum += (unsigned long long)d.nFileSizeHigh << 32 | d.nFileSizeLow;
        } else if (wcscmp(d.cFileName, L".") != 0 && wcscmp(d.cFileName, L"..") != 0) {
            _snwprintf(pattern, MAX_PATH - 1, L"%ls\\%ls", path, d.cFileName);
            sum += size_below(pattern, depth - 1);
        }
    } while (FindNextFileW(h, &d));
    FindClose(h);
    return sum;
}

static HRESULT folder_size(Auto *self, AutoArgs *a, VARIANT *result) {
    enum { DEEPEST = 32 };
    wchar_t path[MAX_PATH];
    (void)a;
    if (!path_of(self, path)) return E_FAIL;
    V_VT(result) = VT_R8;
    V_R8(result) = (double)size_below(path, DEEPEST);
    return S_OK;
}

static HRESULT is_root(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)a;
    return path_of(self, path) ? auto_give_truth(result, wcslen(path) <= 3) : E_FAIL;
}

static HRESULT folder_to(Auto *self, AutoArgs *a, UINT what) {
    wchar_t path[MAX_PATH], to[MAX_PATH];
    if (!path_of(self, path)) return E_FAIL;
    target_in(path, auto_text(a, 0, L""), to);
    return operate(what, path, to);
}

static HRESULT folder_copy(Auto *self, AutoArgs *a, VARIANT *result) { (void)result; return folder_to(self, a, FO_COPY); }
static HRESULT folder_move(Auto *self, AutoArgs *a, VARIANT *result) { (void)result; return folder_to(self, a, FO_MOVE); }

static HRESULT folder_delete(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t path[MAX_PATH];
    (void)a, (void)result;
    return path_of(self, path) ? operate(FO_DELETE, path, NULL) : E_FAIL;
}

static const AutoClass folder_class, files_of_class, folders_of_class;

static const AutoMember folder_members[] = {
    {L"Name", item_name, NULL},       {L"Type", type_text, NULL},     {L"ShortPath", short_path, NULL},
    {L"ShortName", short_name, NULL}, {L"Drive", drive, NULL},        {L"Size", folder_size, NULL},
    {L"IsRootFolder", is_root, NULL}, {L"Copy", folder_copy, NULL},   {L"Move", folder_move, NULL},
    {L"Delete", folder_delete, NULL}, {L"Files", NULL, &files_of_class},
    {L"SubFolders", NULL, &folders_of_class}, {L"ParentFolder", NULL, &folder_class},
    {NULL, NULL, NULL},
};
static const AutoClass folder_class = {L"Folder", folder_members, 0, NULL};

/* ---- collections: what they give is completed too ---- */

static HRESULT each_wrapped(Auto *self, const AutoClass *class, VARIANT *result) {
    VARIANT each, *all = NULL;
    void *found = NULL;
    unsigned count = 0, room = 0;
    VariantInit(&each);
    HRESULT h = auto_invoke(self->inner, AUTO_EACH, DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL, 0, &each);
    if (!FAILED(h)) h = IUnknown_QueryInterface(V_UNKNOWN(&each), &IID_IEnumVARIANT, &found);
    VariantClear(&each);
    for (VARIANT item; !FAILED(h);) {
        ULONG got = 0;
        VariantInit(&item);
        if (IEnumVARIANT_Next((IEnumVARIANT *)found, 1, &item, &got) != S_OK || !got) break;
        if (count == room) {
            VARIANT *more = realloc(all, (room = room ? 2 * room : 32) * sizeof *all);
            if (!more) h = E_OUTOFMEMORY;
            else all = more;
        }
        if (!FAILED(h)) h = auto_give(&all[count++], auto_new(class, V_DISPATCH(&item)));
        VariantClear(&item);
    }
    if (found) IEnumVARIANT_Release((IEnumVARIANT *)found);
    if (!FAILED(h)) h = auto_give_enumerator(result, all, count);
    for (unsigned i = 0; i < count; i++) VariantClear(&all[i]);
    free(all);
    return h;
}

static HRESULT each_file(Auto *self, AutoArgs *a, VARIANT *result) { (void)a; return each_wrapped(self, &file_class, result); }
static HRESULT each_folder(Auto *self, AutoArgs *a, VARIANT *result) { (void)a; return each_wrapped(self, &folder_class, result); }

static const AutoMember files_of_members[] = {
    {L"", NULL, &file_class}, {L"Item", NULL, &file_class}, {AUTO_EACH, each_file, NULL}, {NULL, NULL, NULL}};
static const AutoClass files_of_class = {L"Files", files_of_members, 0, NULL};

static const AutoMember folders_of_members[] = {
    {L"", NULL, &folder_class}, {L"Item", NULL, &folder_class}, {AUTO_EACH, each_folder, NULL}, {NULL, NULL, NULL}};
static const AutoClass folders_of_class = {L"Folders", folders_of_members, 0, NULL};

/* ---- the object itself ---- */

static HRESULT move_folder(Auto *self, AutoArgs *a, VARIANT *result) {
    wchar_t to[MAX_PATH];
    const wchar_t *from = auto_text(a, 0, L"");
    (void)self, (void)result;
    if (GetFileAttributesW(from) == INVALID_FILE_ATTRIBUTES) return failure(ERROR_PATH_NOT_FOUND);
    target_in(from, auto_text(a, 1, L""), to);
    return MoveFileW(from, to) ? S_OK : failure(GetLastError());
}

static const AutoMember members[] = {
    {L"GetFile", NULL, &file_class},       {L"GetFolder", NULL, &folder_class},
    {L"GetSpecialFolder", NULL, &folder_class}, {L"CreateFolder", NULL, &folder_class},
    {L"MoveFolder", move_folder, NULL},    {NULL, NULL, NULL},
};
const AutoClass files_class = {L"FileSystemObject", members, 0, NULL};
