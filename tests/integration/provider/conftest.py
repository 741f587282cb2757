"""Stories up to the moment before the provider is asked, told once for the faults of all files here."""

import pytest

from tests.support.faults import Stories


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))
