/* Memory DCs, bitmaps, DIB sections, regions, objects: what is drawn can be read back. */
#include "guest.h"

static void pixels(HDC dc) {
    HDC memory = CreateCompatibleDC(dc);
    HBITMAP bitmap = CreateCompatibleBitmap(dc, 20, 10);
    say("selected", SelectObject(memory, bitmap) != NULL);
    say_hex("set", SetPixel(memory, 3, 4, RGB(1, 2, 3)));
    say_hex("get", GetPixel(memory, 3, 4));
    say_hex("outside", GetPixel(memory, 30, 4));
    RECT all = {0, 0, 20, 10};
    HBRUSH red = CreateSolidBrush(RGB(255, 0, 0));
    FillRect(memory, &all, red);
    say_hex("filled", GetPixel(memory, 19, 9));
    HPEN blue = CreatePen(PS_SOLID, 1, RGB(0, 0, 255));
    HGDIOBJ old = SelectObject(memory, blue);
    MoveToEx(memory, 0, 5, NULL);
    LineTo(memory, 10, 5);
    say_hex("line", GetPixel(memory, 9, 5));
    say_hex("its end", GetPixel(memory, 10, 5));
    SelectObject(memory, old);
    PatBlt(memory, 0, 0, 5, 2, BLACKNESS);
    say_hex("black", GetPixel(memory, 4, 1));
    HDC second = CreateCompatibleDC(dc);
    HBITMAP copy = CreateCompatibleBitmap(dc, 20, 10);
    SelectObject(second, copy);
    say("copied", BitBlt(second, 0, 0, 20, 10, memory, 0, 0, SRCCOPY));
    say_hex("copy", GetPixel(second, 9, 5));
    BitBlt(second, 0, 0, 20, 10, memory, 0, 0, SRCINVERT);
    say_hex("with itself", GetPixel(second, 9, 5));
    StretchBlt(second, 0, 0, 20, 10, memory, 0, 0, 2, 1, SRCCOPY);
    say_hex("stretched", GetPixel(second, 19, 9));
    BITMAP b;
    say_number("object", GetObjectA(bitmap, sizeof b, &b) == sizeof b);
    say_number("width", b.bmWidth);
    DeleteDC(memory);
    DeleteDC(second);
    say("deleted", DeleteObject(bitmap) && DeleteObject(copy) && DeleteObject(red) && DeleteObject(blue));
    say("again", DeleteObject(bitmap));
}

static void sections(void) {
    BITMAPINFO info = {{sizeof info.bmiHeader, 4, 2, 1, 32, BI_RGB, 0, 0, 0, 0, 0}, {{0}}};
    DWORD *bits = NULL;
    HDC memory = CreateCompatibleDC(NULL);
    HBITMAP bitmap = CreateDIBSection(memory, &info, DIB_RGB_COLORS, (void **)&bits, NULL, 0);
    say("section", bitmap && bits);
    SelectObject(memory, bitmap);
    bits[0] = 0x00112233; /* the last row comes first */
    say_hex("lower left", GetPixel(memory, 0, 1));
    SetPixel(memory, 3, 0, RGB(0x44, 0x55, 0x66));
    GdiFlush();
    say_hex("upper right", bits[7]);
    DWORD back[8] = {0};
    info.bmiHeader.biHeight = -2;
    say_number("rows", GetDIBits(memory, bitmap, 0, 2, back, &info, DIB_RGB_COLORS));
    say_hex("first row", back[3] & 0xffffff);
    DeleteDC(memory);
    DeleteObject(bitmap);
}

static void regions(void) {
    HRGN a = CreateRectRgn(0, 0, 10, 10), b = CreateRectRgn(5, 5, 20, 20), c = CreateRectRgn(0, 0, 0, 0);
    RECT box;
    say_number("or", CombineRgn(c, a, b, RGN_OR));
    say_number("box", GetRgnBox(c, &box));
    printf("%ld,%ld %ld,%ld\n", box.left, box.top, box.right, box.bottom);
    say("inside", PtInRegion(c, 12, 12));
    say("not inside", !PtInRegion(c, 12, 2));
    say_number("and", CombineRgn(c, a, b, RGN_AND));
    GetRgnBox(c, &box);
    printf("%ld,%ld %ld,%ld\n", box.left, box.top, box.right, box.bottom);
    say_number("without", CombineRgn(c, a, a, RGN_DIFF));
    OffsetRgn(a, 5, 5);
    say("equal", !EqualRgn(a, b));
    DeleteObject(a);
    DeleteObject(b);
    DeleteObject(c);
}

static void objects(HDC dc) {
    LOGFONTA font = {.lfHeight = -20, .lfWeight = 700, .lfFaceName = "Arial"}, back;
    TEXTMETRICA metrics;
    SIZE small, large;
    HFONT f = CreateFontIndirectA(&font);
    say("font", f && GetObjectA(f, sizeof back, &back) != 0);
    say_text("face", back.lfFaceName);
    SelectObject(dc, f);
    say("metrics", GetTextMetricsA(dc, &metrics));
    say("high enough", metrics.tmHeight >= 20 && metrics.tmAscent + metrics.tmDescent == metrics.tmHeight);
    GetTextExtentPoint32A(dc, "i", 1, &small);
    GetTextExtentPoint32A(dc, "iiiiWWWW", 8, &large);
    say("longer", large.cx > 8 * small.cx && large.cy == small.cy);
    say("type", GetObjectType(f) == OBJ_FONT);
    say("stock", GetObjectType(GetStockObject(WHITE_BRUSH)) == OBJ_BRUSH);
    LOGBRUSH brush;
    GetObjectA(GetStockObject(GRAY_BRUSH), sizeof brush, &brush);
    say_hex("gray", brush.lbColor);
    say_hex("colour", SetTextColor(dc, RGB(1, 1, 1)));
    say_hex("again", GetTextColor(dc));
    int saved = SaveDC(dc);
    SetTextColor(dc, RGB(9, 9, 9));
    say("restored", RestoreDC(dc, saved) && GetTextColor(dc) == RGB(1, 1, 1));
    SetMapMode(dc, MM_ANISOTROPIC);
    SetWindowExtEx(dc, 10, 10, NULL);
    SetViewportExtEx(dc, 20, 40, NULL);
    POINT p = {5, 5};
    LPtoDP(dc, &p, 1);
    printf("mapped to %ld,%ld\n", p.x, p.y);
}

int main(void) {
    HDC screen = GetDC(NULL);
    say("screen", screen != NULL);
    pixels(screen);
    sections();
    regions();
    objects(screen);
    say("released", ReleaseDC(NULL, screen));
    return 0;
}
