/* What user-mode programs include: preprocessed by tools/gen_api.py, never compiled into coax. A
 * header that this mingw-w64 lacks is passed over. */
#define _WIN32_WINNT    0x0A00
#define NTDDI_VERSION   0x0A000008
#define SECURITY_WIN32
#define UMDF_USING_NTSTATUS
#define __MINGW_HAS_DXSDK 1

#if __has_include(<winsock2.h>)
#include <winsock2.h>
#endif
#if __has_include(<ws2tcpip.h>)
#include <ws2tcpip.h>
#endif
#if __has_include(<windows.h>)
#include <windows.h>
#endif
#if __has_include(<winternl.h>)
#include <winternl.h>
#endif
#if __has_include(<ole2.h>)
#include <ole2.h>
#endif
#if __has_include(<mswsock.h>)
#include <mswsock.h>
#endif
#if __has_include(<ws2spi.h>)
#include <ws2spi.h>
#endif
#if __has_include(<wspiapi.h>)
#include <wspiapi.h>
#endif
#if __has_include(<af_irda.h>)
#include <af_irda.h>
#endif
#if __has_include(<afunix.h>)
#include <afunix.h>
#endif
#if __has_include(<iphlpapi.h>)
#include <iphlpapi.h>
#endif
#if __has_include(<icmpapi.h>)
#include <icmpapi.h>
#endif
#if __has_include(<netioapi.h>)
#include <netioapi.h>
#endif
#if __has_include(<fltdefs.h>)
#include <fltdefs.h>
#endif
#if __has_include(<windns.h>)
#include <windns.h>
#endif
#if __has_include(<wininet.h>)
#include <wininet.h>
#endif
#if __has_include(<winineti.h>)
#include <winineti.h>
#endif
#if __has_include(<urlmon.h>)
#include <urlmon.h>
#endif
#if __has_include(<hlink.h>)
#include <hlink.h>
#endif
#if __has_include(<intshcut.h>)
#include <intshcut.h>
#endif
#if __has_include(<shellapi.h>)
#include <shellapi.h>
#endif
#if __has_include(<shlwapi.h>)
#include <shlwapi.h>
#endif
#if __has_include(<shlobj.h>)
#include <shlobj.h>
#endif
#if __has_include(<shobjidl.h>)
#include <shobjidl.h>
#endif
#if __has_include(<shfolder.h>)
#include <shfolder.h>
#endif
#if __has_include(<propsys.h>)
#include <propsys.h>
#endif
#if __has_include(<propvarutil.h>)
#include <propvarutil.h>
#endif
#if __has_include(<pathcch.h>)
#include <pathcch.h>
#endif
#if __has_include(<userenv.h>)
#include <userenv.h>
#endif
#if __has_include(<tlhelp32.h>)
#include <tlhelp32.h>
#endif
#if __has_include(<psapi.h>)
#include <psapi.h>
#endif
#if __has_include(<dbghelp.h>)
#include <dbghelp.h>
#endif
#if __has_include(<imagehlp.h>)
#include <imagehlp.h>
#endif
#if __has_include(<errorrep.h>)
#include <errorrep.h>
#endif
#if __has_include(<processsnapshot.h>)
#include <processsnapshot.h>
#endif
#if __has_include(<wincrypt.h>)
#include <wincrypt.h>
#endif
#if __has_include(<bcrypt.h>)
#include <bcrypt.h>
#endif
#if __has_include(<ncrypt.h>)
#include <ncrypt.h>
#endif
#if __has_include(<wintrust.h>)
#include <wintrust.h>
#endif
#if __has_include(<mscat.h>)
#include <mscat.h>
#endif
#if __has_include(<mssip.h>)
#include <mssip.h>
#endif
#if __has_include(<softpub.h>)
#include <softpub.h>
#endif
#if __has_include(<cryptuiapi.h>)
#include <cryptuiapi.h>
#endif
#if __has_include(<cryptdlg.h>)
#include <cryptdlg.h>
#endif
#if __has_include(<dpapi.h>)
#include <dpapi.h>
#endif
#if __has_include(<msasn1.h>)
#include <msasn1.h>
#endif
#if __has_include(<security.h>)
#include <security.h>
#endif
#if __has_include(<ntsecapi.h>)
#include <ntsecapi.h>
#endif
#if __has_include(<ntsecpkg.h>)
#include <ntsecpkg.h>
#endif
#if __has_include(<sspi.h>)
#include <sspi.h>
#endif
#if __has_include(<schannel.h>)
#include <schannel.h>
#endif
#if __has_include(<secext.h>)
#include <secext.h>
#endif
#if __has_include(<aclapi.h>)
#include <aclapi.h>
#endif
#if __has_include(<aclui.h>)
#include <aclui.h>
#endif
#if __has_include(<sddl.h>)
#include <sddl.h>
#endif
#if __has_include(<authz.h>)
#include <authz.h>
#endif
#if __has_include(<wincred.h>)
#include <wincred.h>
#endif
#if __has_include(<winscard.h>)
#include <winscard.h>
#endif
#if __has_include(<credssp.h>)
#include <credssp.h>
#endif
#if __has_include(<lmcons.h>)
#include <lmcons.h>
#endif
#if __has_include(<winsvc.h>)
#include <winsvc.h>
#endif
#if __has_include(<winsafer.h>)
#include <winsafer.h>
#endif
#if __has_include(<winreg.h>)
#include <winreg.h>
#endif
#if __has_include(<winver.h>)
#include <winver.h>
#endif
#if __has_include(<lzexpand.h>)
#include <lzexpand.h>
#endif
#if __has_include(<appmgmt.h>)
#include <appmgmt.h>
#endif
#if __has_include(<advpub.h>)
#include <advpub.h>
#endif
#if __has_include(<msi.h>)
#include <msi.h>
#endif
#if __has_include(<msiquery.h>)
#include <msiquery.h>
#endif
#if __has_include(<patchapi.h>)
#include <patchapi.h>
#endif
#if __has_include(<sfc.h>)
#include <sfc.h>
#endif
#if __has_include(<lm.h>)
#include <lm.h>
#endif
#if __has_include(<lmaccess.h>)
#include <lmaccess.h>
#endif
#if __has_include(<lmserver.h>)
#include <lmserver.h>
#endif
#if __has_include(<lmshare.h>)
#include <lmshare.h>
#endif
#if __has_include(<lmdfs.h>)
#include <lmdfs.h>
#endif
#if __has_include(<lmjoin.h>)
#include <lmjoin.h>
#endif
#if __has_include(<lmrepl.h>)
#include <lmrepl.h>
#endif
#if __has_include(<lmat.h>)
#include <lmat.h>
#endif
#if __has_include(<lmmsg.h>)
#include <lmmsg.h>
#endif
#if __has_include(<dsgetdc.h>)
#include <dsgetdc.h>
#endif
#if __has_include(<dsrole.h>)
#include <dsrole.h>
#endif
#if __has_include(<ntdsapi.h>)
#include <ntdsapi.h>
#endif
#if __has_include(<winldap.h>)
#include <winldap.h>
#endif
#if __has_include(<winber.h>)
#include <winber.h>
#endif
#if __has_include(<nb30.h>)
#include <nb30.h>
#endif
#if __has_include(<winnetwk.h>)
#include <winnetwk.h>
#endif
#if __has_include(<npapi.h>)
#include <npapi.h>
#endif
#if __has_include(<wtsapi32.h>)
#include <wtsapi32.h>
#endif
#if __has_include(<ras.h>)
#include <ras.h>
#endif
#if __has_include(<rasdlg.h>)
#include <rasdlg.h>
#endif
#if __has_include(<raserror.h>)
#include <raserror.h>
#endif
#if __has_include(<tapi.h>)
#include <tapi.h>
#endif
#if __has_include(<setupapi.h>)
#include <setupapi.h>
#endif
#if __has_include(<cfgmgr32.h>)
#include <cfgmgr32.h>
#endif
#if __has_include(<newdev.h>)
#include <newdev.h>
#endif
#if __has_include(<hidsdi.h>)
#include <hidsdi.h>
#endif
#if __has_include(<winusb.h>)
#include <winusb.h>
#endif
#if __has_include(<bluetoothapis.h>)
#include <bluetoothapis.h>
#endif
#if __has_include(<powrprof.h>)
#include <powrprof.h>
#endif
#if __has_include(<devpropdef.h>)
#include <devpropdef.h>
#endif
#if __has_include(<mmsystem.h>)
#include <mmsystem.h>
#endif
#if __has_include(<mmddk.h>)
#include <mmddk.h>
#endif
#if __has_include(<mmreg.h>)
#include <mmreg.h>
#endif
#if __has_include(<msacm.h>)
#include <msacm.h>
#endif
#if __has_include(<vfw.h>)
#include <vfw.h>
#endif
#if __has_include(<dsound.h>)
#include <dsound.h>
#endif
#if __has_include(<dinput.h>)
#include <dinput.h>
#endif
#if __has_include(<xinput.h>)
#include <xinput.h>
#endif
#if __has_include(<ddraw.h>)
#include <ddraw.h>
#endif
#if __has_include(<d3d9.h>)
#include <d3d9.h>
#endif
#if __has_include(<d3d10.h>)
#include <d3d10.h>
#endif
#if __has_include(<d3d11.h>)
#include <d3d11.h>
#endif
#if __has_include(<d3dcompiler.h>)
#include <d3dcompiler.h>
#endif
#if __has_include(<dxgi.h>)
#include <dxgi.h>
#endif
#if __has_include(<dwmapi.h>)
#include <dwmapi.h>
#endif
#if __has_include(<avrt.h>)
#include <avrt.h>
#endif
#if __has_include(<winspool.h>)
#include <winspool.h>
#endif
#if __has_include(<winsplp.h>)
#include <winsplp.h>
#endif
#if __has_include(<commctrl.h>)
#include <commctrl.h>
#endif
#if __has_include(<commdlg.h>)
#include <commdlg.h>
#endif
#if __has_include(<prsht.h>)
#include <prsht.h>
#endif
#if __has_include(<uxtheme.h>)
#include <uxtheme.h>
#endif
#if __has_include(<imm.h>)
#include <imm.h>
#endif
#if __has_include(<usp10.h>)
#include <usp10.h>
#endif
#if __has_include(<icm.h>)
#include <icm.h>
#endif
#if __has_include(<oledlg.h>)
#include <oledlg.h>
#endif
#if __has_include(<olectl.h>)
#include <olectl.h>
#endif
#if __has_include(<oleauto.h>)
#include <oleauto.h>
#endif
#if __has_include(<oleacc.h>)
#include <oleacc.h>
#endif
#if __has_include(<ddeml.h>)
#include <ddeml.h>
#endif
#if __has_include(<richedit.h>)
#include <richedit.h>
#endif
#if __has_include(<cpl.h>)
#include <cpl.h>
#endif
#if __has_include(<mlang.h>)
#include <mlang.h>
#endif
#if __has_include(<comsvcs.h>)
#include <comsvcs.h>
#endif
#if __has_include(<objbase.h>)
#include <objbase.h>
#endif
#if __has_include(<combaseapi.h>)
#include <combaseapi.h>
#endif
#if __has_include(<activscp.h>)
#include <activscp.h>
#endif
#if __has_include(<roapi.h>)
#include <roapi.h>
#endif
#if __has_include(<winstring.h>)
#include <winstring.h>
#endif
#if __has_include(<rpc.h>)
#include <rpc.h>
#endif
#if __has_include(<rpcdce.h>)
#include <rpcdce.h>
#endif
#if __has_include(<rpcproxy.h>)
#include <rpcproxy.h>
#endif
#if __has_include(<rpcndr.h>)
#include <rpcndr.h>
#endif
#if __has_include(<rpcasync.h>)
#include <rpcasync.h>
#endif
#if __has_include(<rpcnsi.h>)
#include <rpcnsi.h>
#endif
#if __has_include(<midles.h>)
#include <midles.h>
#endif
#if __has_include(<pdh.h>)
#include <pdh.h>
#endif
#if __has_include(<evntrace.h>)
#include <evntrace.h>
#endif
#if __has_include(<evntprov.h>)
#include <evntprov.h>
#endif
#if __has_include(<evntcons.h>)
#include <evntcons.h>
#endif
#if __has_include(<winevt.h>)
#include <winevt.h>
#endif
#if __has_include(<tdh.h>)
#include <tdh.h>
#endif
#if __has_include(<perflib.h>)
#include <perflib.h>
#endif
#if __has_include(<loadperf.h>)
#include <loadperf.h>
#endif
#if __has_include(<sql.h>)
#include <sql.h>
#endif
#if __has_include(<sqlext.h>)
#include <sqlext.h>
#endif
#if __has_include(<sqlucode.h>)
#include <sqlucode.h>
#endif
#if __has_include(<odbcinst.h>)
#include <odbcinst.h>
#endif
#if __has_include(<odbcss.h>)
#include <odbcss.h>
#endif
#if __has_include(<wlanapi.h>)
#include <wlanapi.h>
#endif
#if __has_include(<fltuser.h>)
#include <fltuser.h>
#endif
#if __has_include(<ktmw32.h>)
#include <ktmw32.h>
#endif
#if __has_include(<cabinet.h>)
#include <cabinet.h>
#endif
#if __has_include(<fci.h>)
#include <fci.h>
#endif
#if __has_include(<fdi.h>)
#include <fdi.h>
#endif
#if __has_include(<virtdisk.h>)
#include <virtdisk.h>
#endif
#if __has_include(<restartmanager.h>)
#include <restartmanager.h>
#endif
#if __has_include(<compressapi.h>)
#include <compressapi.h>
#endif
#if __has_include(<snmp.h>)
#include <snmp.h>
#endif
#if __has_include(<mgmtapi.h>)
#include <mgmtapi.h>
#endif
#if __has_include(<rtutils.h>)
#include <rtutils.h>
#endif
#if __has_include(<dhcpcsdk.h>)
#include <dhcpcsdk.h>
#endif
#if __has_include(<vdmdbg.h>)
#include <vdmdbg.h>
#endif
#if __has_include(<xolehlp.h>)
#include <xolehlp.h>
#endif
#if __has_include(<xmllite.h>)
#include <xmllite.h>
#endif
#if __has_include(<mscoree.h>)
#include <mscoree.h>
#endif
#if __has_include(<resourceindexer.h>)
#include <resourceindexer.h>
#endif
#if __has_include(<taskschd.h>)
#include <taskschd.h>
#endif
#if __has_include(<magnification.h>)
#include <magnification.h>
#endif
#if __has_include(<physicalmonitorenumerationapi.h>)
#include <physicalmonitorenumerationapi.h>
#endif
#if __has_include(<highlevelmonitorconfigurationapi.h>)
#include <highlevelmonitorconfigurationapi.h>
#endif
#if __has_include(<lowlevelmonitorconfigurationapi.h>)
#include <lowlevelmonitorconfigurationapi.h>
#endif
#if __has_include(<mfapi.h>)
#include <mfapi.h>
#endif
#if __has_include(<mfidl.h>)
#include <mfidl.h>
#endif
#if __has_include(<mfplay.h>)
#include <mfplay.h>
#endif
#if __has_include(<gpedit.h>)
#include <gpedit.h>
#endif
#if __has_include(<dciman.h>)
#include <dciman.h>
#endif
#if __has_include(<sensapi.h>)
#include <sensapi.h>
#endif
#if __has_include(<sens.h>)
#include <sens.h>
#endif
#if __has_include(<shellscalingapi.h>)
#include <shellscalingapi.h>
#endif
#if __has_include(<srrestoreptapi.h>)
#include <srrestoreptapi.h>
#endif
#if __has_include(<interlockedapi.h>)
#include <interlockedapi.h>
#endif
#if __has_include(<ioapiset.h>)
#include <ioapiset.h>
#endif
#if __has_include(<winbio.h>)
#include <winbio.h>
#endif
#if __has_include(<assert.h>)
#include <assert.h>
#endif
#if __has_include(<complex.h>)
#include <complex.h>
#endif
#if __has_include(<conio.h>)
#include <conio.h>
#endif
#if __has_include(<ctype.h>)
#include <ctype.h>
#endif
#if __has_include(<direct.h>)
#include <direct.h>
#endif
#if __has_include(<dos.h>)
#include <dos.h>
#endif
#if __has_include(<errno.h>)
#include <errno.h>
#endif
#if __has_include(<fcntl.h>)
#include <fcntl.h>
#endif
#if __has_include(<fenv.h>)
#include <fenv.h>
#endif
#if __has_include(<float.h>)
#include <float.h>
#endif
#if __has_include(<io.h>)
#include <io.h>
#endif
#if __has_include(<locale.h>)
#include <locale.h>
#endif
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
#if __has_include(<math.h>)
#include <math.h>
#endif
#if __has_include(<mbctype.h>)
#include <mbctype.h>
#endif
#if __has_include(<mbstring.h>)
#include <mbstring.h>
#endif
#if __has_include(<memory.h>)
#include <memory.h>
#endif
#if __has_include(<process.h>)
#include <process.h>
#endif
#if __has_include(<search.h>)
#include <search.h>
#endif
#if __has_include(<setjmp.h>)
#include <setjmp.h>
#endif
#if __has_include(<share.h>)
#include <share.h>
#endif
#if __has_include(<signal.h>)
#include <signal.h>
#endif
#if __has_include(<stdio.h>)
#include <stdio.h>
#endif
#if __has_include(<stdlib.h>)
#include <stdlib.h>
#endif
#if __has_include(<string.h>)
#include <string.h>
#endif
#if __has_include(<sys/stat.h>)
#include <sys/stat.h>
#endif
#if __has_include(<sys/timeb.h>)
#include <sys/timeb.h>
#endif
#if __has_include(<sys/types.h>)
#include <sys/types.h>
#endif
#if __has_include(<sys/utime.h>)
#include <sys/utime.h>
#endif
#if __has_include(<time.h>)
#include <time.h>
#endif
#if __has_include(<wchar.h>)
#include <wchar.h>
#endif
#if __has_include(<wctype.h>)
#include <wctype.h>
#endif
#if __has_include(<crtdbg.h>)
#include <crtdbg.h>
#endif
#if __has_include(<new.h>)
#include <new.h>
#endif
#if __has_include(<uchar.h>)
#include <uchar.h>
#endif
#if __has_include(<inttypes.h>)
#include <inttypes.h>
#endif
#if __has_include(<sec_api/stdio_s.h>)
#include <sec_api/stdio_s.h>
#endif
#if __has_include(<sec_api/stdlib_s.h>)
#include <sec_api/stdlib_s.h>
#endif
#if __has_include(<sec_api/string_s.h>)
#include <sec_api/string_s.h>
#endif
#if __has_include(<sec_api/wchar_s.h>)
#include <sec_api/wchar_s.h>
#endif
#if __has_include(<sec_api/mbstring_s.h>)
#include <sec_api/mbstring_s.h>
#endif
#if __has_include(<sec_api/conio_s.h>)
#include <sec_api/conio_s.h>
#endif
#if __has_include(<sec_api/search_s.h>)
#include <sec_api/search_s.h>
#endif
