"""What of everything that PyInstaller collects belongs into the app."""

from __future__ import annotations

import re
import sys

QT = "Core|Gui|Widgets|Svg|SvgWidgets|DBus|OpenGL|OpenGLWidgets|PrintSupport|XcbQpa|WaylandClient|WlShellIntegration"
"""Modules of Qt, as in `QtGui`; no QML, no WebEngine, no add-ons."""
KEPT_PLUGINS = {
    "platforms": r"q(xcb|offscreen|minimal|wayland.*|windows|cocoa)",
    "platforminputcontexts": r"(compose|ibus)platforminputcontextplugin",  # without them no Chinese can be typed
    "platformthemes": r"qxdgdesktopportal",
    "xcbglintegrations": r"qxcb-(glx|egl)-integration",
    "wayland-shell-integration": r"xdg-shell",
    "wayland-decoration-client": r"adwaita|bradient",
    "imageformats": r"q(svg|jpeg|gif|ico|webp)",
    "iconengines": r"qsvgicon",
    "styles": r"q(modernwindows|windowsvista|mac)style",
    "printsupport": r"cocoaprintersupport|windowsprintersupport",
}
"""Qt's plug-ins: folder -> names."""
NOT_OURS = re.compile(
    r"onnxruntime/capi/(lib)?onnxruntime(_providers_(cuda|tensorrt))?\.(so|dll|dylib)[.\d]*$"  # CUDA's: the GPU pack
    r"|opencv_videoio_ffmpeg"
    r"|PySide6/(Qt/)?(qml|translations|resources|libexec|metatypes)/"
    r"|cv2/(data|qt)/"
    r"|^gesso[^/]*\.(egg|dist)-info/"  # of a checkout beside the code
)
OF_THE_SYSTEM = re.compile(
    r"lib(stdc\+\+|gcc_s|fontconfig|freetype|expat|z|uuid|X11|X11-xcb|xcb|xcb-dri[23]|xcb-glx|GL|GLX|GLdispatch|OpenGL"
    r"|EGL|drm|gbm|wayland-\w+|cud\w+|cu\w*las\w*|nv\w+)\.so[.\d]*"
)
"""No portable Linux app brings these: they belong to the machine's own drivers, fonts and screen."""


def is_wanted(inside: str, system: str = sys.platform) -> bool:
    """Whether a collected file, named by its place in the app, belongs there."""
    inside = inside.replace("\\", "/")
    name = inside.rsplit("/", 1)[-1]
    if NOT_OURS.search(inside) or (system == "linux" and OF_THE_SYSTEM.fullmatch(name)):
        return False
    if library := re.match(r"(?:lib)?Qt6?([A-Z]\w*?)(?:\.so|\.dll|\.abi3|\.framework|\.pyd|$)", name):
        return bool(re.fullmatch(QT, library[1]))
    if found := re.search(r"PySide6/(?:Qt/)?plugins/([^/]+)/(?:lib)?([^/]+?)\.(?:so|dll|dylib)$", inside):
        return bool(re.fullmatch(KEPT_PLUGINS.get(found[1], "-"), found[2]))
    return True
