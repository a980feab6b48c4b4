"""The bundle helps whoever helps, and holds nothing that belongs to the artist."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from gesso.files.settings import Settings
from gesso.files.trouble_log import KEPT, TroubleLog
from gesso.tools import diagnostics
from gesso.tools.checkup import Found
from gesso.values import Note, Trouble

SECRETS = ("王小明", "秘密的画", "my secret", "wang", "/home", "Users", "atelier-pc")
LOG = """2026-03-01T10:00:00
Gesso 0.2.0 · Python 3.11 · Qt 6.8 · Linux

Traceback (most recent call last):
  File "/home/王小明/gesso/desktop/gesso/ui/window.py", line 12, in trouble
    open("/home/王小明/秘密的画.png")
  File "C:\\Users\\wang\\site-packages\\PIL\\Image.py", line 3, in open
    raise
FileNotFoundError: [Errno 2] no my secret painting '/home/王小明/秘密的画.png'
and a second line: my secret
"""


@pytest.fixture
def artist(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Somebody named in Chinese, with files open and troubles behind them."""
    monkeypatch.setenv("HOME", "/home/王小明")
    monkeypatch.setattr(diagnostics.getpass, "getuser", lambda: "wang")
    monkeypatch.setattr(diagnostics.platform, "node", lambda: "atelier-pc")
    paths = ["/home/王小明/秘密的画.gesso", "/home/王小明/my secret.png"]
    settings = Settings(home / "settings.json", "zh_CN", "dark", recent=paths, open_last=paths, references=paths)
    settings.author, settings.history_mb = "王小明", 777
    log = TroubleLog(home)
    log.note(Trouble("{name} is not there.", "Your work is safe.", name="秘密的画.png"))
    log.note(
        Trouble("No room for {count} layers: {why}.", count=3, why=Note("{n} bytes of {who}", {"n": 9, "who": "wang"}))
    )
    (home / "logs").mkdir()
    (home / "logs" / "2026-03-01 10-00-00.txt").write_text(LOG, encoding="utf-8")
    return settings


def found(**more: object) -> Found:
    facts = {
        "version": "0.2.0", "python": "3.11.2 (/home/王小明/python)", "system": "Linux", "cores": 8, "memory_gb": 16.0,
        "free_memory_gb": 8.0, "libraries": {"Qt": "6.8"}, "data_folder": "/home/王小明/Gesso", "free_disk_gb": 100.0, **more,
    }  # fmt: skip
    return Found(**facts)


def test_neither_paths_nor_names_are_in_it(artist: Settings, home: Path) -> None:
    told = found(trouble=["wang on atelier-pc has no /home/王小明/models.", "Knowing swang is well."])
    parts = diagnostics.parts(told, artist, home, {"qt": {"platform": "xcb"}})
    whole = "\n".join(parts.values())
    assert not [secret for secret in SECRETS if secret in whole.replace("swang", "")]
    assert str(home) not in whole and home.name not in whole
    assert "swang is well" in whole, "a short name is not cut out of other words"


def test_what_helps_is_in_it(artist: Settings, home: Path) -> None:
    parts = diagnostics.parts(found(), artist, home, {"qt": {"platform": "xcb"}})
    studio, settings = json.loads(parts["studio.json"]), json.loads(parts["settings.json"])
    assert studio["python"] == "3.11.2" and studio["qt"]["platform"] == "xcb" and studio["can_work"]
    assert settings["language"] == "zh_CN" and settings["history_mb"] == 777 and settings["recent"] == "2 entries"
    troubles = json.loads(parts["troubles.json"])
    assert troubles[0]["said"] == ["{name} is not there.", "Your work is safe."] and "values" not in troubles[0]
    assert troubles[1]["values"] == {"count": 3, "why": {"said": "{n} bytes of {who}", "values": {"n": 9}}}
    way = parts["mistakes.txt"]
    assert "gesso/ui/window.py:12 trouble" in way and "PIL/Image.py:3 open" in way and "FileNotFoundError\n" in way


def test_every_field_of_the_settings_is_counted_or_known(artist: Settings, home: Path) -> None:
    """A new setting does not get into the bundle by itself."""
    artist.window, artist.docks, artist.commands = "secretwindow", "secretdocks", ["secretcommand"]
    assert "secret" not in diagnostics.parts(found(), artist, home)["settings.json"]


def test_it_is_written_whole_and_replaces_nothing_unasked(artist: Settings, home: Path, tmp_path: Path) -> None:
    parts = diagnostics.parts(found(), artist, home)
    path = tmp_path / "包 bundle.zip"
    diagnostics.write(parts, path)
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == parts
    before = path.read_bytes()
    with pytest.raises(Trouble, match="already"):
        diagnostics.write(parts, path)
    assert path.read_bytes() == before
    with pytest.raises(Trouble):
        diagnostics.write(parts, tmp_path / "gone" / "a.zip")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_the_log_is_bounded_and_forgives_torn_lines(home: Path) -> None:
    log = TroubleLog(home)
    for number in range(2 * KEPT + 5):
        log.note(Trouble("{count} is too much.", count=number))
    assert len(log.path.read_text().splitlines()) <= 2 * KEPT
    assert log.read()[-1]["values"] == {"count": 2 * KEPT + 4} and len(log.read()) == KEPT
    with log.path.open("a") as file:
        file.write('{"when": "20\n')
    assert log.read()[-1]["values"] == {"count": 2 * KEPT + 4}
