' Asks WMI, and makes a shortcut.
Set shell = CreateObject("WScript.Shell")
Set files = CreateObject("Scripting.FileSystemObject")
WScript.Echo "script " & WScript.ScriptName
Set link = shell.CreateShortcut("C:\work\a.lnk")
link.TargetPath = "C:\windows\notepad.exe"
link.Save
If files.FileExists("C:\work\a.lnk") Then WScript.Echo "a shortcut"
files.DeleteFile "C:\work\a.lnk"
Set wmi = GetObject("winmgmts:\\.\root\cimv2")
For Each computer In wmi.ExecQuery("SELECT * FROM Win32_ComputerSystem")
    WScript.Echo computer.Manufacturer & " " & computer.Model
Next
n = 0
For Each fan In wmi.ExecQuery("SELECT * FROM Win32_Fan")
    n = n + 1
Next
WScript.Echo "fans " & n
WScript.Echo Chr(65) & Mid("abc", 2)
