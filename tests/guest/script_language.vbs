' The language, where Wine's own engine ends: code in texts, arrays that grow, what is called on results.
Option Explicit
Dim a(), n, i, o, s, y, re

Sub Say(what)
    WScript.Echo what
End Sub

Function Twice(ByVal x, ByRef back)
    back = x
    x = x * 2
    Twice = x
End Function

Function Factorial(n)
    If n < 2 Then Factorial = 1 Else Factorial = n * Factorial(n - 1)
End Function

Class Counter
    Private count
    Public Default Property Get Value
        Value = count
    End Property
    Public Property Let Value(v)
        count = v
    End Property
    Private Sub Class_Initialize
        count = 4
    End Sub
    Public Function Add(by)
        count = count + by
        Set Add = Me
    End Function
    Private Sub Class_Terminate
        Say "the end of a counter at " & count
    End Sub
End Class

ReDim a(1)
a(0) = "x" : a(1) = "y"
ReDim Preserve a(3)
a(3) = "z"
Say UBound(a) & Join(a, "-")
Execute "i = 5 : Say ""executed "" & i"
ExecuteGlobal "Function Made : Made = ""made"" : End Function"
Say Made & Eval("1 + 2 * 3 ^ 2")
Say Split("a,b,c", ",")(1) & Array(1, Array(2, 3))(1)(0)
Say Twice(4, y) & " " & y & " " & Factorial(10)
Set o = New Counter
o.Value = 10
Say o & " " & o.Add(2).Add(3) & " " & TypeName(o)
Set o = Nothing
Set o = GetRef("Factorial")
Say o(5)
WScript.Echo (5 > 3) & (1 <> 1), "and more"
Say Join(Filter(Array("ab", "cd", "ae"), "a"), ",") & StrReverse("abc") & InStrRev("abcab", "b")
Say DateDiff("d", #1/1/2020#, #3/1/2020#) & " " & DateAdd("m", 1, #1/31/2020#) & " " & MonthName(2)
Say Hex(&HFFFF) & " " & &HFFFF & " " & &HFFFF& & " " & 7 \ 2 & 7 Mod 2 & " " & 2 ^ -1 & " " & -2 ^ 2
Say Replace("aXbX", "x", "-", 1, 1, 1) & Mid("abcdef", 2, 3) & Chr(&H41) & AscW("B") & LenB("ab")
For i = 10 To 1 Step -4
    Select Case i
        Case 10 : s = s & "ten "
        Case 1, 2 : s = s & "small "
        Case Else : s = s & i & " "
    End Select
Next
Say s
Do
    n = n + 1
    If n = 3 Then Exit Do
Loop Until n > 5
With CreateObject("Scripting.Dictionary")
    .Add "k", n
    .Item("l") = "m"
    Say .Count & .Item("k") & Join(.Keys, "")
End With
Set re = New RegExp
re.Pattern = "(\d+)" : re.Global = True
Say re.Replace("a1b22", "<$1>") & re.Execute("a1b22").Count
On Error Resume Next
undefined = 1
Say Err.Number & " " & Err.Description
Err.Clear
Err.Raise 13, "me", "mine"
Say Err.Number & " " & Err.Source & " " & Err.Description
On Error GoTo 0
Say "5" = 5
Say IsNull(Null) & IsEmpty(n) & VarType("") & TypeName(1.5)
Nobody.Knows
