"""Run code of this package as on a system without POSIX: its own imports of POSIX modules and names fail.

    python -m tests.portable SYSTEM CODE [ARGUMENTS]

Only our modules are cut off. Other libraries go on as they are: their authors test them on macOS and Windows. What Windows
lacks follows https://docs.python.org/3/library/os.html and signal.html ("Availability: Unix").
"""

import builtins
import importlib
import os
import signal
import sys
import types
from typing import Any

MODULES = {
    "macos": set(),
    "windows": {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "readline", "curses"},
}
WINDOWS_OS = """
    chown chroot confstr copy_file_range ctermid eventfd fchmod fchown fdatasync fork forkpty fpathconf fstatvfs getegid
    geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getresuid getsid getuid killpg lchown lockf major
    makedev memfd_create minor mkfifo mknod nice openpty pathconf pidfd_open pipe2 posix_fadvise posix_fallocate
    posix_spawn posix_spawnp pread preadv pwrite pwritev readv register_at_fork sched_getaffinity sched_setaffinity
    sched_yield sendfile setegid seteuid setgid setgroups setpgid setpriority setsid setuid splice statvfs sync sysconf
    tcgetpgrp tcsetpgrp ttyname uname wait wait3 wait4 waitid writev WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG O_NONBLOCK
    O_NOFOLLOW O_CLOEXEC O_DIRECTORY O_SYNC
"""
WINDOWS_SIGNAL = """
    SIGHUP SIGKILL SIGALRM SIGUSR1 SIGUSR2 SIGPIPE SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGQUIT SIGWINCH SIGPROF SIGXCPU
    SIGVTALRM SIGTTIN SIGTTOU alarm pause setitimer getitimer siginterrupt pthread_sigmask pthread_kill sigwait sigpending
"""
MACOS_OS = """
    sched_getaffinity sched_setaffinity eventfd memfd_create pidfd_open posix_fadvise posix_fallocate fdatasync
    copy_file_range splice setresuid getresuid
"""
LACKS = {
    "macos": {"os": MACOS_OS.split(), "signal": ["sigtimedwait", "sigwaitinfo"]},
    "windows": {"os": WINDOWS_OS.split(), "signal": WINDOWS_SIGNAL.split()},
}


def without(module: types.ModuleType, names: list[str]) -> types.ModuleType:
    """A copy of a module that lacks names."""
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update({name: value for name, value in vars(module).items() if name not in names})
    return copy


def cut_off(system: str) -> None:
    """From now on, let imports of our modules find only what a system has."""
    real = builtins.__import__
    copies = {module.__name__: without(module, LACKS[system][module.__name__]) for module in (os, signal)}

    def imported(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        importer = (globals or {}).get("__name__", "")
        if importer.startswith("mathpal_lightning"):
            if name.partition(".")[0] in MODULES[system]:
                raise ModuleNotFoundError(f"No module named {name!r} on {system}", name=name)
            if name in copies:
                return copies[name]
        return real(name, globals, locals, fromlist, level)

    builtins.__import__ = imported


def import_every_module() -> int:
    """Import all modules of the package; the number of them."""
    import pkgutil

    import mathpal_lightning

    names = [module.name for module in pkgutil.walk_packages(mathpal_lightning.__path__, "mathpal_lightning.")]
    names = [name for name in names if not name.endswith("__main__") and ".lm_eval" not in name]
    for name in names:
        importlib.import_module(name)
    return len(names)


if __name__ == "__main__":
    cut_off(sys.argv[1])
    code, sys.argv = sys.argv[2], sys.argv[2:]
    exec(code)
