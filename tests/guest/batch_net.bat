@echo off
rem What net.exe says of accounts and groups; net1.exe is the same.
net user
echo errorlevel %ERRORLEVEL%
net user /domain
echo errorlevel %ERRORLEVEL%
net1 localgroup administrators
net group "Domain Admins" /domain
net user nobody
echo errorlevel %ERRORLEVEL%
net share
net use
net session
echo errorlevel %ERRORLEVEL%
