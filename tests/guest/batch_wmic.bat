@echo off
wmic os get caption,version /value
wmic bios get serialnumber
wmic logicaldisk get name,size /format:csv
wmic process where "name='explorer.exe'" get name,parentprocessid
wmic /namespace:\\root\SecurityCenter2 path AntiVirusProduct get displayName
wmic process call create "cmd.exe /c exit 3"
wmic shadowcopy delete
wmic nonsense get x
echo %errorlevel%
whoami /user /fo csv
net view \\HAL-FS01
net share
