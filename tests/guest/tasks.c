/* The task scheduler: a task is registered, read again, listed and deleted. */
#define COBJMACROS
#include "guest.h"
#include <initguid.h>
#include <taskschd.h>

static const WCHAR xml[] =
    L"<?xml version=\"1.0\"?><Task version=\"1.2\" "
    L"xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><RegistrationInfo/>"
    L"<Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers><Actions><Exec>"
    L"<Command>C:\\work\\x.exe</Command></Exec></Actions></Task>";

static void say_code(const char *what, HRESULT result) {
    printf("%s: %08lx\n", what, (unsigned long)result);
}

static void show(IRegisteredTask *task) {
    BSTR text = NULL;
    TASK_STATE state = 0;
    IRegisteredTask_get_Path(task, &text);
    printf("path: %ls\n", text);
    SysFreeString(text);
    text = NULL;
    say_code("xml", IRegisteredTask_get_Xml(task, &text));
    say("its command", text && wcsstr(text, L"C:\\work\\x.exe") != NULL);
    SysFreeString(text);
    say_code("state", IRegisteredTask_get_State(task, &state));
    say_number("it", state);
}

int main(void) {
    ITaskService *service = NULL;
    ITaskFolder *root = NULL;
    IRegisteredTask *task = NULL;
    VARIANT none;
    VariantInit(&none);
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    say_code("service", CoCreateInstance(&CLSID_TaskScheduler, NULL, CLSCTX_INPROC_SERVER,
                                         &IID_ITaskService, (void **)&service));
    say_code("connect", ITaskService_Connect(service, none, none, none, none));
    BSTR path = SysAllocString(L"\\"), name = SysAllocString(L"CoaxTask");
    BSTR text = SysAllocString(xml);
    say_code("root", ITaskService_GetFolder(service, path, &root));
    say_code("not there", ITaskFolder_GetTask(root, name, &task));
    say_code("register", ITaskFolder_RegisterTask(root, name, text, TASK_CREATE, none, none,
                                                  TASK_LOGON_NONE, none, &task));
    if (task) {
        show(task);
        IRegisteredTask_Release(task);
    }
    task = NULL;
    say_code("again", ITaskFolder_RegisterTask(root, name, text, TASK_CREATE, none, none,
                                               TASK_LOGON_NONE, none, &task));
    say_code("get", ITaskFolder_GetTask(root, name, &task));
    if (task) IRegisteredTask_Release(task);
    say_code("delete", ITaskFolder_DeleteTask(root, name, 0));
    say_code("delete again", ITaskFolder_DeleteTask(root, name, 0));
    ITaskFolder_Release(root);
    ITaskService_Release(service);
    CoUninitialize();
    return 0;
}
