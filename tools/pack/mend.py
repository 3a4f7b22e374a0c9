"""Change what Wine's DLLs do where a program, or whoever reads its report, would see the difference from Windows'.

Few and small: an answer that ours gives instead, or a name that ours looks up. Anything larger belongs into the guest.
"""

from image import DIRECTORY_EXPORT

# A function that returns FALSE; its one argument is the caller's to clean up on x86_64 only.
RETURN_FALSE = {True: bytes.fromhex('31c0c3'), False: bytes.fromhex('31c0c20400')}


def mend(name, image):
    if name == 'kernel32.dll':
        keep_bytes_for_console(image)
    if name == 'mshtml.dll':
        fetch_no_gecko(image)
    ask_for_usual_name(image)
    keep_nameless(image)


def keep_bytes_for_console(image):
    """Wine's C libraries ask VerifyConsoleIoHandle, and where it is a console take each byte of a text for Latin-1.

    Windows' write the bytes, and the console takes them for its code page.
    """
    at = export_address(image, b'VerifyConsoleIoHandle')
    if at:
        code = RETURN_FALSE[image.is64]
        image.bytes[at:at + len(code)] = code


def ask_for_usual_name(image):
    """GetUserName of Wine asks the environment for WINEUSERNAME, which no Windows has."""
    for encoding in 'ascii', 'utf-16-le':
        old = 'WINEUSERNAME\0'.encode(encoding)
        new = 'USERNAME\0'.encode(encoding).ljust(len(old), b'\0')
        image.bytes[:] = image.bytes.replace(old, new)


def fetch_no_gecko(image):
    """Without its engine, Wine's mshtml starts `control.exe appwiz.cpl install_gecko`; a program without a name does not start."""
    blank(image, '\\control.exe')


def keep_nameless(image):
    """Wine's winspool guards its settings with a mutex that is named after Wine; no name is needed within a process."""
    blank(image, '__WINE_WINSPOOL_MUTEX__')


def blank(image, text):
    old = (text + '\0').encode('utf-16-le')
    image.bytes[:] = image.bytes.replace(old, bytes(len(old)))


def export_address(image, wanted):
    """The RVA of a function, None where the image exports none of that name."""
    at, _ = image.directory(DIRECTORY_EXPORT)
    if not at:
        return None
    count, functions, names, ordinals = image.get(at + 24, '<IIII')
    for i in range(count):
        if image.text(image.get(names + 4 * i, '<I')[0]) == wanted:
            ordinal, = image.get(ordinals + 2 * i, '<H')
            return image.get(functions + 4 * ordinal, '<I')[0]
    return None
