@echo off
rem What cmd.exe does by itself: variables, loops, labels, files, redirection, arithmetic.
set NAME=world
echo hello %NAME%
set NAME
if "%NAME%"=="world" (echo equal) else echo different
if exist none.txt (echo there) else echo not there
set /a SUM=(3+4)*5
echo sum %SUM%
for %%i in (one two three) do echo item %%i
for /l %%i in (1,2,7) do echo count %%i
call :subroutine first "second argument"
echo back, errorlevel %ERRORLEVEL%
mkdir folder
echo line one> folder\text.txt
echo line two>> folder\text.txt
type folder\text.txt
copy folder\text.txt folder\copy.txt > nul
dir /b /on folder
ren folder\copy.txt renamed.txt
dir /b /on folder
if exist folder\renamed.txt echo renamed
echo %NAME:~1,3% %NAME:or=ea%
pushd folder
popd
del folder\text.txt
del folder\renamed.txt
rmdir folder
if not exist folder echo gone
goto end
echo never

:subroutine
echo subroutine of %~2, %1
exit /b 5

:end
exit 9
