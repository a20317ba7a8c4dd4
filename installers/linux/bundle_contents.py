"""What the bundle holds beside imported code: data files, modules found by name, what stays out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

# Folder of the tree (the place in the bundle is the same) and the files in it.
PACKAGE_DATA: Final = (
    ("pos_client/texts", "*.toml"),
    ("pos_client/widgets/icons", "*.svg"),
    ("pos_client/widgets/icons", "LICENSE"),
    # Alembic reads its scripts as files; a module inside PyInstaller's archive is not one.
    ("migrations/pos_client", "*.py"),
    ("migrations/pos_client/versions", "*.py"),
    ("migrations/sync_server", "*.py"),
    ("migrations/sync_server/versions", "*.py"),
)

# Installed packages that open files of their own beside their code.
LIBRARY_DATA: Final = ("biip", "escpos", "pypinyin")

# Modules that are named in text, or imported only by the migration scripts.
HIDDEN_IMPORTS: Final = (
    "alembic.context",
    "alembic.op",
    "keyring.backends.SecretService",
    "keyring.backends.chainer",
    "keyring.backends.fail",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.null",
    "migrations.pos_client",
    "migrations.sync_server",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)

EXCLUDED_MODULES: Final = (
    "IPython",
    # 14 MB of codecs for a picture format that no part of ours reads.
    "PIL.AvifImagePlugin",
    "PIL.ImageQt",
    "PIL.ImageTk",
    "PIL._avif",
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtOpenGL",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "hypothesis",
    "matplotlib",
    "mypy",
    "numpy",
    # Cities and networks of numbers; only their validity is asked for.
    "phonenumbers.carrierdata",
    "phonenumbers.geodata",
    "phonenumbers.tzdata",
    "pygments",
    "pytest",
    "rich",
    "setuptools",
    # Ours is SQLCipher's (docs/dependencies.md); Python's own may hold a corruption fault.
    "sqlite3",
    "tkinter",
)

# Parts of a file's place in the bundle. The GTK theme would bring the GTK of the machine that
# builds; the virtual keyboard and the boards' frame buffers would bring QML and EGL device code.
UNWANTED_FILES: Final = (
    "Qt/translations/",
    "Qt/plugins/egldeviceintegrations/",
    "Qt/plugins/generic/",
    "Qt/plugins/imageformats/libqgif",
    "Qt/plugins/imageformats/libqicns",
    "Qt/plugins/imageformats/libqpdf",
    "Qt/plugins/imageformats/libqtga",
    "Qt/plugins/imageformats/libqtiff",
    "Qt/plugins/imageformats/libqwbmp",
    "Qt/plugins/imageformats/libqwebp",
    "Qt/plugins/networkinformation/",
    "Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin",
    "Qt/plugins/platforms/libqeglfs",
    "Qt/plugins/platforms/libqlinuxfb",
    "Qt/plugins/platforms/libqminimal",
    "Qt/plugins/platforms/libqvkkhrdisplay",
    "Qt/plugins/platforms/libqvnc",
    "Qt/plugins/platformthemes/libqgtk3",
    "Qt/plugins/tls/",
    "Qt/plugins/wayland-decoration-client/libadwaita",
    # For OpenGL; widgets are drawn without it.
    "Qt/plugins/wayland-graphics-integration-client/",
    "Qt/qml/",
    "libQt6EglFs",
    "libQt6Network",
    "libQt6OpenGL.",
    "libQt6Pdf",
    "libQt6Qml",
    "libQt6Quick",
    "libQt6VirtualKeyboard",
    # What the theme plugin and the network library needed; nothing that stays refers to them.
    "libatk-1.0",
    "libblkid",
    "libcairo",
    "libcom_err",
    "libdatrie",
    "libfribidi",
    "libgdk-3",
    "libgdk_pixbuf",
    "libgio-2.0",
    "libgmodule-2.0",
    "libgobject-2.0",
    "libgraphite2",
    "libgssapi_krb5",
    "libgtk-3",
    "libharfbuzz.so",
    "libjpeg.so",
    "libk5crypto",
    "libkeyutils",
    "libkrb5",
    "libmount",
    "libpango",
    "libpixman-1",
    "libselinux",
    "libthai",
)


def package_data(root: Path) -> Iterator[tuple[str, str]]:
    """Each data file with the folder it lies in inside the bundle."""
    for folder, pattern in PACKAGE_DATA:
        for path in sorted((root / folder).glob(pattern)):
            yield str(path), folder


def is_wanted(place: str) -> bool:
    """Whether a file goes into the bundle, by its place there."""
    return not any(part in place for part in UNWANTED_FILES)
