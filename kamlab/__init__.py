"""kamlab: key account management, from accounts to decisions.

The names below are imported when they are first used, so that `import kamlab` costs next to
nothing; they are listed once, in `__init__.pyi`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
