"""Region packs that the centre published: they replace the program's own once all of them have been checked."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
import structlog

from kiosk.rules import regions
from kiosk.rules.errors import PackError
from sync.store.reference import ReferenceReader

FEED = "regions"
FOLDER = "regions"

log = structlog.get_logger(__name__)


class RegionPacks:
    """The published packs in ``folder``; a set with a broken one is refused as a whole, and the last good one stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._reader = ReferenceReader(folder)
        self._seen: dict[str, str] = {}

    def take(self) -> bool:
        """Use what was published since the last time; return whether anything changed."""
        found = self._reader.rows(FEED)
        if not found or found == self._seen:
            return False
        self._seen = found
        try:
            packs = {code: self._written(code, text) for code, text in found.items()}
            regions.use(packs)
        except (PackError, msgspec.DecodeError) as error:
            log.error("region_packs_refused", reason=str(error), advice="the ones used before stay in use")
            return False
        self._remove_all_but(packs.values())
        log.info("region_packs_taken", packs=len(found))
        return True

    def _written(self, code: str, text: str) -> Path:
        """Write a pack where its errors can be looked up, beside the one that may still be in use."""
        self._folder.mkdir(exist_ok=True)
        version = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
        file = self._folder / f"{Path(code).name}-{version}.toml"
        file.write_text(msgspec.json.decode(text, type=str), "utf-8")
        return file

    def _remove_all_but(self, used: Iterable[Path]) -> None:
        for file in set(self._folder.glob("*.toml")) - set(used):
            file.unlink()
