@echo off
rem Programs of the command line that ask the system, and pass text on.
whoami
tasklist /nh /fi "IMAGENAME eq explorer.exe"
tasklist /fi "PID eq 4" /fo csv
tasklist | findstr /i /c:"lsass.exe"
taskkill /f /im nosuch.exe
echo errorlevel %ERRORLEVEL%
taskkill /f /im notepad.exe
tasklist | findstr notepad
echo errorlevel %ERRORLEVEL%
echo pear> list.txt
echo apple>> list.txt
echo fig 22>> list.txt
sort list.txt
type list.txt | findstr /r "[0-9][0-9]*$"
findstr /v /n pear list.txt
del list.txt
sc query EventLog
sc query nosuch
echo errorlevel %ERRORLEVEL%
ipconfig | findstr IPv4
ping -n 3 127.0.0.1
systeminfo | findstr /b /c:"OS Name" /c:"System Manufacturer"
quser | findstr console
hostname /fqdn
echo errorlevel %ERRORLEVEL%
