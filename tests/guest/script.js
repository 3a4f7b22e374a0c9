// A script of the kind that droppers are: registry, files, a child.
var shell = new ActiveXObject("WScript.Shell");
var files = new ActiveXObject("Scripting.FileSystemObject");
WScript.Echo("script " + WScript.ScriptName + " " + WScript.Arguments.length);
shell.RegWrite("HKCU\\Software\\CoaxTest\\Value", "hello", "REG_SZ");
WScript.Echo(shell.RegRead("HKCU\\Software\\CoaxTest\\Value"));
var out = files.CreateTextFile("C:\\work\\out.txt", true);
out.WriteLine("a line");
out.Close();
WScript.Echo("child: " + shell.Run("cmd.exe /c echo from the child>C:\\work\\child.txt", 0, true));
var text = files.OpenTextFile("C:\\work\\child.txt", 1);
WScript.Echo(text.ReadLine());
text.Close();
files.DeleteFile("C:\\work\\child.txt");
files.DeleteFile("C:\\work\\out.txt");
WScript.Echo(files.FileExists("C:\\work\\out.txt") ? "there" : "gone");
