' The objects of Windows Script Host and of the file system, as scripts use them.
Dim shell, net, fso, file, folder, item, names, stream, run
Set shell = CreateObject("WScript.Shell")
Set net = CreateObject("WScript.Network")
Set fso = CreateObject("Scripting.FileSystemObject")
WScript.StdOut.WriteLine WScript.Name & " " & WScript.Version & " " & WScript.ScriptName
WScript.Echo WScript.Arguments(0) & WScript.Arguments.Count & WScript.Arguments.Named("mode") & WScript.Arguments.Unnamed(0)
WScript.Echo shell.SpecialFolders("Startup")
WScript.Echo net.UserName, net.UserDomain = net.ComputerName, net.UserName = shell.ExpandEnvironmentStrings("%USERNAME%")
shell.RegWrite "HKCU\Software\CoaxTest\Number", 7, "REG_DWORD"
WScript.Echo shell.RegRead("HKCU\Software\CoaxTest\Number") + 1
shell.RegDelete "HKCU\Software\CoaxTest\Number"
On Error Resume Next
shell.RegRead "HKCU\Software\CoaxTest\Number"
WScript.Echo Err.Number <> 0
On Error GoTo 0
Set run = shell.Exec("cmd.exe /c echo first& echo second& exit 3")
WScript.Echo run.StdOut.ReadLine & run.StdOut.AtEndOfStream & run.StdOut.ReadAll
Do While run.Status = 0
    WScript.Sleep 100
Loop
WScript.Echo run.ExitCode
fso.CreateFolder "C:\work\one"
Set file = fso.CreateTextFile("C:\work\one\a.txt", True)
file.Write "abc"
file.Close
Set file = fso.GetFile("C:\work\one\a.txt")
file.Copy "C:\work\one\b.txt"
WScript.Echo file.Name & " " & file.Size
file.Delete
fso.MoveFolder "C:\work\one", "C:\work\two"
For Each item In fso.GetFolder("C:\work\two").Files
    names = names & item.Name
Next
WScript.Echo names & " " & fso.GetFolder("C:\work\two").Size
fso.DeleteFolder "C:\work\two"
WScript.Echo fso.FolderExists("C:\work\two")
Set stream = CreateObject("ADODB.Stream")
stream.Charset = "utf-8"
stream.Open
stream.WriteText "h" & ChrW(228) & "t"
WScript.Echo stream.Size
stream.Position = 0
WScript.Echo Len(stream.ReadText)
stream.Close
WScript.Quit 9
