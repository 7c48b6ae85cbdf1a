"""The one way in which this package changes moto: a function around one of its methods."""

import functools
from typing import Any, Callable, TypeVar

Wrapper = TypeVar("Wrapper", bound=Callable[..., Any])


def around(owner: type, name: str) -> Callable[[Wrapper], Wrapper]:
    """Decorator: the function takes the place of ``owner.name`` and gets the original as its first argument.

    Throws AttributeError when moto has no such method, so that another version of moto fails at start, not at use.
    """
    original = getattr(owner, name)

    def decorate(wrapper: Wrapper) -> Wrapper:
        @functools.wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return wrapper(original, self, *args, **kwargs)

        setattr(owner, name, method)
        return wrapper

    return decorate
