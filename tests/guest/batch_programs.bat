@echo off
rem Programs that cmd.exe starts: reg, find, xcopy, and a pipe between two.
reg add HKCU\Software\coax-test /v Name /t REG_SZ /d "some text" /f
reg add HKCU\Software\coax-test /v Number /t REG_DWORD /d 42 /f
reg query HKCU\Software\coax-test
reg query HKCU\Software\coax-test /v Number
reg delete HKCU\Software\coax-test /f
reg query HKCU\Software\coax-test
echo errorlevel %ERRORLEVEL%
mkdir from
echo alpha> from\a.txt
echo beta>> from\a.txt
echo gamma> from\b.txt
find "bet" from\a.txt
echo errorlevel %ERRORLEVEL%
find "zzz" from\a.txt
echo errorlevel %ERRORLEVEL%
xcopy /I /Q from to
dir /b to
echo through a pipe | find "pipe"
hostname > nul
echo hostname ends with %ERRORLEVEL%
del /q from to
rmdir from
rmdir to
