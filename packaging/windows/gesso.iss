; The installer for Windows: for one person, without an administrator, silent for studios. Inno Setup 6.3 or newer.
;
;   ISCC /DVersion=0.2.0 /O..\..\dist gesso.iss             after `python packaging\dev.py build --no-installer`
;   gesso-0.2.0-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART [/DIR="D:\Gesso"] [/TASKS="associate"]
;   "%LOCALAPPDATA%\Programs\Gesso\unins000.exe" /VERYSILENT
;
; To sign, pass /DSigned and name a sign tool "gesso" with /Sgesso="signtool sign /fd SHA256 /tr URL /td SHA256 $f".

#ifndef Version
  #error Name the version with /DVersion=
#endif

[Setup]
AppId={{6D1B7C4E-2B0B-4C1E-9C52-7C4C0D8E5A31}
AppName=Gesso
AppVersion={#Version}
AppVerName=Gesso {#Version}
AppPublisher=The makers of Gesso
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Gesso
DefaultGroupName=Gesso
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputBaseFilename=gesso-{#Version}-setup
SourceDir=..\..
LicenseFile=LICENSE
SetupIconFile=build\icons\gesso.ico
UninstallDisplayIcon={app}\gesso-studio.exe
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes
RestartApplications=no
WizardStyle=modern
#ifdef Signed
SignTool=gesso
SignedUninstaller=yes
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
#if FileExists(CompilerPath + "Languages\ChineseSimplified.isl")
Name: "zh"; MessagesFile: "compiler:Languages\ChineseSimplified.isl"
#endif

[CustomMessages]
en.Associate=Open .gesso files with Gesso
en.Shell=Let the command "gesso" be found in a terminal
en.Desktop=Put Gesso on the desktop
en.Project=Gesso project
#if FileExists(CompilerPath + "Languages\ChineseSimplified.isl")
zh.Associate=用 Gesso 打开 .gesso 文件
zh.Shell=在终端中可以直接使用 gesso 命令
zh.Desktop=在桌面上放置 Gesso
zh.Project=Gesso 项目
#endif

[Tasks]
Name: "associate"; Description: "{cm:Associate}"
Name: "shell"; Description: "{cm:Shell}"
Name: "desktop"; Description: "{cm:Desktop}"; Flags: unchecked

[InstallDelete]
; Libraries of an older version must not be found by the newer one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "dist\gesso\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Gesso"; Filename: "{app}\gesso-studio.exe"; AppUserModelID: "studio.gesso.Gesso"
Name: "{autodesktop}\Gesso"; Filename: "{app}\gesso-studio.exe"; Tasks: desktop

[Registry]
Root: HKA; Subkey: "Software\Classes\.gesso\OpenWithProgids"; ValueType: string; ValueName: "Gesso.Project"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.gesso"; ValueType: string; ValueName: ""; ValueData: "Gesso.Project"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.gesso"; ValueType: string; ValueName: "Content Type"; ValueData: "application/x-gesso"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\Gesso.Project"; ValueType: string; ValueName: ""; ValueData: "{cm:Project}"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\Gesso.Project\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\gesso-studio.exe,0"; Tasks: associate
Root: HKA; Subkey: "Software\Classes\Gesso.Project\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\gesso-studio.exe"" open -- ""%1"""; Tasks: associate
Root: HKA; Subkey: "{code:Variables}"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: shell; Check: IsNotOnPath

[Run]
Filename: "{app}\gesso-studio.exe"; Description: "{cm:LaunchProgram,Gesso}"; Flags: nowait postinstall skipifsilent

[Code]
{ Where environment variables are kept: one person's, or everybody's after /ALLUSERS. }
function Variables(Param: String): String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

function OnPath(): String;
begin
  if not RegQueryStringValue(HKA, Variables(''), 'Path', Result) then
    Result := '';
end;

function IsNotOnPath(): Boolean;
begin
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(OnPath()) + ';') = 0;
end;

{ What the artist made, in %LOCALAPPDATA%\Gesso, stays; only the path is put back. }
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
var
  Whole: String;
begin
  if CurUninstallStep <> usPostUninstall then
    exit;
  Whole := ';' + OnPath() + ';';
  if StringChangeEx(Whole, ';' + ExpandConstant('{app}') + ';', ';', False) > 0 then
    RegWriteExpandStringValue(HKA, Variables(''), 'Path', Copy(Whole, 2, Length(Whole) - 2));
end;
