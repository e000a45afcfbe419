"""The electronic photo."""

import pytest

PHOTOS = [
    ("610000", 358, 441, 30, None),
    ("610200", 358, 441, 100, None),
    ("610200", 358, 441, 29.9, "kilobytes"),
    ("610200", 358, 441, 100.1, "kilobytes"),
    ("610200", 357, 441, 45, "width"),
    ("610200", 441, 358, 45, "width"),
    ("610200", 358, 440, 45, "height"),
    ("210200", 358, 441, 5000, None),
    ("420100", 358, 441, 45, "unspecified"),
    ("110000", 358, 441, 45, "unspecified"),
]


@pytest.mark.parametrize(("region", "width", "height", "kilobytes", "reason"), PHOTOS)
def test_a_photo_has_the_size_of_the_source(ask, region, width, height, kilobytes, reason):
    result = ask("photo", region=region, width=width, height=height, kilobytes=kilobytes)

    assert result == {"accepted": reason is None, "reason": reason}
