@echo off
certutil -urlcache -split -f http://told.example/page fetched.txt
type fetched.txt
echo.
certutil -hashfile fetched.txt md5
certutil -encode -f fetched.txt fetched.b64
certutil -decode -f fetched.b64 again.txt
type again.txt
echo.
certutil -urlcache -f http://gone.example/x gone.txt
if not exist gone.txt echo not there
bitsadmin /transfer job /download /priority high http://told.example/page c:\work\bits.txt
type bits.txt
echo.
bitsadmin /transfer job http://gone.example/x c:\work\none.txt
echo %errorlevel%
del fetched.txt fetched.b64 again.txt bits.txt
